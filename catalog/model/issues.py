"""What an issue of a gazette is called by everybody: gazette, year and number, with part, supplement and extraordinary number if it has them.

The name serves as the issue's other title, so that whatever names the issue in any of these ways finds it; the key tells two issues apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from catalog.model.script import fold

_NOT_KEY = re.compile(r"[\s《》〈〉()（）,，.、:：]+")
_CJK = re.compile(r"[\u3400-\u9fff]")
SUPPLEMENT = {"zh": "增刊", "en": "Supplement"}


def issue_names(fields: Mapping[str, Any]) -> list[str]:
    """The names of an issue by its fields, the fullest first; empty where gazette, or both year and volume, or the number is not known."""
    gazette, number = str(fields.get("gazette") or "").strip(), str(fields.get("number_in_year") or "").strip()
    year, volume = fields.get("year"), str(fields.get("volume") or "").strip()
    if not gazette or not number or not (year or volume):
        return []
    part = str(fields.get("part") or "").strip()
    names = []
    if _CJK.search(gazette):
        tail = part + (SUPPLEMENT["zh"] if fields.get("supplement") else "")
        if year:
            names.append(f"{gazette}{year}年第{number}期{tail}")
        if volume:
            names.append(f"{gazette}第{volume}卷第{number}期{tail}")
    else:
        tail = (f", Part {part}" if part else "") + (f", {SUPPLEMENT['en']}" if fields.get("supplement") else "")
        names.append(f"{gazette}, {f'Vol. {volume}' if volume else year}, No. {number}{tail}")
    return names


def issue_key(fields: Mapping[str, Any]) -> str | None:
    """What tells an issue apart: gazette, year (else volume), number, part, supplement, folded; `None` where it does not say enough."""
    gazette, number = fields.get("gazette"), fields.get("number_in_year")
    year = fields.get("year") or fields.get("volume")
    if not gazette or not number or not year:
        return None
    parts = (gazette, year, number, fields.get("part") or "", "s" if fields.get("supplement") else "")
    return "|".join(_NOT_KEY.sub("", fold(str(part))) for part in parts)
