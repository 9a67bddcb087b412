"""Sources of the kind `site`: list pages → documents → attachments, for web sites that are described by a few constants.

A column whose documents are gazette issues lists their articles too, each a record of its own that knows its issue. Where the
configuration says nothing, entries, next pages and documents are found by general rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from marshmallow import Schema

from catalog.errors import Refused, SourceFailed
from catalog.extract.special import put_standard
from catalog.harvesters.attachments import fetch_all, linked
from catalog.harvesters.constants import fill_in, retype
from catalog.harvesters.facts import put, read_facts
from catalog.harvesters.issues import read_issue
from catalog.harvesters.links import Entry, configured, fitting, general
from catalog.harvesters.listing import Walk
from catalog.harvesters.markup import Tree, words
from catalog.harvesters.naming import unknown
from catalog.harvesters.rules import wrong
from catalog.harvesters.site_config import HINTS, SiteConfig, column
from catalog.model.draft import Citation, Draft, RawDocument
from catalog.plugins.harvesting import Attached, FieldTypes
from catalog.plugins.interfaces import Fetched, HarvestSession, Reference

ISSUE, ARTICLE = "gazette_issue", "gazette_article"
SELECTED = 0.97
"""How sure a value is that the source's own selector found."""


class SiteHarvester:
    """A web site with list pages."""

    kind = "site"
    version = "1"
    labels: Mapping[str, str] = {"zh-Hans": "网站", "zh-Hant": "網站", "en": "Web site"}

    def config_schema(self) -> Schema:
        """See `SiteConfig`."""
        return SiteConfig()

    def check_fields(self, config: Mapping[str, Any], types: FieldTypes) -> None:
        """Every record type and every field that the configuration names must be known."""
        for number in range(len(config["columns"])):
            one = column(config, number)
            wanted = _type(one)
            known = types(wanted) if wanted else None
            if wanted and known is None:
                raise wrong(
                    f"columns.{number}.type", f"no plugin offers the record type {wanted}; `gongkai plugins` lists them"
                )
            for name in one.get("fields", {}):
                if known is None:
                    raise wrong(f"columns.{number}.fields", "selectors for fields need the column's `type`")
                if name not in known:
                    raise wrong(f"columns.{number}.fields.{name}", unknown("field", name, known))

    def list(self, session: HarvestSession, after: Mapping[str, Any] | None) -> Iterator[Reference]:
        """The documents of each column in the order of its list pages. A run that was cut off goes on with the column that it was in."""
        first = int(after["column"]) if after else 0
        failed: Exception | None = None
        read = False
        for number in range(first, len(session.config["columns"])):
            one = column(session.config, number)
            try:
                for page in Walk(session, one).pages():
                    read = True
                    for entry in page.entries:
                        yield from self._items(session, one, number, entry)
            except (Refused, SourceFailed) as error:
                failed = error
                session.note(f"the first list page cannot be read: {error}", ref=one["start"])
        if failed is not None and not read and first == 0:
            raise failed

    def fetch(self, session: HarvestSession, reference: Reference) -> Fetched:
        """The page; an issue's was fetched for its table of contents already."""
        page: Fetched | None = reference.hints.get("page")
        if page is None:
            page = session.get(reference.url or reference.key)
        return replace(page, reference=reference)

    def read(self, session: HarvestSession, fetched: Fetched) -> Draft:
        """The document by the general reader, then what the configuration and the list say."""
        hints = fetched.reference.hints
        one = column(session.config, hints["column"])
        constants = {name: str(one[name]) for name in HINTS if name in one}
        told = {name: hints[name] for name in ("title", "date_published") if hints.get(name)}
        charset = one.get("encoding") or fetched.charset
        document = RawDocument(
            fetched.content, fetched.media_type, charset, fetched.url, fetched.filename, {**constants, **told}
        )
        draft = session.extract(document)
        types = session.field_types
        wanted = ARTICLE if "issue" in hints else _type(one)
        if wanted:
            retype(draft, wanted, types(wanted))
        known = types(draft.record_type) or {}
        tree = Tree(fetched, one.get("encoding")) if _is_page(fetched) else None
        if tree is not None:
            draft.attachments = linked(tree, one, draft)
            read_facts(tree, draft, known, one.get("values", {}))
            for name, selector in one.get("fields", {}).items():
                if raw := words(tree.parser.css_first(selector)):
                    put(draft, name, raw, known, one.get("values", {}), SELECTED)
        fill_in(draft, constants, told, known)
        if draft.record_type == ISSUE:
            _complete_issue(draft, hints)
        elif draft.record_type == ARTICLE:
            _complete_article(draft, hints)
        return draft

    def attached(self, session: HarvestSession, fetched: Fetched, draft: Draft) -> Iterator[Attached]:
        """The files that the page links to."""
        return fetch_all(session, column(session.config, fetched.reference.hints["column"]), draft)

    def _items(self, session: HarvestSession, one: Mapping[str, Any], number: int, entry: Entry) -> Iterator[Reference]:
        """The reference of an entry; of an issue, and of its articles."""
        hints = {"column": number, "title": entry.title, "date_published": entry.date}
        place = {"column": number}
        if "articles" not in one:
            yield Reference(entry.url, url=entry.url, ref=entry.url, position=place, hints=hints)
            return
        try:
            page = session.get(entry.url)
            tree = Tree(page, one.get("encoding"))
        except (Refused, SourceFailed) as error:
            session.note(f"the issue's table of contents cannot be read: {error}", ref=entry.url)
            yield Reference(entry.url, url=entry.url, ref=entry.url, position=place, hints=hints)
            return
        articles = _articles(tree, one["articles"], entry.url)
        yield Reference(
            entry.url,
            url=entry.url,
            ref=entry.url,
            position=place,
            hints={**hints, "page": page, "articles": len(articles)},
        )
        for order, article in enumerate(articles, 1):
            about = {
                "issue": entry.title,
                "order": order,
                "title": article.title,
                "date_published": article.date or entry.date,
            }
            yield Reference(
                article.url, url=article.url, ref=article.url, position=place, hints={"column": number, **about}
            )


def _articles(tree: Tree, spec: Mapping[str, Any], issue: str) -> list[Entry]:
    found = configured(tree, spec) if "items" in spec else general(tree, lambda url: url != issue)
    return [entry for entry in fitting(found, spec.get("detail")) if entry.url != issue]


def _complete_issue(draft: Draft, hints: Mapping[str, Any]) -> None:
    title = str(draft.fields.get("title") or hints.get("title") or "")
    read_issue(draft, title)
    listed = hints.get("title")
    if listed and listed != title:
        draft.fields["alt_titles"] = list(dict.fromkeys([*draft.fields.get("alt_titles", []), listed]))
    if "articles" in hints:
        draft.fields["article_count"] = hints["articles"]


def _complete_article(draft: Draft, hints: Mapping[str, Any]) -> None:
    issue = hints.get("issue") or draft.fields.get("issue")
    if issue:
        draft.fields["issue"] = issue
        draft.citations += (Citation("published_in", issue, title=issue),)
    if "order" in hints:
        draft.fields["order"] = hints["order"]
    put_standard(draft)


def _type(one: Mapping[str, Any]) -> str | None:
    return one.get("type") or (ISSUE if "articles" in one else None)


def _is_page(fetched: Fetched) -> bool:
    return fetched.media_type is None or "html" in fetched.media_type or b"<html" in fetched.content[:2048].lower()
