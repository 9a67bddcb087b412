"""Lists, tables of particulars and issue titles, from markup in memory."""

from __future__ import annotations

import pytest

from catalog.errors import SourceFailed
from catalog.harvesters.facts import pairs, read_facts
from catalog.harvesters.issues import read_issue
from catalog.harvesters.links import configured, fitting, general, paging_links
from catalog.harvesters.markup import Tree
from catalog.harvesters.progress import Meter
from catalog.harvesters.robots import MAX_CRAWL_DELAY, Robots
from catalog.harvesters.seen import Seen
from catalog.harvesters.session import named_hosts
from catalog.model.draft import Draft
from catalog.plugins.interfaces import Fetched, Reference

URL = "http://www.yunjiang.example/zwgk/index.html"


def tree(markup: str) -> Tree:
    return Tree(Fetched(Reference(URL), markup.encode(), charset="utf-8", url=URL))


def test_entries_by_selectors_take_the_fuller_title() -> None:
    found = configured(
        tree(
            '<ul><li><b>08-01</b><a href="./1.html" title="云江市人民政府关于甲的通知">云江市人民政府关…</a><i>2021年8月1日</i></li><li>没有链接</li></ul>'
        ),
        {"items": "li"},
    )
    assert [(entry.url, entry.title, entry.date) for entry in found] == [
        ("http://www.yunjiang.example/zwgk/1.html", "云江市人民政府关于甲的通知", "2021年8月1日")
    ]


def test_entries_by_more_selectors() -> None:
    markup = '<div class="e"><a href="/x"></a><a class="t" href="/1.html">看</a><h4>关于甲的通知</h4><em>2020-01-02</em><s>2021-01-02</s></div>'
    (entry,) = configured(tree(markup), {"items": "div.e", "link": "a.t", "title": "h4", "date": "em"})
    assert (entry.url, entry.title, entry.date) == ("http://www.yunjiang.example/1.html", "关于甲的通知", "2020-01-02")


def test_a_list_of_links_themselves() -> None:
    found = configured(tree('<p><a href="1.html">关于甲的通知</a></p>'), {"items": "p a"})
    assert [entry.title for entry in found] == ["关于甲的通知"]


def test_the_list_is_told_from_menus_and_footers() -> None:
    markup = """
      <div class="top-nav"><a href="/a">政府信息公开指南</a><a href="/b">政府信息公开制度</a><a href="/c">法定主动公开内容</a><a href="/d">政府信息公开年报</a></div>
      <div class="content"><div class="row"><a href="1.html">关于甲的通知</a> <span>2021-01-01</span></div>
      <div class="row"><a href="2.html">关于乙的通知</a> <span>2021-01-02</span></div></div>
      <div class="side"><p><a href="/x">这里是一条很长很长的推荐阅读的链接文字</a></p></div>
      <footer><p><a href="/y">版权所有与免责声明</a></p></footer>"""
    assert [entry.title for entry in general(tree(markup), lambda url: True)] == ["关于甲的通知", "关于乙的通知"]
    assert general(tree("<p>没有链接</p>"), lambda url: True) == []


def test_entries_are_kept_once_and_by_their_address() -> None:
    found = configured(
        tree(
            '<li><a href="/art/1.html">甲</a></li><li><a href="/art/1.html">甲</a></li><li><a href="/about.html">乙</a></li>'
        ),
        {"items": "li"},
    )
    assert [entry.title for entry in fitting(found, r"/art/\d+")] == ["甲"]
    assert len(fitting(found, None)) == 2


@pytest.mark.parametrize("word", ["下一页", "下一页 >", " 下 一 页 ", "下一頁", "Next", "»", "&gt;"])
def test_the_next_page_has_many_names(word: str) -> None:
    assert list(paging_links(tree(f'<a href="i_2.html">{word}</a>'), "next")) == [
        "http://www.yunjiang.example/zwgk/i_2.html"
    ]


def test_a_base_tag_moves_links() -> None:
    page = tree('<base href="/other/"><a href="1.html">下一页</a>')
    assert list(paging_links(page, "next")) == ["http://www.yunjiang.example/other/1.html"]


@pytest.mark.parametrize(
    "markup",
    [
        "<table><tr><th>更 新 周 期</th><td>每月</td><th>数据量</th><td>12</td></tr></table>",
        "<dl><dt>更新周期：</dt><dd>每月</dd><dt>数据量：</dt><dd>12</dd></dl>",
        "<ul><li>更新周期：每月</li><li><b>数据量:</b> 12</li></ul>",
    ],
)
def test_labels_and_values_in_every_layout(markup: str) -> None:
    labels = {"更新周期": "update_frequency", "数据量": "record_count"}
    assert dict(pairs(tree(markup), labels)) == {"update_frequency": "每月", "record_count": "12"}


def test_an_empty_value_does_not_take_the_next_label() -> None:
    labels = {"更新周期": "update_frequency", "数据量": "record_count"}
    assert dict(pairs(tree("<tr><td>更新周期</td><td>数据量</td><td>12</td></tr>"), labels)) == {}
    markup = "<table><tr><td>更新周期</td><td></td></tr><tr><td>数据量</td><td>12</td></tr></table>"
    assert dict(pairs(tree(markup), labels)) == {"record_count": "12"}


def test_words_that_no_vocabulary_has_are_told() -> None:
    draft = Draft("dataset")
    types = {"update_frequency": "code of update_frequency", "record_count": "whole number"}
    read_facts(
        tree("<table><tr><td>更新周期</td><td>偶尔吧</td></tr><tr><td>数据量</td><td>三</td></tr></table>"),
        draft,
        types,
        {},
    )
    assert draft.fields == {}
    assert [problem.field for problem in draft.problems] == ["update_frequency", "record_count"]
    assert draft.flags == ("unmapped_value",)


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        (
            "云江市人民政府公报2021年第3期（总第87期）",
            {"gazette": "云江市人民政府公报", "year": 2021, "number_in_year": "3", "running_number": "87"},
        ),
        ("《云江政报》二〇〇八年第12期", {"gazette": "云江政报", "year": 2008, "number_in_year": "12"}),
        ("云江市人民政府公报 2015年 增刊", {"gazette": "云江市人民政府公报", "year": 2015, "supplement": True}),
        (
            "雲江市政府公報 110年夏字第3期",
            {"gazette": "雲江市政府公報", "year": 2021, "part": "夏字", "number_in_year": "3"},
        ),
        ("雲江縣公報中華民國98年第2期", {"gazette": "雲江縣公報", "year": 2009, "number_in_year": "2"}),
        ("云江市政报二〇一七年第十二期", {"gazette": "云江市政报", "year": 2017, "number_in_year": "12"}),
        (
            "云江省公报2018年第3—4期（总第611—612期）",
            {"gazette": "云江省公报", "year": 2018, "number_in_year": "3—4", "running_number": "611—612"},
        ),
        ("卷首语", {}),
        ("云江市公报第12卷第4期", {"gazette": "云江市公报", "volume": "12", "number_in_year": "4"}),
    ],
)
def test_titles_of_issues_tell_their_numbers(title: str, wanted: dict[str, object]) -> None:
    draft = Draft("gazette_issue")
    read_issue(draft, title)
    assert draft.fields == wanted


def test_items_that_were_met_are_known() -> None:
    seen = Seen()
    assert [seen.sight("k", "r1"), seen.sight("k", "r1"), seen.sight("k", "r2"), seen.sight("k2", "r1")] == [
        "new",
        "again",
        "other",
        "new",
    ]
    seen.add("k3", "r")
    assert seen.sight("k3", "r") == "again"
    long = "路" * 2000
    assert (seen.sight(long, "r"), seen.sight(long, "r")) == ("new", "again")


def test_the_meter_tells_rate_and_time_left() -> None:
    now = [0.0]
    told: list[tuple[int, int | None]] = []
    meter = Meter("s", 100, lambda done, total: told.append((done, total)), start=20, clock=lambda: now[0])
    assert (meter.rate(), meter.seconds_left()) == (0.0, None)
    for _ in range(4):
        now[0] += 1.0
        meter.step(10)
    assert (meter.done, meter.rate(), meter.seconds_left()) == (60, 10.0, 4.0)
    assert told == [(30, 100), (40, 100), (50, 100), (60, 100)]
    now[0] += 0.01
    meter.step()
    assert len(told) == 4
    meter.finish()
    assert told[-1] == (61, 100)
    assert Meter("s", None, None, clock=lambda: 1.0).seconds_left() is None


def test_robots_txt_is_read_leniently_but_not_for_ever() -> None:
    files = {
        "http://a.example/robots.txt": (
            200,
            b"\xef\xbb\xbfUser-agent: *\nDisallow: /x\nCrawl-delay: 9999\n" + b"#" * 2_000_000,
        ),
        "http://b.example/robots.txt": (404, b"User-agent: *\nDisallow: /"),
        "http://c.example/robots.txt": (200, b"<html>no robots here</html>"),
    }
    robots = Robots("gongkai", files.__getitem__)
    assert not robots.allows("http://a.example/x/1")
    assert robots.allows("http://a.example/y")
    assert robots.delay("http://a.example/") == MAX_CRAWL_DELAY
    assert robots.allows("http://b.example/anything")
    assert robots.allows("http://c.example/anything")
    assert robots.delay("http://c.example/") == 0.0
    with pytest.raises(SourceFailed, match="503"):
        Robots("gongkai", lambda url: (503, b"")).allows("http://d.example/")


def test_a_source_may_lead_to_the_hosts_that_it_names() -> None:
    config = {
        "columns": [{"start": "http://a.example/x"}, {"start": "https://b.example:8443/"}],
        "map": {"constants": {"rights": "text"}},
    }
    assert set(named_hosts(config)) == {"a.example:80", "b.example:8443"}
