"""The page of one record: header table, validity, disclosure, text, relations, files, provenance, revisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from catalog.model.docnumber import search_key
from catalog.web import labels, sheet, versions
from catalog.web.asking import ask
from catalog.web.formats import lang_of
from catalog.web.issue import gazette_of, without_articles
from catalog.web.links import address
from catalog.web.outline import EMPTY, outline
from catalog.web.related import related

KNOWN_SCRIPTS = frozenset({"Hans", "Hant"})


def record(name: str) -> ResponseReturnValue:
    """One record by name. An id, a document number or a former name leads to the page under the present name."""
    found = ask("record.show", {"id": name, **versions.asked_day()})
    if found["name"] != name:
        # a number may come to name several documents, an id and a former name stay with their record for good
        return redirect(address("record", name=found["name"], **versions.asked_day()), 302 if search_key(name) else 308)
    key = {"id": found["id"]}
    header_only = found["disclosure"] == "on_request"
    links = ask("record.relations", key)
    return render_template(
        "record.html",
        record=found,
        lang=_lang(found),
        header=sheet.header(found),
        more=sheet.more(found),
        standing=versions.standing(found),
        sentence=labels.chosen(found["validity"]["sentence"], ""),
        header_only=header_only,
        speaks_of_validity=sheet.speaks_of_validity(found),
        misses_text=sheet.misses_text(found) and not header_only,
        outline=outline(ask("record.text", key)) if found["has_text"] else EMPTY,
        relations=related(without_articles(found, links)),
        gazette=gazette_of(found, links),
        revisions=ask("record.revisions", key)["revisions"],
    )


def _lang(found: Mapping[str, Any]) -> str | None:
    """The `lang` of the document's own words, which may differ from that of the page around it."""
    script = found.get("script")
    return f"zh-{script}" if script in KNOWN_SCRIPTS else lang_of(found["title"])
