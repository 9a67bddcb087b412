"""A header is read alike in every layout, whichever of its fields are there or empty; and what is done twice is done once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.extract import titles
from catalog.extract.formats.html import HtmlExtractor
from catalog.extract.formats.plaintext import PlainTextExtractor
from catalog.extract.labels import split_pairs
from catalog.extract.lines import Line, clean, fold, squeeze
from catalog.extract.repeats import fold_repeats
from catalog.extract.signature import find_signatures
from catalog.extract.titles import is_furniture
from catalog.model.draft import Draft, RawDocument

TITLE = "云江市人民政府办公室关于加强农村公路养护管理工作的通知"
PROSE = [
    "为进一步规范全市农村公路养护管理工作，明确各级责任，提高养护质量，结合我市实际，现就有关事项通知如下，请认真贯彻执行。",
    "一、落实养护责任。各县（区）人民政府要把养护资金列入本级财政预算，并建立与里程、物价相联系的增长机制。",
    "二、加强监督检查。市交通运输局要会同有关部门每半年组织一次检查，检查结果向社会公布，接受群众监督。",
]
LABELS = {
    "index_number": ["索引号", "索 引 号", "信息索引号"],
    "topic_raw": ["主题分类", "信息分类", "公开分类"],
    "issuing_body": ["发文机关", "发文单位", "發文機關"],
    "date_written": ["成文日期", "发文日期", "生成日期"],
    "title": ["标题", "标　　题", "文件名称"],
    "doc_number": ["文号", "发文字号", "文　　号"],
    "date_published": ["发布日期", "公开日期", "发布时间"],
}
VALUES = {
    "index_number": ["56123478X/2021-00017", "YJ002-0100-2018-00321", "20201029-154517-206"],
    "topic_raw": ["工业、交通\\公路", "云江政办函", "其他"],
    "issuing_body": ["云江市人民政府办公室"],
    "date_written": ["2021年3月15日", "二○二一年三月十五日", "2021-03-15"],
    "title": [TITLE],
    "doc_number": ["云江政办发〔2021〕9号", "云江政办发[2021]9号"],
    "date_published": ["2021年03月18日", "2021-03-18 10:22:31", "2021-03-18"],
}
READ_AS = {"date_written": "2021-03-15", "date_published": "2021-03-18", "doc_number": "云江政办发〔2021〕9号"}
Header = list[tuple[str, str, str]]

HTML_LAYOUTS: list[Callable[[Header], str]] = [
    lambda header: "<table>" + "".join(f"<tr><td>{k}：</td><td>{v}</td></tr>" for _, k, v in header) + "</table>",
    lambda header: (
        "<table><tr>" + "</tr><tr>".join(f"<th>{k}</th><td>{v}</td>" for _, k, v in header) + "</tr></table>"
    ),
    lambda header: "<dl>" + "".join(f"<dt>{k}</dt><dd>{v}</dd>" for _, k, v in header) + "</dl>",
    lambda header: "<ul>" + "".join(f"<li><span>{k}：</span><span>{v}</span></li>" for _, k, v in header) + "</ul>",
    lambda header: "".join(f"<div><div>{k}</div><div>{v}</div></div>" for _, k, v in header),
    lambda header: "<div>" + "　".join(f"<b>{k}：</b>{v}" for _, k, v in header) + "</div>",
    lambda header: "<div>" + "<br>".join(f"{k}：{v}" for _, k, v in header) + "</div>",
    lambda header: "<ol>" + "".join(f"<li>[{k}] <span>{v}</span></li>" for _, k, v in header) + "</ol>",
]
TEXT_LAYOUTS: list[Callable[[Header], str]] = [
    lambda header: "\n".join(f"{k}：{v}" for _, k, v in header),
    lambda header: "\n".join(f"  • {k}:{v}" for _, k, v in header),
    lambda header: " ".join(f"{k} : {v}" for _, k, v in header),
    lambda header: "｜".join(f"{k}：{v}" for _, k, v in header),
    lambda header: "\n".join(f"[ {k} ] {v}" for _, k, v in header),
]


@st.composite
def headers(draw: st.DrawFn) -> Header:
    names = draw(st.lists(st.sampled_from(sorted(LABELS)), min_size=3, max_size=7, unique=True))
    return [
        (name, draw(st.sampled_from(LABELS[name])), draw(st.one_of(st.sampled_from(VALUES[name]), st.just(""))))
        for name in names
    ]


def check(draft: Draft, header: Header) -> None:
    for name, _, value in header:
        if not value:
            continue
        held = draft.fields.get(name)
        got = held["canonical"] if isinstance(held, dict) else held[0] if isinstance(held, list) else held
        assert got == READ_AS.get(name, value), name
    empty = {name for name, _, value in header if not value} & {
        "index_number",
        "topic_raw",
        "doc_number",
        "date_published",
    }
    assert not empty & draft.fields.keys()
    assert draft.fields["title"] == TITLE
    assert draft.fields["issuing_body"] == ["云江市人民政府办公室"]
    assert not {"date_conflict", "title_conflict", "number_conflict", "issuer_conflict"} & set(draft.flags)
    assert [block.text for block in draft.blocks][:1] == ["各县（区）人民政府："]


@settings(max_examples=120, deadline=None)
@given(headers(), st.sampled_from(HTML_LAYOUTS))
def test_a_page_is_read_alike_in_every_layout(header: Header, layout: Callable[[Header], str]):
    body = f'<p style="text-align:center">{TITLE}</p><p>各县（区）人民政府：</p>' + "".join(
        f"<p>{text}</p>" for text in PROSE
    )
    page = f'<html><body><div class="top"><a href="/">首页</a></div>{layout(header)}<div class="q7">{body}</div><p>主办单位：云江市人民政府办公室</p></body></html>'
    check(HtmlExtractor().extract(RawDocument(page.encode())), header)


@settings(max_examples=120, deadline=None)
@given(headers(), st.sampled_from(TEXT_LAYOUTS))
def test_a_text_is_read_alike_in_every_layout(header: Header, layout: Callable[[Header], str]):
    text = "\n".join([layout(header), TITLE, "各县（区）人民政府：", *PROSE, "扫一扫在手机打开当前页"])
    check(PlainTextExtractor().extract(RawDocument(text.encode())), header)


@given(st.text(max_size=60))
def test_cleaning_twice_is_cleaning_once(text: str):
    assert clean(clean(text)) == clean(text)
    assert len(fold(text)) == len(text)
    if "&" not in text:  # "& sp;" without its space is an escaped space
        assert squeeze(clean(text)) == squeeze(clean(squeeze(clean(text))))


@given(
    st.lists(
        st.tuples(
            st.sampled_from([name for names in LABELS.values() for name in names]),
            st.sampled_from(["云江市", "2021-03-15", ""]),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_a_line_made_of_pairs_divides_into_them(pairs: list[tuple[str, str]]):
    before, found = split_pairs("  ".join(f"{label}：{value}" for label, value in pairs))
    assert before == ""
    assert [pair.value for pair in found] == [value for _, value in pairs]
    assert [squeeze(pair.raw_label) for pair in found] == [f"{squeeze(label)}：" for label, _ in pairs]


SENTENCES = [
    *PROSE,
    "各级政府要加强组织领导，成立工作专班，制定实施方案，细化目标任务，确保各项措施落地见效。",
    "财政部门要统筹安排专项资金，严格资金使用管理，开展绩效评价，切实提高资金使用效益。",
    "对工作不力、进展缓慢的地方和单位，予以通报批评，情节严重的依法依规追究有关人员责任。",
    "本办法所称小型水库，是指总库容在十万立方米以上、一千万立方米以下的水库工程。",
    "教育、卫生健康、市场监督管理等部门按照各自职责，做好学校食品安全的监督管理工作。",
    "申请人应当如实提交有关材料，反映真实情况，并对申请材料实质内容的真实性负责。",
]


@given(st.permutations(SENTENCES), st.integers(3, len(SENTENCES)))
def test_a_page_printed_twice_folds_to_itself(sentences: list[str], size: int):
    page = [Line(text) for text in sentences[:size]]
    assert fold_repeats(page) == (page, False)
    assert fold_repeats([*page, *page]) == (page, True)
    assert fold_repeats([*page, *page, *page]) == (page, True)


@given(
    st.sampled_from([TITLE, "《云江市节约用水办法》", "云江政发〔2020〕1号 云江市人民政府关于加强工作的通知"]),
    st.text(alphabet=" 　\n\u200b·", max_size=4),
)
def test_tidying_a_title_twice_is_tidying_it_once(title: str, noise: str):
    once, _ = titles.tidy(noise + title + noise)
    assert titles.tidy(once)[0] == once
    assert not is_furniture(once)


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2099, 12, 31)), st.integers(0, 3))
def test_a_signature_is_found_wherever_it_stands(day: date, before: int):
    lines = [
        Line(text) for text in [*PROSE[:before], "云江市人民政府", f"{day.year}年{day.month}月{day.day}日", PROSE[0]]
    ]
    (block,) = find_signatures(lines, 0)
    assert block.bodies == ("云江市人民政府",)
    assert block.date.text == str(day)
    assert block.lines == range(before, before + 2)
