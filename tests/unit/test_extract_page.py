"""Pages taken apart: pieces, boxes, tables; the document's container; header tables by structure."""

from __future__ import annotations

import pytest

from catalog.extract.formats.content import find_content
from catalog.extract.formats.page import read_page
from catalog.extract.formats.page_header import find_page_header

PROSE = "为进一步规范全市农村公路养护管理工作，明确各级责任，提高养护质量，根据有关规定，现就有关事项通知如下，请认真贯彻执行。"


def fields_of(markup: str) -> dict[str | None, str]:
    page = read_page(f"<html><body>{markup}<div><p>{PROSE}</p><p>{PROSE}</p></div></body></html>")
    return {pair.label.field: pair.value for hit in find_page_header(page) for pair in hit.pairs if pair.label.field}


def text_of(markup: str) -> list[str]:
    page = read_page(markup)
    header = {place for hit in find_page_header(page) for place in hit.uses}
    return [page.pieces[place].text for place in find_content(page, header)]


EXPECTED = {
    "index_number": "1234/2020-1",
    "issuing_body": "云江市人民政府",
    "date_written": "2020年1月2日",
    "doc_number": "",
}
VALUES = [("索引号", "1234/2020-1"), ("发文机关", "云江市人民政府"), ("成文日期", "2020年1月2日"), ("文　号", "")]


@pytest.mark.parametrize(
    "markup",
    [
        "<table>" + "".join(f"<tr><td>{k}：</td><td>{v}</td></tr>" for k, v in VALUES) + "</table>",
        "<table><tr>" + "".join(f"<th>{k}</th><td>{v}</td>" for k, v in VALUES) + "</tr></table>",
        "<table>" + "".join(f"<tr><td><b>{k}：</b>{v}</td></tr>" for k, v in VALUES) + "</table>",
        "<table>" + "".join(f"<tr><td>[ {k} ]</td><td>{v}</td></tr>" for k, v in VALUES) + "</table>",
        "<table><tr>"
        + "".join(f"<td>{k}</td>" for k, _ in VALUES)
        + "</tr><tr>"
        + "".join(f"<td>{v}</td>" for _, v in VALUES)
        + "</tr></table>",
        "<dl>" + "".join(f"<dt>{k}</dt><dd>{v}</dd>" for k, v in VALUES) + "</dl>",
        "<ul>" + "".join(f"<li><span>{k}：</span><span>{v}</span></li>" for k, v in VALUES) + "</ul>",
        "<ul>" + "".join(f"<li>[{k}] <span>{v}</span></li>" for k, v in VALUES) + "</ul>",
        "<ul>" + "".join(f"<li><em>{k}</em><i>{v}</i></li>" for k, v in VALUES) + "</ul>",
        "".join(f"<div><div>{k}</div><div><p>{v}</p></div></div>" for k, v in VALUES),
        "".join(f"<h2>{k}：</h2><p>{v}</p>" for k, v in VALUES),
        "<div>" + "".join(f"<span>{k}</span><span>{v}</span>" for k, v in VALUES) + "</div>",
        "<div>" + "<br>".join(f"{k}：{v}" for k, v in VALUES) + "</div>",
        "<div>" + " | ".join(f"{k}：{v}" for k, v in VALUES) + "</div>",
        "<p>" + "&nbsp;&nbsp;".join(f"<strong>{k}：</strong>{v}" for k, v in VALUES) + "</p>",
    ],
    ids=[
        "td",
        "th",
        "one cell",
        "brackets",
        "vertical",
        "dl",
        "li span",
        "li brackets",
        "li em",
        "div",
        "h2 p",
        "run",
        "br",
        "bars",
        "bold",
    ],
)
def test_a_header_is_read_in_every_layout(markup: str):
    assert fields_of(markup) == EXPECTED


def test_a_list_of_documents_is_no_header():
    rows = "<tr><td>序号</td><td>标题</td><td>文号</td><td>发文日期</td></tr><tr><td>1</td><td>关于甲的通知</td><td>云江政发〔2003〕1号</td><td>2003-01-02</td></tr>"
    assert fields_of(f"<p>{PROSE}</p><p>{PROSE}</p><p>{PROSE}</p><table>{rows}</table>") == {}


def test_an_empty_value_in_a_list_does_not_take_the_next_line():
    markup = "".join(f"<p>{k}：{v}</p>" for k, v in [*VALUES[:3], ("主题词", "")]) + "<p>云江市人民政府关于加强工作</p>"
    assert fields_of(markup)["keywords_raw"] == ""


def test_pieces_know_where_they_stand():
    page = read_page(
        '<body><p align="center"><b>标题</b></p><p>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;云江市</p>'
        '<a href="../f/a.pdf">附件</a><table><tr><td>甲</td><td></td></tr></table><p style="display:none">看不见</p></body>',
        url="https://www.yunjiang.gov.cn/a/b/c.html",
    )
    assert [piece.text for piece in page.pieces] == ["标题", "云江市", "附件", "甲"]
    assert page.pieces[0].bold
    assert page.boxes[page.pieces[0].box].align == "center"
    assert page.pieces[1].align == "right"
    assert page.links[0][1].url == "https://www.yunjiang.gov.cn/a/f/a.pdf"
    assert page.tables[0].rows == [[[3], []]]


def test_quotation_marks_are_not_eaten():
    page = read_page("<p>关于印发<关于全面推进政务公开工作的意见>的通知</p>")
    assert page.pieces[0].text == "关于印发<关于全面推进政务公开工作的意见>的通知"


def test_word_markup_and_ruby_do_not_break_lines():
    page = read_page(
        '<p>云江<o:p></o:p>市<st1:chsdate w:st="on">2020年</st1:chsdate><ruby>公<rt>gong</rt></ruby>告</p>'
    )
    assert [piece.text for piece in page.pieces] == ["云江市2020年公告"]


def test_meta_tags_in_any_case_and_order():
    page = read_page(
        '<head><meta content="甲" name="ArticleTitle"><META NAME="meta-PubDate" CONTENT="2020-01-02"><meta name="x" content="null"><title> 甲_乙 </title></head>'
    )
    assert page.meta == {"articletitle": "甲", "pubdate": "2020-01-02"}
    assert page.title == "甲_乙"


def test_the_text_is_found_among_what_surrounds_it():
    markup = (
        '<body><div id="nav"><a href="/">首页</a></div><div class="w"><div class="l"><ul><li><a href="/1">机构职能</a></li></ul></div>'
        f'<div class="r"><div class="x9"><p>{PROSE}</p><p>一、要点</p><p>{PROSE}</p></div></div></div>'
        '<div class="zz"><p>主办单位：云江市人民政府办公室</p><p>建议使用1024*768以上分辨率浏览本网站，谢谢。</p></div></body>'
    )
    assert text_of(markup) == [PROSE, "一、要点", PROSE]


def test_text_in_a_box_with_an_unlucky_name_is_still_found():
    assert text_of(f'<body><div class="nav-side"><p>{PROSE}</p><p>{PROSE}</p></div><div>联系我们</div></body>') == [
        PROSE,
        PROSE,
    ]


def test_a_single_paragraph_is_not_mistaken_for_its_container():
    assert text_of(f"<body><div><div><p>各县：</p><p>{PROSE * 4}</p><p>云江市</p></div></div></body>") == [
        "各县：",
        PROSE * 4,
        "云江市",
    ]
