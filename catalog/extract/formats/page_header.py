"""Header tables and lists of an HTML page, found by its structure: table rows, definition lists, neighbouring elements, bold labels.

Where the markup says what is label and what is value, no colon is needed and an empty value is seen to be empty. The rules for believing
that labels are a header are those of `header`, which also reads what has no structure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from catalog.extract.formats.pieces import Page, Table
from catalog.extract.header import (
    MAX_VALUE,
    SOLID,
    Bounds,
    Hit,
    believable,
    clusters,
    fits_below,
    is_prose,
    lists_things,
    plausible,
    row_pairs,
)
from catalog.extract.labels import Pair, has_mark, is_spread, label_of, split_pairs
from catalog.extract.lines import clean, unbullet

MAX_TABLE_ROWS = 60
"""A table with more rows is not a header."""
_HEADINGS = frozenset(("h1", "h2", "h3"))
_LABEL_HEADING = 12
"""Characters of the longest heading that can be a label (phones' pages print `<h2>索 引 号：</h2>`)."""
_VERTICAL = 3
"""Labels side by side in one row, with the values below, are a header from this number on."""


def find_page_header(page: Page) -> list[Hit]:
    """The pieces of a page that are header, with what they say, in page order. `at` and `uses` are indexes of pieces."""
    hits: dict[int, Hit] = {}
    for table in page.tables:
        if not table.nested and len(table.rows) <= MAX_TABLE_ROWS:
            hits.update((hit.at, hit) for hit in _table_hits(page, table))
    taken = {place for hit in hits.values() for place in hit.uses} | _rows_of_data(page)
    for number in range(len(page.pieces)):
        if number not in taken:
            hit = _piece_hit(page, number, taken)
            if hit is not None:
                hits[number] = hit
                taken.update(hit.uses)
    taken = {place for hit in hits.values() for place in hit.uses}
    ordered = [hits[number] for number in sorted(hits)]
    prose = [
        number
        for number, piece in enumerate(page.pieces)
        if number not in taken and piece.linked * 2 < len(piece.text) and is_prose(piece.text)
    ]
    bounds = Bounds.of(prose, len(page.pieces))
    return [
        hit for cluster in clusters(ordered) if believable(cluster, bounds) for hit in _without_strays(page, cluster)
    ]


def _without_strays(page: Page, cluster: Sequence[Hit]) -> list[Hit]:
    """The hits of a header; where lines beside each other hold label and value together, the line after an empty one is not its value,
    unless values that prove themselves by their form stand on lines of their own there too.
    """
    together: Counter[tuple[int, str]] = Counter()
    for hit in cluster:
        if len(hit.uses) == 1 and hit.pairs[0].value:
            together[_row_of(page, hit)] += 1
        elif _is_apart(page, hit) and hit.pairs[0].label.kind in SOLID:
            together[_row_of(page, hit)] -= 1
    return [
        replace(hit, pairs=(replace(hit.pairs[0], value=""),), uses=hit.uses[:1])
        if _is_apart(page, hit) and hit.pairs[0].label.kind not in SOLID and together[_row_of(page, hit)] > 0
        else hit
        for hit in cluster
    ]


def _row_of(page: Page, hit: Hit) -> tuple[int, str]:
    """What lines of one list share: the element around them and their own tag."""
    box = page.boxes[page.pieces[hit.at].box]
    return box.parent, box.tag


def _is_apart(page: Page, hit: Hit) -> bool:
    """Whether a hit took its value from the piece after its label, outside of a table."""
    return len(hit.uses) == 2 and len(hit.pairs) == 1 and page.pieces[hit.at].cell is None


def _rows_of_data(page: Page) -> set[int]:
    """Pieces in rows of several cells: what is a pair there was seen when the table was read."""
    return {
        place
        for table in page.tables
        if not table.nested
        for row in table.rows
        if sum(bool(cell) for cell in row) > 1
        for cell in row
        for place in cell
    }


def _table_hits(page: Page, table: Table) -> list[Hit]:
    """Rows with labels. A first row of labels only, with one row of values below it, is read downwards."""
    texts = [["\n".join(page.pieces[number].text for number in cell) for cell in row] for row in table.rows]
    if pairs := _vertical(texts):
        uses = tuple(number for row in table.rows for cell in row for number in cell)
        return [Hit(uses[0], tuple(pairs), uses)]
    if lists_things("\n".join("\t".join(row) for row in texts[:4])):
        return []
    hits = []
    for row, cells in zip(table.rows, texts, strict=True):
        uses = tuple(number for cell in row for number in cell)
        pairs = row_pairs(cells) if uses else []
        if pairs and (len(cells) > 1 or pairs[0].value) and not _list_head(pairs, cells):
            hits.append(Hit(uses[0], tuple(pairs), uses))
    return hits


def _vertical(texts: Sequence[Sequence[str]]) -> list[Pair]:
    """The pairs of a table whose rows are labels and, below each such row, their values; none if it is no such table."""
    filled = [row for row in texts if any(row)]
    if len(filled) < 2 or len(filled) % 2:
        return []
    pairs: list[Pair] = []
    for heads, values in zip(filled[::2], filled[1::2], strict=True):
        labels = [label_of(head) for head in heads]
        if len(heads) != len(values) or len(heads) < _VERTICAL:
            return []
        if any(label is None for label in labels) or any(label_of(value) for value in values):
            return []
        pairs.extend(
            Pair(label, head, value)
            for label, head, value in zip(labels, heads, values, strict=True)
            if label is not None and len(value) <= MAX_VALUE[label.kind]
        )
    return pairs


def _list_head(pairs: Sequence[Pair], cells: Sequence[str]) -> bool:
    """Whether a row is the head of a list (序号 | 标题 | 文号 | 发布日期): several labels and no value, none of them marked."""
    filled = [cell for cell in cells if cell]
    return (
        len(pairs) > 1
        and not any(pair.value for pair in pairs)
        and len(pairs) + 2 > len(filled)
        and not has_mark(pairs[0].raw_label)
    )


def _piece_hit(page: Page, number: int, taken: set[int]) -> Hit | None:
    """The pairs of one line of the page, with the value that stands in the next element where the line is a label alone."""
    piece = page.pieces[number]
    if page.boxes[piece.box].tag in _HEADINGS and len(piece.text) > _LABEL_HEADING:
        return None
    text = unbullet(piece.text)
    label = label_of(text)
    if label is not None:
        known = label.strong or has_mark(text) or label.kind == "count" or is_spread(text)
        return _label_hit(page, number, Pair(label, text, ""), taken) if known else None
    pairs = _pairs_of_parts(piece.parts) if len(piece.parts) > 1 else []
    before = ""
    if not pairs:
        before, pairs = split_pairs(text)
    if not pairs or not _short(before) or any(len(pair.value) > MAX_VALUE[pair.label.kind] for pair in pairs):
        return None
    return Hit(number, tuple(pairs), (number,), before)


def _label_hit(page: Page, number: int, pair: Pair, taken: set[int]) -> Hit:
    """A label alone, with the value that the next element holds, if it is one."""
    marked = has_mark(pair.raw_label)
    value = _neighbour(page, number, taken) if number + 1 < len(page.pieces) else ""
    if value and plausible(pair.label.kind, value) and fits_below(pair.label, value):
        return Hit(number, (replace(pair, value=value),), (number, number + 1), marked=marked)
    return Hit(number, (pair,), (number,), marked=marked)


def _short(before: str) -> bool:
    """Whether what stands before the first label may stand there: nothing, or a date, perhaps with who published it."""
    return len(before) <= 40 and (not before or before[0].isdigit())


def _pairs_of_parts(parts: Sequence[str]) -> list[Pair]:
    """Pairs of one line whose labels are elements of their own: `<b>文号</b><span>…</span>`."""
    pairs: list[Pair] = []
    for number, part in enumerate(parts):
        before, inner = split_pairs(part)
        label = label_of(part) or (
            label_of(f"{part}:") if number + 1 < len(parts) and parts[number + 1][:1] in ":：" else None
        )
        if label is not None and (label.strong or has_mark(part) or pairs or len(parts) == 2):
            pairs.append(Pair(label, part, ""))
        elif inner and not before:
            pairs.extend(inner)
        elif pairs:
            last = pairs[-1]
            value = clean(f"{last.value} {part}".strip(" :：")) if last.value else clean(part.lstrip(":： "))
            if len(value) <= MAX_VALUE[last.label.kind]:
                pairs[-1] = Pair(last.label, last.raw_label, value)
        else:
            return []
    return pairs


def _neighbour(page: Page, number: int, taken: set[int]) -> str:
    """The text of the next piece, if it stands beside this one in the markup: same element, its sibling, or inside its sibling. A label
    that shares its element with other lines has its value there too.
    """
    here, there = page.pieces[number], page.pieces[number + 1]
    if number + 1 in taken or page.boxes[there.box].tag in _HEADINGS:
        return ""
    if label_of(there.parts[0]) or split_pairs(there.text)[1]:
        return ""
    mine, its = _ancestors(page, here.box), _ancestors(page, there.box)
    common = next((box for box in mine if box in its), -1)
    own = page.boxes[here.box]
    reach = 0 if own.end - own.start > 1 else 1
    return there.text if common >= 0 and mine.index(common) <= reach and its.index(common) <= 2 else ""


def _ancestors(page: Page, box: int) -> list[int]:
    found: list[int] = []
    while box >= 0 and len(found) < 4:
        found.append(box)
        box = page.boxes[box].parent
    return found
