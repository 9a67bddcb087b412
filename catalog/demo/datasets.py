"""Makes the datasets of the open-data list from `data/datasets.yaml`, with their downloads as CSV and JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

import orjson

from catalog.demo.city import Attachment, Dataset, Field
from catalog.demo.dice import Dice
from catalog.demo.prose import Writer
from catalog.demo.vocabulary import bodies, load

PLATFORM = "云江市公共数据开放平台"
BOM = "﻿"
"""Spreadsheets on Windows read a CSV file as UTF-8 only behind a byte order mark, so the city writes one."""


def make_datasets() -> tuple[Dataset, ...]:
    """All datasets, in the order of the file."""
    rules = load("datasets")
    return tuple(_dataset(rules, row, place) for place, row in enumerate(rules["datasets"], 1))


def _dataset(rules: Mapping[str, Any], row: Mapping[str, Any], place: int) -> Dataset:
    today = load("city")["today"]
    body = bodies()[row["body"]]
    dice = Dice(f"data/{row['id']}")
    columns = [_column(rules, text) for text in row["columns"]]
    table = _table(row["id"], columns, row["rows"])
    modified = datetime.combine(
        today - timedelta(days=dice.number(1, 60)), time(dice.number(0, 23), dice.number(0, 59))
    )
    return Dataset(
        key=f"data-{row['id']}",
        identifier=f"9901{place:03}{dice.number(100000, 999999)}",
        title=row["title"],
        summary=row["summary"],
        publisher=body.name(today),
        theme=rules["themes"].get(row["body"], "综合政务"),
        open_type=row["open"],
        conditions=row.get("conditions"),
        frequency=row["frequency"],
        issued=row["issued"],
        modified=modified,
        fields=tuple(Field(name, kind, about) for name, kind, about, _ in columns),
        records=row["rows"],
        keywords=tuple(row["keywords"]),
        resources=_resources(row["title"], row["id"], columns, table) if row["rows"] else (),
    )


def _column(rules: Mapping[str, Any], text: str) -> tuple[str, str, str, str]:
    name, kind, about, value = (
        part.strip().strip('"') for part in rules["columns_common"].get(text, text).split("|", 3)
    )
    return name, kind, about, value


def _table(key: str, columns: Sequence[tuple[str, str, str, str]], rows: int) -> list[list[str]]:
    made = []
    for number in range(1, rows + 1):
        fill = Writer({"n": str(number)}, year=2026, dice=Dice(f"data/{key}/{number}"), body=str).fill
        made.append([fill(value) for _, _, _, value in columns])
    return made


def _resources(
    title: str, key: str, columns: Sequence[tuple[str, str, str, str]], table: Sequence[Sequence[str]]
) -> tuple[Attachment, ...]:
    names = [name for name, _, _, _ in columns]
    text = io.StringIO()
    csv.writer(text).writerows([names, *table])
    objects = [dict(zip(names, row, strict=True)) for row in table]
    return (
        Attachment(f"{title}.csv", f"{key}.csv", (BOM + text.getvalue()).encode()),
        Attachment(f"{title}.json", f"{key}.json", orjson.dumps(objects, option=orjson.OPT_INDENT_2)),
    )
