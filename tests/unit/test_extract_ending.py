"""The end of a document: signatures, tail lines, embedded documents, attachments."""

from __future__ import annotations

import pytest

from catalog.extract import attachments, embedded, signature, tail
from catalog.extract.lines import Line, Link


def lines(*texts: str) -> list[Line]:
    return [Line(text) for text in texts]


def chosen(texts: list[Line], issuers: list[str]) -> signature.Signature | None:
    return signature.choose(signature.find_signatures(texts, 0), issuers, range(len(texts)))


@pytest.mark.parametrize(
    ("texts", "bodies", "date"),
    [
        (["清水县人民政府办公室", "2015年7月14 日"], ("清水县人民政府办公室",), "2015-07-14"),
        (["国务院　中央军委", "一九九六年十一月五日"], ("国务院", "中央军委"), "1996-11-05"),
        (["云江市财政局", "云江市民政局", "二○一一年七月二十八日"], ("云江市财政局", "云江市民政局"), "2011-07-28"),
        (["云江市物价局　2010年8月30日"], ("云江市物价局",), "2010-08-30"),
        (["云江市物价局", "二○一○年八月三十", "日"], ("云江市物价局",), "2010-08-30"),
        (["二OO八年五月二十三日"], (), "2008-05-23"),
    ],
)
def test_signature_blocks(texts: list[str], bodies: tuple[str, ...], date: str):
    block = chosen(lines("正文一段。", *texts), [])
    assert block is not None
    assert block.bodies == bodies
    assert block.date.text == date


def test_a_person_signs_an_order():
    block = chosen(lines("现予公布。", "市　长　　林知远", "2019年12月10日"), ["云江市人民政府"])
    assert block is not None
    assert block.signer == "林知远"


def test_the_issuers_own_block_counts_and_not_the_last_one():
    texts = lines(
        "正文。", "云江市人民政府办公室", "2007年8月6日", "关于加强社区建设的意见", "云江市民政局", "2007年7月18日"
    )
    block = chosen(texts, ["云江市人民政府办公室"])
    assert block is not None
    assert block.date.text == "2007-08-06"


def test_a_block_of_somebody_else_is_not_taken_for_the_issuers():
    texts = lines("正文。", "关于加强社区建设的意见", "云江市民政局", "2007年7月18日", "余下的正文。")
    assert chosen(texts, ["云江市人民政府"]) is None


def test_a_date_in_the_text_is_no_signature():
    assert chosen(lines("2015年7月14日", "正文。", "正文。", "正文。"), []) is None


@pytest.mark.parametrize(
    ("line", "concept"),
    [
        ("（此件公开发布）", "active"),
        ("公开属性:主动公开", "active"),
        ("此件主动公开", "active"),
        ("（信息公开形式：主动公开）", "active"),
        ("公开方式：依申请公开", "on_request"),
        ("（此件不予公开）", "withheld"),
    ],
)
def test_disclosure_lines(line: str, concept: str):
    found = tail.disclosure_line(lines("正文。", line), 0)
    assert found is not None
    assert found.concept == concept


def test_sentences_about_disclosure_are_none():
    texts = lines("要坚持以公开为常态，主动公开政府信息。", "公开范围：面向社会", "此件已阅")
    assert tail.disclosure_line(texts, 0) is None


def test_copies_over_two_lines_and_the_print_line():
    texts = lines(
        "正文。", "抄送：市委办公室，市人大常委会办公室，", "市政协办公室。", "云江市人民政府办公室　2015年7月14日印发"
    )
    found = tail.copies(texts, 0)
    assert found is not None
    assert found.bodies == ("市委办公室", "市人大常委会办公室", "市政协办公室")
    assert found.lines == range(1, 3)
    printed = tail.print_line(texts, 0)
    assert printed is not None
    assert (printed.body, printed.date.text) == ("云江市人民政府办公室", "2015-07-14")


def test_a_sentence_that_ends_with_printed_is_no_print_line():
    assert (
        tail.print_line(
            lines("2015年3月2日印发的《云江市城市供水预案》同时废止。", "本办法由市政府于2015年3月2日印发"), 0
        )
        is None
    )


def test_the_embedded_document_is_the_one_that_the_title_names():
    texts = lines(
        "现印发给你们。",
        "云江市人民政府",
        "2020年1月2日",
        "附件",
        "云江市节约用水办法",
        "（试行）",
        "第一条 为了节约用水，制定本办法。",
    )
    found = embedded.find(
        texts, outer_title="云江市人民政府关于印发《云江市节约用水办法（试行）》的通知", start=3, after_signature=3
    )
    assert found is not None
    assert found.named
    assert found.title == "云江市节约用水办法（试行）"
    assert found.lines == range(4, 6)


def test_without_a_name_a_title_behind_the_signature_is_one():
    texts = lines("请认真执行。", "云江市人民政府", "2020年1月2日", "关于加强社区建设的实施意见", "正文。")
    found = embedded.find(texts, outer_title="云江市人民政府通知", start=3, after_signature=3)
    assert found is not None
    assert not found.named
    assert embedded.find(texts[:3], outer_title="云江市人民政府通知", start=3, after_signature=3) is None


def names(texts: list[Line], links: list[Link] | None = None) -> list[tuple[str, str | None, bool]]:
    found = attachments.find(texts, links or [], body_start=0)
    return [(one.title, one.url, one.content_present) for one in found.attachments]


def test_a_list_of_attachments_is_joined_to_its_links():
    links = [
        Link("2.联系人名单.xlsx", "https://a.gov.cn/2.xlsx"),
        Link("附件1：任务分解表.pdf", "https://a.gov.cn/1.pdf"),
        Link("首页", "https://a.gov.cn/"),
    ]
    assert names(lines("正文。", "附件：1．任务分解表", "2．联系人名单", "云江市人民政府"), links) == [
        ("任务分解表", "https://a.gov.cn/1.pdf", True),
        ("联系人名单", "https://a.gov.cn/2.xlsx", True),
    ]


@pytest.mark.parametrize(
    "texts",
    [
        ["附件：任务分解表"],
        ["附　件:任务分解表。"],
        ["附件1：任务分解表"],
        ["附件1.任务分解表"],
        ["附件：", "1.任务分解表"],
        ["（任务分解表）.pdf"],
    ],
)
def test_names_without_links_are_not_present(texts: list[str]):
    assert [(title.strip("（）"), url, present) for title, url, present in names(lines(*texts))] == [
        ("任务分解表", None, False)
    ]


def test_an_annex_on_the_same_page_is_present():
    assert names(lines("附件：任务分解表", "云江市人民政府", "附件", "任务分解表", "第一项")) == [
        ("任务分解表", None, True)
    ]


def test_a_mention_is_an_attachment_that_is_not_there():
    assert names(lines("對成員單位進行調整（見附屬檔案），請遵照執行。")) == [("附屬檔案", None, False)]
    assert names(lines("对成员单位进行调整（详见附件2）。")) == [("附件2", None, False)]


def test_relative_links_of_a_page_without_address_are_not_to_be_had():
    assert names(lines("正文。"), [Link("任务分解表", "files/1.pdf")]) == [("任务分解表", None, False)]
