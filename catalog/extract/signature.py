"""The signature block: who signed, and on what day the document was written.

A block is a line with nothing but bodies' names followed by a line with nothing but a date, or both on one line; or a date alone at the
right edge. In a transmitting document it stands before the embedded one, which may end with a block of its own: so the first block of the
document's issuer counts, and not the last block of the page. Dates broken over two lines are put together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.extract.lines import Line, clean, fold, squeeze
from catalog.extract.organs import organisations_in
from catalog.model import dates
from catalog.model.dates import PartialDate

MAX_LINE = 90
"""Characters of the longest line of a signature block."""
_BEHIND_DATE = " \u3000)）"
_DATE_ENDS = ("日", "号", "號", *"0123456789０１２３４５６７８９秒分时點点")
"""How a date ends, with or without a time: a cheap test before dates are looked for."""
_TERM = re.compile(r"第[一二三四五六七八九十百\d]+届(?=人民代表大会)")
"""The term of a people's congress, which its announcements print in its name and its signature does not."""
_OFFICES = "总理|主席|委员长|主任|部长|署长|局长|行长|审计长|省长|市长|县长|区长|州长|旗长|盟长|镇长|乡长|院长|检察长|厅长|会长|主任委员|司令员|秘书长|董事长"
_SPREAD = "|".join(r"\s*".join(office) for office in _OFFICES.split("|"))
_SIGNER = re.compile(
    rf"^(?:中华人民共和国|代\s*|[一-鿿]{{2,20}}[会部局署行院厅府市县省区州])?(?:{_SPREAD})[\s　:：]+(?P<name>[一-鿿·][一-鿿·\s　]{{1,12}})$"
)
"""An office and, behind a space, a person's name; both may be spread out (市　长　　周　明)."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A block: its lines, the bodies that signed (possibly none), the date with the text that it was read from, and a signing person."""

    lines: range
    bodies: tuple[str, ...]
    date: PartialDate
    raw: str
    right: bool
    signer: str | None = None


def find_signatures(lines: Sequence[Line], start: int) -> list[Signature]:
    """All signature blocks from `start` on, in order."""
    found: list[Signature] = []
    for place in range(start, len(lines)):
        block = _block(lines, place, found[-1].lines.stop if found else start)
        if block is not None:
            found.append(block)
    return found


def choose(blocks: Sequence[Signature], issuers: Sequence[str], body: range) -> Signature | None:
    """The document's own block: the first one signed by an issuer; else the first one with bodies if the issuer is not known; else a
    date alone at the right edge or at the very end of the text (`body`).
    """
    wanted = [_key(name) for name in issuers]
    for block in blocks:
        if wanted and any(_agree(_key(name), other) for name in block.bodies for other in wanted):
            return block
    signed = [block for block in blocks if block.bodies or block.signer]
    if signed and (not wanted or signed[0].signer):
        return signed[0]
    bare = [block for block in blocks if not block.bodies]
    for block in bare:
        if block.right or block.lines.stop >= body.stop - 1:
            return block
    return None


def is_signer(text: str) -> bool:
    """Whether a line is the office and name of a person who signs (总理　李克强)."""
    return len(text) <= MAX_LINE and _SIGNER.match(text.strip()) is not None


def is_date(text: str) -> PartialDate | None:
    """The date that a line consists of, whole days only."""
    if len(text) > 40:
        return None
    date = dates.parse(clean(text))
    return date if date is not None and date.precision == "day" else None


def _block(lines: Sequence[Line], place: int, floor: int) -> Signature | None:
    """The block whose date stands at a place."""
    line = lines[place]
    if line.kind == "table" or len(line.text) > MAX_LINE:
        return None
    date, first, raw = is_date(line.text), place, line.text
    if date is None and place > floor and len(line.text) <= 6 and len(lines[place - 1].text) <= 24:
        raw = squeeze(lines[place - 1].text) + squeeze(line.text)
        date, first = is_date(raw), place - 1
    if date is None:
        return _on_one_line(line, place)
    bodies: list[str] = []
    signer: str | None = None
    while first > floor:
        above = lines[first - 1].text
        names = organisations_in(above) if len(above) <= MAX_LINE and lines[first - 1].kind != "table" else []
        person = _SIGNER.match(above.strip()) if not names else None
        if not names and person is None:
            break
        bodies[:0] = names
        signer = squeeze(person["name"]) if person else signer
        first -= 1
    return Signature(range(first, place + 1), tuple(bodies), date, raw, line.align == "right", signer)


def _on_one_line(line: Line, place: int) -> Signature | None:
    """Bodies and date on one line, the date last."""
    if not line.text.rstrip(_BEHIND_DATE).endswith(_DATE_ENDS):
        return None
    found = dates.find_all(line.text)
    if len(found) != 1 or found[0].date.precision != "day" or line.text[found[0].end :].strip(_BEHIND_DATE):
        return None
    bodies = organisations_in(line.text[: found[0].start].strip(" \u3000(（,，"))
    return (
        Signature(range(place, place + 1), tuple(bodies), found[0].date, line.text, line.align == "right")
        if bodies
        else None
    )


def _agree(one: str, other: str) -> bool:
    """Whether two names are of one body: the same, or one the other's ending (市政府 / 云江市人民政府)."""
    return one == other or one.endswith(other) or other.endswith(one)


def _key(name: str) -> str:
    return _TERM.sub("", fold(squeeze(name))).removeprefix("中华人民共和国").replace("人民政府", "政府")
