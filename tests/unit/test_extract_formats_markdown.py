"""Statutes in Markdown, and any other Markdown."""

from __future__ import annotations

import pytest

from catalog.extract.formats.markdown import MarkdownExtractor, markdown_lines, split_statute
from catalog.model.draft import Draft, RawDocument
from tests.extract_format_samples import STATUTE


def read(text: str, filename: str = "条例.md", **hints: str) -> Draft:
    return MarkdownExtractor().extract(RawDocument(text.encode(), "text/markdown", filename=filename, hints=hints))


def order(history: str, title: str = "云江港口管理办法", body: str = "第一条 甲。\n\n第二条 乙。") -> str:
    return f"# {title}\n\n{history}\n\n<!-- INFO END -->\n\n{body}\n"


def test_a_local_regulation():
    draft = read(STATUTE, "地方性法规/云江/云江市信息公开条例(2021-05-28).md", publisher="云江市人大")
    assert draft.record_type == "regulation"
    fields = draft.fields
    assert fields["title"] == "云江市政府信息公开条例"
    assert fields["alt_titles"] == ["云江市信息公开条例"]
    assert fields["issuing_body"] == ["云江市人民代表大会常务委员会"]
    assert (fields["date_adopted"], fields["date_effective"]) == ("2009-03-27", "2009-07-01")
    assert (fields["instrument_kind"], fields["document_kind"], fields["level"]) == (
        "local_regulation",
        "regulations",
        "municipal",
    )
    assert (fields["disclosure"], fields["publisher"], fields["script"]) == ("unknown", "云江市人大", "Hans")
    assert "date_published" not in fields
    assert draft.readings["date_effective"].raw == "本条例自2009年7月1日起施行"
    assert draft.readings["date_effective"].where == "body"
    assert fields.keys() == draft.readings.keys()


def test_its_events_name_the_decisions_that_changed_it():
    events = read(STATUTE).events
    assert [(event.kind, event.date) for event in events] == [
        ("enacted", "2009-03-27"),
        ("amended", "2014-09-26"),
        ("amended", "2021-05-28"),
        ("effective", "2009-07-01"),
    ]
    assert events[1].by is not None
    assert events[1].by.title == "关于修改〈云江市市容条例〉、〈云江市政府信息公开条例〉等三件地方性法规的决定"


def test_its_articles_and_chapters():
    blocks = read(STATUTE).blocks
    assert [(block.text[:8], block.level) for block in blocks if block.kind == "heading"] == [
        ("第一章 总则", 1),
        ("第二章 公开的范", 1),
        ("第三章 附则", 1),
    ]
    assert [block.anchor for block in blocks if block.anchor] == ["art-1", "art-2", "art-3", "art-3-1", "art-4"]
    assert blocks[-1].text == "第四条 本条例自2009年7月1日起施行。"


def test_an_order_of_the_state_council():
    text = order("2008年5月1日 中华人民共和国国务院令第500号公布\n\n自公布之日起施行", "中华人民共和国港口条例")
    draft = read(text, "行政法规/港口条例(2008-05-01).md")
    fields = draft.fields
    assert (fields["order_number"], fields["doc_number"]["serial"]) == ("中华人民共和国国务院令第500号", "500")
    assert (fields["date_published"], fields["date_promulgated"], fields["date_effective"]) == ("2008-05-01",) * 3
    assert (fields["issuing_body"], fields["instrument_kind"], fields["level"]) == (
        ["国务院"],
        "administrative_regulation",
        "national",
    )
    assert (fields["short_title"], fields["alt_titles"]) == ("港口条例", ["港口条例"])
    assert fields["promulgation_note"].startswith("2008年5月1日")


def test_a_people_s_government_makes_rules_wherever_they_are_filed():
    draft = read(order("2006年11月17日 云江市人民政府第56次常务会议通过"), "地方性法规/云江/云江港口管理办法.md")
    assert draft.fields["instrument_kind"] == "government_rule"


def test_a_joint_order_has_the_number_of_the_lead():
    draft = read(order("1990年6月4日 国家教育委员会令第10号、卫生部令第1号发布"), "部门规章/a.md")
    assert draft.fields["order_number"] == "国家教育委员会令第10号、卫生部令第1号"
    assert draft.fields["doc_number"]["raw"] == "国家教育委员会令第10号"


def test_a_covering_letter_stays_in_the_text_and_gives_number_and_issuer():
    letter = (
        "劳部发〔1994〕489号\n\n各省劳动厅：\n\n现印发给你们。\n\n劳动部\n\n一九九四年十二月六日\n\n1995年1月1日 执行"
    )
    draft = read(order(letter, "工资支付规定"))
    assert draft.fields["doc_number"]["canonical"] == "劳部发〔1994〕489号"
    assert (draft.fields["issuing_body"], draft.fields["date_written"]) == (["劳动部"], "1994-12-06")
    assert [block.text for block in draft.blocks][:4] == [
        "劳部发〔1994〕489号",
        "各省劳动厅：",
        "现印发给你们。",
        "劳动部",
    ]


def test_the_title_names_the_issuer_where_the_history_does_not():
    draft = read(order("1982年2月27日", "国务院关于开展植树运动的实施办法"))
    assert (draft.fields["issuing_body"], draft.fields["date_written"]) == (["国务院"], "1982-02-27")
    assert "issuing_body" not in read(order("1982年2月27日", "云江港口管理办法")).fields


def test_the_folder_tells_what_nothing_else_does():
    draft = read(order("", "港口条例"), "行政法规/港口条例(2024-09-24).md")
    assert (draft.fields["issuing_body"], draft.fields["date_published"]) == (["国务院"], "2024-09-24")
    assert (draft.readings["issuing_body"].where, draft.readings["issuing_body"].confidence) == ("url", 0.5)
    assert draft.events == ()
    draft = read(order("", "港口规定"), "部门规章/公安部/港口规定.md")
    assert (draft.fields["issuing_body"], draft.fields["instrument_kind"]) == (["公安部"], "department_rule")
    assert "date_published" not in draft.fields
    local = read(order("", "云江港口条例"), "地方性法规/云江/云江港口条例(2024-09-24).md")
    assert (local.fields["date_adopted"], "issuing_body" in local.fields) == ("2024-09-24", False)


@pytest.mark.parametrize(
    ("history", "closing", "expected"),
    [
        ("2001年1月1日 国务院令第300号公布", "第二条 本条例自公布之日起施行。", "2001-01-01"),
        (
            "2001年1月1日 国务院令第300号公布\n\n2011年1月8日 《国务院关于修改部分行政法规的决定》修订",
            "第二条 本条例自公布之日起施行。",
            "2001-01-01",
        ),
        (
            "2001年1月1日 国务院令第300号公布\n\n2011年1月8日 国务院令第588号修订",
            "第二条 本条例自公布之日起施行。",
            None,
        ),
        ("2001年1月1日 国务院令第300号公布", "第二条 本实施细则自二○○一年三月一日起施行。", "2001-03-01"),
        ("2001年1月1日 国务院令第300号公布\n\n2001年2月1日 施行", "第二条 本条例自2001年3月1日起施行。", "2001-02-01"),
        ("2001年1月1日 国务院令第300号公布", "第二条 依照第一条自2001年3月1日起施行的规定。", None),
    ],
)
def test_the_day_of_effect(history, closing, expected):
    draft = read(order(history, "港口条例", f"第一条 甲。\n\n{closing}"))
    assert draft.fields.get("date_effective") == expected
    assert [event.date for event in draft.events if event.kind == "effective"] == ([expected] if expected else [])


def test_what_is_wrong_with_a_history_is_said():
    broken = read(order("2009年2月20日 国务院令第550号公布\n\n2016年2月6日 《国务院决定》第一次修订  根据"))
    assert broken.flags == ("incomplete_history",)
    assert [problem.severity for problem in broken.problems] == ["warning"]
    mixed = read(order("2010年5月28日 甲会议通过\n\n1999年10月28日 甲会议修订"))
    assert mixed.flags == ("date_conflict",)


def test_a_statute_without_the_mark_is_one_by_its_dated_lines():
    statute = split_statute(
        "# 云江港口办法\n\n2001年1月1日 云江市人民政府令第3号发布\n\n## 第一章 总则\n\n第一条 甲。\n"
    )
    assert statute is not None
    assert statute.history == ("2001年1月1日 云江市人民政府令第3号发布",)
    assert statute.body[0] == "## 第一章 总则"
    assert split_statute("# 工作总结\n\n2020年，全市工作取得进展。\n") is None
    assert split_statute("没有标题\n") is None


def test_the_title_above_the_body_is_not_repeated():
    draft = read(
        order(
            "2001年1月1日 国务院令第300号公布", "云江港口办法", "云江 港口办法\n\n\u200b\n\n第一条 甲。\n\n第二条 乙。"
        )
    )
    assert [block.text for block in draft.blocks] == ["第一条 甲。", "第二条 乙。"]


def test_a_wrong_charset_is_flagged():
    draft = MarkdownExtractor().extract(RawDocument(STATUTE.encode(), "text/markdown", charset="gb2312"))
    assert draft.flags == ("wrong_charset",)
    assert draft.fields["title"] == "云江市政府信息公开条例"


def test_plain_markdown_becomes_lines():
    text = (
        '# 云江市人民政府关于**春耕**的通知\n\n各县人民政府：\n\n现将[有关事项](http://yunjiang.example/a "甲")通知如下。\n'
        "请遵照执行。\n\n## 一、要求\n\n- 甲\n- 乙\n\n| 序号 | 单位 |\n| --- | :-: |\n| 1 | 财政局 |\n\n<!-- 注 -->\n---\nplain\ntext\n\n> 引文\n"
    )
    assert [(line.kind, line.level, line.text) for line in markdown_lines(text)] == [
        ("heading", 1, "云江市人民政府关于春耕的通知"),
        ("paragraph", 0, "各县人民政府："),
        ("paragraph", 0, "现将有关事项通知如下。"),
        ("paragraph", 0, "请遵照执行。"),
        ("heading", 2, "一、要求"),
        ("list_item", 0, "甲"),
        ("list_item", 0, "乙"),
        ("table", 0, "序号\t单位\n1\t财政局"),
        ("paragraph", 0, "plain text"),
        ("paragraph", 0, "引文"),
    ]


def test_plain_markdown_goes_to_the_general_reader():
    draft = read(
        "# 云江市人民政府关于春耕的通知\n\n云政发〔2020〕3号\n\n各县人民政府：\n\n请做好春耕工作。\n\n云江市人民政府\n\n2020年3月2日\n"
    )
    assert draft.fields["title"] == "云江市人民政府关于春耕的通知"
    assert draft.fields["doc_number"]["canonical"] == "云政发〔2020〕3号"


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "text",
    ["<!--" * 200_000, "-" * 200_000 + "x", "# " + "# " * 100_000 + "x", "[" * 100_000, "[a](" * 50_000, "**a" * 50_000, "# 甲\n" + "2001年1月1日" * 2_400 + "\n<!-- INFO END -->"],
    ids=["comments", "dashes", "headings", "links", "targets", "stars", "dates"],
)  # fmt: skip
def test_hostile_text_costs_no_time(text):
    statute = split_statute(text)
    assert statute is None or statute.history
    if statute is None:
        assert markdown_lines(text) or text.startswith("<!--")
    else:
        read(text)
