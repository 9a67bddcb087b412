"""What holds for the structure of any statute."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.extract.formats.numbering import chinese
from catalog.extract.statute import article_anchor, structure
from catalog.model.draft import Block

LINES = st.one_of(
    st.builds(
        lambda number, text: f"第{chinese(number)}条 {text}", st.integers(1, 30), st.text("甲乙丙。第条二", max_size=8)
    ),
    st.builds(lambda number: f"第{chinese(number)}章 总则", st.integers(1, 5)),
    st.text("第一二条章节款的规定。 甲乙", max_size=20),
)
BLOCKS = st.lists(
    st.builds(Block, st.sampled_from(["paragraph", "heading", "list_item", "table"]), LINES.map(str.strip)), max_size=25
)


@settings(deadline=None)
@given(st.integers(1, 9999))
def test_every_article_number_has_its_anchor(number):
    assert article_anchor(f"第{chinese(number)}条") == f"art-{number}"
    assert article_anchor(f"第 {number} 條") == f"art-{number}"


@settings(deadline=None)
@given(BLOCKS)
def test_doing_it_twice_changes_nothing(blocks):
    once = structure(blocks)
    assert structure(once) == once


@settings(deadline=None)
@given(BLOCKS)
def test_anchors_are_never_given_twice(blocks):
    anchors = [block.anchor for block in structure(blocks) if block.anchor]
    assert len(anchors) == len(set(anchors))


@settings(deadline=None)
@given(BLOCKS)
def test_no_text_is_lost_but_headings_that_come_again(blocks):
    kept = "".join("".join(block.text.split()) for block in structure(blocks))
    for block in blocks:
        if block.kind != "heading" and not block.text.startswith("第"):
            assert "".join(block.text.split()) in kept
