"""Streaming writers of records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import BinaryIO

from catalog.actions import Catalogue, Progress
from catalog.exports.jsonl import write_jsonl

Writer = Callable[[Catalogue, Mapping[str, Sequence[str]], BinaryIO, Progress | None], int]

WRITERS: Mapping[str, Writer] = {"jsonl": write_jsonl}
"""Forms of export by name."""
