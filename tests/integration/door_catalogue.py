"""A small made-up catalogue of 云江市 for the tests of the doors: one record for each thing that a page or an answer has to get right."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from catalog.actions import Catalogue
from catalog.actions.keys import cited, record_keys
from catalog.app import create_catalogue
from catalog.model.docnumber import parse
from catalog.model.draft import Block, Citation
from catalog.model.record import Provenance, Record
from catalog.schemas.shapes import number_parts
from catalog.settings import read_settings
from catalog.store.identity import new_id, text_hash
from catalog.store.rows import FileRow, RecordWrite, Source

STAMP = "2026-03-01T08:00:00.000000+00:00"
OFFICE = "云江市人民政府办公室"
SECRET = "只有申请人才能看到的正文"
"""Words of the on-request and withheld records' texts; no door may show them."""

PDF = b"%PDF-1.4\n" + b"gongkai " * 40_000
HTML = b"<!doctype html><script>alert(document.domain)</script>"
DIGEST = {
    name: hashlib.sha256(body).hexdigest()
    for name, body in {"pdf": PDF, "html": HTML, "secret": SECRET.encode()}.items()
}
NUMERALS = "一二三四五六七八九十"
SHORT_NOTICES = 45


def build(root: Path) -> Catalogue:
    """The catalogue with its records stored, indexed and ready to be served."""
    catalogue = create_catalogue(read_settings(DATA_DIR=str(root), PLUGINS=["-extractors", "-harvesters"]))
    catalogue.files.put(PDF)
    catalogue.files.put(HTML)
    catalogue.files.put(SECRET.encode())
    with catalogue.store.write(actor="test", reason="采集") as work:
        source = Source(new_id(), "yunjiang-gov", "site", "云江市人民政府网站", {})
        work.add_source(source)
        writes = [*_documents(source.id), *_notices()]
        owners = work.ensure_organizations([OFFICE, "云江市人民政府", "云江市大数据局"])
        work.create([_owned(write, owners) for write in writes])
    with catalogue.store.write(actor="editor", reason="更名") as work:
        renamed = work.record("yunjiang-old-name")
        assert renamed is not None
        work.rename(renamed["id"], "yunjiang-open-data-measures")
    with catalogue.store.write(actor="editor", reason="内容有误，由发文机关撤回") as work:
        wrong = work.record("yunjiang-wrong")
        assert wrong is not None
        work.set_state([wrong["id"]], "withdrawn", "内容有误，由发文机关撤回")
    catalogue.search.catch_up()
    return catalogue


def _documents(source_id: str) -> list[RecordWrite]:
    measures = "云江市人民政府办公室关于印发云江市公共数据开放管理办法的通知"
    body = [
        Block("paragraph", "各县（市、区）人民政府，市政府各部门："),
        Block("paragraph", "《云江市公共数据开放管理办法》已经市人民政府同意，现印发给你们，请认真组织实施。"),
        Block("heading", "云江市公共数据开放管理办法", 1),
        Block("heading", "第一章　总则", 2),
        *_articles(1, 3),
        Block("list_item", "（一）无条件开放类；"),
        Block("table", "序号\t数据名称\t开放属性\n1\t公交线路\t无条件开放\n2\t停车场余位\t有条件开放"),
        Block("heading", "第二章　开放目录", 2),
        *_articles(4, 9),
    ]
    return [
        _write(
            "yunjiang-old-name", "normative_document", measures, number="云政办发〔2021〕12号", blocks=body,
            fields={
                "index_number": "011217651/2021-00245", "topic": ["2"], "keywords": ["公共数据", "开放"], "document_kind": "notice",
                "addressees": ["各县（市、区）人民政府", "市政府各部门"], "date_written": "2021-03-02", "date_published": "2021-03-12",
                "external_id": "20210312-1", "url": "http://www.yunjiang.example/t20210312_1.html", "quality_flags": ["date_conflict"],
                "events": [{"kind": "effective", "date": "2021-04-01", "raw": "自2021年4月1日起施行", "by": None}],
                "attachments": [{"title": "开放目录（样式）.xlsx", "content_present": False}],
            },
            citations=(
                Citation("based_on", "根据《中华人民共和国政府信息公开条例》（国令第711号）", "国令第711号", "中华人民共和国政府信息公开条例"),
                Citation("replaces", "《云江市公共数据开放暂行办法》（云政办发〔2015〕3号）同时废止", "云政办发〔2015〕3号", "云江市公共数据开放暂行办法"),
            ),
            files=(
                FileRow(DIGEST["pdf"], "云江市公共数据开放管理办法.pdf", "application/pdf", len(PDF), "attachment"),
                FileRow(DIGEST["html"], "t20210312_1.html", "text/html", len(HTML), "original"),
            ),
            provenance=_provenance(source_id, "20210312-1"),
        ),
        _write(
            "yunjiang-order-58", "regulation", "云江市公共数据管理规定", number="云江市人民政府令第58号",
            blocks=[block for chapter in range(4) for block in (Block("heading", f"第{NUMERALS[chapter]}章　总则", 1), *_articles(chapter * 3 + 1, chapter * 3 + 3))],
            fields={
                "issuing_body": ["云江市人民政府"], "date_written": "2019-05-20", "date_effective": "2019-07-01", "topic": ["2"],
                "events": [
                    {"kind": "effective", "date": "2019-07-01", "raw": "", "by": None},
                    {"kind": "amended", "date": "2022-01-01", "raw": "", "by": {"title": "云江市人民政府关于修改部分规章的决定", "number": "云江市人民政府令第63号"}},
                ],
            },
        ),
        _write(
            "yunjiang-2015-3", "normative_document", "云江市公共数据开放暂行办法", number="云政办发〔2015〕3号", blocks=_articles(1, 5),
            fields={"date_written": "2015-02", "events": [{"kind": "repealed", "date": "2021-04-01", "raw": "", "by": {"title": measures, "number": "云政办发〔2021〕12号"}}]},
        ),
        _write(
            "yunjiang-on-request", "normative_document", "云江市公共数据安全应急处置细则", number="云数据〔2022〕8号", disclosure="on_request",
            blocks=[Block("paragraph", SECRET)],
            fields={"disclosure_reason": "涉及第三方商业秘密", "disclosure_basis": "art15_third_party", "summary": SECRET, "date_written": "2022-06-01"},
            files=(FileRow(DIGEST["secret"], "细则.txt", "text/plain", len(SECRET.encode()), "attachment"),),
        ),
        _write(
            "yunjiang-withheld", "normative_document", "不予公开的公共数据文件", disclosure="withheld", blocks=[Block("paragraph", SECRET)],
            fields={"disclosure_reason": "国家秘密", "disclosure_basis": "art14_secret"},
        ),
        _write("yunjiang-wrong", "normative_document", "云江市公共数据收费办法", number="云数据〔2020〕1号", blocks=_articles(1, 2), fields={}),
        _write(
            "yunjiang-hant", "normative_document", "雲江市規範性檔案管理規定", disclosure="unknown", blocks=[Block("paragraph", "為規範規範性檔案管理，制定本規定。")],
            fields={"script": "Hant", "date_written": "2010"},
        ),
        _write(
            "yunjiang-hostile", "normative_document", '<script>alert("标题")</script>公共数据“引号”&lt;', disclosure="unknown",
            blocks=[Block("paragraph", "<img src=x onerror=alert(1)>公共数据<b>粗体</b>"), Block("paragraph", "长" + "x" * 400)],
            fields={"date_written": "2018-01-01", "keywords": ["<i>关键词</i>", "y" * 200]},
        ),
        _write(
            "yunjiang-bus-lines", "dataset", "云江市公交线路公共数据", fields={
                "publisher": "云江市大数据局", "description": "全市公交线路、站点及首末班时间。", "open_type": "unconditional", "update_frequency": "daily",
                "resources": [{"title": "公交线路.csv", "url": "https://data.yunjiang.example/bus.csv", "format": "CSV", "bytes": 23456, "content_present": False}],
                "fields": [{"name": "线路名称", "type": "字符型", "description": "线路的公开名称"}], "date_published": "2023-09-01",
            },
        ),
    ]  # fmt: skip


def _notices() -> list[RecordWrite]:
    """Many short notices over many years, for pages, facets and the histogram."""
    return [
        _write(
            f"yunjiang-notice-{place}", "normative_document", f"云江市大数据局关于做好{2000 + place % 24}年度信息化统计工作的通知（{place}）",
            number=f"云数据发〔{2000 + place % 24}〕{place + 1}号", blocks=[Block("paragraph", "各有关单位：现就做好信息化统计工作通知如下。")],
            fields={"issuing_body": ["云江市大数据局"], "date_written": f"{2000 + place % 24}-05-{place % 27 + 1:02d}"},
        )
        for place in range(SHORT_NOTICES)
    ]  # fmt: skip


def _articles(first: int, last: int) -> list[Block]:
    return [
        Block(
            "paragraph",
            f"第{_numeral(place)}条　公共数据开放活动遵循依法、安全、便民的原则，保障公民、法人和其他组织依法获取公共数据。",
            0,
            f"art-{place}",
        )
        for place in range(first, last + 1)
    ]


def _numeral(place: int) -> str:
    return NUMERALS[place - 1] if place <= 10 else f"十{NUMERALS[place - 11]}"


def _provenance(source_id: str, key: str) -> Provenance:
    return {
        "source_id": source_id, "key": key, "external_id": key, "url": "http://www.yunjiang.example/t20210312_1.html",
        "canonical_url": "http://www.yunjiang.example/t20210312_1.html", "ref": "http://www.yunjiang.example/t20210312_1.html",
        "sha256_raw": DIGEST["html"], "fetched_at": STAMP, "parser_version": "html/1",
    }  # fmt: skip


def _write(
    name: str,
    record_type: str,
    title: str,
    *,
    fields: Mapping[str, Any],
    number: str | None = None,
    disclosure: str = "active",
    blocks: Sequence[Block] = (),
    citations: Sequence[Citation] = (),
    files: Sequence[FileRow] = (),
    provenance: Provenance | None = None,
) -> RecordWrite:
    metadata: dict[str, Any] = {
        "title": title,
        "disclosure": disclosure,
        "issuing_body": [OFFICE],
        "publisher": OFFICE,
        "level": "municipal",
        **fields,
    }
    if number is not None:
        found = parse(number)
        assert found is not None, number
        metadata["doc_number"] = number_parts(found)
    readings = {
        "title": {"raw": title, "where": "header", "confidence": 1.0},
        "date_written": {"raw": "二〇二一年三月二日", "where": "signature", "confidence": 0.9},
    }
    record: Record = {
        "id": new_id(), "name": name, "type": record_type, "title": title, "organization_id": None, "state": "published",
        "disclosure": disclosure, "metadata": metadata, "readings": readings, "text_hash": text_hash(tuple(blocks)) if blocks else None,
        "content_hash": hashlib.sha256(name.encode()).hexdigest(), "version": 1, "created_at": STAMP, "updated_at": STAMP,
    }  # type: ignore[typeddict-item]  # fmt: skip
    return RecordWrite(
        record,
        blocks=tuple(blocks) or None,
        keys=record_keys(metadata),
        citations=tuple(map(cited, citations)),
        files=tuple(files),
        provenance=provenance,
    )


def _owned(write: RecordWrite, owners: Mapping[str, str]) -> RecordWrite:
    body = write.record["metadata"]["issuing_body"][0]
    return RecordWrite(
        **{name: getattr(write, name) for name in write.__slots__}
        | {"record": {**write.record, "organization_id": owners[body]}}
    )
