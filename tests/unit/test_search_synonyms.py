"""Other names at query time: where they are seen, what they add, and a judged sample over a made-up catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.errors import Misconfigured
from catalog.search.intent import analyse
from catalog.search.plugin import FiltersPlugin
from catalog.search.request import SearchRequest, SearchResult
from catalog.search.service import Search
from catalog.search.synonyms import FILE, MAX_ALTERNATIVES, other_names, read_table
from catalog.search.tables import rows_table
from tests.memory_feed import MemoryFeed


@pytest.mark.parametrize(
    ("word", "texts"),
    [
        ("民诉法", ["民事诉讼法"]),
        ("民訴法", ["民事诉讼法"]),
        ("《民诉法》", ["《民事诉讼法》"]),
        ("消法", ["消费者权益保护法"]),
        ("违反消法第五十五条", ["违反消费者权益保护法第五十五条"]),
        ("中华人民共和国民诉法", ["中华人民共和国民事诉讼法"]),
        ("云江市工商局", ["云江市工商行政管理局", "云江市市场监督管理局", "云江市市场监管局"]),
        ("发改委2020年", ["发展和改革委员会2020年", "发展改革委2020年"]),
        ("国家发改委", ["国家发展和改革委员会", "国家发展改革委"]),
        ("农业部", ["农业农村部"]),
        ("农业农村部", ["农业部"]),
        ("国办", ["国务院办公厅"]),
        ("药监局", ["药品监督管理局"]),
        ("云江市政府令", ["云江市人民政府令"]),
    ],
)
def test_a_name_is_searched_by_its_other_names_too(word: str, texts: list[str]) -> None:
    (found,) = other_names([word])
    assert list(found.texts) == texts


@pytest.mark.parametrize(
    "word",
    [
        "取消法律",  # holds 消法
        "人民诉法院",  # holds 民诉法
        "农业部门",
        "交通部分路段",
        "中央行政机关",  # holds 央行
        "工商局面",
        "市政府采购",  # 市 政府采购
        "住房和城乡建设部",  # a whole name of its own, with others inside
        "统计局",  # its longer name holds it
        "劳动合同法",
        "食品安全",
        "",
    ],
)
def test_a_name_is_not_seen_inside_other_words(word: str) -> None:
    assert not other_names([word])


def test_two_names_of_one_word_are_exchanged_together_and_apart() -> None:
    (found,) = other_names(["环保部、住建部"])
    assert "环保部、住房和城乡建设部" in found.texts
    assert "生态环境部、住房城乡建设部" in found.texts
    assert len(found.texts) <= MAX_ALTERNATIVES


def test_what_is_quoted_or_excluded_or_a_number_has_no_other_names() -> None:
    assert not analyse('"民诉法"').others
    assert not analyse("-工商局").others
    assert [one.word for one in analyse('处罚 工商局 "环保局" -国土局').others] == ["工商局"]
    assert not analyse("国办发〔2020〕17号").others


# the table


def test_every_line_of_the_table_can_be_read_and_statutes_are_titles_that_differ() -> None:
    rows = rows_table(FILE)
    table = read_table(rows)
    assert len(rows) > 400
    assert all(also and name not in also for name, (_, also) in table.items())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("statute\t民诉法\t>", "3 columns"),
        ("law\t民诉法\t>\t民事诉讼法", "statute or body"),
        ("statute\t民诉法\t->\t民事诉讼法", "> or ="),
        ("statute\t民\t>\t民事诉讼法", "at least 2"),
        ("statute\t民诉法\t>\t", "1 to 8"),
        ("body\t民诉法\t=\t民訴法", "differ"),
        ("body\t局\t>\t" + " ".join(f"第{n}局" for n in range(MAX_ALTERNATIVES + 1)), "1 to 8"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(line: str, said: str) -> None:
    with pytest.raises(Misconfigured, match=f"line 7.*{said}"):
        read_table([(7, line.split("\t"))])


def test_a_name_with_two_lines_is_named_with_both() -> None:
    row = ("body", "工商局", ">", "市场监管局")
    with pytest.raises(Misconfigured, match="line 9.*line 4"):
        read_table([(4, row), (9, row)])


# a judged sample

STATUTES = (
    "民事诉讼法", "刑事诉讼法", "行政诉讼法", "治安管理处罚法", "道路交通安全法", "食品安全法", "消费者权益保护法", "政府信息公开条例",
    "劳动争议调解仲裁法", "未成年人保护法", "妇女权益保障法", "土地管理法", "农村土地承包法", "城乡规划法", "环境保护法", "环境影响评价法",
    "固体废物污染环境防治法", "个人信息保护法", "数据安全法", "网络安全法", "反电信网络诈骗法", "招标投标法", "政府采购法", "税收征收管理法",
    "个人所得税法", "义务教育法", "职业教育法", "村民委员会组织法", "保守国家秘密法", "国家赔偿法", "老年人权益保障法", "招标投标法实施条例",
)  # fmt: skip
OTHERS = (
    "国有土地上房屋征收与补偿条例",
    "保障农民工工资支付条例",
    "工伤保险条例",
    "职工带薪年休假条例",
    "优化营商环境条例",
)
JUDGED = {
    "民诉法": "民事诉讼法",
    "刑诉法": "刑事诉讼法",
    "行诉法": "行政诉讼法",
    "《行诉法》": "行政诉讼法",
    "治安处罚法": "治安管理处罚法",
    "道交法": "道路交通安全法",
    "食安法": "食品安全法",
    "消法": "消费者权益保护法",
    "消保法": "消费者权益保护法",
    "信息公开条例": "政府信息公开条例",
    "劳动仲裁法": "劳动争议调解仲裁法",
    "未保法": "未成年人保护法",
    "妇保法": "妇女权益保障法",
    "土管法": "土地管理法",
    "土地承包法": "农村土地承包法",
    "城市规划法": "城乡规划法",
    "环保法": "环境保护法",
    "环评法": "环境影响评价法",
    "固废法": "固体废物污染环境防治法",
    "個保法": "个人信息保护法",
    "数安法": "数据安全法",
    "网安法": "网络安全法",
    "反诈法": "反电信网络诈骗法",
    "招投标法": "招标投标法",
    "招投标法实施条例": "招标投标法实施条例",
    "政采法": "政府采购法",
    "征管法": "税收征收管理法",
    "个税法": "个人所得税法",
    "义教法": "义务教育法",
    "职教法": "职业教育法",
    "村组法": "村民委员会组织法",
    "保密法": "保守国家秘密法",
    "国赔法": "国家赔偿法",
    "老年人保护法": "老年人权益保障法",
    "拆迁条例": "国有土地上房屋征收与补偿条例",
    "农民工工资条例": "保障农民工工资支付条例",
    "工伤条例": "工伤保险条例",
    "年假条例": "职工带薪年休假条例",
    "营商环境条例": "优化营商环境条例",
}


def made_up_statutes() -> MemoryFeed:
    """Statutes among what is named after them: their rules, local rules, notices that say the short name, a namesake from elsewhere."""
    made = MemoryFeed()
    for name in STATUTES:
        made.add(name, f"中华人民共和国{name}", f"第一条 为了实施宪法，制定{name}。", record_type="regulation")
        made.add(f"{name}-local", f"云江市实施《中华人民共和国{name}》办法", f"根据《中华人民共和国{name}》制定。")
        made.add(f"{name}-notice", f"关于学习宣传贯彻{name}的通知", f"各单位要学习{name}。{name}是重要法律。")
    for name in OTHERS:
        made.add(name, name, f"第一条 制定{name}。", record_type="regulation")
        made.add(f"{name}-notice", f"关于贯彻{name}的通知", f"{name}已经施行。")
    made.add("tw", "民事訴訟法", "第一條 訴訟。民事訴訟法。", record_type="regulation")
    made.add("says-short", "关于开展民诉法培训的通知", "民诉法、行诉法和消法培训。民诉法。")
    made.add("cancels", "关于取消法律顾问室的通知", "取消法律顾问室。")
    made.add("says-as-typed", "信访局、应急局值班通知", "信访局、应急局值班。", date_written="2020-01-01")
    made.add("says-in-full", "信访局、应急管理局值班通知", "信访局、应急管理局值班。", date_written="2020-01-01")
    made.add("old-body", "工商局关于年检的通知", "云江市工商局决定开展年检。", issuing_body=["云江市工商局"])
    made.add("new-body", "关于企业年度报告的通知", "云江市市场监督管理局决定。", issuing_body=["云江市市场监督管理局"])
    made.add("middle-body", "关于企业登记的通知", "云江市工商行政管理局决定。", issuing_body=["云江市工商行政管理局"])
    return made


@pytest.fixture(scope="module")
def feed() -> MemoryFeed:
    return made_up_statutes()


@pytest.fixture(scope="module")
def search(feed: MemoryFeed, tmp_path_factory: pytest.TempPathFactory) -> Search:
    plugin = FiltersPlugin()
    made = Search.open(
        root=Path(tmp_path_factory.mktemp("index")), store_reader=feed.open, filters=plugin.filters(),
        index_fields=plugin.index_fields, secret=b"s",
    )  # fmt: skip
    made.rebuild()
    return made


def ask(search: Search, q: str) -> SearchResult:
    return search.search(SearchRequest(q=q, limit=50))


def names(feed: MemoryFeed, result: SearchResult) -> list[str]:
    return [feed.held[hit["id"]]["name"] for hit in result.hits]


def test_a_short_name_of_a_statute_leads_to_it_first(search: Search, feed: MemoryFeed) -> None:
    wrong = {query: found for query, name in JUDGED.items() if (found := names(feed, ask(search, query))[:1]) != [name]}
    assert not wrong


def test_of_two_records_alike_the_one_that_says_what_was_typed_comes_first(search: Search, feed: MemoryFeed) -> None:
    found = names(feed, ask(search, "信访局 应急局"))
    assert found == ["says-as-typed", "says-in-full"]
    result = ask(search, "信访局 应急管理局")
    assert (names(feed, result)[0], result.exact) == ("says-in-full", 1)  # one way: the full name asks for just that


def test_a_former_name_finds_the_body_of_today_after_those_of_the_name(search: Search, feed: MemoryFeed) -> None:
    found = names(feed, ask(search, "云江市工商局"))
    assert found[0] == "old-body"
    assert set(found) == {"old-body", "new-body", "middle-body"}
    assert names(feed, ask(search, '"云江市工商局"')) == ["old-body"]
    assert "old-body" not in names(feed, ask(search, "云江市市场监督管理局"))
    assert set(names(feed, ask(search, "决定 -工商局"))) == {"new-body", "middle-body"}


def test_the_rules_under_a_statute_are_found_by_its_short_name(search: Search, feed: MemoryFeed) -> None:
    assert names(feed, ask(search, "云江市实施《道交法》办法"))[0] == "道路交通安全法-local"


def test_a_question_is_asked_in_the_full_name_too(search: Search, feed: MemoryFeed) -> None:
    result = ask(search, "道交法有哪些处罚？")
    assert result.intent == "question"
    assert {"道路交通安全法", "道路交通安全法-notice"} <= set(names(feed, result)[:5])


def test_highlights_mark_the_other_name_where_it_stands(search: Search) -> None:
    hit = ask(search, "民诉法").hits[0]
    assert hit["highlights"] is not None
    assert hit["highlights"]["title"] == "中华人民共和国<mark>民事诉讼法</mark>"
    assert hit["highlights"]["text"] == ["第一条 为了实施宪法，制定<mark>民事诉讼法</mark>。"]


def test_the_answer_and_its_explanation_say_what_was_searched(search: Search) -> None:
    assert ask(search, "民诉法 培训").also_searched == {"民诉法": ("民事诉讼法",)}
    assert ask(search, "信息公开条例").also_searched == {"信息公开条例": ("中华人民共和国政府信息公开条例",)}
    assert ask(search, "食品").also_searched == {}
    told = search.explain(SearchRequest(q="道交法"))
    assert told["also_searched"] == {"道交法": ("道路交通安全法",)}
