"""The other pages of the city: lists, gazette issues and their articles, datasets. Text in, HTML out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from catalog.demo.city import Dataset, Document, Issue
from catalog.demo.pages import Site, fill, styled, table
from catalog.demo.prose import plain_date

LIST_TITLE = 40
"""Longest title that a list shows whole; longer ones stand whole in the link's `title`."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list page."""

    title: str
    href: str
    day: date


def article_page(document: Document, issue: Issue, order: int, addresses: Sequence[str]) -> str:
    """The page of a gazette article. `addresses` are those of all articles of the issue."""
    label, pages = (document.place or "").split(" ")
    near = [("上一篇", order - 1), ("下一篇", order + 1)]
    links = [
        f'{word}：<a href="{addresses[at]}">{escape(issue.articles[at].title)}</a>'
        for word, at in near
        if 0 <= at < len(addresses)
    ]
    return fill(
        "article",
        {
            "title": escape(document.title),
            "issue": issue.key.removeprefix("gz-"),
            "label": label,
            "section": issue.sections[order],
            "pages": pages,
            "published": f"{document.published:%Y-%m-%d}",
            "body": "\n".join(
                styled(para, "gazette") if para.kind != "table" else table(para.text) for para in document.paras
            ),
            "neighbours": "<br>".join(links),
        },
    )


def issue_page(issue: Issue, addresses: Sequence[str], scan: str) -> str:
    """The page of a gazette issue: its particulars and its table of contents."""
    lines: list[str] = []
    for order, one in enumerate(issue.articles):
        if order == 0 or issue.sections[order] != issue.sections[order - 1]:
            lines.append(f"{'</ul>' if order else ''}<h4>{issue.sections[order]}</h4><ul>")
        lines.append(f'<li><a href="{addresses[order]}">{escape(one.title)}</a>（{issue.starts[order]}）</li>')
    return fill(
        "issue",
        {
            "title": issue.title,
            "label": f"{issue.year}年第{issue.number}期（总第{issue.running}期）",
            "gazette": issue.gazette,
            "year": str(issue.year),
            "number": str(issue.number),
            "running": f"总第{issue.running}期",
            "published": plain_date(issue.published.date()),
            "pages": str(issue.pages),
            "contents": "\n".join(lines) + "</ul>",
            "scan": scan,
            "scantitle": f"{issue.scan.title}.pdf",
        },
    )


def dataset_page(dataset: Dataset, addresses: Sequence[str]) -> str:
    """The page of a dataset: particulars, columns, downloads."""
    rows = [
        ("dsName", "数据集名称", dataset.title),
        ("dsCode", "数据集编号", dataset.identifier),
        ("provider", "数据提供方", dataset.publisher),
        ("domain", "数据领域", dataset.theme),
        ("abstract", "数据摘要", dataset.summary),
        ("openType", "开放属性", dataset.open_type),
        ("openTerms", "开放条件", dataset.conditions or ""),
        ("cycle", "更新周期", dataset.frequency),
        ("issued", "发布日期", f"{dataset.issued:%Y-%m-%d}"),
        ("modified", "最后更新时间", f"{dataset.modified:%Y-%m-%d %H:%M}"),
        ("volume", "数据量", str(dataset.records)),
        ("tags", "关键字", "，".join(dataset.keywords)),
    ]
    files = zip(dataset.resources, addresses, strict=True)
    return fill(
        "dataset",
        {
            "title": escape(dataset.title),
            "theme": dataset.theme,
            "header": "\n".join(
                f'<tr><th>{label}</th><td id="{name}">{escape(value)}</td></tr>' for name, label, value in rows
            ),
            "fields": "\n".join(
                f"<tr><td>{one.name}</td><td>{one.type}</td><td>{escape(one.about)}</td></tr>" for one in dataset.fields
            ),
            "resources": "\n".join(f'<li><a href="{href}">{escape(one.title)}</a></li>' for one, href in files),
        },
    )


def list_page(site: Site, column: str, items: Sequence[Listed], paging: str) -> str:
    """A list page; `paging` is the site's own way to the next one."""
    lines = [
        f'<li><a href="{one.href}" title="{escape(one.title)}">{escape(_cut(one.title))}</a><span>{one.day:%Y-%m-%d}</span></li>'
        for one in items
    ]
    return fill(
        "list",
        {
            "site": site.name,
            "root": site.root,
            "code": site.code,
            "column": column,
            "items": "\n".join(lines),
            "paging": paging,
        },
    )


def _cut(title: str) -> str:
    return title if len(title) <= LIST_TITLE else f"{title[: LIST_TITLE - 2]}…"
