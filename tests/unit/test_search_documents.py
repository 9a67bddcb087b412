"""What of a record enters the index, and what must not."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from catalog.model.docnumber import search_key
from catalog.model.draft import Block
from catalog.model.record import Record
from catalog.search import documents
from catalog.search.engines.base import Document
from catalog.search.fields import index_number_key, number_key, short_key, title_key
from catalog.search.plugin import FiltersPlugin
from tests.memory_feed import MemoryFeed

INDEX_FIELDS = FiltersPlugin().index_fields
BODY = (
    Block("heading", "第一章 总则", 1),
    Block("paragraph", "第一条 机密内容在正文。", 0, "art-1"),
    Block("table", "甲\t乙\n丙\t丁"),
)


def made(title: str = "云江市人民政府关于加强食品安全工作的通知", **more: Any) -> Document:
    found = documents.make(record(title, **more), BODY, INDEX_FIELDS)
    assert found is not None
    return found


def record(title: str = "云江市人民政府关于加强食品安全工作的通知", **more: Any) -> Record:
    feed = MemoryFeed()
    return feed.held[feed.add("name-1", title, BODY, **more)]


def test_an_open_record_is_searched_in_full() -> None:
    found = made(
        doc_number={"raw": "云江政发[2015]7号", "canonical": "云江政发〔2015〕7号"},
        index_number="000014349/2015-00012",
        issuing_body=["云江市人民政府", "云江市财政局"],
        keywords=["餐饮"],
        summary="概要说明",
        date_written="2015-07-14",
        topic=["health"],
        alt_titles=["食安通知"],
    )
    assert "机密" in found["text"].split()
    assert {"餐饮", "概要", "财政"} <= set(found["text"].split())
    assert "食安" in found["title"].split()
    assert {number_key(str(search_key("云江政发2015 7"))), index_number_key("000014349201500012")} <= set(found["keys"])
    assert title_key("云江市人民政府关于加强食品安全工作的通知") in found["keys"]
    assert short_key("加强食品安全工作") in found["keys"]
    assert found["values"]["organization"] == ("云江市人民政府", "云江市财政局")
    assert (found["values"]["year"], found["values"]["date"]) == ((2015,), (20150714,))
    assert orjson.loads(found["shown"])["numbers"] == ["云江政发〔2015〕7号"]


def test_no_phrase_reaches_over_blocks_rows_or_cells() -> None:
    assert not {"则第", "乙丙", "甲乙", "丙丁"} & set(made()["text"].split())


def test_an_on_request_record_is_found_by_its_header_only() -> None:
    found = made(
        disclosure="on_request",
        disclosure_reason="涉及工作秘密",
        summary="机密内容在概要",
        keywords=["机密内容在主题词"],
        doc_number={"raw": "云江政发〔2015〕7号", "canonical": "云江政发〔2015〕7号"},
        harvest={"source": "secret-source"},
    )
    everything = repr(found)
    assert "机密" not in everything
    assert "secret-source" not in everything
    assert number_key(str(search_key("云江政发〔2015〕7号"))) in found["keys"]
    assert documents.text_hash(record(disclosure="on_request")) is None


@pytest.mark.parametrize(
    "hidden", [{"disclosure": "withheld"}, {"state": "draft"}, {"state": "withdrawn"}, {"state": "deleted"}]
)
def test_a_record_that_is_not_public_has_no_document(hidden: dict[str, str]) -> None:
    assert documents.make(record(**hidden), BODY, INDEX_FIELDS) is None
    assert not documents.is_searchable(record(**hidden))


def test_an_extension_s_fields_see_the_public_view_only() -> None:
    seen: list[Record] = []

    def index_fields(view: Record) -> dict[str, list[str]]:
        seen.append(view)
        return {}

    documents.make(record(disclosure="on_request", summary="机密"), BODY, index_fields)
    assert "summary" not in seen[0]["metadata"]


def test_odd_metadata_is_no_reason_to_stop() -> None:
    found = made(
        doc_number="云江政发〔2015〕7号", issuing_body=None, keywords="单个", topic=None, index_number=7, events=[{"kind": "effective"}],
        date_written="不详", alt_titles=[None, ""], harvest=None, order_number="",
    )  # fmt: skip
    assert found["values"]["date"] == ()
    assert number_key(str(search_key("云江政发〔2015〕7号"))) in found["keys"]


def test_a_day_on_which_validity_changes_is_noted() -> None:
    assert made()["recheck"] == 0
    assert made(date_effective="2098-01-01")["recheck"] == 20980101
    assert made(valid_until="2098-12")["recheck"] == 20981201
    assert made(date_effective="1999-01-01")["recheck"] == 0


def test_joint_numbers_are_all_keys() -> None:
    found = made(doc_number={"raw": "經調字第0940001號;台財關字第0940002號", "canonical": None})
    assert sum(key.startswith("n:") for key in found["keys"]) == 2


def test_the_digest_is_that_of_all_other_fields() -> None:
    found = made()
    assert found["digest"] == documents.digest(found) == made()["digest"]
    assert len(found["digest"]) == 32
    for name, value in found.items():
        other: Any = {**found, name: "x" if isinstance(value, str) else 7}
        assert (documents.digest(other) == found["digest"]) == (name == "digest")
    turned: Any = dict(reversed(found.items()))
    assert documents.digest(turned) == found["digest"]
