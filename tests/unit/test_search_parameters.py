"""URL parameters and filters: what is read, and what is said of what cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.errors import InvalidInput, Misconfigured
from catalog.plugins.interfaces import Filter
from catalog.search.dates import bound, number, record_date
from catalog.search.filters.registry import FilterRegistry
from catalog.search.parameters import parse
from catalog.search.plan import Keys, Range
from catalog.search.plugin import FiltersPlugin, combined
from catalog.search.request import MAX_LIMIT, MAX_QUERY_CHARS, MAX_VALUES


@pytest.fixture
def registry() -> FilterRegistry:
    return FilterRegistry(FiltersPlugin().filters(), choices={"type": ["annual_plan"]})


def faults(registry: FilterRegistry, **parameters: Any) -> dict[str, str]:
    given = {name: value if isinstance(value, list) else [value] for name, value in parameters.items()}
    with pytest.raises(InvalidInput) as caught:
        parse(given, registry)
    assert all(fault.message_zh for fault in caught.value.faults)
    return {fault.field: fault.message for fault in caught.value.faults}


def test_everything_is_read(registry: FilterRegistry) -> None:
    request = parse(
        {
            "q": [" 食品 "],
            "type": ["regulation,dataset"],
            "disclosure": ["主动公开"],
            "organization": ["云江市人民政府", "云江市财政局"],
            "year": ["2015", "2016"],
            "date_from": ["2015-07"],
            "facets": ["type,year", "topic"],
            "sort": ["date_desc"],
            "limit": ["50"],
            "page": ["2"],
            "highlight": ["false"],
            "validity": [""],
        },
        registry,
    )
    assert request.q == "食品"
    assert request.filters == {
        "type": ("regulation", "dataset"),
        "organization": ("云江市人民政府", "云江市财政局"),
        "year": ("2015", "2016"),
        "disclosure": ("active",),
        "date_from": ("2015-07",),
    }
    assert (request.facets, request.sort, request.limit, request.page) == (
        ("type", "year", "topic"),
        "date_desc",
        50,
        2,
    )
    assert not request.highlight


def test_nothing_is_the_default(registry: FilterRegistry) -> None:
    request = parse({}, registry)
    assert (request.q, request.filters, request.limit, request.page, request.sort) == ("", {}, 20, 1, "relevance")


def test_totals_are_bounded_unless_the_exact_number_is_asked_for(registry: FilterRegistry) -> None:
    assert [parse(given, registry).exact_total for given in ({}, {"total": ["bounded"]}, {"total": ["exact"]})] == [
        False,
        False,
        True,
    ]
    assert "bounded, exact" in faults(registry, total="all")["total"]


def test_all_facets(registry: FilterRegistry) -> None:
    assert parse({"facets": ["all"]}, registry).facets == registry.facet_names()


@pytest.mark.parametrize(
    ("parameters", "field", "said"),
    [
        ({"organisation": "x"}, "organisation", "organization"),
        ({"total": "exakt"}, "total", "exact"),
        ({"level": "federal"}, "level", "national"),
        ({"dat_from": "2015"}, "dat_from", "date_from"),
        ({"type": "regulatoin"}, "type", "regulation"),
        ({"disclosure": "secret"}, "disclosure", "on_request"),
        ({"year": "twenty"}, "year", "whole number"),
        ({"date_from": "2015-13-01x"}, "date_from", "2015-07-14"),
        ({"date_to": "yesterday"}, "date_to", "2015-07"),
        ({"sort": "datedesc"}, "sort", "date_desc"),
        ({"facets": "typ"}, "facets", "type"),
        ({"facets": "date_from"}, "facets", "nearest known"),
        ({"limit": "0"}, "limit", f"1 to {MAX_LIMIT}"),
        ({"limit": "1000000"}, "limit", f"1 to {MAX_LIMIT}"),
        ({"limit": "１０"}, "limit", "whole number"),
        ({"page": "-1"}, "page", "whole number"),
        ({"page": "9999", "limit": "100"}, "page", "cursor"),
        ({"q": "x" * (MAX_QUERY_CHARS + 1)}, "q", str(MAX_QUERY_CHARS)),
        ({"q": ["a", "b"]}, "q", "one value"),
        ({"highlight": "maybe"}, "highlight", "true or false"),
        ({"organization": [f"机关{n}" for n in range(MAX_VALUES + 1)]}, "organization", str(MAX_VALUES)),
    ],
)
def test_what_is_wrong_is_named_with_what_would_be_right(
    registry: FilterRegistry, parameters: dict[str, Any], field: str, said: str
) -> None:
    assert said in faults(registry, **parameters)[field]


def test_every_fault_is_told_at_once(registry: FilterRegistry) -> None:
    assert set(faults(registry, typo="1", limit="x", sort="up", year="y")) == {"typo", "limit", "sort", "year"}


def test_a_type_that_an_extension_brings_is_known(registry: FilterRegistry) -> None:
    assert parse({"type": ["annual_plan"]}, registry).filters == {"type": ("annual_plan",)}


def test_clauses(registry: FilterRegistry) -> None:
    assert registry.clause("type", ["regulation"]) == Keys("type", ("regulation",))
    assert registry.clause("date_from", ["2015-07-14"]) == Range("date", 20150714, None)
    assert registry.clause("date_to", ["2015", "2014-06"]) == Range("date", None, 20140699)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2015", 20150000, 20159999),
        ("2015-07", 20150700, 20150799),
        ("2015-07-14", 20150714, 20150714),
        ("2015-07-01", 20150700, 20150701),
        ("2015-01-01", 20150000, 20150101),
        ("2015-13", None, None),
        ("15", None, None),
        ("2015/07", None, None),
    ],
)
def test_bounds_count_partial_dates_in(text: str, first: int | None, last: int | None) -> None:
    assert (bound(text, "from"), bound(text, "to")) == (first, last)


def test_numbers_of_dates() -> None:
    assert [number(text) for text in ("2015", "2015-07", "2015-07-14T09:00", "2015-99", "", None, 2015)] == [
        20150000, 20150700, 20150714, 0, 0, 0, 0,
    ]  # fmt: skip
    assert record_date({"date_published": "2016-01-02", "date_effective": "2017-01-01"}) == 20160102
    assert record_date({"date_written": "二〇一五年", "issued": "2014"}) == 20140000


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        (Filter("type", "kind"), "two filters"),
        (Filter("near", "place", kind="circle"), "unknown kind"),
        (Filter("words", "text"), "belongs to the search"),
        (Filter("years", "year", kind="term"), "holds numbers"),
    ],
)
def test_filters_that_contradict_are_refused(extra: Filter, said: str) -> None:
    with pytest.raises(Misconfigured, match=said):
        FilterRegistry([*FiltersPlugin().filters(), extra])


def test_a_filter_of_an_extension_works_like_the_core_s() -> None:
    class Colours:
        name = "colours"

        def filters(self) -> list[Filter]:
            return [Filter("colour", "colour", choices=("red", "green"), facet=True)]

        def index_fields(self, record: Any) -> dict[str, list[str]]:
            return {"colour": [record["metadata"]["colour"]]}

    filters, index_fields = combined([FiltersPlugin(), Colours()])
    both = FilterRegistry(filters)
    assert parse({"colour": ["green,red"]}, both).filters == {"colour": ("green", "red")}
    assert "red" in faults(both, colour="rot")["colour"]
    assert both.facet_names()[-1] == "colour"
    assert both.fields()["colour"] == "value"
    assert callable(index_fields)
