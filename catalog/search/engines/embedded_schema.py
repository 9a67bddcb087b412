"""The embedded index's schema: which tantivy field each of our fields is. Text fields take our own tokens, split at spaces only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import tantivy

from catalog.search import fields
from catalog.search.engines.base import Document, FieldKind

FORMAT = 2
"""Raised whenever fields are laid out differently."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The filter fields with their kinds; together with our own fields they make the schema."""

    values: Mapping[str, FieldKind]

    def schema(self) -> tantivy.Schema:
        """The tantivy schema."""
        builder = tantivy.SchemaBuilder()
        builder.add_text_field(fields.UID, stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_integer_field(fields.VERSION, stored=True, fast=True)
        builder.add_bytes_field(fields.DIGEST, stored=True)
        builder.add_text_field(fields.TITLE, tokenizer_name="whitespace")
        builder.add_text_field(fields.TEXT, tokenizer_name="whitespace")
        builder.add_text_field(fields.CHARACTERS, tokenizer_name="whitespace", index_option="freq")
        builder.add_text_field(fields.KEYS, tokenizer_name="raw", index_option="basic")
        builder.add_text_field(fields.SUGGESTIONS, tokenizer_name="raw", index_option="basic")
        builder.add_bytes_field(fields.SHOWN, stored=True)
        builder.add_text_field(fields.BY_TITLE, fast=True, tokenizer_name="raw", index_option="basic")
        for name in (fields.NEWEST_FIRST, fields.OLDEST_FIRST, fields.TIE, fields.RECHECK):
            builder.add_integer_field(name, fast=True)
        for name, kind in sorted(self.values.items()):
            if kind == "number":
                builder.add_integer_field(name, fast=True, indexed=True)
            else:
                builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
        return builder.build()

    def signature(self) -> str:
        """A short digest of the layout."""
        text = repr((FORMAT, sorted(self.values.items())))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def document(self, document: Document) -> tantivy.Document:
        """Our document as tantivy's. Values of fields that no filter declares are left out. Raises `ValueError`, `TypeError` or
        `OverflowError` for a value that its field cannot hold.
        """
        row: dict[str, Any] = dict(document)
        values = row.pop("values")
        row[fields.SHOWN] = document["shown"].encode()
        row[fields.DIGEST] = document["digest"].encode()
        for name, kind in self.values.items():
            found = values.get(name, ())
            row[name] = [_number(value) for value in found] if kind == "number" else [str(value) for value in found]
        return tantivy.Document(**row)


def _number(value: str | int) -> int:
    """A whole number of 64 bits, which is what a number field holds; tantivy itself would cut a larger one without a word."""
    number = int(value)
    if not -(2**63) <= number < 2**63:
        raise OverflowError(f"{number} has more than 64 bits")
    return number
