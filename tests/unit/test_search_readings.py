"""Simplified, traditional, converted and damaged texts are found by whichever form is typed: as printed, and as a reader reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.extract.lines import Line
from catalog.extract.reader import read_lines
from catalog.search.plugin import FiltersPlugin
from catalog.search.readings import in_mainland_terms, other_readings
from catalog.search.request import SearchRequest
from catalog.search.service import Search
from catalog.search.synonyms import other_names
from tests.memory_feed import MemoryFeed

DAMAGED = [
    "雲江市人民政府辦公室關於印發(fā)二〇二〇年政務公開要點的通知",
    "各縣（市、區）人民政府：",
    "現將國辦(ban)公廳要求轉發給你們，人均（GDP）和手機（app）照舊，請結合實際認真組織實施，確保各項任務按期完成。",
    "完善信\ufffd息發布機制，健全工作台\ue123賬，逐步推進??標準目錄編製，由各單位按季度報送市政府辦公室備案存查。",
]
CONVERTED = [
    "雲江市政務公開工作實施方案",
    "集中公開現行有效的規範性檔案，並通過本級政府入口網站發布，最佳化營商環境，建成資料庫系統，由各單位分頭落實到位。",
]


def loaded(made: MemoryFeed, name: str, lines: list[str]) -> None:
    """A text as the reader reads it, with the flags that it gives."""
    draft = read_lines([Line(text) for text in lines])
    fields = {key: value for key, value in draft.fields.items() if key not in ("title", "disclosure")}
    made.add(name, str(draft.fields["title"]), draft.blocks, quality_flags=list(draft.flags), **fields)


@pytest.fixture(scope="module")
def feed() -> MemoryFeed:
    made = MemoryFeed()
    loaded(made, "damaged", DAMAGED)
    loaded(made, "converted", CONVERTED)
    made.add("simplified", "关于规范性文件管理的通知", "各单位的门户网站要公开规范性文件，优化服务。")
    made.add("archives", "檔案法施行細則", "本細則依檔案法訂定之。")
    return made


@pytest.fixture(scope="module")
def search(feed: MemoryFeed, tmp_path_factory: pytest.TempPathFactory) -> Search:
    plugin = FiltersPlugin()
    opened = Search.open(
        root=Path(tmp_path_factory.mktemp("index")), store_reader=feed.open, filters=plugin.filters(),
        index_fields=plugin.index_fields, secret=b"s",
    )  # fmt: skip
    opened.rebuild()
    return opened


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("國辦(ban)公廳", {"damaged"}),
        ("国办公厅", {"damaged"}),
        ("國辦公廳", {"damaged"}),
        ("关于印发二〇二〇年政务公开要点", {"damaged"}),
        ("印發(fā)二〇二〇年", {"damaged"}),
        ("完善信息发布机制", {"damaged"}),
        ("工作台账", {"damaged"}),
        ("推进标准目录", {"damaged"}),
        ("规范性文件", {"converted", "simplified"}),
        ("規範性檔案", {"converted", "simplified"}),
        ("規範性文件", {"converted", "simplified"}),
        ("门户网站", {"converted", "simplified"}),
        ("入口網站", {"converted", "simplified"}),
        ("优化营商环境", {"converted"}),
        ("最佳化營商環境", {"converted"}),
        ("檔案法", {"archives"}),
        ("档案法施行细则", {"archives"}),
    ],
)
def test_each_form_finds_what_is_printed_and_what_is_meant(
    search: Search, feed: MemoryFeed, typed: str, found: set[str]
) -> None:
    answer = search.search(SearchRequest(q=typed, limit=10))
    assert {feed.held[hit["id"]]["name"] for hit in answer.hits[: answer.exact]} == found


def test_what_is_not_damaged_is_not_read_otherwise() -> None:
    texts = ["人均（GDP）增长", "郗(xī)某", "規範性檔案", "长度（m）"]
    assert list(other_readings(texts, {})) == []
    assert list(other_readings(texts, {"quality_flags": ["injected_noise", "damaged_text"]})) == []
    assert list(other_readings(texts, {"quality_flags": ["converted_terms"]})) == ["规范性文件"]


def test_terms_of_taiwan_have_the_mainlands_beside_them() -> None:
    assert in_mainland_terms("通過入口網站公布規範性檔案") == "通过门户网站公布规范性文件"
    assert in_mainland_terms("規範性文件") is None
    assert in_mainland_terms("规范性文件") is None
    assert [one.texts for one in other_names(["規範性檔案", "政務公開", "规范性文件"])] == [("规范性文件",)]
