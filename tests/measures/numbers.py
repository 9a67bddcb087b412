"""Printed numbers of the real sets: how many are read, and what the rows without one are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from catalog.model.docnumber import find_all, parse, parse_joint
from tests.measures.files import rows

KINDS = (
    *("令", "公告", "通知", "决定", "批复", "意见", "函", "通报", "公报", "报告", "讲话"),
    *("条例", "规定", "办法", "细则", "规则", "方案", "规划", "纲要", "名单", "目录"),
)
"""What titles of rows without number end in, where nothing better tells what they are."""


@dataclass
class Numbers:
    """Rows, rows that print a number, those of them that are not read (as printed), and the rows that print none by class."""

    rows: int = 0
    printed: int = 0
    unread: list[str] = field(default_factory=list)
    without: Counter[str] = field(default_factory=Counter)


def policy(data: Path) -> Numbers:
    """The numbers of Guangdong, Henan and the State Council."""
    return _measured(rows(data / "policy" / "records.jsonl.gz"), "doc_number_raw", parse, _class_of)


def gazette(data: Path) -> Numbers:
    """The numbers of the articles of 行政院公報, joint ones too."""
    path = data / "gazettes" / "ey-articles.jsonl.gz"
    return _measured(rows(path), "GazetteId", parse_joint, lambda _row: "no number")


def _measured(
    given: Iterable[dict[str, Any]], name: str, read: Callable[[str], object], class_of: Callable[[dict[str, Any]], str]
) -> Numbers:
    found = Numbers()
    for row in given:
        found.rows += 1
        raw = (row.get(name) or "").strip()
        if not raw:
            found.without[class_of(row)] += 1
            continue
        found.printed += 1
        if not read(raw):
            found.unread.append(raw)
    return found


def _class_of(row: dict[str, Any]) -> str:
    """Who publishes the row, and what its title is."""
    title = "".join((row.get("title") or "").split())
    if not title:
        what = "no title either"
    elif find_all(title):
        what = "a number stands in the title"
    else:
        plain = title.split("（")[0].split("(")[0]
        what = next((kind for kind in KINDS if plain.endswith(kind)), "other")
    return f"{row.get('source')}: {what}"
