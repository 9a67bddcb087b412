"""The gazette: quarterly issues that print the city's documents again, with pages, sections, two misprints and their corrections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from catalog.demo.attachments import page_count, pdf_bytes
from catalog.demo.chronicle import Chronicle
from catalog.demo.city import Attachment, Citation, Document, Issue, Para
from catalog.demo.prose import plain_date
from catalog.demo.vocabulary import load

COVER_PAGES = 1
"""The list of contents takes the first page."""


def make_issues(chronicle: Chronicle, documents: Sequence[Document]) -> tuple[Issue, ...]:
    """The issues that are on line, in order of time."""
    rules: Mapping[str, Any] = load("forms")["gazette"]
    issues: list[Issue] = []
    pending: Document | None = None
    for name in rules["issues"]:
        year, number = (int(part) for part in name.split("-"))
        chosen = _chosen(rules, documents, year, number)
        issue = _issue(rules, name, chosen, pending)
        typo = rules["typos"].get(name)
        if typo:
            issue = _misprint(rules, issue, typo)
        pending = _correction(rules, issue, chronicle.entries[typo].name or "", typo) if typo else None
        issues.append(issue)
    return tuple(issues)


def _chosen(
    rules: Mapping[str, Any], documents: Sequence[Document], year: int, number: int
) -> list[tuple[str, Document]]:
    """(section, document) for what was published in the quarter, section by section."""
    quarter = [
        one
        for one in documents
        if one.site == "gov"
        and one.published.year == year
        and (one.published.month + 2) // 3 == number
        and one.disclosure == "active"
    ]
    chosen = [(section, one) for section, forms in rules["sections"].items() for one in quarter if one.form in forms]
    return chosen[: rules["most"]]


def _issue(
    rules: Mapping[str, Any], name: str, chosen: Sequence[tuple[str, Document]], pending: Document | None
) -> Issue:
    year, number = (int(part) for part in name.split("-"))
    running = (year - rules["since"]) * 4 + number
    day = datetime.combine(date(year + number // 4, number * 3 % 12 + 1, 15), time(9, 30))
    label = f"{year}年第{number}期（总第{running}期）"
    page = COVER_PAGES + 1
    articles, sections, starts = [], [], []
    for order, (section, one) in enumerate(chosen, 1):
        pages = page_count(_printed(one))
        articles.append(_article(f"gz-{name}-{order}", one, day, f"{label} {_span(page, page + pages - 1)}"))
        sections.append(section)
        starts.append(page)
        page += pages
    if pending:
        articles.append(
            replace(
                pending,
                key=f"gz-{name}-{len(articles) + 1}",
                published=day,
                written=day.date(),
                place=f"{label} 第{page}页",
                paras=_dated(pending, day),
            )
        )
        sections.append("更正")
        starts.append(page)
        page += 1
    contents = [Para("title", rules["name"]), Para("number", label), Para("note", plain_date(day.date()))]
    contents += [Para("paragraph", f"{one.title}　（{start}）") for one, start in zip(articles, starts, strict=True)]
    scan = Attachment("本期公报PDF版", f"{name}.pdf", pdf_bytes(contents, *(one.paras for one in articles)))
    return Issue(
        key=f"gz-{name}",
        gazette=rules["name"],
        year=year,
        number=number,
        running=running,
        published=day,
        pages=page - 1,
        articles=tuple(articles),
        sections=tuple(sections),
        starts=tuple(starts),
        scan=scan,
    )


def _article(key: str, one: Document, day: datetime, place: str) -> Document:
    return replace(
        one,
        key=key,
        site="gazette",
        record_type="gazette_article",
        published=day,
        place=place,
        publisher="云江市人民政府办公室",
        paras=_printed(one),
        layout="gazette",
        index_number=None,
        topic=None,
        validity=None,
        disclosure="active",
        cc=(),
        printed=None,
        attachments=(),
        citations=(Citation("same_text_as", one.number, one.title, one.key),),
        traps=frozenset(),
    )


def _printed(one: Document) -> tuple[Para, ...]:
    return tuple(para for para in one.paras if para.kind != "open")


def _span(first: int, last: int) -> str:
    return f"第{first}页" if first == last else f"第{first}—{last}页"


def _misprint(rules: Mapping[str, Any], issue: Issue, key: str) -> Issue:
    """The issue with a wrong character in the first article of one text."""
    right, wrong = rules["typo"]

    def spoil(one: Document) -> Document:
        if one.citations[:1] and one.citations[0].target == key:
            place = next(index for index, para in enumerate(one.paras) if para.kind == "article" and right in para.text)
            spoilt = Para("article", one.paras[place].text.replace(right, wrong, 1))
            return replace(one, paras=(*one.paras[:place], spoilt, *one.paras[place + 1 :]))
        return one

    return replace(issue, articles=tuple(spoil(one) for one in issue.articles))


def _correction(rules: Mapping[str, Any], issue: Issue, name: str, key: str) -> Document:
    """The article of a later issue that corrects the misprint."""
    said = rules["correction"]
    right, wrong = rules["typo"]
    wronged = next(one for one in issue.articles if one.citations[:1] and one.citations[0].target == key)
    article = next(para.text.split("　")[0] for para in wronged.paras if wrong in para.text)
    values = {
        "name": name,
        "place": wronged.place,
        "number": wronged.number,
        "article": article,
        "wrong": wrong,
        "right": right,
    }
    title = said["title"].format(**values)
    paras = (Para("title", title), Para("paragraph", said["text"].format(**values)), Para("signature", said["signed"]))
    return replace(
        wronged,
        form="correction",
        kind="更正",
        title=title,
        number=None,
        issuers=("云江市人民政府办公室",),
        written=None,
        effective=None,
        paras=paras,
        addressees=(),
        citations=(Citation("corrects", wronged.number, name, key),),
    )


def _dated(correction: Document, day: datetime) -> tuple[Para, ...]:
    return (*correction.paras, Para("date", plain_date(day.date())))
