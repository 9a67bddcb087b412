"""Names of coded values in the language of the page: from the vocabularies, the record types, the filters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from catalog.model.vocabularies import vocabulary
from catalog.plugins.interfaces import Filter
from catalog.web.asking import catalogue
from catalog.web.languages import current
from catalog.web.texts import gettext


def concept(name: str, code: str | None) -> str:
    """The label of a concept of the vocabulary `name`; the code itself where the vocabulary does not have it."""
    return vocabulary(name).label(code, current().labels) if code else ""


def record_type(code: str | None) -> str:
    """The name of a record type, also of one that an extension added."""
    form = catalogue().plugins.record_types.get(code or "")
    return chosen(form.labels, code or "") if form is not None else concept("record_type", code)


def filter_name(row: Filter) -> str:
    """The name of a search filter."""
    return chosen(row.labels, row.parameter)


def chosen(labels: Mapping[str, str], otherwise: str) -> str:
    """The label in the language of the page, else the simplified Chinese one, else `otherwise`."""
    return labels.get(current().labels) or labels.get("zh-Hans") or otherwise


def text_of(kind: Literal["role", "place"], code: str) -> str:
    """What a code of the data model is called on a page: the role of a file, the place where a value was read."""
    if kind == "role":
        return {
            "original": gettext("Original page"), "attachment": gettext("Attachment"), "body": gettext("Text"),
            "page_image": gettext("Page image"), "resource": gettext("Resource"),
            "ocr": gettext("Recognised words"), "sidecar": gettext("Text beside the scan"),
        }.get(code, code)  # fmt: skip
    return {
        "meta": gettext("Meta tag"), "header": gettext("Header table"), "title": gettext("Title"), "body": gettext("Text"),
        "signature": gettext("Signature"), "print_line": gettext("Print line"), "url": gettext("Address"), "list": gettext("List page"),
        "map": gettext("Input record"), "source": gettext("Told by the source"), "manual": gettext("By hand"),
    }.get(code, code)  # fmt: skip
