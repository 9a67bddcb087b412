"""Who issued a document: the bodies named by its header, its title, its signature or its number, completed from what the page says.

市人民政府办公室 on a page published by 鄂州市政府 is 鄂州市人民政府办公室. 发布机构 (who put it on the web) is not 发文机关 (who issued it): it
counts only where nothing else names a body.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.extract.lines import clean, fold, squeeze
from catalog.extract.organs import is_organisation
from catalog.model import organisations
from catalog.model.draft import Where
from catalog.model.leftedge import is_national
from catalog.model.organisations import region_chain

_BEFORE_YEAR = re.compile(
    r"(?P<body>[^\d《》〈〉]{4,30}?)\s*(?:[(（])?(?:19|20)\d{2}[)）]?(?:[-—～~至](?:19|20)\d{2})?年?"
)
_TERM = re.compile(r"第[一二三四五六七八九十百\d]+届(?=人民代表大会)")
"""The term of a people's congress is no part of its name."""
_STATE = "中华人民共和国"
MAX_BODIES = 40
"""Bodies of the largest joint act that is believed."""


@dataclass(frozen=True, slots=True)
class Issuers:
    """A candidate: the bodies as printed, lead first, the text they were read from, where, and how sure."""

    bodies: tuple[str, ...]
    raw: str
    where: Where
    confidence: float


def from_value(raw: str, where: Where, confidence: float) -> Issuers | None:
    """The bodies that a header value or a hint names; `None` if it is no body (县政府网站)."""
    text = clean(raw)
    bodies = tuple(name for name in organisations.split_joint(text) if name)[:MAX_BODIES]
    usable = tuple(squeeze(name) for name in bodies if is_organisation(name))
    return Issuers(usable, text, where, confidence) if usable and len(usable) == len(bodies) else None


def from_title(title: str, confidence: float) -> Issuers | None:
    """The bodies that a title opens with."""
    bodies = tuple(squeeze(name) for name in organisations.issuers_from_title(title))[:MAX_BODIES]
    if not bodies and (match := _BEFORE_YEAR.match(title)) and is_organisation(match["body"]):
        bodies = (squeeze(match["body"]),)
    return Issuers(bodies, title, "title", confidence) if bodies else None


def choose(candidates: Sequence[Issuers], context: Mapping[str, str | None]) -> tuple[Issuers | None, list[str]]:
    """The surest candidate with completed names, and flags: `issuer_conflict` where two sure ones name different bodies,
    `relative_issuer` where a name leaves out its region and nothing on the page tells it.
    """
    ordered = sorted((one for one in candidates if one.bodies), key=lambda one: -one.confidence)
    if not ordered:
        return None, []
    best = ordered[0]
    held = {**context, "issuing_body": context.get("issuing_body") or _full_name(ordered)}
    names = tuple(dict.fromkeys(_full(name, held) for name in best.bodies))
    flags = []
    if any(is_relative(name) for name in names):
        flags.append("relative_issuer")
    sure = [one for one in ordered if one.confidence >= 0.8]
    if any(not _agree(names, tuple(_full(name, held) for name in one.bodies)) for one in sure):
        flags.append("issuer_conflict")
    return Issuers(names, best.raw, best.where, best.confidence), flags


def is_relative(name: str) -> bool:
    """Whether a name leaves out the region that it belongs to (市人民政府, 县财政局)."""
    folded = fold(name)
    return not region_chain(name) and folded[:1] in "省市县区州旗盟镇乡" and organisations.level_of(name) != "national"


def _full(name: str, context: Mapping[str, str | None]) -> str:
    """A name with its region; a national body without the state's name before it (中华人民共和国国务院 → 国务院)."""
    name = _TERM.sub("", name)
    bare = name.removeprefix(_STATE)
    return bare if bare and is_national(bare) else organisations.complete(name, context=context)


def _full_name(candidates: Sequence[Issuers]) -> str | None:
    """A name among the candidates that has its region."""
    return next((name for one in candidates for name in one.bodies if region_chain(name)), None)


def _agree(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two lists can be of the same bodies: some name of one is, or ends, some name of the other, or is its office."""
    return any(_is_same(fold(left), fold(right)) for left in one for right in other)


def _is_same(left: str, right: str) -> bool:
    return left.endswith(right) or right.endswith(left) or left.startswith(right) or right.startswith(left)
