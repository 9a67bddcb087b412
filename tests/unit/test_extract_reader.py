"""The general reader and its two doors, plain text and HTML: what they promise whatever the document."""

from __future__ import annotations

import pytest

from catalog.errors import Refused
from catalog.extract.formats.html import HtmlExtractor
from catalog.extract.formats.plaintext import PlainTextExtractor, text_lines
from catalog.extract.lines import Line, Link
from catalog.extract.ocr.document import recognised
from catalog.extract.ocr.sidecars import Sidecar
from catalog.extract.reader import read_lines
from catalog.model.draft import RawDocument

TITLE = "云江市人民政府关于加强农村公路养护管理工作的通知"
PROSE = "为进一步规范全市农村公路养护管理工作，明确各级责任，提高养护质量，现就有关事项通知如下，请认真贯彻执行。"


def test_pairs_meta_hints_and_links_all_count_in_their_order():
    draft = read_lines(
        [Line(TITLE), Line(PROSE)],
        meta={"pubdate": "2021-03-05 10:00", "contentsource": "云江市交通运输局"},
        hints={"date_published": "2021-03-09", "date_written": "2021-03-01", "level": "municipal", "region": "639900"},
        pairs=[
            ("发文字号", "云江政发〔2021〕3号", "header"),
            ("没有这个标签", "甲", "header"),
            ("主题分类", "", "header"),
        ],
        links=[Link("任务分解表.pdf", "https://www.yunjiang.gov.cn/1.pdf")],
        url="https://www.yunjiang.gov.cn/1.html",
    )
    assert draft.fields["doc_number"]["canonical"] == "云江政发〔2021〕3号"
    assert draft.fields["date_published"] == "2021-03-05"
    assert draft.readings["date_published"].where == "meta"
    assert draft.fields["date_written"] == "2021-03-01"
    assert draft.readings["date_written"].where == "list"
    assert draft.fields["text_authority"] == "official_web"
    assert draft.attachments[0].url == "https://www.yunjiang.gov.cn/1.pdf"
    assert "topic_raw" not in draft.fields


def test_a_hint_is_weaker_than_anything_the_document_says():
    draft = read_lines(
        [Line(TITLE), Line("云江政发〔2021〕3号"), Line(PROSE)],
        hints={"title": "别的标题通知", "doc_number": "云江政发〔2020〕9号", "issuing_body": "石桥县人民政府"},
    )
    assert draft.fields["title"] == TITLE
    assert draft.fields["doc_number"]["serial"] == "3"
    assert draft.fields["issuing_body"] == ["云江市人民政府"]


def test_a_document_without_a_title_says_what_to_do():
    draft = read_lines([Line(PROSE)])
    (problem,) = draft.problems
    assert (problem.severity, problem.code, problem.field) == ("error", "no_title", "title")
    assert "list page" in problem.message
    assert "title" not in draft.fields


def test_nothing_at_all_is_an_empty_draft_with_its_problems():
    draft = read_lines([])
    assert draft.blocks == ()
    assert draft.flags == ("empty_body",)
    assert [problem.code for problem in draft.problems] == ["no_title"]


def test_every_value_says_what_it_was_read_from():
    draft = read_lines(
        text_lines(f"{TITLE}\n云江政发[2021]3号\n各县（区）人民政府：\n{PROSE}\n云江市人民政府\n二○二一年三月五日\n")
    )
    assert draft.readings["doc_number"].raw == "云江政发[2021]3号"
    assert draft.readings["date_written"].raw == "二○二一年三月五日"
    assert draft.readings["date_written"].where == "signature"
    assert draft.readings["addressees"].raw == "各县（区）人民政府："
    assert draft.fields.keys() == draft.readings.keys()


def test_dates_that_contradict_each_other_are_flagged_and_the_surer_one_stays():
    lines = [Line(TITLE), Line(PROSE), Line("云江市人民政府"), Line("2021年3月5日")]
    draft = read_lines(lines, pairs=[("成文日期", "2021-03-08", "header"), ("发布日期", "2021-03-01", "header")])
    assert draft.fields["date_written"] == "2021-03-08"
    assert set(draft.flags) == {"date_conflict", "published_before_written"}


def test_a_partial_date_does_not_contradict_a_day_within_it():
    lines = [Line(TITLE), Line(PROSE), Line("云江市人民政府"), Line("2021年3月5日")]
    assert read_lines(lines, pairs=[("成文日期", "2021年3月", "header")]).flags == ()


def test_an_index_number_is_kept_as_printed_and_never_a_date():
    draft = read_lines([Line(TITLE), Line(PROSE)], pairs=[("索引号", "20201029-154517-206", "header")])
    assert draft.fields["index_number"] == "20201029-154517-206"
    assert draft.fields["index_family"] == "cms_clock"
    assert not any(name.startswith("date") for name in draft.fields)
    assert read_lines([Line(TITLE)], pairs=[("索引号", "gk-2020/a 1", "header")]).fields["index_number"] == "gk-2020/a1"


def test_values_outside_a_vocabulary_are_flagged_and_not_mapped():
    draft = read_lines(
        [Line(TITLE), Line(PROSE)], pairs=[("有效性", "看情况", "header"), ("公开方式", "广播", "header")]
    )
    assert draft.fields["disclosure"] == "unknown"
    assert "validity" not in draft.fields
    assert draft.flags == ("unmapped_value",)


@pytest.mark.parametrize(
    ("label", "value", "validity"),
    [
        ("有效性", "有效", "in_force"),
        ("有效性", "是", "in_force"),
        ("是否废止", "否", "in_force"),
        ("是否废止", "是", "repealed"),
        ("時效性", "已廢止", "repealed"),
    ],
)
def test_validity_in_the_words_of_headers(label: str, value: str, validity: str):
    assert read_lines([Line(TITLE), Line(PROSE)], pairs=[(label, value, "header")]).fields["validity"] == validity


def test_a_day_of_repeal_is_an_event():
    draft = read_lines([Line(TITLE), Line(PROSE)], pairs=[("废止日期", "2022-01-01", "header")])
    assert [(event.kind, event.date) for event in draft.events] == [("repealed", "2022-01-01")]


def test_joint_issuers_are_a_list_lead_first():
    draft = read_lines([Line(TITLE), Line(PROSE)], pairs=[("发文机关", "国务院、中央军委", "header")])
    assert draft.fields["issuing_body"] == ["国务院", "中央军委"]
    assert draft.fields["level"] == "national"


def test_the_script_is_told_and_taiwans_region_only_by_its_terms():
    assert read_lines([Line(TITLE), Line(PROSE)]).fields["lang"] == "zh-Hans-CN"
    hant = "為加強規範性檔案管理，通過入口網站公開政府信息，現就有關事項通知如下，請認真貫徹執行並及時報告。"
    assert read_lines([Line("云江市人民政府關於加強管理的通知"), Line(hant)]).fields["lang"] == "zh-Hant-TW"
    plain = read_lines([Line("云江市人民政府關於加強管理的通知"), Line("為加強管理，現通知如下，請認真貫徹執行。")])
    assert (plain.fields["lang"], plain.fields["script"]) == ("zh-Hant", "Hant")


def test_plain_text_knows_the_right_edge_and_bullets():
    lines = text_lines("  • 来源: 市局\n" + "\u00a0" * 60 + "2015年6月29日\n\n\u3000\u3000正文\n")
    assert [(line.text, line.kind, line.align) for line in lines] == [
        ("• 来源: 市局", "list_item", None),
        ("2015年6月29日", "paragraph", "right"),
        ("正文", "paragraph", None),
    ]


def test_a_text_that_is_too_long_is_refused_by_name(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("catalog.extract.formats.plaintext.MAX_CHARACTERS", 10)
    with pytest.raises(Refused) as refusal:
        PlainTextExtractor().extract(RawDocument(("云" * 11).encode()))
    assert refusal.value.code == "too_large"


def test_a_page_that_hides_its_text_is_read_all_the_same():
    page = f'<html><body><div id="x" style="display:none"><h1>{TITLE}</h1><p>{PROSE}</p></div></body></html>'
    draft = HtmlExtractor().extract(RawDocument(page.encode()))
    assert draft.fields["title"] == TITLE
    assert [block.text for block in draft.blocks] == [PROSE]


def test_gb2312_pages_are_read_as_gb18030():
    page = f'<html><head><meta charset="gb2312"><title>{TITLE}</title></head><body><h1>{TITLE}</h1><p>{PROSE}镕</p></body></html>'
    draft = HtmlExtractor().extract(RawDocument(page.encode("gb18030")))
    assert draft.fields["title"] == TITLE
    assert draft.blocks[0].text == f"{PROSE}镕"


def test_extractors_name_their_media_types():
    assert HtmlExtractor().media_types == {"text/html", "application/xhtml+xml"}
    assert PlainTextExtractor().media_types == {"text/plain"}
    assert HtmlExtractor().version


def test_a_number_with_the_signer_beside_it_is_the_own_number() -> None:
    lines = text_lines(
        "云江区人民政府办公室文件\n云政办〔2018〕37号　　签发人：郑海\n云江区人民政府办公室关于印发防火方案的通知\n各街道办事处：\n请认真组织实施。\n云江区人民政府办公室\n2018年12月3日\n"
    )
    draft = read_lines(lines)
    assert draft.fields["doc_number"]["canonical"] == "云政办〔2018〕37号"
    assert "damaged_number" not in draft.flags


@pytest.mark.parametrize(
    "line", ["《云江市建筑垃圾管理规定》（云府规〔2023〕7号）共三条。", "（2017年5月12日）", "（二〇一七年五月十二日）"]
)
def test_a_cited_number_and_a_day_are_no_damaged_number(line: str) -> None:
    draft = read_lines(text_lines(f"《云江市建筑垃圾管理规定》政策解读\n{line}\n一、制定背景\n有背景。\n"))
    assert "damaged_number" not in draft.flags


GAZETTE_PAGE = "云江市人民政府关于植树的通知\n云政发〔2021〕3号\n各县（区）人民政府：\n请植树三百棵。\n云江市人民政府\n2021年2月1日\n"


@pytest.mark.parametrize(
    ("url", "hints", "authority"),
    [
        ("https://www.yunjiang.gov.cn/gb/3.html", {"record_type": "gazette_article"}, "gazette_standard"),
        (None, {"record_type": "gazette_article"}, "gazette_standard"),
        ("https://www.yunjiang.gov.cn/gb/3.html", {}, "official_web"),
        ("https://www.yunjiang.gov.cn/gb/3.html", {"record_type": "gazette_article", "text_authority": "third_party"}, "third_party"),
    ],
)  # fmt: skip
def test_the_page_of_a_gazettes_article_is_the_standard_text(
    url: str | None, hints: dict[str, str], authority: str
) -> None:
    draft = read_lines(text_lines(GAZETTE_PAGE), url=url, hints=hints)
    assert draft.fields["text_authority"] == authority
    assert draft.readings["text_authority"].raw


def test_the_recognised_text_of_a_gazettes_article_is_no_standard_text() -> None:
    draft = read_lines(text_lines(GAZETTE_PAGE), hints={"record_type": "gazette_article"})
    assert recognised(draft, Sidecar((), (), "alto")).fields["text_authority"] == "ocr_unreviewed"


def test_an_article_without_text_has_no_authority() -> None:
    draft = read_lines(text_lines("云江市人民政府关于植树的通知"), hints={"record_type": "gazette_article"})
    assert "text_authority" not in draft.fields


def test_the_names_of_a_lists_columns_are_no_header() -> None:
    page = (
        "<html><body><h1>云江市2023年度重大行政决策事项目录</h1><table><tr><th>序号</th><th>决策事项</th><th>承办单位</th><th>计划完成时间</th></tr>"
        "<tr><td>1</td><td>城市更新规划</td><td>市自然资源局</td><td>2023年10月</td></tr></table><p>云江市人民政府</p><p>2023年3月1日</p></body></html>"
    )
    for document in (
        HtmlExtractor().extract(RawDocument(page.encode(), url="https://www.yunjiang.gov.cn/1.html")),
        read_lines(
            [
                Line("云江市2023年度重大行政决策事项目录"),
                Line("序号\t决策事项\t承办单位\t计划完成时间\n1\t城市更新规划\t市自然资源局\t2023年10月", "table"),
            ]
        ),
    ):
        (table,) = [block for block in document.blocks if block.kind == "table"]
        assert table.text.split("\n")[0] == "序号\t决策事项\t承办单位\t计划完成时间"
