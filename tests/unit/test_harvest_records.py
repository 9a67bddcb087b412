"""Record files and what maps make of their lines, without a catalogue."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import InvalidInput, Refused
from catalog.harvesters import jsonl
from catalog.harvesters.jsonl import count_lines, is_records, read_lines
from catalog.harvesters.lines import OwnNames
from catalog.harvesters.maps import Map
from catalog.harvesters.naming import hint, unknown
from catalog.harvesters.paths import getter, template
from catalog.harvesters.shapes import Unreadable, shape_of, split_words
from catalog.model.draft import Block, Draft, RawDocument, Reading
from catalog.schemas.plugin import RECORD_TYPES

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "maps"


def types(record_type: str) -> Mapping[str, str] | None:
    form = next((form for form in RECORD_TYPES if form.record_type == record_type), None)
    return form and {
        field.data_key or name: str(getattr(field, "type_name", "")) for name, field in form.schema().fields.items()
    }


def extract(document: RawDocument) -> Draft:
    draft = Draft("regulation", blocks=(Block("paragraph", document.content.decode()),))
    draft.put("title", f"read from {document.media_type}", Reading("x", "title", 0.9))
    draft.put("document_kind", "notice", Reading("x", "title", 0.9))
    return draft


def mapped(data: Mapping[str, Any], row: Mapping[str, Any], **options: Any) -> Draft:
    return Map({"type": "normative_document", **data}, types, **options).draft(row, extract)


@pytest.mark.parametrize(
    ("kind", "value", "shaped"),
    [
        ("text", " a ", "a"),
        ("text", 7, "7"),
        ("text", "", None),
        ("date", "中華民國94年1月3日", "2005-01-03"),
        ("date", 20150714, "2015-07-14"),
        ("date", "2015-07", "2015-07"),
        ("whole number", "总第12期", 12),
        ("whole number", 12, 12),
        ("yes or no", "是", True),
        ("yes or no", "N", False),
        ("document number", "云政发[2020]1号", "云政发[2020]1号"),
        ("code of level", "省级", "provincial"),
        ("code of disclosure", "主动公开", "active"),
        ("code of topic", r"综合政务\政务公开", "2"),
        ("list of text", ["a", "b", "a", ""], ["a", "b"]),
        ("list of code of topic", "综合政务", ["2"]),
        ("list of objects", {"a": 1}, [{"a": 1}]),
        ("object", {"a": 1}, {"a": 1}),
        ("address", "https://x.example/", "https://x.example/"),
        ("never heard of", [1], [1]),
    ],
)
def test_values_take_the_shape_of_their_field(kind: str, value: object, shaped: object) -> None:
    assert shape_of(kind)(value) == shaped


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", {}),
        ("text", True),
        ("date", "不详"),
        ("date", "2021926"),
        ("whole number", "十二"),
        ("yes or no", "也许"),
        ("document number", "发文字号："),
        ("code of level", "宇宙级"),
        ("address", "javascript:alert(1)"),
    ],
)
def test_values_that_cannot_be_read_are_not_guessed(kind: str, value: object) -> None:
    with pytest.raises(Unreadable):
        shape_of(kind)(value)


def test_paths_walk_through_objects_and_lists() -> None:
    row = {"a": {"b": [{"c": 1}, {"c": 2}]}, "x.y": 3, "": 0}
    assert getter("a.b.1.c")(row) == 2
    assert getter("a.b.5.c")(row) is None
    assert getter("a.b.c")(row) is None
    assert getter("x.y")(row) == 3
    assert getter(["a.z", "none", "x.y"])(row) == 3
    assert template("no. {a.b.0.c} of {x.y}")(row) == "no. 1 of 3"
    assert template("{a.z}")(row) is None


def test_a_field_goes_through_its_steps_in_order() -> None:
    data = {
        "fields": {
            "title": "t",
            "doc_number": {"from": "n", "not": "0{6}"},
            "date_written": {"from": "roc", "pattern": r"0*(\d+)-(\d+)", "as": r"中華民國\1年\2月"},
            "keywords": {"from": "k", "split": "[;；]"},
            "publisher": {"from": "s", "table": {"State Council": "国务院"}, "default": "某机关"},
            "level": {"from": "s", "table": {"State Council": "national", "Moon": None}},
            "issuing_body": {"from": "t", "take": "issuers"},
            "summary": {"format": "{t}（{s}）"},
        }
    }
    row = {
        "t": "云江市人民政府关于甲的通知",
        "n": "陸秘字第0000000000號",
        "roc": "094-07",
        "k": "甲；乙;",
        "s": "State Council",
    }
    draft = mapped(data, row)
    assert draft.fields == {
        "title": "云江市人民政府关于甲的通知",
        "date_written": "2005-07",
        "keywords": ["甲", "乙"],
        "publisher": "国务院",
        "level": "national",
        "issuing_body": ["云江市人民政府"],
        "summary": "云江市人民政府关于甲的通知（State Council）",
    }
    assert draft.readings["publisher"] == Reading("国务院", "map", 0.95)
    assert draft.problems == ()
    assert mapped(data, {"t": "甲", "s": "Mars"}).fields["publisher"] == "某机关"
    assert "level" not in mapped(data, {"t": "甲", "s": "Moon"}).fields


def test_types_of_rows_differ_and_rules_can_be_for_some() -> None:
    data = {
        "type": {"from": "kind", "table": {"g": "gazette_issue", "a": "regulation"}},
        "fields": {"title": "t", "gazette": {"from": "kind", "table": {"g": "公报"}, "for": "gazette_issue"}},
    }
    compiled = Map(data, types)
    assert compiled.draft({"kind": "g", "t": "x"}, extract).fields == {"title": "x", "gazette": "公报"}
    assert compiled.draft({"kind": "a", "t": "x"}, extract).fields == {"title": "x"}
    assert compiled.draft({"kind": "zzz", "t": "x"}, extract).record_type == "zzz"


def test_bodies_in_markup_are_read_and_the_map_goes_before_what_was_read() -> None:
    draft = mapped({"fields": {"title": "t"}, "html": "h"}, {"t": "mine", "h": "<p>x</p>"})
    assert (draft.fields["title"], draft.fields["document_kind"]) == ("mine", "notice")
    assert draft.record_type == "normative_document"
    assert (
        mapped({"fields": {}, "markdown": {"from": "m", "filename": "f"}}, {"m": "# x", "f": "a.md"}).fields["title"]
        == "read from text/markdown"
    )
    assert mapped({"fields": {"title": "t"}, "html": "h"}, {"t": "mine"}).blocks == ()


def test_articles_become_blocks_with_anchors() -> None:
    data = {
        "articles": {"from": "A", "before": "P", "heading": "H", "number": "N", "text": "T"},
        "fields": {"title": "t"},
    }
    rows = [
        {"H": "第 一 章 總綱"},
        {"N": "第 1 條", "T": "第一項。\r\n第二項。"},
        {"N": "第 1-1 條", "T": "x"},
        "junk",
        {},
    ]
    blocks = mapped(data, {"t": "法", "P": "前言分成\r\n兩行。", "A": rows}).blocks
    assert [(block.kind, block.anchor) for block in blocks] == [
        ("paragraph", None),
        ("heading", None),
        ("paragraph", "art-1"),
        ("paragraph", None),
        ("paragraph", "art-1-1"),
    ]
    assert blocks[0].text == "前言分成兩行。"


def test_a_history_becomes_events() -> None:
    spec = {
        "from": "h",
        "split": r"(?m)^\s*(?:\d+\.)?\s*(?=中華民國)",
        "verbs": {"廢止": "repealed", "修正": "amended", "公布|發布": "published"},
    }
    history = "1.中華民國三十六年一月一日國民政府令公\r\n  布\r\n  中華民國三十六年十二月二十五日施行\r\n2.中華民國九十五年一月十八日修正公布第 3 條"
    draft = mapped({"fields": {"title": "t"}, "events": spec}, {"t": "法", "h": history})
    assert [(event.kind, event.date) for event in draft.events] == [
        ("published", "1947-01-01"),
        ("amended", "2006-01-18"),
    ]
    assert draft.events[0].raw == "中華民國三十六年一月一日國民政府令公布"


def test_keys_are_joined_and_relations_cited() -> None:
    compiled = Map(
        {
            "type": "gazette_article",
            "key": ["issue", "id"],
            "external_id": "id",
            "fields": {"title": "t"},
            "relations": {"published_in": {"format": "公报 {issue}"}},
        },
        types,
    )
    row = {"issue": "094-01-03", "id": 533, "t": "x"}
    assert (compiled.key(row), compiled.external_id(row)) == ("094-01-03/533", "533")
    assert compiled.key({"id": 1}) is None
    (citation,) = compiled.draft(row, extract).citations
    assert (citation.type, citation.title) == ("published_in", "公报 094-01-03")


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_maps_that_we_ship_compile(path: Path) -> None:
    data = yaml.safe_load(path.read_text("utf-8"))
    assert Map(data, types).key({}) is None


def test_the_shipped_map_of_policy_metadata_reads_a_line_of_that_form() -> None:
    row = {
        "source": "Henan Provincial Government",
        "url": "https://www.example.cn/2021/11-19/1.html",
        "title": "河南省人民政府关于云江试验的批复",
        "date_issued": "1981-12-11",
        "date_published": "2007-01-09",
        "year": 1981,
        "doc_number_raw": "豫政 〔1981〕184号",
    }
    draft = Map(yaml.safe_load((EXAMPLES / "policy.yaml").read_text("utf-8")), types).draft(row, extract)
    wanted = {
        "publisher": "河南省人民政府",
        "issuing_body": ["河南省人民政府"],
        "level": "provincial",
        "region": "410000",
        "doc_number": "豫政 〔1981〕184号",
        "date_written": "1981-12-11",
        "date_published": "2007-01-09",
        "disclosure": "unknown",
        "document_kind": "reply",
    }
    assert {name: draft.fields[name] for name in wanted} == wanted


def test_record_files_are_told_by_their_names() -> None:
    assert [
        is_records(Path(name)) for name in ("a.jsonl", "a.JSONL.GZ", "a.json.gz", "a.ndjson", "a.html", "a.gz")
    ] == [True] * 4 + [False] * 2


@given(
    st.lists(st.dictionaries(st.text(max_size=5), st.integers(-5, 5), max_size=3), max_size=20),
    st.integers(0, 20),
    st.booleans(),
)
def test_lines_come_back_from_any_place_on(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[dict[str, int]],
    after: int,
    packed: bool,  # noqa: FBT001 -- drawn by hypothesis
) -> None:
    path = tmp_path_factory.mktemp("lines") / ("rows.jsonl.gz" if packed else "rows.jsonl")
    content = b"".join(orjson.dumps(row) + b"\n" for row in rows)
    path.write_bytes(gzip.compress(content) if packed else content)
    assert [(line.number, line.record) for line in read_lines(path, after)] == list(enumerate(rows, 1))[after:]
    assert count_lines(path) == len(rows)


def test_a_line_without_end_is_skipped_over_without_being_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "MAX_LINE", 100)
    monkeypatch.setattr(jsonl, "CHUNK", 64)
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"a": 1}\n{"b": "' + b"x" * 1000 + b'"}\n\n{"c": 3}')
    assert [(line.number, line.record, line.code) for line in read_lines(path)] == [
        (1, {"a": 1}, ""),
        (2, None, "too_large"),
        (4, {"c": 3}, ""),
    ]
    assert count_lines(path) == 4


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b'[{"a": 1}, 2]', [({"a": 1}, ""), (None, "not_an_object")]),
        (b'{\n  "a": 1\n}\n', [({"a": 1}, "")]),
        (b'{"a": 1}\n{"a": 2}\n', [({"a": 1}, ""), ({"a": 2}, "")]),
        (b'\xef\xbb\xbf{"a": 1}\n', [({"a": 1}, "")]),
        (b'{"a": "\xb9\xab"}\n', [(None, "bad_json")]),
        (b"", []),
    ],
)
def test_json_files_hold_a_list_a_record_or_lines(
    tmp_path: Path, content: bytes, found: list[tuple[dict | None, str]]
) -> None:
    path = tmp_path / "rows.json"
    path.write_bytes(content)
    assert [(line.record, line.code) for line in read_lines(path)] == found


def test_our_own_names_are_taken_with_their_twins() -> None:
    own = OwnNames(types)
    row = {
        "record_type": "normative_document",
        "id": "x",
        "external_id": "E1",
        "title": "甲",
        "title_raw": "甲 ",
        "title_source": "header",
        "title_confidence": 0.9,
        "issuing_body": {"name": "甲、乙", "bodies": ["甲", "乙"]},
        "validity": "repealed",
        "validity_detail": {"status": "repealed", "because": {"kind": "repealed"}},
        "blocks": [{"kind": "heading", "text": "第一章", "level": 2, "anchor": None}],
    }
    assert (own.key(row), own.external_id(row)) == ("E1", "E1")
    draft = own.draft(row, extract)
    assert draft.readings["title"] == Reading("甲 ", "header", 0.9)
    assert draft.fields["issuing_body"] == ["甲", "乙"]
    assert "validity" not in draft.fields
    assert draft.blocks == (Block("heading", "第一章", 2),)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"title": "甲"}, "unknown_type"),
        ({"record_type": "regulations", "title": "甲"}, "unknown_type"),
        ({"record_type": "dataset", "titel": "甲"}, "unknown_field"),
        ({"record_type": "dataset", "issued": "soon"}, "unreadable"),
        ({"record_type": "dataset", "title": "甲", "blocks": [{"kind": "song", "text": ""}]}, "unreadable"),
    ],
)
def test_lines_that_do_not_fit_are_refused_with_the_reason(row: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as caught:
        OwnNames(types).draft(row, extract)
    assert caught.value.code == code


def test_names_are_told_with_the_nearest_known_one() -> None:
    assert (
        unknown("field", "dat_written", ["date_written", "title"])
        == "unknown field dat_written; did you mean date_written?"
    )
    assert hint("zzz", ["b", "a"]) == "; there are: a, b"
    assert hint("zzz", []) == ""


def test_keyword_fields_are_split_at_whatever_stands_between() -> None:
    assert split_words("民政　社团，方案;通知 意见、") == ["民政", "社团", "方案", "通知", "意见"]


def test_a_history_is_read_in_either_manner() -> None:
    roc = {"history": {"from": "h", "title": "t", "manner": "roc"}, "fields": {"title": "t", "alt_titles": "a"}}
    text = "1.中華民國九十二年五月十五日雲江部雲字第 1 號令訂定發\r\n  布全文 3 條\r\n2.中華民國九十三年一月一日雲江部令修正發布名稱（原名稱：甲規則；新名稱：乙規則）"
    draft = mapped(roc, {"h": text, "t": "乙規則", "a": "B Rules"})
    assert [(event.kind, event.date) for event in draft.events] == [
        ("enacted", "2003-05-15"),
        ("published", "2003-05-15"),
        ("amended", "2004-01-01"),
        ("published", "2004-01-01"),
    ]
    assert draft.fields["alt_titles"] == ["B Rules", "甲規則"]
    draft = mapped({"history": "h"}, {"h": "2007年4月5日 国务院令第492号公布\n2019年4月3日 国务院令第711号修订"})
    assert [(event.kind, event.date) for event in draft.events] == [
        ("published", "2007-04-05"),
        ("amended", "2019-04-03"),
    ]
    assert draft.fields["issuing_body"] == ["国务院"]
    with pytest.raises(InvalidInput, match="did you mean roc"):
        mapped({"history": {"from": "h", "manner": "roo"}}, {})
