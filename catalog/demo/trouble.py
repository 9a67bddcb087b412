"""A list of troubles (疑难页面), served on purpose: what goes wrong on real sites, so that the demo shows how each ends.

`TROUBLES` says of every item what must become of it; the demo's own figures are counted from there.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Literal

from catalog.demo.vocabulary import load

Fate = Literal["created", "quarantined", "failed", "skipped"]
ROOT = "/wt"
_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Broken:
    """One answer of the trouble list."""

    content: bytes
    content_type: str = _HTML
    status: int = 200
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """One item of the list: its title there, its file name, what must become of it, and why (the stable code of the problem)."""

    title: str
    name: str
    fate: Fate
    code: str | None = None


def troubles() -> tuple[Trouble, ...]:
    """All items of the list, in its order."""
    return tuple(Trouble(row["title"], row["name"], row["fate"], row.get("code")) for row in load("trouble")["items"])


def trouble_pages() -> Mapping[str, Broken]:
    """Every answer by path: the two list pages, which lead to each other for ever, and the items."""
    rows = load("trouble")["items"]
    answers = {f"{ROOT}/{row['name']}": _answer(row) for row in rows if row["make"] != "nothing"}
    half = len(rows) // 2
    for name, other, part in (("index.html", "index_2.html", rows[:half]), ("index_2.html", "index.html", rows[half:])):
        lines = "\n".join(
            f'<li><a href="{ROOT}/{row["name"]}">{escape(row["title"])}</a><span>2026-04-0{n}</span></li>'
            for n, row in enumerate(part, 1)
        )
        page = f'<html><head><title>疑难页面</title></head><body><ul class="news_list">{lines}</ul><div class="page"><a href="{other}">下一页</a></div></body></html>'
        answers[f"{ROOT}/{name}"] = Broken(page.encode())
    return answers


def _answer(row: Mapping[str, str]) -> Broken:
    make = _MAKERS.get(row["make"])
    if make is None:
        raise ValueError(f"trouble.yaml: {row['name']}: nothing makes {row['make']}; there are: {', '.join(_MAKERS)}")
    return make(row)


def _unclosed(row: Mapping[str, str]) -> Broken:
    return Broken(_page(row).replace("</p>", "").replace("</td>", "").replace("</div>", "<div").encode())


def _page(row: Mapping[str, str]) -> str:
    head = "".join(
        f"<tr><td>{label}：</td><td>{escape(value)}</td></tr>"
        for label, value in (part.split("=") for part in row.get("head", "").split(";") if part)
    )
    paras = "".join(f"<p>{escape(text)}</p>" for text in row["text"].split("\n") if text)
    title = escape(row["heading"])
    return (
        f'<html><head><meta charset="utf-8"><title>{title}</title></head><body><h1>{title}</h1><table>{head}</table>'
        f'<div class="TRS_Editor">{paras}</div></body></html>'
    )


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("readme.txt", (2020, 1, 1, 0, 0, 0)), "这不是PDF文件")
    return out.getvalue()


_MAKERS: Mapping[str, Callable[[Mapping[str, str]], Broken]] = {
    "page": lambda row: Broken(_page(row).encode()),
    "empty": lambda _row: Broken(b""),
    "untitled": lambda row: Broken(f"<html><head></head><body><div>{row['text']}</div></body></html>".encode()),
    "zip": lambda _row: Broken(_zip(), "application/pdf"),
    "redirect": lambda row: Broken(b"", _HTML, 302, row["text"]),
    "broken": _unclosed,
    "charset": lambda row: Broken(_page(row).encode("gb18030"), _HTML),
}
"""How each kind of trouble is made."""
