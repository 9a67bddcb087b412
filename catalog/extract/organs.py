"""Whether a piece of text is the name of a body, or of several: what a signature line, an addressee or a header value must be.

The grammar of names (completion, joint names, levels) is `model.organisations`; here is only the look of a name on a page.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from catalog.extract.lines import fold, squeeze
from catalog.model.leftedge import load

MAX_NAME = 40
"""Characters of the longest name of one body."""
_PARTS = re.compile(r"[、，,；;\n]|[ \u3000]+")
_NOT = re.compile(
    r"[。：:《》〈〉“”\"?？!！%]|关于|转发|印发|批转|(?<=.)对(?!外)|(?<=.)[就将把被](?!业)|(?<![银分支央])行$"
    r"|(?:网站|网|频道|栏目|微信|公众号|客户端)$|^(?:各|有关|根据|按照|附件|抄送|请|由|经(?![济贸信])|报|现|对(?!外)|本|该|你|我|其)"
)
"""What no body's name has: marks and words of sentences and titles, names of sites, words that point to several or to a known one."""


def is_organisation(text: str) -> bool:
    """Whether a text is the name of one body (清水县人民政府办公室, 国务院, 市发改委)."""
    return _is_name(squeeze(fold(text)))


def organisations_in(text: str) -> list[str]:
    """The bodies that a line names and nothing else (国务院　中央军委; 云江市财政局、云江市民政局), lead first; empty if it says more."""
    if len(text) > MAX_NAME * 8:
        return []
    whole = squeeze(text)
    parts = [part for part in _PARTS.split(text.strip()) if part]
    if len(parts) > 1 and all(is_organisation(part) for part in parts):
        return parts
    return [whole] if _is_name(fold(whole)) and "、" not in whole else []


@lru_cache(maxsize=4096)
def _is_name(folded: str) -> bool:
    return 2 < len(folded) <= MAX_NAME and bool(_ending().search(folded)) and not _NOT.search(folded)


@cache
def _ending() -> re.Pattern[str]:
    endings = [fold(ending) for ending in load("organisations")["endings"]]
    more = [
        "政府",
        "军委",
        "党组",
        "管理处",
        "监察委",
        "协调小组",
        "工作组",
        "小组",
        "基地",
        "开发区",
        "新区",
        "园区",
        "学校",
        "医院",
        "联盟",
        "司令部",
        "政治部",
        "军区",
        "省军区",
        "警备区",
        "武装部",
        "军分区",
    ]
    return re.compile(rf"(?:{'|'.join(sorted({*endings, *more}, key=len, reverse=True))})(?:\([^()]{{1,12}}\))?$")
