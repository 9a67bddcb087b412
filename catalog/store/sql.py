"""Two things that SQL says differently on our two databases, each under one name.

`among` is "is one of these", with the whole list as one bound value, so that a statement is compiled once whatever the list's length.
`upsert` is "insert, or replace what has the same primary key".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Dialect, Insert, Table, Text, bindparam, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


class _TextList(TypeDecorator[Sequence[str]]):
    """A list of texts as one bound value: a JSON array on SQLite, a `text[]` on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else postgresql.ARRAY(Text()))

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:
        if dialect.name == "sqlite":
            return orjson.dumps(value).decode()
        return value


class _Rows(FunctionElement[str]):
    """The texts of a list, as the subquery that stands on the right side of IN."""

    type = Text()
    inherit_cache = True


def among(column: ColumnElement[Any], parameter: str) -> ColumnElement[bool]:
    """Whether a text column equals one of the list of texts that is bound as `parameter` (a list, not another collection)."""
    return column.bool_op("IN")(_Rows(bindparam(parameter, type_=_TextList())))


@compiles(_Rows, "sqlite")
def _rows_sqlite(element: _Rows, compiler: SQLCompiler, **options: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(element.clauses, **options)}))"


@compiles(_Rows, "postgresql")
def _rows_postgresql(element: _Rows, compiler: SQLCompiler, **options: Any) -> str:
    return f"(SELECT unnest({compiler.process(element.clauses, **options)}))"


def upsert(table: Table, *, keep: str | None = None, spare: tuple[str, ...] = ()) -> Mapping[str, Insert]:
    """By dialect name: the insert that replaces every other column of a row with the same primary key, but the one to `keep`.

    What stands in the columns to `spare` is only replaced by something.
    """
    keys = [column.name for column in table.primary_key]
    statements: dict[str, Insert] = {}
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert)):
        statement = insert(table)
        rest: dict[str, Any] = {
            column.name: statement.excluded[column.name] for column in table.columns if column.name not in (*keys, keep)
        }
        rest |= {name: func.coalesce(statement.excluded[name], table.columns[name]) for name in spare}
        statements[name] = statement.on_conflict_do_update(index_elements=keys, set_=rest)
    return statements
