"""What a statute is based on, cites, and puts out of force in its closing article (…同时废止)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from catalog.extract import citations
from catalog.model.draft import Block, Citation

_ENDS = re.compile(
    r"(?P<part>中有关|中的|的有关|相关)?[^《》。；]{0,20}(?:同时|即行|相应|予以|一并)(?:废止|失效|停止执行)\s*$"
)
_BEGINS = re.compile(r"[一二三四五六七八九十\d、.．（）()\s]*废止\s*《")
"""An item of a decision: 二、废止《…》."""
_SENTENCE = re.compile(r"[。；;\n]")
_FORM = frozenset({"embeds", "transmits", "cites", "based_on"})
"""Readings that a closing sentence overrules: 发布的《…》同时废止 does not publish it."""


def statute_citations(blocks: Iterable[Block], title: str, number: str | None) -> tuple[Citation, ...]:
    """The documents that a statute names, each once: what it repeals by its closing sentences, the rest as `citations.find` says.
    A statute is no covering letter: it neither embeds nor transmits.
    """
    held = list(blocks)
    ended = dict(_ended(block.text for block in held))
    made = []
    for citation in citations.find(held, own_title=title, own_number=number):
        kind = ended.get(citation.title or "") if citation.type in _FORM and not citation.article else None
        plain = "cites" if citation.type in ("embeds", "transmits") else citation.type
        made.append(replace(citation, type=kind or plain))
    return tuple(made)


def _ended(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Title and relation of each document that a sentence ends: 《甲》、《乙》同时废止; 《丙》中有关…的规定即行废止; 二、废止《丁》."""
    for text in texts:
        if "废止" not in text and "失效" not in text and "停止执行" not in text:
            continue
        for sentence in _SENTENCE.split(text):
            end = _ENDS.search(sentence)
            for named in citations.titles_in(sentence) if end or _BEGINS.match(sentence) else ():
                yield named, "partly_repeals" if end and end["part"] else "repeals"
