"""The files that a document names: the list under 附件：, links to files, and mentions (见附件) of what is not there.

A name in the list is joined to the link that carries it. `content_present` says whether the bytes can be fetched; a document that names
attachments and carries none gets the flag `missing_attachment` from the reader.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import unquote, urlsplit

from catalog.extract.data_files import load
from catalog.extract.lines import Line, Link, clean, fold, squeeze
from catalog.model.draft import Attachment

MAX_ATTACHMENTS = 500
MAX_TITLE = 160
LEAST_TITLE = 4
MAX_LIST = 60
"""Lines of the longest list of attachments."""
_HEAD = re.compile(r"^(?:附\s*(?:件|表|图|录|属档案)|附)\s*(?P<number>\d{1,2})?\s*(?P<mark>[:：.、．])\s*(?P<rest>.*)$")
_NUMBERED = re.compile(r"^[(（]?(?P<number>\d{1,2})[)）]?\s*[.、．:：]\s*(?P<rest>\S.*)$")
_INNER = re.compile(r"\s+(?=\d{1,2}[.、．]\s*[^\d\s])")
_MENTION = re.compile(
    r"\((?:详见|见|具体见|名单见|另附|附后|见所附)?(?P<name>附(?:件|表|图|录|属档案)\s*\d{0,2}(?:[-、至]\d{1,2})?)(?:略|附后)?\)|(?:详见|见)(?P<bare>附(?:件|表|图|属档案)\s*\d{0,2})"
)
_HEAD_WORD = re.compile(r"^附\s*件\s*\d{0,2}\s*[:：.、．]\s*(?=\S)")
_LONGEST_ENDING = 6
_FILE_LINE = re.compile(r"^[(（]?(?P<name>[^()（）]{2,120}?)[)）]?\.(?P<ending>[a-zA-Z0-9]{2,5})$")


@dataclass(frozen=True, slots=True)
class Named:
    """What a document says of its attachments: the lines of the list, and the attachments in order."""

    lines: tuple[int, ...]
    attachments: tuple[Attachment, ...]


def find(lines: Sequence[Line], links: Sequence[Link], *, body_start: int) -> Named:
    """The attachments of a document. Without a list or links, a mention in the text gives one without address."""
    taken: list[int] = []
    titles: list[str] = []
    place = body_start
    while place < len(lines) and len(titles) < MAX_ATTACHMENTS:
        names, used = _list_at(lines, place)
        titles.extend(name for name in names if not _held(name, titles))
        taken.extend(used)
        place = used[-1] + 1 if used else place + 1
    files = [link for link in links if is_file(link)]
    joined = [_in_text(one, lines, frozenset(taken)) for one in _joined(titles, files)]
    if not joined:
        joined = _mentioned(lines[body_start:])
    return Named(tuple(taken), tuple(joined[:MAX_ATTACHMENTS]))


def is_file(link: Link) -> bool:
    """Whether a link is to a file, by its address or its text."""
    return file_ending(link.url) is not None or file_ending(link.text) is not None


def file_ending(text: str) -> str | None:
    """The file ending of an address or a name, if it is one of files that documents attach."""
    path = _path(text) if "://" in text else text
    match = re.search(r"\.([A-Za-z0-9]{2,5})\s*$", path)
    ending = match[1].lower() if match else ""
    return ending if ending in _endings() else None


def _list_at(lines: Sequence[Line], place: int) -> tuple[list[str], list[int]]:
    """The list of attachments that begins at a line, and the lines that it takes."""
    line = lines[place]
    if line.kind == "table" or len(line.text) > MAX_TITLE * 2:
        return [], []
    match = _HEAD.match(line.text)
    if match is None:
        file = _FILE_LINE.match(line.text) if "." in line.text[-_LONGEST_ENDING:] else None
        return ([_tidy(line.text)], [place]) if file and file["ending"].lower() in _endings() else ([], [])
    rest = match["rest"]
    if match["number"] and match["mark"] not in ":：":
        rest = f"{match['number']}.{rest}" if _NUMBERED.match(f"{match['number']}.{rest}") else rest
    if not rest and not _follows(lines, place):
        return [], []
    names, used = [_tidy(part) for part in _INNER.split(rest) if _tidy(part)], [place]
    numbered = bool(_NUMBERED.match(rest)) or not rest
    following = place + 1
    while numbered and following < len(lines) and len(used) < MAX_LIST:
        item = _NUMBERED.match(lines[following].text)
        expected = len(names) + 1
        if item is None or int(item["number"]) != expected or "。" in item["rest"] or len(item["rest"]) > MAX_TITLE:
            break
        names.extend(_tidy(part) for part in _INNER.split(lines[following].text) if _tidy(part))
        used.append(following)
        following += 1
    return [name for name in names if len(name) <= MAX_TITLE], used


def _follows(lines: Sequence[Line], place: int) -> bool:
    following = _NUMBERED.match(lines[place + 1].text) if place + 1 < len(lines) else None
    return following is not None and following["number"] == "1"


def _tidy(text: str) -> str:
    text = clean(text)
    numbered = _NUMBERED.match(text)
    text = numbered["rest"] if numbered else text
    text = text.strip(" 。；;，,\u3000")
    ending = file_ending(text)
    return text[: -len(ending) - 1] if ending else text


def _joined(titles: Sequence[str], files: Sequence[Link]) -> list[Attachment]:
    """Names of the list with the links that carry them, then the links that the list does not name."""
    free = list(dict.fromkeys(files))
    pairs: list[tuple[str, Link | None]] = []
    for title in titles:
        link = next((link for link in free if _alike(title, link)), None)
        if link is not None:
            free.remove(link)
        pairs.append((title, link))
    if len(titles) == len(free):  # none of the names matched, and there is one link for each
        return [_attachment(title, link) for title, link in zip(titles, free, strict=True)]
    seen = {link.url for _, link in pairs if link is not None}
    for link in free:
        if link.url not in seen:
            seen.add(link.url)
            name = _tidy(_HEAD_WORD.sub("", link.text)) or _tidy(link.text) or _file_name(link.url)
            pairs.append((name, link))
    return [_attachment(title, link) for title, link in pairs]


def _attachment(title: str, link: Link | None) -> Attachment:
    """An attachment; what is not to be had over the web (a relative link on a page without an address) has no address."""
    url = link.url if link is not None and link.url.lower().startswith(("http://", "https://")) else None
    return Attachment(title[:MAX_TITLE], url, content_present=url is not None)


def _mentioned(lines: Sequence[Line]) -> list[Attachment]:
    found: dict[str, Attachment] = {}
    for line in lines:
        if "附" not in line.text or line.kind == "table":
            continue
        for match in _MENTION.finditer(fold(line.text)):
            group = "name" if match["name"] else "bare"
            name = clean(line.text[match.start(group) : match.end(group)])
            found.setdefault(squeeze(name), Attachment(name))
    return list(found.values())


def _in_text(one: Attachment, lines: Sequence[Line], taken: frozenset[int]) -> Attachment:
    """An attachment without a link whose text follows on the same page, under its title: there its content is."""
    key = _bare(one.title)
    if one.url is not None or len(key) < LEAST_TITLE:
        return one
    start = min(taken, default=0)
    joined = "".join(_bare(line.text) for line in lines[start:] if len(line.text) <= MAX_TITLE and line.kind != "table")
    printed = joined.count(key) > sum(key in _bare(lines[place].text) for place in taken)
    return replace(one, content_present=printed)


def _alike(title: str, link: Link) -> bool:
    one, other = _bare(title), _bare(link.text)
    return bool(other) and (
        one == other or (len(other) >= 4 and (other in one or one in other)) or one == _bare(_file_name(link.url))
    )


def _bare(text: str) -> str:
    """A name without numbers before it and ending behind it."""
    text = re.sub(r"^附件\d*[:.、]?", "", squeeze(fold(text)))
    text = re.sub(r"^\d{1,2}[.、]", "", text)
    return re.sub(r"\.[a-z0-9]{2,5}$", "", text)


def _file_name(url: str) -> str:
    return unquote(_path(url).rpartition("/")[2])


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:  # an address that cannot be taken apart names no file
        return ""


def _held(name: str, titles: Sequence[str]) -> bool:
    return any(_bare(name) == _bare(title) for title in titles)


@cache
def _endings() -> frozenset[str]:
    return frozenset(load("page")["file_endings"])
