"""What a title tells: the kind of document, its short form, and the title of the document that it transmits."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from catalog.model.organisations import issuers_from_title
from catalog.model.script import fold
from catalog.model.vocabularies import vocabulary

_TAIL = re.compile(r"\s*[（(\[【〔][^（）()\[\]【】〔〕]{1,40}[）)\]】〕]\s*$")
_QUOTES = "《》〈〉<>"
_STATE = re.compile("^中(?:华|華)人民共和(?:国|國)")
_TRANSMITS = re.compile(
    r"(?:关于|關於)?(?:印发|印發|转发|轉發|批转|批轉|发布|發布|公布)(?P<rest>.+?)(?:的)(?:通知|公告|通告|函|命令|令|决定|決定)$"
)


@lru_cache(maxsize=4096)
def kind_of(title: str) -> str | None:
    """The document kind (an id of the vocabulary `document_kind`) by the word that a title ends with; `None` if it is none."""
    text = fold(_bare(title)).strip(_QUOTES)
    return next((kind for word, kind in _kinds() if text.endswith(word)), None)


def transmitted(title: str) -> str | None:
    """The title of the document that a notice issues or passes on: 关于印发《X》的通知 → X; `None` for other titles."""
    match = _TRANSMITS.search(_bare(_without_issuers(title)))
    if match is None or match.start() > 0:
        return None
    return _unquoted(match["rest"].strip()) or None


def short_title(title: str) -> str:
    """A title as people call it: without issuer, 关于印发…的通知, 中华人民共和国, brackets at the end and 《》. Never empty for a title."""
    inner = transmitted(title)
    text = inner if inner is not None else _without_issuers(title)
    text = _unquoted(_STATE.sub("", _bare(text)))
    text = re.sub("^(?:关于|關於)(?=.{4})", "", text) if inner is None else text
    text = (
        re.sub("(?<=.{4})的(?:通知|公告|通告|意见|意見|决定|決定|批复|批復|函|复函|通报|报告)$", "", text)
        if inner is None
        else text
    )
    return text or title.strip()


def _without_issuers(title: str) -> str:
    title = title.strip()
    issuers = issuers_from_title(title)
    if not issuers:
        return title
    last = issuers[-1]
    at = title.find(last)
    return title[at + len(last) :].strip(" 　:：") if at >= 0 else title


def _bare(title: str) -> str:
    """The title without notes in brackets at its end: （试行）, (2019年修订)."""
    title = title.strip()
    while (shorter := _TAIL.sub("", title)) and shorter != title:
        title = shorter
    return title


def _unquoted(text: str) -> str:
    """Without the pair of quotes that encloses all of it; 《A》和《B》 stays."""
    while len(text) > 2 and text[0] in "《〈<" and _closes_at(text) == len(text) - 1:
        text = text[1:-1].strip()
    return text


def _closes_at(text: str) -> int:
    """Where the quote that the text opens with is closed; -1 if nowhere."""
    depth = 0
    for at, char in enumerate(text):
        depth += (char in "《〈<") - (char in "》〉>")
        if depth == 0:
            return at
    return -1


@cache
def _kinds() -> list[tuple[str, str]]:
    words = [
        (fold(word), concept.id)
        for concept in vocabulary("document_kind")
        for word in (concept.labels["zh-Hans"], *concept.synonyms)
    ]
    words += [("命令", "order"), ("令", "order")]
    return sorted(words, key=lambda pair: len(pair[0]), reverse=True)
