"""The reader's knowledge is data that people correct by hand: it must stay loadable, unambiguous and within the vocabularies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from catalog.extract.data_files import load
from catalog.extract.header import MAX_VALUE
from catalog.extract.lines import fold
from catalog.model import damage
from catalog.model.vocabularies import vocabulary
from catalog.schemas.plugin import RecordTypesPlugin

FILES = ["labels", "page", "titles", "boilerplate", "noise", "relations", "record_types", "values", "meta"]


def schema_fields() -> set[str]:
    return {
        field.data_key or name
        for form in RecordTypesPlugin().record_types()
        for name, field in form.schema().fields.items()
    }


def patterns() -> Iterator[tuple[str, str]]:
    for group in ("lines", "tail", "head"):
        yield from (("boilerplate", pattern) for pattern in load("boilerplate")[group])
    for group in ("title", "before", "after"):
        yield from (("relations", rule["words"]) for rule in load("relations")[group])
    yield "relations", load("relations")["between"]
    yield from (("record_types", rule["title"]) for rule in load("record_types")["rules"] if "title" in rule)
    yield "record_types", load("record_types")["note"]
    yield from (("page", load("page")[name]) for name in ("outside", "content", "title"))
    yield "meta", load("meta")["unfilled"]


@pytest.mark.parametrize("name", FILES)
def test_a_file_loads(name: str):
    assert load(name)


def test_every_pattern_is_a_regular_expression():
    for name, pattern in patterns():
        assert re.compile(pattern), name


def test_a_label_means_one_thing_and_its_field_exists():
    seen: dict[str, Any] = {}
    own_names = {"source_text", "document_kind_raw", "gazette_text", "comment_period_text", "editor", "date_repealed"}
    for group in load("labels"):
        assert group["field"] in schema_fields() | own_names | {None}
        assert group["kind"] in MAX_VALUE
        for label in (*group["strong"], *group["weak"]):
            assert fold(label) not in seen, f"{label} stands under {seen.get(fold(label))} and {group['field']}"
            assert " " not in label
            assert ":" not in fold(label)
            seen[fold(label)] = group["field"]


def test_relations_and_types_are_those_of_the_vocabularies():
    relations = {concept.id for concept in vocabulary("relation")}
    for group in ("title", "before", "after"):
        assert {rule["type"] for rule in load("relations")[group]} <= relations
    told_otherwise = {
        "same_text_as",
        "confirms",
        "declares_expired",
    }  # by comparing texts, and by the lists of a clean-up
    assert set(load("relations")["strength"]) == relations - told_otherwise
    types = {form.record_type for form in RecordTypesPlugin().record_types()}
    assert {rule["type"] for rule in load("record_types")["rules"]} <= types
    assert load("record_types")["default"] in types


def test_values_are_codes_of_their_vocabularies():
    for name in ("validity", "disclosure"):
        data = load("values")[name]
        codes = {code for table in (data["values"], *data["by_label"].values()) for code in table.values()}
        assert codes - {None} <= {concept.id for concept in vocabulary(name)}
    assert all(0.0 < value <= 1.0 for value in load("values")["confidence"].values())


def test_character_tables_hold_each_character_once_and_whole_pairs():
    characters = damage.common_characters()
    assert len(characters) == 1700
    pairs = damage._words()
    assert all(len(pair) == 2 for pair in pairs)
    assert all(pair[0] not in characters or pair[1] not in characters for pair in pairs)
