"""Lists of a clean-up: headings, annexes, numbered lines and tables in every order of columns."""

from __future__ import annotations

import pytest

from catalog.extract.cleanup import MAX_ITEMS, is_cleanup, put_lists, read_lists, verdict_of
from catalog.extract.cleanup_tables import rows_of
from catalog.model.draft import Block, Citation, Draft
from catalog.model.relations import relation_types


def text(*lines: str) -> list[Block]:
    return [Block("paragraph", line) for line in lines]


def table(*rows: str) -> Block:
    return Block("table", "\n".join(row.replace("|", "\t") for row in rows))


def items(blocks, title="云江市人民政府关于公布规范性文件清理结果的通知"):
    return [(item.verdict, item.title, item.number) for item in read_lists(blocks, title=title).items]


def test_annexes_of_numbered_lines():
    blocks = text(
        "经研究，决定：继续有效的规范性文件3件（附件1），宣布失效1件。",
        "附件1：",
        "继续有效的规范性文件目录",
        "1. 云江市人民政府关于印发云江市城市供水管理办法的通知（云政发〔2009〕12号）",
        "2．关于加强道路管理的通告 云政告〔2011〕5号",
        "3、《云江市公园管理办法》（2013年5月1日市政府令第12号公布）",
        "附件2：宣布失效的规范性文件目录（1件）",
        "1.云江市2010年招商工作方案",
    )
    assert items(blocks) == [
        ("kept", "云江市人民政府关于印发云江市城市供水管理办法的通知", "云政发〔2009〕12号"),
        ("kept", "关于加强道路管理的通告", "云政告〔2011〕5号"),
        ("kept", "云江市公园管理办法", "市政府令第12号"),
        ("expired", "云江市2010年招商工作方案", None),
    ]


def test_an_annex_without_a_heading_has_the_verdict_of_the_sentence_that_names_it():
    blocks = text("一、对1部行政法规的部分条款予以修改。（附件1）", "二、对1部行政法规予以废止。（附件2）", "附件1")
    blocks += text(
        "一、将《云江河道管理条例》第三条修改为：“根据《云江水法》制定。”",
        "1.第五条中的“《甲办法》”修改为“《乙办法》”。",
        "附件2",
        "1.《云江收容办法》",
    )
    assert items(blocks, "国务院关于修改和废止部分行政法规的决定") == [
        ("amended", "云江河道管理条例", None),
        ("repealed", "云江收容办法", None),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        ("序号|文件名称|文号|发布日期", "1|云江市殡葬管理规定|云政〔1999〕3号|1999年3月1日"),
        ("文号|序号|文件标题|制定机关", "云政〔1999〕3号|1|云江市殡葬管理规定|市政府"),
        ("1|云政〔1999〕3号|云江市殡葬管理规定",),
        ("废止的文件（1件）||", "序号|题目|发文字号", "1|云江市殡葬管理规定|云政〔1999〕3号"),
    ],
)
def test_columns_in_any_order(rows):
    blocks = [Block("heading", "废止的规范性文件目录", 1), table(*rows)]
    assert items(blocks) == [("repealed", "云江市殡葬管理规定", "云政〔1999〕3号")]


def test_a_column_of_results_and_rows_that_are_headings():
    blocks = [
        table(
            "云江市行政规范性文件清理结果||||",
            "序号|文号|文件标题|制定机关|清理结果",
            "1|云司规〔2018〕1号|云江市公证办法|司法局|继续有效",
            "2|云司规〔2015〕2号|云江市律师办法|司法局|废止",
            "3|云司规〔2016〕4号|云江市调解办法|司法局|修改",
            "4|云司规〔2016〕5号|云江市仲裁办法|司法局|拟修改",
        )
    ]
    assert [verdict for verdict, _, _ in items(blocks)] == ["kept", "repealed", "amended", "planned"]
    blocks = [
        table(
            "废止的文件（1件）||",
            "1|关于甲事的通知|云卫〔2001〕1号",
            "失效的文件（1件）||",
            "1|关于丙事的通知|云卫〔2003〕1号",
        )
    ]
    assert [verdict for verdict, _, _ in items(blocks, "关于废止失效部分规范性文件的通知")] == ["repealed", "expired"]


def test_what_is_only_planned_happens_to_nobody():
    draft = Draft(
        "cleanup_result",
        fields={"title": "云江市规范性文件清理结果"},
        blocks=tuple(text("拟修改的规范性文件目录", "1.云江市户外广告管理办法（云政发〔2008〕1号）")),
    )
    put_lists(draft)
    assert [one.type for one in draft.citations] == ["cites"]
    assert draft.fields["to_change"] == ["云江市户外广告管理办法（云政发〔2008〕1号）"]


def test_the_lists_say_more_than_the_words_around_a_name():
    draft = Draft(
        "cleanup_result",
        fields={"title": "云江市规范性文件清理结果"},
        blocks=tuple(text("继续有效的规范性文件目录", "1.《云江市公园管理办法》（云政发〔2008〕1号）")),
        citations=(
            Citation("cites", "《云江市公园管理办法》（云政发〔2008〕1号）", "云政发〔2008〕1号", "云江市公园管理办法"),
            Citation("based_on", "《立法法》", None, "立法法"),
        ),
    )
    put_lists(draft)
    assert [(one.type, one.title) for one in draft.citations] == [
        ("based_on", "立法法"),
        ("confirms", "云江市公园管理办法"),
    ]
    assert draft.fields["list_counts"] == {"kept": 1, "items": 1, "unread": 0}


def test_an_entry_that_names_no_document_is_named():
    draft = Draft(
        "cleanup_result",
        fields={"title": "云江市规范性文件清理结果"},
        blocks=(
            Block("heading", "废止的规范性文件目录", 1),
            table("序号|文件名称|文号", "1|见备注|无", "2|云江市殡葬管理规定|"),
        ),
    )
    put_lists(draft)
    assert draft.flags == ("unread_list",)
    assert "见备注" in draft.problems[0].message
    assert len(draft.citations) == 1


def test_documents_without_lists_stay_as_they_are():
    for title in ("关于加强供水管理的通知", "云江市人民政府关于废止《云江市户籍办法》的决定"):
        assert not is_cleanup(title)
        draft = Draft("normative_document", fields={"title": title}, blocks=tuple(text("1.《甲市管理办法》")))
        put_lists(draft)
        assert draft.citations == ()


def test_a_list_has_an_end():
    blocks = [Block("heading", "废止的规范性文件目录", 1)]
    blocks += [table(*(f"{at}|关于第{at}事的通知|云政发〔2001〕{at}号" for at in range(1, MAX_ITEMS + 11)))]
    found = read_lists(blocks)
    assert (len(found.items), found.left_off) == (MAX_ITEMS, 10)


def test_every_verdict_is_a_relation_with_its_event():
    kinds = {verdict: read_lists(text(f"{words}目录", "1.关于甲事的通知")).items[0].citation().type
             for verdict, words in (("kept", "继续有效的文件"), ("repealed", "废止的文件"), ("expired", "宣布失效的文件"))}  # fmt: skip
    events = {verdict: relation_types()[kind].event for verdict, kind in kinds.items()}
    assert events == {"kept": "confirmed", "repealed": "repealed", "expired": "expired"}
    assert verdict_of("废止和宣布失效的规范性文件目录") == "not_kept"
    assert verdict_of("云江市人民政府关于修改和废止部分规章的决定", loose=True) is None


def test_an_empty_table():
    assert list(rows_of("")) == []
    assert list(rows_of("\t\t\n\t")) == []


def test_names_of_lists_and_days_are_no_entries_that_were_not_understood():
    blocks = text(
        "附件：1.废止的规范性文件目录",
        "2.宣布失效的规范性文件目录",
        "2022年9月6日",
        "附件1",
        "废止的规范性文件目录",
        "1.云江市人民政府关于加强殡葬管理的通告（云政发〔2007〕3号）",
    )
    found = read_lists(blocks, title="云江市人民政府关于废止和宣布失效一批规范性文件的决定")
    assert found.unread == []
    assert [item.number for item in found.items] == ["云政发〔2007〕3号"]
