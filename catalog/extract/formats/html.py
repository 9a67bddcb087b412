"""HTML pages: the document on the page as lines, its header by the page's structure, its meta tags; then the general reader.

No layout of any site is known here. What is known of markup (containers, tags, labels) is data and only a preference; pages without any of it
are read by where their text stands.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from catalog.extract import meta as metadata
from catalog.extract import noise, tail, titles
from catalog.extract.attachments import is_file
from catalog.extract.data_files import load
from catalog.extract.formats.content import find_content, is_title_box
from catalog.extract.formats.encoding import decode
from catalog.extract.formats.page import read_page
from catalog.extract.formats.page_header import find_page_header
from catalog.extract.formats.pieces import Page, Table
from catalog.extract.formats.unreadable import explained
from catalog.extract.head import head_date
from catalog.extract.header import Hit
from catalog.extract.lines import Line, squeeze
from catalog.extract.reader import read_lines
from catalog.extract.titles import Title
from catalog.model.draft import Draft, RawDocument, Where

HARDLY_ANY = 120
"""With fewer characters of text than this a page is read again with what its styles hide: scripts show it to people."""
HEAD_PIECES = 14
"""Lines between a page's title and its text that can belong to the document's head."""
HEAD_REACH = 60
"""Lines before the text in which its title is looked for."""
TITLE_LINES = 3
"""Lines above the last one of a title that is broken in its own element (…关于印发<br>…的通知)."""
SURELY = 3
"""A likeness (`titles.looks_like`) that needs no markup to be believed."""
INFO_REACH = 5
"""Lines before the text in which a date without label is looked for."""
AFTER_PIECES = 80
"""Lines behind the text in which files and lines of the document's end are looked for."""
LIST_OF_LINKS = 3
"""So many lines in a row that are links and nothing else are a list of other pages."""
LAYOUT_SHARE = 0.6
"""A table of which one cell holds this share of the text is layout and no table …"""
LAYOUT_CELL = 120
"""… if that cell has at least so many characters."""


class HtmlExtractor:
    """Reads `text/html` and `application/xhtml+xml`."""

    name = "html"
    version = "2"
    media_types = frozenset({"text/html", "application/xhtml+xml"})

    def extract(self, document: RawDocument) -> Draft:
        """The draft of a page. Raises `Refused`: `too_large`, `too_deep`, `too_many_elements`, `hostile_markup`."""
        decoded = decode(document.content, document.charset)
        page = read_page(decoded.text, url=document.url)
        if sum(len(piece.text) - piece.linked for piece in page.pieces) < HARDLY_ANY:
            whole = read_page(decoded.text, url=document.url, with_hidden=True)
            page = whole if len(whole.pieces) > len(page.pieces) else page
        return explained(read_document(page, document, (*decoded.flags, *noise.hidden(decoded.text))), decoded)


def read_document(page: Page, document: RawDocument, flags: tuple[str, ...] = ()) -> Draft:
    """The draft of a page that is parsed already."""
    hits = find_page_header(page)
    header = {place for hit in hits for place in hit.uses}
    content = find_content(page, header)
    if content and page.boxes[page.pieces[content[len(content) // 2]].box].outside:
        _trust_all(
            page
        )  # the text stands in what is called navigation here: the names of this page's boxes say nothing
    head = _head(page, content, header)
    after = _after(page, content, header)
    pieces = [*head, *content, *after]
    lines = _lines(page, pieces, header)
    chosen = range(pieces[0], content.stop + AFTER_PIECES) if pieces else range(0)
    links = [
        link
        for place, link in page.links
        if place in chosen and (place in content or is_file(link)) and not page.boxes[_box(page, place)].outside
    ]
    return read_lines(
        lines,
        meta=page.meta,
        hints=document.hints,
        pairs=_pairs(hits),
        links=links,
        page_titles=_titles(page, content, header),
        url=document.url,
        flags=flags,
    )


def _trust_all(page: Page) -> None:
    for box in page.boxes:
        box.outside = False


def _box(page: Page, place: int) -> int:
    return page.pieces[min(place, len(page.pieces) - 1)].box


def _pairs(hits: list[Hit]) -> list[tuple[str, str, Where]]:
    """The header's pairs; a date before the first label of a line is what such lines are about."""
    found: list[tuple[str, str, Where]] = []
    for hit in hits:
        if hit.before:
            found.append(("发布时间", hit.before, "header"))
        found.extend((pair.raw_label, pair.value, "header") for pair in hit.pairs)
    return found


def _titles(page: Page, content: range, header: AbstractSet[int]) -> list[Title]:
    """Titles outside of the text: lines before it that are marked or worded like titles, nearest first, and `<title>`."""
    sure = load("values")["confidence"]
    found: list[Title] = []
    above = content.start
    for place in range(content.start - 1, -1, -1):
        if place < above and place not in header and _is_title(page, place):
            above = _first_line(page, place, header)
            raw = "".join(piece.text for piece in page.pieces[above : place + 1])
            text, number = titles.tidy(raw)
            penalty = 0.02 * len(found) + (0.1 if titles.looks_like(text) < 2 else 0.0)
            found.append(Title(text, raw, "title", sure["h1_title"] - penalty, number))
    if page.title:
        text, number = titles.tidy(titles.tidy_page_title(page.title, metadata.site_names(page.meta)))
        if text:
            penalty = 0.0 if titles.looks_like(text) >= 2 else 0.25
            found.append(Title(text, page.title, "title", sure["page_title"] - penalty, number))
    return found


def _first_line(page: Page, place: int, header: AbstractSet[int]) -> int:
    """The first line of the title whose last one stands at a place: those above it in its own element that do not end a title."""
    first = place
    while (
        first > 0
        and place - first < TITLE_LINES
        and first - 1 not in header
        and page.pieces[first - 1].box == page.pieces[place].box
        and titles.looks_like(above := page.pieces[first - 1].text)
        and not titles.ends_like(above)
    ):
        first -= 1
    return first


def _is_title(page: Page, place: int) -> bool:
    """Whether a piece before the text may be its title: no link, not in navigation, marked as one or worded like one."""
    piece = page.pieces[place]
    box = page.boxes[piece.box]
    if box.outside or piece.linked * 2 > len(piece.text):
        return False
    likeness = titles.looks_like(piece.text)
    return likeness == SURELY or (likeness > 0 and is_title_box(box))


def _head(page: Page, content: range, header: AbstractSet[int]) -> list[int]:
    """The pieces from the nearest title before the text up to the text, without navigation."""
    reach = range(content.start - 1, max(-1, content.start - HEAD_REACH), -1)
    start = next((place for place in reach if place not in header and _is_title(page, place)), content.start)
    if start == content.start:  # the title stands in the text; a line of date and source may stand above it
        near = range(content.start - 1, max(-1, content.start - INFO_REACH), -1)
        start = next((place for place in near if place not in header and head_date(page.pieces[place].text)), start)
    return [place for place in range(start, content.start) if _belongs(page, place, header)][:HEAD_PIECES]


def _after(page: Page, content: range, header: AbstractSet[int]) -> list[int]:
    """Pieces after the text that still are the document's: the disclosure line, copies, the print line."""
    found = []
    for place in range(content.stop, min(content.stop + AFTER_PIECES, len(page.pieces))):
        if not _belongs(page, place, header):
            continue
        piece = page.pieces[place]
        line = [Line(piece.text)]
        if tail.disclosure_line(line, 0) or tail.copies(line, 0) or tail.print_line(line, 0):
            found.append(place)
    return found


def _belongs(page: Page, place: int, header: AbstractSet[int]) -> bool:
    piece = page.pieces[place]
    return (
        place not in header
        and not page.boxes[piece.box].outside
        and (piece.linked * 2 <= len(piece.text) or _has_file(page, place))
    )


def _has_file(page: Page, place: int) -> bool:
    return any(is_file(link) for at, link in page.links if at == place)


def _lines(page: Page, pieces: list[int], header: AbstractSet[int]) -> list[Line]:
    """The chosen pieces as lines; the cells of a table become one line, lists of links to other pages go."""
    data_tables = {number for number, table in enumerate(page.tables) if _is_data(page, table, header)}
    skipped = _link_lists(page, pieces)
    done: set[int] = set()
    lines: list[Line] = []
    for place in pieces:
        piece = page.pieces[place]
        if place in header or place in skipped or page.boxes[piece.box].outside:
            continue
        if piece.cell is not None and piece.cell[0] in data_tables:
            if piece.cell[0] not in done:
                done.add(piece.cell[0])
                lines.append(Line(_table_text(page, page.tables[piece.cell[0]], header), "table"))
            continue
        lines.append(_line(page, place))
    return lines


def _line(page: Page, place: int) -> Line:
    piece = page.pieces[place]
    box = page.boxes[piece.box]
    if box.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
        return Line(piece.text, "heading", int(box.tag[1]), box.align, piece.bold)
    if is_title_box(box) and titles.looks_like(piece.text) >= 2:
        return Line(piece.text, "heading", 1, box.align, piece.bold)
    return Line(
        piece.text,
        "list_item" if box.tag in ("li", "dd", "dt") else "paragraph",
        0,
        piece.align or box.align,
        piece.bold,
    )


def _is_data(page: Page, table: Table, header: AbstractSet[int]) -> bool:
    """Whether a table is one of data: several cells, none of which holds a text. Cells that are header do not count."""
    if table.nested or max((len(row) for row in table.rows), default=0) < 2:
        return False
    sizes = [
        sum(len(page.pieces[place].text) for place in cell if place not in header) for row in table.rows for cell in row
    ]
    total = sum(sizes)
    if sum(size > 0 for size in sizes) < 2:
        return False
    return not (max(sizes) > LAYOUT_CELL and max(sizes) > LAYOUT_SHARE * total)


def _table_text(page: Page, table: Table, header: AbstractSet[int]) -> str:
    rows = [
        "\t".join(" ".join(page.pieces[place].text for place in cell if place not in header) for cell in row)
        for row in table.rows
    ]
    return "\n".join(row for row in rows if row.strip())


def _link_lists(page: Page, pieces: list[int]) -> set[int]:
    """Runs of lines that are links and nothing else, and no files."""
    skipped: set[int] = set()
    run: list[int] = []
    for place in [*pieces, -1]:
        piece = page.pieces[place] if place >= 0 else None
        if (
            piece is not None
            and piece.linked
            and piece.linked >= 0.9 * len(squeeze(piece.text))
            and not _has_file(page, place)
        ):
            run.append(place)
            continue
        if len(run) >= LIST_OF_LINKS:
            skipped.update(run)
        run = []
    return skipped


def page_lines(text: str, *, url: str | None = None) -> list[Line]:
    """All lines of a page, its tables as tables: for pages and fragments that are known to hold nothing but a document.

    Raises `Refused` as `read_page` does.
    """
    page = read_page(text, url=url)
    _trust_all(page)
    return _lines(page, list(range(len(page.pieces))), frozenset())
