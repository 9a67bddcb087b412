"""An issue that an archivist described: a file of the issue's fields (YAML, JSON) and a table of its articles (CSV, TSV, or in the same file).

Columns may be called by the catalogue's field names or by the words of the trade (题名, 文号, 页码 …: `gazettes.yaml`, `columns`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from catalog.errors import Refused
from catalog.extract.data_files import load
from catalog.extract.formats.encoding import decode
from catalog.extract.lines import fold, squeeze

MAX_BYTES = 8 * 1024 * 1024
"""Bytes of a description; an issue of 5,000 articles has about 1 MB."""
MAX_ROWS = 20_000
"""Articles of one issue."""
ISSUE_FILES = ("issue.yaml", "issue.yml", "issue.json")
ARTICLE_FILES = ("articles.csv", "articles.tsv", "contents.csv", "目录.csv")


class _NoAliases(yaml.SafeLoader):
    """YAML without anchors and aliases: nine of them can stand for more text than memory holds."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse an alias."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (*name) are not read; write the value out")
        node: yaml.Node | None = super().compose_node(parent, index)
        return node


def issue_of(content: bytes, name: str) -> dict[str, Any]:
    """The fields of an issue, and under `articles` its articles if they stand in the same file. Raises `Refused` (`unreadable`, `too_large`)."""
    _sized(content, name)
    try:
        data = yaml.load(decode(content).text, _NoAliases)  # noqa: S506 - a subclass of the safe loader
    except (yaml.YAMLError, RecursionError) as error:
        raise Refused("unreadable", f"{name} cannot be read as YAML or JSON: {error}") from error
    if not isinstance(data, dict):
        raise Refused("unreadable", f"{name} must be a mapping of fields: title, year, number_in_year, articles, …")
    fields = {_field(str(key)): value for key, value in data.items()}
    articles = fields.pop("articles", [])
    if not isinstance(articles, list) or not all(isinstance(one, Mapping) for one in articles):
        raise Refused("unreadable", f"{name}: `articles` must be a list of mappings, each with a title and a file")
    fields["articles"] = [
        {_field(str(key)): _plain(value) for key, value in one.items()} for one in articles[:MAX_ROWS]
    ]
    return {key: value if key == "articles" else _plain(value) for key, value in fields.items()}


def articles_of(content: bytes, name: str) -> list[dict[str, Any]]:
    """The rows of a table of articles, by catalogue fields; cells that are empty are left out. Raises `Refused`."""
    _sized(content, name)
    text = decode(content).text.lstrip("\ufeff")
    first = text.partition("\n")[0]
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Refused("unreadable", f"{name} cannot be read as a table: {error}") from error
    if not rows:
        raise Refused("unreadable", f"{name} has no rows; the first one must name the columns")
    if len(rows) > MAX_ROWS:
        raise Refused("too_large", f"{name} has {len(rows):,} rows, at most {MAX_ROWS:,} are read")
    names = [_field(cell) for cell in rows[0]]
    return [
        {field: cell.strip() for field, cell in zip(names, row, strict=False) if field and cell.strip()}
        for row in rows[1:]
        if any(cell.strip() for cell in row)
    ]


def _field(label: str) -> str:
    label = label.strip()
    return _columns().get(squeeze(fold(label)), label)


@cache
def _columns() -> Mapping[str, str]:
    return {squeeze(fold(word)): field for field, words in load("gazettes")["columns"].items() for word in words}


def _plain(value: Any) -> Any:
    """Dates and numbers of YAML as text; lists as lists of text."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value if isinstance(value, bool | int) or value is None else str(value)


def _sized(content: bytes, name: str) -> None:
    if len(content) > MAX_BYTES:
        raise Refused(
            "too_large", f"{name} has {len(content):,} bytes, at most {MAX_BYTES:,} of a description are read"
        )
