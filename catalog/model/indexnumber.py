"""Index numbers (索引号): which family one belongs to, its parts, and whether its check digit is right.

An index number is an identifier within the scope of its source. It is never a date and no date is ever derived from it, also where it
contains one: 20201029-154517-206 is the clock of a content system, for a document of 2015.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Check = Literal["ok", "bad", "na"]
Family = Literal["org_code", "credit_code", "region", "cms_clock", "six_parts", "local_code", "digits_21", "other"]

MAX_LENGTH = 80


@dataclass(frozen=True, slots=True)
class IndexNumber:
    """One index number. `text` is without label and spaces, half width; `check` is `na` where the family has no check digit."""

    raw: str
    text: str
    family: Family
    check: Check
    parts: Mapping[str, str] = field(default_factory=dict)


_LABEL = re.compile(r"^索引(?:号|號|编号|編號)?[:：]")
_FORMS = {
    **{0xFF01 + i: chr(0x21 + i) for i in range(94)},
    **dict.fromkeys(map(ord, "—–−‐"), "-"),
    **dict.fromkeys(map(ord, " \t\r\n\u00a0\u2002\u2003\u200b\u200c\u200d\u3000\ufeff")),
}
_ORG = r"(?P<org>[0-9A-Z]{8}-?[0-9X])"
_SERIAL = r"(?P<serial>[0-9]{1,10})"
_FAMILIES: tuple[tuple[Family, re.Pattern[str]], ...] = (
    (
        "cms_clock",
        re.compile(
            r"(?P<stamp>(?:19|20)[0-9]{2}[01][0-9][0-3][0-9])-(?P<clock>[0-2][0-9][0-5][0-9][0-5][0-9])-(?P<ms>[0-9]{1,6})"
        ),
    ),
    ("org_code", re.compile(rf"{_ORG}[/-](?P<year>[0-9]{{4}})[-/]{_SERIAL}")),
    (
        "credit_code",
        re.compile(rf"(?P<org>[0-9A-HJ-NPQRTUWXY]{{18}})[/-](?P<year>[0-9]{{4}})(?P<month>[0-9]{{2}})?[-/]{_SERIAL}"),
    ),
    ("region", re.compile(rf"(?P<region>[1-9][0-9]{{5}})0*[/-](?P<year>[0-9]{{4}})[-/]{_SERIAL}")),
    ("digits_21", re.compile(r"(?P<region>[1-9][0-9]{5})(?P<rest>[0-9]{15})")),
    ("local_code", re.compile(rf"(?P<org>[A-Z]{{2}}[0-9A-Z]{{3}})-(?P<class>[^-]+)-(?P<year>[0-9]{{4}})-{_SERIAL}")),
    (
        "six_parts",
        re.compile(
            r"(?P<region>[^-]+)-(?P<department>[^-]+)-(?P<class>[^-]+)-(?P<group>[^-]+)-(?P<made>[^-]+)-(?P<serial>[^-]+)"
        ),
    ),
)


def parse(raw: str) -> IndexNumber | None:
    """Read an index number; `None` for an empty one, a label without a value, or text too long to be one."""
    if len(raw) > MAX_LENGTH:
        return None
    text = _LABEL.sub("", raw.translate(_FORMS)).upper()
    if not any(char.isdigit() for char in text):
        return None
    for family, pattern in _FAMILIES:
        if match := pattern.fullmatch(text):
            parts = {name: value for name, value in match.groupdict().items() if value}
            check: Check = _CHECKS[family](parts["org"]) if family in _CHECKS else "na"
            if check == "bad" and parts["org"].endswith("000"):
                continue  # a region's code filled up with zeros has the shape of an organisation's
            return IndexNumber(raw, text, family, check, parts)
    return IndexNumber(raw, text, "other", "na")


def check_org_code(code: str) -> bool:
    """Whether the last character of a nine-character organisation code is its check character (GB 11714-1997)."""
    code = code.replace("-", "").upper()
    if not re.fullmatch(r"[0-9A-Z]{8}[0-9X]", code):
        return False
    total = sum(int(char, 36) * weight for char, weight in zip(code, (3, 7, 9, 10, 5, 8, 4, 2), strict=False))
    return code[8] == "0123456789X0"[11 - total % 11]


def check_credit_code(code: str) -> bool:
    """Whether the last character of an 18-character unified social credit code is its check character (GB 32100-2015)."""
    code = code.upper()
    if len(code) != 18 or any(char not in _CREDIT for char in code):
        return False
    total = sum(_CREDIT.index(char) * pow(3, place, 31) for place, char in enumerate(code[:17]))
    return code[17] == _CREDIT[-total % 31]


_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def _verdict(check: Callable[[str], bool]) -> Callable[[str], Check]:
    return lambda code: "ok" if check(code) else "bad"


_CHECKS: dict[str, Callable[[str], Check]] = {
    "org_code": _verdict(check_org_code),
    "credit_code": _verdict(check_credit_code),
}
