"""Streaming writers of records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import BinaryIO

from catalog.actions import Catalogue, Progress
from catalog.exports.jsonl import write_jsonl, write_texts

Writer = Callable[[Catalogue, Mapping[str, Sequence[str]], BinaryIO, Progress | None], int]

WRITERS: Mapping[str, Writer] = {"jsonl": write_jsonl}
"""Forms of export by name: what is known of each record."""

TEXT_WRITERS: Mapping[str, Writer] = {"jsonl": write_texts}
"""Forms of export by name: the text of each record."""
