from __future__ import annotations

from dataclasses import replace

import pytest

from catalog.errors import InvalidCursor
from catalog.search.cursor import Position, read, write
from catalog.search.request import SearchRequest

SECRET = b"secret"
REQUEST = SearchRequest(q="食品", filters={"type": ("regulation", "dataset")}, sort="date_desc")


def test_a_cursor_leads_back_to_its_position() -> None:
    made = write(SECRET, REQUEST, Position(20_000, (2**62,)))
    assert read(SECRET, REQUEST, made) == Position(20_000, (2**62,))
    assert made.isascii()
    assert "=" not in made


def test_the_size_of_the_page_and_the_facets_may_change_on_the_way() -> None:
    made = write(SECRET, REQUEST, Position(20))
    other = replace(REQUEST, limit=50, facets=("type",), highlight=False, filters={"type": ("dataset", "regulation")})
    assert read(SECRET, other, made) == Position(20)


@pytest.mark.parametrize(
    "other",
    [
        replace(REQUEST, q="药品"),
        replace(REQUEST, sort="date_asc"),
        replace(REQUEST, filters={"type": ("regulation",)}),
        replace(REQUEST, filters={}),
    ],
)
def test_a_cursor_of_another_query_is_refused(other: SearchRequest) -> None:
    with pytest.raises(InvalidCursor, match="next_cursor") as caught:
        read(SECRET, other, write(SECRET, REQUEST, Position(20)))
    assert caught.value.faults[0].field == "cursor"


@pytest.mark.parametrize("cursor", ["", "x", "食品", "====", "A" * 10_000, "AAAA-_AAAAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        read(SECRET, REQUEST, cursor)


def test_a_cursor_of_another_server_is_refused() -> None:
    with pytest.raises(InvalidCursor):
        read(b"other", REQUEST, write(SECRET, REQUEST, Position(20)))
