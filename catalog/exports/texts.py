"""The texts of records, in the shape of the API's text answer. Streaming: a few texts are held at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from catalog.actions import Catalogue
from catalog.actions.text import text_answer
from catalog.exports.rows import public_batches
from catalog.model.disclosure import public_view

TEXTS = 20
"""Texts in memory at a time; the longest real ones have a few hundred KB."""


def text_rows(catalogue: Catalogue, parameters: Mapping[str, Sequence[str]]) -> Iterator[dict[str, Any]]:
    """The text answers of the public records, one at a time; without blocks where only the header is public or nothing was read.

    What is withheld is not named. Raises `InvalidInput` for a wrong search parameter before the first line.
    """
    for records in public_batches(catalogue, parameters):
        walk = (one for record in records if (one := public_view(record)) is not None)
        while seen := list(islice(walk, TEXTS)):
            with catalogue.store.read() as reader:
                texts = reader.texts({one["text_hash"] for one in seen if one["text_hash"]})
            for one in seen:
                yield text_answer(one, texts[one["text_hash"]] if one["text_hash"] else ())
