"""Whatever bytes come, a page or text ends as a draft or is refused with a code; it never raises anything else and never takes long."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.errors import Refused
from catalog.extract.formats import page
from catalog.extract.formats.html import HtmlExtractor
from catalog.extract.formats.page import read_page
from catalog.extract.formats.plaintext import PlainTextExtractor
from catalog.extract.lines import Line
from catalog.extract.reader import read_lines
from catalog.extract.titles import is_furniture
from catalog.model.draft import Draft, RawDocument

CODES = {"too_large", "too_deep", "too_many_elements", "hostile_markup", "empty"}

WORDS = [
    "云江市人民政府",
    "云江市人民政府办公室",
    "关于印发《云江市节约用水办法》的通知",
    "云江政发〔2021〕18号",
    "（云江政办发[2020]7号）",
    "索 引 号：",
    "发文机关",
    "成文日期：",
    "标　　题：",
    "2021年5月20日",
    "二○二一年五月二十日",
    "2021-05-20 10:11:12",
    "各县（区）人民政府，市政府各部门：",
    "第一条　为了规范管理，根据有关法律，结合本市实际，制定本办法。",
    "第一章　总则",
    "附件：1.任务分解表",
    "2.联系人名单",
    "抄送：市委办公室。",
    "（此件公开发布）",
    "扫一扫在手机打开当前页",
    "责任编辑：",
    "征求意见的时间为2021年6月1日至6月30日，邮编：639000",
    "《",
    "》",
    "〈",
    "（",
    "）",
    "<关于>",
    "\u200b",
    "\ufffd",
    "??",
    "　",
    "\x00",
    "𠀀",
    "\ud800",
    "|",
    "•",
    "市长　周明",
    "（2019年12月12日市政府令第2号公布　自2020年1月12日起施行）",
    "为加强取水许可管理，保护水资源，根据《中华人民共和国水法》（国令第1号），现就有关事项通知如下，请认真贯彻执行。",
]
TAGS = [
    "p",
    "div",
    "table",
    "tr",
    "td",
    "th",
    "span",
    "a",
    "b",
    "ul",
    "li",
    "dl",
    "dt",
    "dd",
    "h1",
    "h2",
    "br",
    "form",
    "pre",
    "font",
]

chunk = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
    st.sampled_from(
        [
            '<td colspan="99999999">',
            '<p style="text-align:right">',
            '<div style="display:none">',
            '<div class="nav footer">',
            '<a href="http://[::1">',
            '<a href="/a.pdf">',
            '<meta name="ArticleTitle" content="云江市人民政府关于印发方案的通知">',
            '<meta name="PubDate" content="2021-13-45">',
            "<!--",
            "-->",
            "<script>",
            "</script>",
            "<title>",
            "&nbsp;",
            "&#0;",
            "&lt;",
            "\n",
        ]
    ),
    st.text(max_size=12),
)
markup = st.lists(chunk, max_size=60).map("".join)


def draft_or_refusal(read: Callable[[RawDocument], Draft], document: RawDocument) -> None:
    try:
        draft = read(document)
    except Refused as error:
        refusal: Refused | None = error
    else:
        refusal = None
    if refusal is not None:
        assert refusal.code in CODES
        assert str(refusal)
        return
    assert draft.fields.keys() == draft.readings.keys()
    title = draft.fields.get("title")
    if title is None:
        assert any(problem.field == "title" and problem.severity == "error" for problem in draft.problems)
    else:
        assert title.strip()
        assert not is_furniture(title)
    assert draft.fields["disclosure"]
    assert all(block.text for block in draft.blocks)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(markup)
def test_any_markup_is_a_draft_or_a_refusal(text: str):
    draft_or_refusal(
        HtmlExtractor().extract, RawDocument(text.encode("utf-8", "surrogatepass"), url="https://a.gov.cn/b")
    )


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2000), st.sampled_from([None, "utf-8", "gb2312", "nonsense"]))
def test_any_bytes_are_a_draft_or_a_refusal(content: bytes, charset: str | None):
    draft_or_refusal(HtmlExtractor().extract, RawDocument(content, charset=charset))
    draft_or_refusal(PlainTextExtractor().extract, RawDocument(content, charset=charset))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=30)), max_size=40))
def test_any_lines_are_a_draft(texts: list[str]):
    draft_or_refusal(lambda _: read_lines([Line(text) for text in texts]), RawDocument(b""))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS), max_size=20),
    st.dictionaries(
        st.sampled_from(["articletitle", "pubdate", "contentsource", "sitename", "siteidcode"]), st.sampled_from(WORDS)
    ),
    st.dictionaries(
        st.sampled_from(["title", "date_published", "publisher", "region", "record_type"]), st.sampled_from(WORDS)
    ),
)
def test_any_tags_and_hints_are_a_draft(texts: list[str], meta: dict[str, str], hints: dict[str, str]):
    draft_or_refusal(lambda _: read_lines([Line(text) for text in texts], meta=meta, hints=hints), RawDocument(b""))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("too_deep", "<div>" * (page.MAX_OPEN + 2) + "云江"),
        ("too_deep", "<div></zzz>" * (page.MAX_OPEN + 2)),
        ("too_deep", "".join(f"<p><font color={number}>云江" for number in range(page.MAX_OPEN + 2))),
        ("hostile_markup", "<p " + " ".join(f"a{number}=1" for number in range(40_000)) + ">云江"),
        ("too_large", "云" * (page.MAX_CHARACTERS + 1)),
    ],
    ids=["nested", "closing tags of other names", "fonts left open", "attributes", "characters"],
)
def test_what_would_take_long_is_refused_at_once_and_by_name(code: str, text: str):
    begin = time.process_time()
    with pytest.raises(Refused) as refusal:
        read_page(text)
    assert refusal.value.code == code
    assert time.process_time() - begin < 2.0


@pytest.mark.parametrize(
    "text",
    [
        "<p>" * 30_000 + "云江市",
        "<ul>" + "<li>云江市" * 20_000,
        "<table>" + "<tr><td>云江市" * 5_000,
        "《" * 50_000,
        "（" * 20_000 + "附件" + "）" * 20_000,
        "索引号：" * 10_000,
        "2021年5月20日" * 5_000,
        "云江政发〔2021〕18号" * 3_000,
        ("<p>" + "云江市人民政府关于加强工作的通知" * 3 + "</p>") * 2_000,
        "牵头单位：市财政局；" * 5_000 + "（" + "责任单位：市司法局；" * 2_000 + "）",
    ],
    ids=["p", "li", "td", "open quotes", "brackets", "labels", "dates", "numbers", "titles", "units"],
)
def test_long_and_strange_pages_are_read_in_seconds(text: str):
    begin = time.process_time()
    draft_or_refusal(HtmlExtractor().extract, RawDocument(text.encode()))
    draft_or_refusal(PlainTextExtractor().extract, RawDocument(text.encode()))
    assert time.process_time() - begin < 20.0
