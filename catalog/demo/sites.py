"""Puts the city on the web: which address answers what. Four sites and a list of troubles, each under a path of its own.

Municipal: four columns, paged by constants in a script (`createPageHTML(pages, …, "index", "html")` → index_1.html, index_2.html …).
Bureau and data platform: paged by a link 下一页. Gazette: a list of issues, each issue with its articles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import quote

from catalog.demo.attachments import docx_bytes, pdf_bytes
from catalog.demo.build import build_city
from catalog.demo.city import Attachment, City, Document
from catalog.demo.pages import Frame, Site, document_page
from catalog.demo.portal import Listed, article_page, dataset_page, issue_page, list_page
from catalog.demo.trouble import trouble_pages

HTML = "text/html; charset=utf-8"
HTML_UNSAID = "text/html"
"""What the old server sends: no charset, so that the page's own meta tag has to be believed."""
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
PER_PAGE = 20
GOV = Site("gov", "云江市人民政府门户网站", "www.yunjiang.example", "9901000001", "云江市人民政府办公室")
ENV = Site("sthjj", "云江市生态环境局", "sthjj.yunjiang.example", "9901000017", "云江市生态环境局")
GAZETTE = Site("gb", "云江市人民政府公报", "gb.yunjiang.example", "9901000001", "云江市人民政府办公室")
DATA = Site("data", "云江市公共数据开放平台", "data.yunjiang.example", "9901000031", "云江市数据局")
DOCUMENTS, REQUEST = "documents", "request"
COLUMNS: dict[str, tuple[str, str, str | None]] = {
    DOCUMENTS: ("zwgk/zcwj", "政府文件", None),
    REQUEST: ("zwgk/ysqgk", "依申请公开目录", "normative_document"),
    "regulation": ("zwgk/gzk", "政府规章", "regulation"),
    "interpretation": ("zwgk/zcjd", "政策解读", "interpretation"),
    "consultation": ("hdjl/yjzj", "意见征集", "consultation"),
}
"""Columns of the municipal site: folder, name, and the record type of all that is in it (the first one has several)."""
ROBOTS = "User-agent: *\nDisallow: /gov/search/\nDisallow: /wt/private/\n"


@dataclass(frozen=True, slots=True)
class Served:
    """An answer: its bytes as they go out, and the header that says what they are."""

    content: bytes
    content_type: str = HTML
    status: int = 200
    location: str | None = None


NOT_FOUND = Served("<html><head><title>404</title></head><body>您访问的页面不存在</body></html>".encode(), status=404)


@dataclass(frozen=True, slots=True)
class Web:
    """Everything that the city serves, by path, and the path of each document by its key."""

    answers: dict[str, Served]
    paths: dict[str, str]


@cache
def build_web() -> Web:
    """The whole city as answers. Made once; takes well under a second."""
    city = build_city()
    web = Web({"/robots.txt": Served(ROBOTS.encode(), "text/plain; charset=utf-8")}, {})
    _paths(city, web)
    _documents(city, web)
    _gov_lists(city, web)
    for stem, column, asked in (("list", "信息公开", False), ("ysqgk", "依申请公开目录", True)):
        _chained(web, ENV, stem, column, [one for one in city.at("env") if (_column(one) == REQUEST) == asked])
    _gazette(city, web)
    _data(city, web)
    for path, page in trouble_pages().items():
        web.answers[path] = Served(page.content, page.content_type, page.status, page.location)
    return web


def html(text: str, layout: str = "") -> Served:
    """A page as it goes out: the oldest layout in GB18030 without saying so, the others in UTF-8."""
    return Served(text.encode("gb18030"), HTML_UNSAID) if layout == "2012" else Served(text.encode(), HTML)


def _paths(city: City, web: Web) -> None:
    for place, one in enumerate(city.documents, 1):
        web.paths[one.key] = _path(one, place)
    for issue in city.issues:
        folder = f"/gb/{issue.key.removeprefix('gz-')}"
        web.paths[issue.key] = f"{folder}/index.html"
        web.paths.update({one.key: f"{folder}/{order}.html" for order, one in enumerate(issue.articles, 1)})
    web.paths.update({one.key: f"/data/set/{one.key.removeprefix('data-')}.html" for one in city.datasets})


def _column(one: Document) -> str:
    if one.disclosure == "on_request":
        return REQUEST
    return one.record_type if one.record_type in COLUMNS else DOCUMENTS


def _path(one: Document, place: int) -> str:
    day, serial = one.published, 2000 + place * 13
    if one.medium != "html":
        return f"/sthjj/upload/{day:%Y%m}/P0{day:%Y%m%d}{serial}.{one.medium}"
    if one.site == "env":
        return f"/sthjj/xxgk/{day:%Y%m}/t{day:%Y%m%d}_{serial}.html"
    if one.layout == "2012":
        return f"/gov/art/{day.year}/{day.month}/{day.day}/art_118_{serial}.html"
    if one.layout == "2016":
        return f"/gov/xxgk/{day:%Y%m}/t{day:%Y%m%d}_{serial}.shtml"
    return f"/gov/{COLUMNS[_column(one)][0]}/content_{serial}.html"


def _documents(city: City, web: Web) -> None:
    related = defaultdict(list)
    for one in city.documents:
        for citation in one.citations:
            if citation.type == "interprets" and citation.target:
                related[citation.target].append((one.title, web.paths[one.key]))
    for one in city.documents:
        path = web.paths[one.key]
        if one.medium != "html":
            make: Callable[..., bytes] = pdf_bytes if one.medium == "pdf" else docx_bytes
            web.answers[path] = Served(make(one.paras), TYPES[one.medium])
            continue
        site = GOV if one.site == "gov" else ENV
        column = COLUMNS[_column(one)][1]
        files = _attach(web, path, one.attachments)
        frame = Frame(
            replace(site, owner=one.publisher) if one.site == "env" else site, column, files, tuple(related[one.key])
        )
        web.answers[path] = html(document_page(one, frame), one.layout)


def _attach(web: Web, path: str, attachments: Sequence[Attachment]) -> tuple[str, ...]:
    """Put the attachments beside their page; their addresses as the page links to them."""
    stem = path.rsplit("/", 1)[1].split(".", maxsplit=1)[0]
    links = []
    for order, one in enumerate(attachments, 1):
        name = f"{stem}_{order}.{one.filename.rsplit('.', 1)[1]}"
        web.answers[f"{path.rsplit('/', 1)[0]}/{name}"] = Served(one.content, TYPES[name.rsplit(".", 1)[1]])
        links.append(f"./{name}")
    return tuple(links)


def _gov_lists(city: City, web: Web) -> None:
    documents = city.at("gov")
    for key, (folder, column, _) in COLUMNS.items():
        lines = [
            Listed(one.title, web.paths[one.key], one.published.date()) for one in documents if _column(one) == key
        ]
        pages = _paged(lines)
        for number, items in enumerate(pages):
            script = f'<script type="text/javascript">createPageHTML({len(pages)}, {number}, "index", "html");</script>'
            name = "index.html" if number == 0 else f"index_{number}.html"
            web.answers[f"/gov/{folder}/{name}"] = html(list_page(GOV, column, items, script))


def _chained(web: Web, site: Site, stem: str, column: str, documents: Sequence[Document]) -> None:
    pages = _paged([Listed(one.title, web.paths[one.key], one.published.date()) for one in documents])
    for number, items in enumerate(pages, 1):
        page = list_page(site, column, items, _chain(stem, number, len(pages)))
        web.answers[f"/{site.root}/{_chain_name(stem, number)}"] = html(page)


def _chain_name(stem: str, number: int) -> str:
    return f"{stem}.html" if number == 1 else f"{stem}_{number}.html"


def _chain(stem: str, number: int, count: int) -> str:
    before = f'<a href="{_chain_name(stem, number - 1)}">上一页</a>' if number > 1 else "<span>上一页</span>"
    after = f'<a href="{_chain_name(stem, number + 1)}">下一页</a>' if number < count else "<span>下一页</span>"
    return f"{before} <span>第{number}/{count}页</span> {after}"


def _gazette(city: City, web: Web) -> None:
    newest = sorted(city.issues, key=lambda one: one.published, reverse=True)
    lines = [Listed(one.title, web.paths[one.key], one.published.date()) for one in newest]
    web.answers["/gb/index.html"] = html(list_page(GAZETTE, "公报目录", lines, f"<span>共{len(lines)}期</span>"))
    for issue in city.issues:
        path = web.paths[issue.key]
        (scan,) = _attach(web, path.replace("index", f"gb{issue.key.removeprefix('gz-')}"), [issue.scan])
        addresses = [web.paths[one.key] for one in issue.articles]
        web.answers[path] = html(issue_page(issue, addresses, scan))
        for order, one in enumerate(issue.articles):
            web.answers[web.paths[one.key]] = html(article_page(one, issue, order, addresses))


def _data(city: City, web: Web) -> None:
    lines = [Listed(one.title, web.paths[one.key], one.modified.date()) for one in city.datasets]
    pages = _paged(lines)
    for number, items in enumerate(pages, 1):
        web.answers[f"/data/{_chain_name('list', number)}"] = html(
            list_page(DATA, "数据目录", items, _chain("list", number, len(pages)))
        )
    for one in city.datasets:
        addresses = []
        for resource in one.resources:
            address = f"/data/files/{quote(resource.filename)}"
            web.answers[address] = Served(resource.content, TYPES[resource.filename.rsplit(".", 1)[1]])
            addresses.append(address)
        web.answers[web.paths[one.key]] = html(dataset_page(one, addresses))


def _paged(lines: Sequence[Listed]) -> list[list[Listed]]:
    return [list(lines[start : start + PER_PAGE]) for start in range(0, len(lines), PER_PAGE)] or [[]]
