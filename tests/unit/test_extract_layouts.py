"""What headers and heads of many sites print, read as a careful reader reads it: broken values, unknown labels, announcements, menus."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.extract.formats.html import HtmlExtractor
from catalog.extract.formats.plaintext import PlainTextExtractor
from catalog.model.draft import Draft, RawDocument

BODY = """各县（区）人民政府，市政府各部门：
为做好全市防汛抗旱工作，根据《中华人民共和国防洪法》和省政府有关规定，经市政府同意，现就有关事项通知如下：
一、提高思想认识。各级各部门要充分认识当前防汛抗旱形势的严峻性，坚持以防为主、防抗救相结合，把各项措施落到实处。
"""
SIGNED = "云江市人民政府办公室\n2021年4月9日"
TITLE = "云江市人民政府办公室关于印发云江市河道管理办法（试行）的通知"


def text(content: str) -> Draft:
    return PlainTextExtractor().extract(RawDocument(content.encode(), charset=None, url=None, hints={}))


def page(head: str, body: str = BODY + SIGNED) -> Draft:
    paragraphs = "".join(f"<p>{line}</p>" for line in body.split("\n"))
    content = (
        f"<html><head><meta charset='utf-8'></head><body>{head}<div class='content'>{paragraphs}</div></body></html>"
    )
    return HtmlExtractor().extract(RawDocument(content.encode(), charset=None, url=None, hints={}))


def read(draft: Draft, *names: str) -> list[Any]:
    values = [draft.fields.get(name) for name in names]
    return [value["canonical"] if isinstance(value, dict) else value for value in values]


def test_values_broken_to_fit_a_narrow_column():
    draft = text(
        "索 引 号：\n11361000014500000X/2021-\n00456\n主题分类：\n农业、林业、\n水利\n"
        "标 题：\n云江市人民政府办公室关于印发云江市河道管理办法（试行）\n的通知\n"
        f"发文字号：\n云府办发〔2021〕\n15号\n成文日期：\n2021年04月\n09日\n发布日期：\n2021-04-12\n{TITLE}\n{BODY}{SIGNED}"
    )
    assert read(draft, "title", "doc_number", "index_number", "date_written", "date_published", "topic_raw") == [
        TITLE,
        "云府办发〔2021〕15号",
        "11361000014500000X/2021-00456",
        "2021-04-09",
        "2021-04-12",
        "农业、林业、水利",
    ]


def test_a_title_below_a_header_is_no_rest_of_its_last_value():
    draft = text(
        f"索引号：014/2021-01\n发文机关：云江市人民政府办公室\n主题分类：农业、林业、水利\n{TITLE}\n{BODY}{SIGNED}"
    )
    assert read(draft, "title", "topic_raw") == [TITLE, "农业、林业、水利"]


@pytest.mark.parametrize("label", ["某某事项办理处室", "备 用 栏", "政务号"])
def test_a_label_that_is_not_known_ends_the_value_before_it(label: str):
    draft = text(
        f"索引号：000014/2021-01 {label}：云江市水务局\n发布日期：2021-04-12 {label}：一\n{TITLE}\n{BODY}{SIGNED}"
    )
    assert read(draft, "index_number", "date_published") == ["000014/2021-01", "2021-04-12"]


def test_a_day_of_publication_alone_behind_the_text():
    draft = text(f"{TITLE}\n{BODY}{SIGNED}\n发布日期：2021年4月12日")
    assert read(draft, "date_written", "date_published") == ["2021-04-09", "2021-04-12"]


def test_a_signature_of_the_government_by_its_short_name():
    draft = text(f"标题：{TITLE}\n发文机关：云江市人民政府办公室\n{TITLE}\n{BODY}市政府办公室\n2021年4月9日")
    assert read(draft, "date_written") == ["2021-04-09"]


@pytest.mark.parametrize(
    ("head", "number"),
    [
        ("中华人民共和国交通运输部令\n2018年第3号", "中华人民共和国交通运输部令〔2018〕3号"),
        ("国家市场监督管理总局令\n（第61号）", "国家市场监督管理总局令第61号"),
        (
            "国家发展和改革委员会\n商务部\n令\n第47号",
            "国家发展和改革委员会、商务部令第47号",
        ),
    ],
)
def test_orders_with_their_number_on_the_next_line(head: str, number: str):
    draft = text(
        f"{head}\n《收费公路管理办法》已于2018年2月23日经第4次部务会议审议通过，现予公布，自2018年5月1日起施行，请遵照执行。\n"
        "交通运输部部长：李某某\n2018年3月5日\n收费公路管理办法\n第一条　为规范收费公路管理，制定本办法。\n第二条　本办法适用于收费公路。"
    )
    assert read(draft, "doc_number", "title", "date_written") == [number, "收费公路管理办法", "2018-03-05"]


def test_an_announcement_of_a_congress_publishes_as_an_order_does():
    draft = text(
        "云江市第十七届人民代表大会常务委员会公告\n第8号\n"
        "《云江市文明行为促进条例》已由云江市第十七届人民代表大会常务委员会第十次会议于2019年8月30日通过，"
        "经云岭省第十三届人民代表大会常务委员会第十四次会议于2019年11月29日批准，现予公布，自2020年1月1日起施行。\n"
        "云江市人民代表大会常务委员会\n2019年12月5日\n云江市文明行为促进条例\n"
        "第一条　为了引导文明行为，制定本条例。\n第二条　本条例适用于本市。"
    )
    assert read(draft, "title", "doc_number", "date_written", "issuing_body") == [
        "云江市文明行为促进条例",
        "云江市第十七届人民代表大会常务委员会公告第8号",
        "2019-12-05",
        ["云江市人民代表大会常务委员会"],
    ]


def test_a_court_publishes_an_interpretation():
    draft = text(
        "中华人民共和国最高人民法院公告\n"
        "《最高人民法院关于审理云江纠纷案件适用法律问题的解释》已于2020年10月19日由最高人民法院审判委员会第1813次会议通过，现予公布。\n"
        "最高人民法院\n2020年12月8日\n法释〔2020〕14号\n最高人民法院关于审理云江纠纷案件适用法律问题的解释\n"
        "（2020年10月19日最高人民法院审判委员会第1813次会议通过，自2021年1月1日起施行）\n"
        "第一条　消费者受到损害的，依法处理。\n第二条　本解释自2021年1月1日起施行。"
    )
    assert read(draft, "title", "doc_number", "date_written") == [
        "最高人民法院关于审理云江纠纷案件适用法律问题的解释",
        "法释〔2020〕14号",
        "2020-12-08",
    ]
    assert (draft.record_type, draft.fields["instrument_kind"]) == ("regulation", "judicial_interpretation")


def test_an_announcement_that_has_no_title_is_called_by_its_number():
    draft = text(
        "中国人民银行公告〔2020〕第5号\n为进一步推动征信业健康发展，根据《征信业管理条例》，现就有关事宜公告如下，请各征信机构遵照执行。\n"
        "一、征信机构应当依法开展征信业务，保护信息主体的合法权益，切实防范风险，不得泄露信息。\n中国人民银行\n2020年4月3日"
    )
    assert read(draft, "title", "doc_number") == ["中国人民银行公告〔2020〕第5号", "中国人民银行公告2020年第5号"]


def test_a_title_in_brackets_behind_the_number():
    draft = text(f"云江海关公告2018年第60号（关于修订申报规范的公告）\n{BODY}")
    assert "关于修订申报规范的公告" in str(draft.fields["title"])
    assert not str(draft.fields["title"]).startswith("（")


def test_a_menu_and_the_page_title_above_the_title():
    title = "云江市林业局关于发布禁火令的公告"
    assert read(text(f"首页 新闻 政务公开 办事 互动\n云江市林业局\n关于发布禁火令的公告\n{BODY}"), "title") == [title]
    assert read(text(f"{title}_云江市人民政府\n云江市林业局关于发布\n禁火令的公告\n{BODY}"), "title") == [title]


def test_two_numbers_of_a_joint_act_on_one_line():
    draft = text(
        f"云江市财政局 云江市水务局关于加强水资源费管理的通知\n云财综〔2019〕33号 云水资源〔2019〕12号\n{BODY}"
    )
    assert read(draft, "doc_number") == ["云财综〔2019〕33号"]


def test_a_spread_everyday_word_is_a_label():
    draft = page(
        "<ul><li><div>索 引 号</div><div>000014672/2022-00456</div><div>分　　类</div><div>生态环境评价管理</div></li>"
        f"<li><div>发布机关</div><div>云江市人民政府办公室</div><div>文　　号</div><div>云政办〔2022〕12号</div></li></ul><h2>{TITLE}</h2>"
    )
    assert read(draft, "topic_raw", "doc_number") == ["生态环境评价管理", "云政办〔2022〕12号"]


def test_who_and_when_in_one_cell_of_a_page():
    draft = page(
        f"<table><tr><td><h2>{TITLE}</h2></td></tr><tr><td>文号：云政办〔2021〕12号</td></tr>"
        "<tr><td>文章来源：云江市水务局　　2021-04-12 17:30:00</td></tr></table>"
    )
    assert read(draft, "date_published") == ["2021-04-12"]


def test_a_title_broken_inside_its_own_element():
    draft = page(f"<div class='tit'>{TITLE[:15]}<br/>{TITLE[15:]}</div>")
    assert read(draft, "title") == [TITLE]


def test_a_pair_of_an_unknown_label_between_known_ones_is_header():
    draft = text(
        "索引号：000019713O02/2022-00123\n公开日期：2022年03月02日\n主题分类：通知\n值班处室类：运输服务司\n"
        f"公文类型：通知\n{TITLE}\n云交函〔2022〕77号\n{BODY}{SIGNED}"
    )
    assert read(draft, "title", "doc_number") == [TITLE, "云交函〔2022〕77号"]
    assert not any("值班处室类" in block.text for block in draft.blocks)
