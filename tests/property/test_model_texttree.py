"""What holds for the tree of any text: nothing lost, nothing twice, nothing moved by what stands elsewhere."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.extract.formats.numbering import chinese
from catalog.extract.statute import structure
from catalog.model.draft import Block
from catalog.model.texttree import MAIN, Tree, derive

WORDS = st.text("甲乙丙。；：《》（）(责任单位市局牵头落实) 第一条款项1.2、①\u3000", max_size=24)
MARKS = st.sampled_from(
    ["一、", "二、", "（一）", "（二）", "1.", "2．", "（1）", "①", "甲、", "1 ", "1.1 ", "1.2.1", ""]
)
LINES = st.one_of(
    st.builds(lambda mark, text: f"{mark}{text}", MARKS, WORDS),
    st.builds(lambda number, text: f"第{chinese(number)}条 {text}", st.integers(1, 12), WORDS),
    st.builds(lambda number, unit: f"第{chinese(number)}{unit} 总则", st.integers(1, 4), st.sampled_from("编章节")),
    st.sampled_from(
        [
            "附件",
            "附件1",
            "附件2：云江市细则",
            "附件：1.目录",
            "2021年3月1日",
            "（责任单位：市财政局、市人社局）",
            "附则",
            "目录",
        ]
    ),
    WORDS,
)
KINDS = st.sampled_from(["paragraph", "paragraph", "heading", "list_item", "table"])
PLAIN = st.lists(st.builds(Block, KINDS, LINES, st.integers(0, 12)), max_size=25)
ANCHORS = st.one_of(
    st.none(), st.sampled_from(["art-1", "art-2", "e1", "e2", "e1-art-1", "p1", "o-1", "tbl-1", "art-1-n1", "e1-p1"])
)
FOREIGN = st.lists(
    st.builds(Block, KINDS, LINES, st.integers(0, 3), ANCHORS, st.one_of(st.none(), st.integers(1, 9))), max_size=25
)


def anchors(tree: Tree) -> list[str]:
    return [unit.anchor for unit in tree.units]


@settings(deadline=None)
@given(st.one_of(PLAIN, PLAIN.map(structure), FOREIGN))
def test_no_text_is_lost_and_its_order_is_kept(blocks):
    tree = derive(blocks)
    assert "".join(unit.text for unit in tree.units) == "".join(block.text for block in blocks)
    assert derive(blocks) == tree


@settings(deadline=None)
@given(st.one_of(PLAIN, PLAIN.map(structure), FOREIGN))
def test_every_anchor_stands_once_and_every_path_leads_somewhere(blocks):
    tree = derive(blocks)
    found = anchors(tree)
    assert all(found)
    assert len(found) == len(set(found))
    seen: set[str] = set()
    parts = {part.id for part in tree.parts}
    for unit in tree.units:
        assert seen.issuperset(unit.path)
        assert unit.part in parts
        seen.add(unit.anchor)


@settings(deadline=None)
@given(st.one_of(PLAIN, PLAIN.map(structure), FOREIGN))
def test_stored_anchors_are_kept_where_they_stand_once(blocks):
    stored = [block.anchor for block in blocks if block.anchor]
    if len(stored) == len(set(stored)):
        assert set(stored) <= set(anchors(derive(blocks)))


@settings(deadline=None)
@given(st.one_of(PLAIN, PLAIN.map(structure)))
def test_tables_never_become_structure(blocks):
    tree = derive(blocks)
    tables = [block.text for block in blocks if block.kind == "table"]
    assert [unit.text for unit in tree.units if unit.kind == "table"] == tables


@settings(deadline=None)
@given(PLAIN)
def test_a_text_whose_anchors_were_all_written_down_has_the_same_ones(blocks):
    tree = derive(structure(blocks))
    kinds = {"heading": "heading", "table": "table", "item": "list_item"}
    written = [Block(kinds.get(unit.kind, "paragraph"), unit.text, 1, unit.anchor, unit.page) for unit in tree.units]
    assert anchors(derive(written)) == anchors(tree)


ARTICLES = st.lists(
    st.lists(st.builds(lambda mark, text: f"{mark}{text}甲。", MARKS, st.text("乙丙（）", max_size=6)), max_size=4),
    min_size=2,
    max_size=6,
)


@settings(deadline=None)
@given(ARTICLES, st.integers(0, 6))
def test_an_article_that_is_added_changes_no_other_anchor(bodies, at):
    articles = [
        [Block("paragraph", f"第{chinese(number)}条 甲。"), *(Block("paragraph", text) for text in body)]
        for number, body in enumerate(bodies, 1)
    ]
    place = min(at, len(articles))
    added = [Block("paragraph", f"第{chinese(max(1, place))}条之一 新。"), Block("paragraph", "新款。")]
    more = (
        [*articles[:place], added, *articles[place:]] if place else [*articles, [Block("paragraph", "第九十九条 新。")]]
    )
    before = derive(structure([block for article in articles for block in article]))
    after = derive(structure([block for article in more for block in article]))
    assert [anchor for anchor in anchors(after) if anchor in set(anchors(before))] == anchors(before)


@settings(deadline=None)
@given(PLAIN, PLAIN)
def test_what_is_changed_in_the_annex_changes_no_anchor_of_the_main_text(blocks, more):
    annex = [Block("heading", "附件1", 1, "e1")]
    main = [replace(block, anchor=None) for block in blocks]
    one, other = derive([*main, *annex]), derive([*main, *annex, *(replace(block, anchor=None) for block in more)])
    assert [unit for unit in other.units if unit.part == MAIN] == [unit for unit in one.units if unit.part == MAIN]
