"""A catalogue of 云江市 with texts of every structure, read from plain text as they would be harvested, for the tests of the text doors."""

from __future__ import annotations

from pathlib import Path

from catalog.actions import Catalogue
from catalog.app import create_catalogue
from catalog.extract.registry import extract
from catalog.model.draft import Block, RawDocument
from catalog.settings import read_settings
from tests.integration.door_catalogue import OFFICE, SECRET, _write

NOTICE = """云江市人民政府关于印发云江市停车场管理办法的通知

各县（市、区）人民政府，市政府各部门：
《云江市停车场管理办法》已经市人民政府同意，现印发给你们，请认真组织实施。

云江市人民政府
2020年3月5日

云江市停车场管理办法

第一章　总　　则
第一条　为了加强停车场管理，制定本办法。（责任单位：市公安局、市住建局）
第二条　本办法所称停车场包括：
（一）公共停车场；
（二）专用停车场，包括下列各项：
1.机关停车场；
2.居住区停车场。
前款第二项的停车场由业主设置。
第二章　附　　则
第三条　本办法自2020年5月1日起施行。

附件

停车场收费表
"""
TABLE = "序号\t区域\t收费标准（元每小时）\t小型车\t中型车\t大型车\t夜间\t说明\n" + "\n".join(
    f"{place}\t云江市第{place}片区商业中心周边道路停车泊位\t{place}\t3\t5\t8\t1\t早高峰和晚高峰时段上浮百分之五十，节假日另行公布"
    for place in range(1, 4)
)
"""A table that is wider than a phone."""


def build(root: Path) -> Catalogue:
    """The catalogue with its records stored and indexed."""
    catalogue = create_catalogue(read_settings(DATA_DIR=str(root), PLUGINS=["-extractors", "-harvesters"]))
    read = extract(RawDocument(NOTICE.encode(), "text/plain"))
    fields = {"lang": "zh-Hans-CN", "script": "Hans", "embedded_document": read.fields["embedded_document"]}
    blocks = [*read.blocks, Block("table", TABLE, page=4)]
    reason = {"disclosure_reason": "涉及商业秘密", "disclosure_basis": "art15_third_party"}
    writes = [
        _write("yunjiang-parking", "normative_document", read.fields["title"], fields=fields, blocks=blocks),
        _write("yunjiang-asked", "normative_document", "云江市应急细则", fields=reason, disclosure="on_request", blocks=[Block("paragraph", SECRET)]),
        _write("yunjiang-kept", "normative_document", "云江市内部文件", fields=reason, disclosure="withheld", blocks=[Block("paragraph", SECRET)]),
        _write("yunjiang-bare", "normative_document", "云江市通告", fields={}),
    ]  # fmt: skip
    with catalogue.store.write(actor="test", reason="采集") as work:
        owners = work.ensure_organizations([OFFICE])
        for write in writes:
            write.record["organization_id"] = owners[OFFICE]
        work.create(writes)
    catalogue.search.catch_up()
    return catalogue
