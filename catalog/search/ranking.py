"""The ranking profile: weights as data, one table for all queries and one of exceptions for each intent."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from catalog.errors import Misconfigured
from catalog.search.tables import json_table


@dataclass(frozen=True, slots=True)
class Weights:
    """What each kind of match adds.

    Fixed scores, far apart so that they make a ladder: `exact_number`, `exact_title`, `short_title`, `regional_title` (the title without its
    issuer's region) for records that the query names whole, and `phrase_first`, which keeps records that hold the words themselves before similar ones.
    Factors of BM25: `title_phrase` and `text_phrase` for the words as a phrase in a title or anywhere, `whole_title` for several words
    next to each other in a title; `weak_pair` for any of their pairs; `single` for a single character by how often it occurs; `pair` and
    `title_pair` for the pairs of similar records; in questions `pair`, `character` (single characters), `added` (what law texts say for
    the words) and `noise` (can, how, whether).
    Limits: similar records follow when the words are found in fewer than `relax_below`; they hold `relax_share` of the query's pairs, but
    need not hold more than `relax_most`.
    """

    exact_number: float
    exact_title: float
    short_title: float
    regional_title: float
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
