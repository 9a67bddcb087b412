"""What holds for every text and every query."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.errors import Fault, InvalidCursor, InvalidInput
from catalog.model.draft import Block
from catalog.model.script import fold
from catalog.search import cursor, syntax
from catalog.search.analysis import PhraseWords, characters, pairs, phrase, phrase_runs, squeeze, tokens, torn
from catalog.search.filters.registry import FilterRegistry
from catalog.search.highlight import highlight, marker
from catalog.search.intent import analyse
from catalog.search.parameters import COMMON, parse
from catalog.search.planner import legs
from catalog.search.plugin import FiltersPlugin
from catalog.search.ranking import weights
from catalog.search.request import SORTS, SearchRequest

CHINESE = st.text(st.sampled_from('食品安全監督管理办法第条章甲乙〇，。；《》〔〕 \n2015ａpdf－"“”'), max_size=60)
ANYTHING = st.text(max_size=80)
TEXTS = CHINESE | ANYTHING


def holds(text: str, wanted: PhraseWords) -> bool:
    """Whether an engine would find a phrase in a text: the definition, slow and plain."""
    have = tokens(text).split()

    def fits(at: int, place: int, word: str) -> bool:
        if at + place >= len(have):
            return False
        token = have[at + place]
        last = (place, word) == wanted.words[-1]
        first = place == 0
        if wanted.open_end and last and token.startswith(word):
            return True
        if wanted.open_start and first and token.endswith(word):
            return True
        return token == word

    return bool(wanted.words) and any(all(fits(at, *one) for one in wanted.words) for at in range(len(have)))


@given(TEXTS, st.data())
def test_a_piece_of_chinese_is_found_in_its_text_wherever_it_begins(text: str, data: st.DataObject) -> None:
    runs = [run for run in phrase_runs(text) if run >= "\u3000"]
    if runs:
        run = data.draw(st.sampled_from(runs))
        start = data.draw(st.integers(0, len(run) - 1))
        end = data.draw(st.integers(start + 1, len(run)))
        assert holds(text, phrase(run[start:end]))


@given(TEXTS, TEXTS)
def test_a_phrase_is_found_only_where_its_letters_stand(text: str, piece: str) -> None:
    wanted = phrase(piece)
    if holds(text, wanted):
        assert squeeze(piece) in squeeze(text)


@given(TEXTS)
def test_a_text_is_found_by_itself(text: str) -> None:
    assert holds(text, phrase(text)) == bool(squeeze(text))
    cut = torn(text)
    assert cut is None or holds(text, cut)


@given(TEXTS)
def test_both_scripts_and_widths_have_the_same_tokens(text: str) -> None:
    assert tokens(fold(text)) == tokens(text)
    assert pairs(fold(text)) == pairs(text)
    assert characters(fold(text)) == characters(text)


@given(TEXTS)
def test_every_query_can_be_planned(query: str) -> None:
    asked = analyse(query)
    planned = legs(asked, weights(asked.intent))
    assert planned
    assert all(leg.below == 0 for leg in planned[:1])
    assert len(syntax.read(query).words) <= syntax.MAX_PARTS


@given(st.lists(TEXTS, min_size=1, max_size=4), TEXTS, TEXTS)
def test_highlights_are_escaped_pieces_of_the_text(texts: list[str], part: str, question: str) -> None:
    blocks = [Block("paragraph", text, 0, f"art-{number}") for number, text in enumerate(texts)]
    found = highlight(texts[0], blocks, marker((part,), question))
    for html in (found["title"], *found["text"]):
        plain = re.sub("</?mark>", "", html)
        assert "<" not in plain
        assert ">" not in plain
        assert html.count("<mark>") == html.count("</mark>")
        assert unescape(plain).strip("…").strip() in "\n".join(texts) or not plain.strip("…").strip()
    assert unescape(re.sub("</?mark>", "", found["title"])) == texts[0]


@given(CHINESE, CHINESE)
def test_what_is_marked_is_what_was_found(text: str, part: str) -> None:
    marked = bool(highlight("题", [Block("paragraph", text)], marker((part,)))["text"])
    if "\t" not in text and phrase(part).words:
        assert marked == holds(text, phrase(part))


@given(
    st.text(max_size=20),
    st.dictionaries(st.text(max_size=5), st.tuples(st.text(max_size=5))),
    st.sampled_from(SORTS),
    st.integers(0, 10**9),
    st.none() | st.integers(0, 2**63 - 1),
)
def test_cursors_come_back(q: str, filters: dict[str, tuple[str]], sort: str, offset: int, key: int | None) -> None:
    request = SearchRequest(q=q, filters=filters, sort=sort)  # type: ignore[arg-type]
    position = cursor.Position(offset, None if key is None else (key,))
    assert cursor.read(b"k", request, cursor.write(b"k", request, position)) == position


@given(st.text(max_size=60) | st.from_regex(r"[A-Za-z0-9_-]{20,60}", fullmatch=True))
def test_a_made_up_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursor):
        cursor.read(b"k", SearchRequest(), text)


_REGISTRY = FilterRegistry(FiltersPlugin().filters())
_NAMES = st.sampled_from([*COMMON, *_REGISTRY.filters]) | st.text(max_size=10)


@settings(max_examples=200)
@given(
    st.dictionaries(
        _NAMES, st.lists(TEXTS | st.sampled_from(["2015", "2015-07", "type", "active", "10"]), max_size=3), max_size=5
    )
)
def test_parameters_are_read_or_refused_by_name(parameters: dict[str, list[str]]) -> None:
    request, faults = read_or_refused(parameters)
    assert {fault.field for fault in faults} <= {name[:80] for name in parameters}
    assert bool(faults) == (request is None)
    assert request is None or all(one.parameter in request.filters for one in _REGISTRY.plan_filters(request.filters))


def read_or_refused(parameters: dict[str, list[str]]) -> tuple[SearchRequest | None, tuple[Fault, ...]]:
    try:
        return parse(parameters, _REGISTRY), ()
    except InvalidInput as error:
        return None, error.faults
