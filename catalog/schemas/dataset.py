"""开放数据集: an open dataset with its files and interfaces (政务信息资源目录编制指南, 发改高技〔2017〕1272号)."""

from __future__ import annotations

from catalog.schemas.common import Common, Part, nested
from catalog.schemas.shapes import Address, Code, Date, Digest, ListOf, Text, Title, Whole, YesNo


class ResourcePart(Part):
    """One file or interface of a dataset."""

    title = Text(load_default="")
    url = Address(allow_none=True)
    access_url = Address(allow_none=True)
    format = Text(allow_none=True)
    media_type = Text(allow_none=True)
    bytes = Whole(allow_none=True)
    sha256 = Digest(allow_none=True)
    issued = Date(allow_none=True)
    modified = Date(allow_none=True)
    content_present = YesNo(load_default=False)


class ColumnPart(Part):
    """One column (信息项) of a dataset."""

    name = Title(required=True)
    type = Text(allow_none=True)
    description = Text(allow_none=True)


class DatasetSchema(Common):
    """开放数据集."""

    expected = ("publisher", "identifier", "description", "theme", "open_type", "update_frequency", "licence")

    identifier = Text()
    description = Text()
    contact = Text()
    theme = ListOf(Text())
    open_type = Code("open_type")
    open_type_raw = Text()
    open_conditions = Text()
    planned_open_date = Date()
    share_type = Text()
    update_frequency = Code("update_frequency")
    update_frequency_raw = Text()
    issued = Date()
    modified = Date()
    spatial = Text()
    temporal = Text()
    fields_ = nested(ColumnPart, data_key="fields", attribute="fields")
    resources = nested(ResourcePart)
    licence = Text()
    record_count = Whole()
    personal_data = YesNo()
    deidentified = YesNo()
    related_resource_codes = ListOf(Text())
