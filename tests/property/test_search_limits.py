"""No request, however it is made up, becomes more than an engine takes: clauses of a plan, their depth, faults of a refusal."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalog.errors import InvalidInput
from catalog.search import syntax
from catalog.search.filters.registry import FilterRegistry
from catalog.search.intent import analyse
from catalog.search.parameters import MAX_FAULTS, parse
from catalog.search.plan import MAX_CLAUSES, MAX_DEPTH, depth, size
from catalog.search.planner import legs
from catalog.search.plugin import FiltersPlugin
from catalog.search.ranking import signals, weights
from catalog.search.request import MAX_ALL_VALUES, MAX_QUERY_CHARS, MAX_VALUES
from catalog.search.synonyms import MAX_EXPANSIONS, other_names

REGISTRY = FilterRegistry(FiltersPlugin().filters())
FIELDS = frozenset(REGISTRY.fields())
CHARS = '食品安全法局委部甲乙丙，。第号〔〕-"“” \u30002015aé★\x00'
NAMES = (
    "工商局",
    "环保部、住建部、卫生部",
    "民诉法",
    "食药监局",
    "银监会",
    "发改委",
    "道交法",
    "国土局",
    "-工商局",
    '"环保局"',
)
QUERIES = st.one_of(
    st.text(st.sampled_from(CHARS), max_size=MAX_QUERY_CHARS),
    st.text(max_size=MAX_QUERY_CHARS),
    st.lists(st.sampled_from(NAMES) | st.text(st.sampled_from(CHARS), max_size=40), max_size=60).map(" ".join),
)


def crowded(seed: int) -> str:
    """A query made to cost: many words, each with names, numbers, open ends, torn numbers, exclusions."""
    rng = random.Random(seed)
    parts: list[str] = []
    while sum(map(len, parts)) + len(parts) < MAX_QUERY_CHARS - 60:
        tail = "".join(chr(rng.randrange(0x4E00, 0x9FA0)) for _ in range(rng.randrange(1, 30)))
        parts.append(
            rng.choice(
                [
                    f"{rng.choice(NAMES[:8])}的{tail}，{tail[0]}",
                    f"豫政〔20{rng.randrange(10, 24)}〕{rng.randrange(99)}号",
                    f"20{rng.randrange(99)}，{tail}，甲",
                    f"-{tail}，乙",
                    f'"{tail}，丙"',
                ]
            )
        )
    return " ".join(parts)[:MAX_QUERY_CHARS]


def planned(query: str) -> list[tuple[int, int]]:
    asked = analyse(query)
    return [
        (size(leg.clause), depth(leg.clause))
        for leg in legs(asked, weights(asked.intent), signals(asked.intent, FIELDS))
    ]


@settings(max_examples=300, deadline=None)
@given(QUERIES)
@example("甲 " * 500)
@example("环保部、住建部、卫生部 " * 80)
def test_a_query_of_the_allowed_length_stays_within_what_every_engine_takes(query: str) -> None:
    for clauses, deep in planned(query[:MAX_QUERY_CHARS]):
        assert clauses + len(REGISTRY.filters) <= MAX_CLAUSES
        assert deep <= MAX_DEPTH


@pytest.mark.parametrize("seed", range(60))
def test_a_query_made_to_cost_stays_within_too(seed: int) -> None:
    for clauses, deep in planned(crowded(seed)):
        assert clauses + len(REGISTRY.filters) <= MAX_CLAUSES
        assert deep <= MAX_DEPTH


@settings(deadline=None)
@given(QUERIES)
def test_other_names_are_few_and_never_for_what_is_quoted_or_excluded(query: str) -> None:
    typed = syntax.read(query[:MAX_QUERY_CHARS])
    found = other_names(typed.words)
    assert sum(len(one.texts) for one in found) <= MAX_EXPANSIONS
    assert sum(len(one.titles) for one in found) <= MAX_EXPANSIONS
    assert {one.word for one in found} <= set(typed.words)
    assert {one.word for one in analyse(query[:MAX_QUERY_CHARS]).others} <= set(typed.words)


def test_a_refusal_names_a_bounded_number_of_faults() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse({f"unknown{number}": ["1"] for number in range(5_000)} | {"facets": ["x,y,z" * 2_000]}, REGISTRY)
    assert len(caught.value.faults) == MAX_FAULTS
    assert len(str(caught.value)) < 10_000


def test_all_filters_together_have_a_bounded_number_of_values() -> None:
    many = [f"机关{number}" for number in range(MAX_VALUES)]
    filters = {name: many for name, item in REGISTRY.filters.items() if item.kind == "term" and not item.vocabulary}
    years = {"year": [str(1950 + number) for number in range(MAX_VALUES)]}
    topics = {"topic": list(REGISTRY.choices("topic") or ())[:MAX_VALUES]}
    within = parse({**filters, **years}, REGISTRY)
    assert sum(map(len, within.filters.values())) <= MAX_ALL_VALUES
    dates = {name: [f"{1000 + number}-01-01" for number in range(MAX_VALUES)] for name in ("date_from", "date_to")}
    with pytest.raises(InvalidInput, match=f"at most {MAX_ALL_VALUES} values.*leave some out") as caught:
        parse({**filters, **years, **topics, **dates}, REGISTRY)
    assert caught.value.faults[0].message_zh
