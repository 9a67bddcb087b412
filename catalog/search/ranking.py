"""The ranking profile: weights as data, one table for all queries and one of exceptions for each intent."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from catalog.errors import Misconfigured
from catalog.search.tables import json_table


@dataclass(frozen=True, slots=True)
class Weights:
    """What each kind of match adds. The first four are fixed scores, far apart so that they make a ladder; the others multiply BM25.

    A leg that takes any of the words replaces the exact one when that finds fewer than `relax_below` records; a record must then hold
    `relax_share` of the query's pairs, at most `relax_most`.
    """

    exact_number: float
    exact_title: float
    short_title: float
    phrase_first: float
    title_phrase: float
    text_phrase: float
    whole_title: float
    weak_pair: float
    single: float
    title_pair: float
    pair: float
    character: float
    added: float
    noise: float
    relax_below: int
    relax_share: float
    relax_most: int


@cache
def weights(intent: str) -> Weights:
    """The weights for one intent. Raises `Misconfigured` when `ranking.json` lacks a weight or has an unknown one."""
    table = json_table("ranking.json")
    return make_weights({**table["default"], **table["intents"].get(intent, {})})


def make_weights(values: dict[str, Any]) -> Weights:
    """Weights from a table of numbers."""
    known = {row.name for row in fields(Weights)}
    if known != values.keys():
        wrong = ", ".join(sorted(known ^ values.keys()))
        raise Misconfigured(f"ranking.json: missing or unknown weights: {wrong}")
    return Weights(**values)
