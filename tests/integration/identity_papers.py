"""Documents of the made-up 云江市 as record files of several sources, and as pages, for tests of identity and of reading again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

MAP = {
    "type": {"from": "type", "default": "normative_document"},
    "key": "id",
    "fields": {
        "title": "title",
        "doc_number": "number",
        "issuing_body": "issuer",
        "publisher": "publisher",
        "date_written": "date",
    },
    "text": "text",
}
CITY = "云江市人民政府"
TEXT = "各县（区）人民政府，市政府各部门：\n为做好全市防汛抗旱工作，保障人民群众生命财产安全，根据国家有关规定，现就有关事项通知如下：\n一、提高思想认识。各级各部门要充分认识当前防汛抗旱形势的严峻性，坚持以防为主、防抗救相结合，把各项措施落到实处。\n二、压实工作责任。各县（区）人民政府主要负责同志是本行政区域防汛抗旱第一责任人，有关部门要按照职责分工密切配合。\n三、强化监测预警。加密雨情、水情、旱情监测频次，及时发布预警信息，确保信息到村到户到人。\n四、加强值班值守。严格执行二十四小时值班和领导带班制度，遇有重大险情灾情第一时间报告。"
NOTICE: Mapping[str, Any] = {
    "type": "normative_document",
    "id": "a1",
    "title": "云江市人民政府关于做好防汛抗旱工作的通知",
    "number": "云政发〔2020〕15号",
    "issuer": CITY,
    "publisher": CITY,
    "date": "2020-05-12",
    "text": TEXT,
}


def rows_file(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """A record file of the rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(orjson.dumps(dict(row)) + b"\n" for row in rows))
    return path


def config(path: Path) -> dict[str, Any]:
    """The configuration of a source of record files."""
    return {"paths": [str(path)], "map": MAP}
