"""Documents as three generations of content management showed them. Text in, HTML out.

The templates stand in `data/page_*.html`. What the header of a page says, and in which words, differs from layout to layout on purpose;
so do number brackets, spaces inside labels, dates, and what surrounds the text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from string import Template

from catalog.demo.city import Document, Para
from catalog.demo.dice import Dice
from catalog.demo.prose import plain_date
from catalog.demo.vocabulary import read

IDEOGRAPHIC_SPACE = "　"
BASIS = "不公开依据"
"""The label of the legal basis."""
SPLIT_TITLE = 28
"""Titles longer than this were set in two lines by the second layout's editors."""
DESCRIPTION_CHARS = 90
_CENTRED = {"title", "number", "chapter", "note"}
_RIGHT = {"signature", "date"}

Rows = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Site:
    """What the pages of one web site have in common."""

    root: str
    name: str
    domain: str
    code: str
    owner: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a page stands: its site, its column, the addresses of its attachments, and (title, address) of related pages."""

    site: Site
    column: str
    files: tuple[str, ...] = ()
    related: tuple[tuple[str, str], ...] = ()


def document_page(document: Document, frame: Frame) -> str:
    """The page of a document in its layout."""
    return {"2012": _page_2012, "2016": _page_2016, "2021": _page_2021}[document.layout](document, frame)


def fill(name: str, values: Mapping[str, str]) -> str:
    """The template `data/page_<name>.html` with its values. Raises `KeyError` for one that is not given."""
    return Template(read(f"page_{name}.html")).substitute(values)


def _page_2012(document: Document, frame: Frame) -> str:
    serial = document.key.encode().hex()[-6:]
    page = fill(
        "2012",
        {
            "title": escape(document.title),
            "column": frame.column,
            "header": _lines_header(document) if "relative" in document.traps else _table_header(document),
            "published": f"{document.published:%Y-%m-%d}",
            "serial": serial,
            "body": _body(document),
            "attachments": _files(document, frame, "<p>附件：</p>", '<p>· <a href="{href}">{title}</a></p>', ""),
        },
    )
    return page.replace("〈", "&lt;").replace("〉", "&gt;")


def _number_as_printed(document: Document) -> str:
    """The number in the brackets that the typist of the day had at hand."""
    number = document.number or ""
    if "〔" not in number:
        return number
    code, rest = number.split("〔")
    year, serial = rest.split("〕")
    shape = Dice(f"{document.key}/brackets").pick(
        ["{c}〔{y}〕{s}", "{c}〔{y}〕{s}", "{c}[{y}]{s}", "{c} 〔{y}〕 {s}", "{c}（{y}）{s}"]
    )
    return shape.format(c=code, y=year, s=serial)


def _table_header(document: Document) -> str:
    def row(*pairs: tuple[str, str]) -> str:
        span = ' colspan="3"' if len(pairs) == 1 else ""
        cells = "".join(f'<td width="90"><b>{label}：</b></td><td{span}>{escape(value)}</td>' for label, value in pairs)
        return f"  <tr>{cells}</tr>"

    written = "" if "blank" in document.traps or document.written is None else f"{document.written:%Y-%m-%d}"
    rows = [
        row(("索 引 号", document.index_number or ""), ("信息分类", document.topic or "")),
        row(("发布机构", document.publisher), ("成文日期", written)),
        row(("标　　题", document.title)),
        row(("文　　号", _number_as_printed(document)), ("发布日期", f"{document.published:%Y-%m-%d}")),
    ]
    words = row(("主 题 词", IDEOGRAPHIC_SPACE.join(document.keywords)), ("公开方式", "主动公开"))
    table = '<table width="880" border="0" align="center" cellpadding="3" cellspacing="0" class="bd">'
    return f"{table}\n" + "\n".join(rows) + f"\n</table>\n{table}\n{words}\n</table>"


def _lines_header(document: Document) -> str:
    """Two pairs a line, padded with hard spaces, a space before the colon: as some sites printed it."""
    hard = "&nbsp;&nbsp;"
    return (
        f"<p>索{hard}引{hard}号: {document.index_number} 文{hard * 3}号: {_number_as_printed(document)}<br />"
        f"发布机构 : 云江市政府 发布日期: {document.published:%Y年%m月%d日}<br />信息分类 : {document.topic} 有效性: {document.validity}</p>"
    )


def _page_2016(document: Document, frame: Frame) -> str:
    written = "" if "blank" in document.traps or document.written is None else f"{document.written:%Y年%m月%d日}"
    rows: list[tuple[str, str]] = []
    if document.index_number:
        rows = [
            ("索引号：", document.index_number),
            ("主题分类：", document.topic or ""),
            ("发文机关：", "、".join(document.issuers)),
            ("成文日期：", written),
            ("标题：", document.title),
            ("发文字号：", document.number or ""),
            ("发布日期：", f"{document.published:%Y年%m月%d日}"),
            ("主题词：", ""),
            ("有效性：", document.validity or ""),
            *_disclosure_rows(document, "："),
        ]
    site = frame.site
    return fill(
        "2016",
        {
            "title": escape(document.title),
            "site": site.name,
            "root": site.root,
            "column": frame.column,
            "header": _within('<div class="xxgk_head"><ul>', "<li><b>{}</b>{}</li>", rows, "</ul></div>"),
            "published": f"{document.published:%Y-%m-%d %H:%M}",
            "source": document.publisher if document.index_number else document.issuers[0],
            "body": _body(document),
            "attachments": _files(
                document,
                frame,
                '<div class="fj"><p>相关附件：</p><ul>',
                '<li><a href="{href}">{title}</a></li>',
                "</ul></div>",
            ),
            "owner": site.owner,
            "code": site.code,
        },
    )


def _page_2021(document: Document, frame: Frame) -> str:
    rows: list[tuple[str, str]] = []
    if document.index_number:
        rows = [
            ("索引号", document.index_number),
            ("主题分类", document.topic or ""),
            ("发文机关", "、".join(document.issuers)),
            ("成文日期", plain_date(document.written) if document.written and "blank" not in document.traps else ""),
            ("标题", document.title),
            ("发文字号", document.number or ""),
            ("发布日期", plain_date(document.published.date())),
            ("实施日期", plain_date(document.effective) if document.effective else ""),
            ("有效性", document.validity or ""),
            *_disclosure_rows(document, ""),
        ]
    site = frame.site
    first = next((para.text for para in document.paras if para.kind in {"paragraph", "article"}), "")
    return fill(
        "2021",
        {
            "title": escape(document.title),
            "site": site.name,
            "root": site.root,
            "domain": site.domain,
            "code": site.code,
            "column": frame.column,
            "published": f"{document.published:%Y-%m-%d %H:%M:%S}",
            "source": document.publisher if document.index_number else document.issuers[0],
            "keywords": ",".join(document.keywords),
            "description": escape(first[:DESCRIPTION_CHARS]),
            "header": _within('<dl class="gk-info">', "<dt>{}</dt><dd>{}</dd>", rows, "</dl>"),
            "body": _body(document),
            "attachments": _files(
                document,
                frame,
                '<div class="attach"><h4>附件下载</h4>',
                '<p><a href="{href}" download>{title}</a></p>',
                "</div>",
            ),
            "related": _within(
                '<div class="related"><h3>相关解读</h3><ul>',
                '<li><a href="{1}">{0}</a></li>',
                frame.related,
                "</ul></div>",
            ),
            "owner": site.owner,
        },
    )


def _within(head: str, line: str, rows: Rows, tail: str) -> str:
    """The rows as lines between head and tail; nothing at all when there are no rows. The legal basis can be told by its class."""
    lines = []
    for first, second in rows:
        value = escape(second)
        marked = f'<span class="basis">{value}</span>' if first.startswith(BASIS) else value
        lines.append(line.format(escape(first), marked))
    return "\n".join([head, *lines, tail]) if rows else ""


def _disclosure_rows(document: Document, colon: str) -> list[tuple[str, str]]:
    if document.disclosure == "active":
        return [(f"公开属性{colon}", "主动公开")]
    return [
        (f"公开属性{colon}", "依申请公开"),
        (f"不公开理由{colon}", document.reason or ""),
        (f"{BASIS}{colon}", document.basis or ""),
    ]


def _files(document: Document, frame: Frame, head: str, line: str, tail: str) -> str:
    if not document.attachments:
        return ""
    pairs = zip(document.attachments, frame.files, strict=True)
    return (
        head
        + "\n".join(
            line.format(href=href, title=escape(f"{one.title}.{one.filename.rsplit('.', 1)[1]}")) for one, href in pairs
        )
        + tail
    )


def _body(document: Document) -> str:
    blocks = [_block(para, document) for para in document.paras]
    if document.cc and document.printed:
        blocks.append(_print_block(document))
    if "repeat" in document.traps:
        blocks = blocks * 2
    return "\n".join(blocks)


def _print_block(document: Document) -> str:
    lines = (
        f"抄送：{'，'.join(document.cc)}。",
        f"云江市人民政府办公室{IDEOGRAPHIC_SPACE * 4}{plain_date(document.printed or date.min)}印发",
    )
    if document.layout == "2012":
        return '<table width="100%" border="0">' + "".join(f"<tr><td>{line}</td></tr>" for line in lines) + "</table>"
    return "\n".join(f"<p>{line}</p>" for line in lines)


def _block(para: Para, document: Document) -> str:
    if para.kind == "table":
        return table(para.text)
    if para.kind == "title" and document.layout == "2016" and len(para.text) > SPLIT_TITLE:
        cut = len(para.text) // 2
        return "\n".join(styled(Para("title", part), "2016") for part in (para.text[:cut], para.text[cut:]))
    return styled(para, document.layout)


def styled(para: Para, layout: str) -> str:
    """One paragraph as the editors of a layout set it."""
    text = escape(para.text, quote=False)
    if layout == "2012":
        return _styled_2012(para, text)
    align = "center" if para.kind in _CENTRED else "right" if para.kind in _RIGHT else "justify"
    indent = "" if para.kind in _CENTRED | _RIGHT | {"addressee"} else "text-indent: 2em; "
    if para.kind in _RIGHT:
        text += "&nbsp;" * 10
    if para.kind in {"title", "heading", "chapter"}:
        text = f"<strong>{text}</strong>"
    if layout == "2016":
        text = f'<span style="font-family: 仿宋_GB2312; font-size: 16pt;">{text}</span>'
    return f'<p style="{indent}text-align: {align};">{text}</p>'


def _styled_2012(para: Para, text: str) -> str:
    if para.kind == "title":
        return f'<p align="center"><font size="5"><b>{text}</b></font></p>'
    if para.kind in _CENTRED:
        return f'<p align="center">{text}</p>'
    if para.kind in _RIGHT:
        return f'<p align="right">{text}{IDEOGRAPHIC_SPACE * 4}</p>'
    if para.kind == "addressee":
        return f"<p>{text}</p>"
    inside = f"<b>{text}</b>" if para.kind == "heading" else text
    return f"<p>{IDEOGRAPHIC_SPACE * 2}{inside}</p>"


def table(text: str) -> str:
    """A table of tab-parted cells; the first row is its head."""
    head, *rows = (row.split("\t") for row in text.split("\n"))
    lines = ["<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows]
    first = "<tr>" + "".join(f"<th>{escape(cell)}</th>" for cell in head) + "</tr>"
    return '<table border="1" cellspacing="0">\n' + "\n".join([first, *lines]) + "\n</table>"
