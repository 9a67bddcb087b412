"""Names of organisations: completed from their context, split where several issue together, read from a title, placed on a level.

市人民政府办公室 on the site of 鄂州市 is 鄂州市人民政府办公室. Nothing is invented: where the context does not name the region, the name stays
as it was printed. Names are compared folded, so both scripts are read; what is added to a name is in the context's script.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from catalog.model.leftedge import ends_national, is_national, load
from catalog.model.script import fold, script_of, to_simplified

_CONTEXT_KEYS = ("region", "publisher", "issuing_body", "site", "source_site", "province")
"""Where the region may stand, the surest first."""

_UNIT = r"自治州|地区|盟|市(?!场监|场和|政工程|政设施|政公用|政管理|容|民中心|域)|自治县|县|自治旗|旗|林区|特区|新区|矿区|开发区|区(?!域|划)|街道|(?<!城)[镇乡]|(?<=城)[镇乡](?=人民|政府|党|街|$)|州(?!市|区|县)"
# 城乡规划, 住房和城乡建设 and 城镇管理 are matters; 古城镇人民政府 is a place
_SEGMENT = re.compile(rf"[\u4e00-\u9fff]{{1,12}}?(?:{_UNIT})")
_RELATIVE = re.compile(
    r"(省|自治区|市(?!场)|自治州|州|盟|地区|县|区|旗|镇|乡)(?=人民|政府|府|委|人大|政协|办|[\u4e00-\u9fff]{1,20}(?:局|厅|委|委员会|办|办公室|中心|院|支队|总队|处|会)$)"
)
_SAME_IN_BOTH = ("新北市", "新竹市", "高雄市", "基隆市")
"""Cities of Taiwan whose names no character shows to be in traditional script."""
_GOVERNMENT = re.compile(r"(?<!人民)政府(?=$|办公厅$|办公室$|办$|参事室$|研究室$|法制办公室$)")
_OFFICE = re.compile(r"(?<=政府)办$")
_BARE = re.compile(r"(?:人民政府|政府)(?:办公厅|办公室|办)?$|[\u4e00-\u9fff]{2,8}(?:局|厅|委员会)$")
_BRACKETED = re.compile(r"[（(][^（()）]*[)）]")


@lru_cache(maxsize=4096)
def _completed(name: str, context: tuple[str, ...]) -> str:
    text = fold(name)
    chain = region_chain(name)
    if chain or is_national(name) or text.startswith(_NATIONAL_STARTS):
        as_printed = script_of(name) == "Hant" or name.startswith(
            _SAME_IN_BOTH
        )  # Taiwan's are called 臺北市政府 in full
        return name if as_printed else _full_government(name)
    relative = _RELATIVE.match(text)
    if relative is None and not _BARE.fullmatch(text):
        return name
    for source in context:
        region = _region(relative[1] if relative else None, region_chain(source))
        if region is not None:
            rest = name[relative.end() :] if relative else name
            rest = to_simplified(rest) if script_of(region) == "Hans" and script_of(rest) == "Hant" else rest
            return _full_government(region + rest)
    return name


def complete(name: str, *, context: Mapping[str, str | None] | None = None) -> str:
    """The name with its region and with 政府 as 人民政府: 县政府办公室 in 清水县 → 清水县人民政府办公室, 鄂州市政府 → 鄂州市人民政府.

    `context` may hold `region`, `publisher`, `issuing_body`, `site`, `source_site` and `province`: names in which the region stands.
    National bodies, and names whose region the context does not tell, stay as they are.
    """
    name = re.sub(r"\s+", "", name).strip("，,。；;：:")
    held = context or {}
    return _completed(name, tuple(value for key in _CONTEXT_KEYS if (value := held.get(key))))


@lru_cache(maxsize=4096)
def region_chain(name: str) -> tuple[str, ...]:
    """The regions that a name begins with, the widest first: 湖北省鄂州市政府 → (湖北省, 鄂州市). Empty if it begins with none."""
    name = re.sub(r"\s+|^中共|^中国共产党", "", name)
    text, at, found = fold(name), 0, []
    if text.startswith(_NATIONAL_STARTS):
        return ()
    province = _provinces().match(text)
    if province:
        found.append(name[: province.end()])
        at = province.end()
    while match := _SEGMENT.match(text, at):
        if match.group()[:1] in _NO_NAME or match.group().startswith("自治"):
            break
        found.append(name[at : match.end()])
        at = match.end()
    return tuple(found)


def split_joint(name: str) -> list[str]:
    """The bodies that a printed list of issuers names, in order. A separator inside a name (财政、金融处, 政策（一、二）) does not split:
    both sides must end like a body's name.
    """
    bodies: list[str] = []
    for separator, piece in _pieces(name.translate(_UNSEEN)):
        if bodies and not (_is_body(bodies[-1]) and _is_body(piece) and fold(piece) not in _FRAGMENTS):
            bodies[-1] += separator.strip() + piece
        else:
            bodies.append(piece)
    return [part for body in bodies for part in _unglued(body)]


def _unglued(name: str) -> list[str]:
    """The bodies of a name that is printed without a separator: 河南省人民政府中国气象局, 国务院中央军委."""
    if is_national(name):
        return [name]
    for at in range(len(name) - 2, 2, -1):
        front, back = fold(name[:at]), name[at:]
        opens = is_national(back) or (_provinces().match(fold(back)) and fold(back).endswith(("政府", "厅")))
        if opens and (ends_national(front) or front.endswith(("人民政府", "办公厅"))):
            return [*_unglued(name[:at]), back]
    return [name]


def issuers_from_title(title: str) -> list[str]:
    """The issuing bodies that a title opens with: 国务院、中央军委关于… → [国务院, 中央军委]; 国务院办公厅转发民政部关于… → [国务院办公厅].
    Empty if the title opens with none.
    """
    text = re.sub(r"^\s*【[^】]*】|^\s+", "", title.translate(_UNSEEN))
    for match in _verbs().finditer(fold(text[:_LONGEST_HEAD])):
        if match.start() == 0 and match.group() not in _ALSO_NAMES:
            break
        head = text[: match.start()].strip(" 　\t\n:：，,")
        if re.search(r"[《》〈〉“”\"。0-9]", head):
            break
        bodies = split_joint(head)
        if bodies and all(_is_body(body) for body in bodies):
            return bodies
    return []


@lru_cache(maxsize=4096)
def level_of(name: str) -> str | None:
    """The level of a body by its name, as an id of the vocabulary `level`; `None` where the name does not tell."""
    text = fold(re.sub(r"\s+", "", name))
    chain = region_chain(name)
    if not chain:
        relative = _RELATIVE.match(text)
        if relative:
            return _LEVELS[relative[1]]
        return "national" if is_national(name) or text.startswith(_NATIONAL_STARTS) else None
    last = fold(chain[-1])
    if _provinces().fullmatch(last):
        return "provincial"
    return next(level for unit, level in _LEVELS.items() if last.endswith(unit))


_LONGEST_HEAD = 80
"""Characters of a title in which its issuers must have been named; joint notices name up to a dozen bodies."""
_NATIONAL_STARTS = (
    "国务院",
    "国家",
    "中共中央",
    "中央",
    "全国",
    "最高人民",
    "中华人民共和国",
    "中国人民",
    "中华全国",
    "解放军",
    "行政院",
)
_NO_NAME = "本各该全我"
_ALSO_NAMES = {"对", "致", "就", "给", "令", "同意"}
"""Verbs of titles that a body's name may begin with (对外贸易经济合作部)."""
_FRAGMENTS = {"办公厅", "办公室", "委员会"}
"""What is never a body by itself: printed after a space, it belongs to the name before."""
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\ufeff\u00ad"))
_LEVELS = {
    "自治区": "provincial",
    "省": "provincial",
    "自治州": "municipal",
    "地区": "municipal",
    "自治县": "county",
    "自治旗": "county",
    "市": "municipal",
    "州": "municipal",
    "盟": "municipal",
    "县": "county",
    "区": "county",
    "旗": "county",
    "镇": "township",
    "乡": "township",
    "街道": "township",
}
_RELATIVE_TO = {
    "省": ("省",),
    "自治区": ("自治区",),
    "市": ("市",),
    "县": ("县", "自治县"),
    "旗": ("旗", "自治旗"),
    "区": ("区",),
    "州": ("州",),
    "自治州": ("自治州",),
    "盟": ("盟",),
    "地区": ("地区",),
    "镇": ("镇",),
    "乡": ("乡",),
}


def _region(unit: str | None, chain: tuple[str, ...]) -> str | None:
    """The region of a chain that a relative name means; a 区 of a city keeps the city before it."""
    if not chain:
        return None
    if unit is None:
        return chain[-1]
    endings = _RELATIVE_TO[unit]
    for place in range(len(chain) - 1, -1, -1):
        if fold(chain[place]).endswith(endings) and not (unit == "区" and fold(chain[place]).endswith("自治区")):
            city = unit == "区" and place and fold(chain[place - 1]).endswith("市")
            return chain[place - 1] + chain[place] if city else chain[place]
    return None


def _full_government(name: str) -> str:
    """政府 as 人民政府 and 政府办 as 政府办公室, where they end a local government's own name."""
    text = fold(name)
    if "特别行政区" in text or text.startswith(_NATIONAL_STARTS):
        return name
    text = _GOVERNMENT.sub("人民政府", text) if _GOVERNMENT.search(text) else text
    if text != fold(name):
        name = re.sub("政府(?=[^府]*$)", "人民政府", name, count=1)
    return _OFFICE.sub("办公室", name)


def _is_body(name: str) -> bool:
    text = fold(_BRACKETED.sub("", name))
    return len(text) >= 2 and (text.endswith(_endings()) or is_national(text))


def _pieces(name: str) -> Iterator[tuple[str, str]]:
    """(separator before, piece) for each part of a list, with brackets kept whole."""
    depth, separator, piece = 0, "", ""
    for char in name:
        depth += (char in "（(") - (char in "）)")
        if depth <= 0 and char in "、，,；; 　\t\n":
            if piece:
                yield separator, piece
                separator, piece = "", ""
            separator = char if not separator.strip() else separator
        else:
            piece += char
    if piece:
        yield separator, piece


@cache
def _endings() -> tuple[str, ...]:
    return tuple(fold(ending) for ending in load("organisations")["endings"])


@cache
def _provinces() -> re.Pattern[str]:
    names = sorted(
        (fold(name) for names in load("organisations")["provinces"] for name in names[:1]), key=len, reverse=True
    )
    return re.compile("|".join(names))


@cache
def _verbs() -> re.Pattern[str]:
    return re.compile("|".join(fold(verb) for verb in load("organisations")["title_verbs"]))
