"""One long text → its articles: by end marks where a gazette prints them, else by its table of contents and the heads in the text.

Linear in the text: every line is looked at once, and each entry of the table of contents is looked for by its first words.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from catalog.extract.gazette import contents as tables
from catalog.extract.gazette import heads, marks
from catalog.extract.gazette.contents import Contents, Entry
from catalog.extract.gazette.pieces import Head, Span, Split, partition
from catalog.extract.gazette.rows import Row, is_a, rows_of
from catalog.extract.lines import fold
from catalog.extract.titles import key

LISTED, LISTED_AND_SIGNED = 0.85, 0.98
"""How sure a head is that the table of contents names; that besides has a sign of its own."""
COMPLETE = 0.8
"""Share of the entries found from which on the table of contents is believed: what it does not name is no article."""
FIRST = 8
"""Characters by which the rows that may begin a title are looked up."""
ORDER_ROWS = 40
"""Rows of the longest order in front of the text that it makes known, its signatures included."""
NEAR = 6
"""Rows between a title in the text and the sign of a head that belongs to it."""


def split(text: str, profile: str | None = None) -> Split:
    """Divide an issue's text. `profile` is a name of `gazettes.yaml`, `chinese`, or `None` to let the text tell.

    Raises `KeyError` for a profile that does not exist.
    """
    if profile not in (None, "chinese"):
        return marks.split(text, marks.profiles()[str(profile)])
    if profile is None and (fitting := marks.fitting(text)) is not None:
        return marks.split(text, fitting)
    return _chinese(text)


def _chinese(text: str) -> Split:
    rows = rows_of(text)
    table = tables.find(rows)
    start = table.behind if table else 0
    found = dict(heads.find(rows, start))
    listed = _listed(rows, table, found) if table else {}
    if table and len(listed) >= COMPLETE * len(table.entries):
        chosen = listed
    else:
        near = _covered(listed)
        chosen = {place: head for place, head in found.items() if place not in near} | listed
    spans = [*_sections(rows, sorted(chosen), table), *_imprint(rows, max(chosen, default=len(rows)), len(text))]
    ordered = [chosen[place] for place in sorted(chosen)]
    return Split(text, partition(text, ordered, spans), "chinese", len(table.entries) if table else None)


def _listed(rows: Sequence[Row], table: Contents, found: dict[int, Head]) -> dict[int, Head]:
    """The heads that the table of contents names, by the places of their first rows."""
    starts = _starts(rows, table.behind)
    places = sorted(found)
    heads_: dict[int, Head] = {}
    for entry in table.entries:
        options = _options(rows, starts, heads_, entry)
        if not options and entry.lead and (whole := entry.without_lead()):
            options = _options(rows, starts, heads_, whole)  # the row before it was the name of a section
            entry = whole if options else entry  # noqa: PLW2901 - the same entry, without what is not its own
        signed = {at: sign for at in options if (sign := _sign(places, at)) is not None}
        if not options:
            options = [at for at in places if at not in heads_ and _same(found[at], entry)]
            signed = {at: at for at in options}
        if not options:
            continue
        at = next(iter(signed), options[0])
        heads_[min(at, signed.get(at, at))] = _head(rows, at, entry, found.get(signed[at]) if at in signed else None)
    return _with_orders(rows, table, heads_, found)


def _with_orders(
    rows: Sequence[Row], table: Contents, listed: dict[int, Head], found: dict[int, Head]
) -> dict[int, Head]:
    """The listed heads, with the order that makes a text known where the table names only the text: both are one article."""
    whole: dict[int, Head] = {}
    behind = table.behind
    for at in sorted(listed):
        head, begin = listed[at], at
        if head.signs == ("contents",):
            wanted = f"《{_bare(key(str(head.fields['title'])))}》"
            for place in range(max(behind, at - ORDER_ROWS), at):
                order = found.get(place)
                if order is not None and "head" in order.fields and _says(rows[place:at], wanted):
                    begin, head = place, _ordered(order, head)
                    break
        whole[begin] = head
        behind = at + 1
    return whole


def _says(rows: Sequence[Row], wanted: str) -> bool:
    return any(wanted in _marked(row.tight) for row in rows if "《" in row.tight)


def _marked(text: str) -> str:
    """A text's names in 《》 as keys, without the marks of names in names."""
    return "".join(f"《{_bare(key(part.split('》')[0]))}》" for part in text.split("《")[1:])


def _bare(text: str) -> str:
    return "".join(char for char in text if char not in "《》〈〉<>「」『』")


def _ordered(order: Head, text: Head) -> Head:
    """An order's head with the title and the page that the table of contents has for the text that it makes known."""
    numbers = order.fields.get("numbers") or text.fields.get("numbers", [])  # the table says 省政府令第231号
    return replace(
        order,
        sure=LISTED_AND_SIGNED,
        signs=("contents", *order.signs),
        fields=order.fields | text.fields | {"numbers": numbers, "listed": text.fields["title"]},
    )


def _options(rows: Sequence[Row], starts: dict[str, list[int]], taken: dict[int, Head], entry: Entry) -> list[int]:
    """The rows, not yet taken, from which on an entry's title stands."""
    return [at for at in starts.get(_first(entry.title), ()) if at not in taken and _reads(rows, at, entry)]


def _starts(rows: Sequence[Row], begin: int) -> dict[str, list[int]]:
    """Rows by their first characters; a row that says little by itself is joined with the next one."""
    starts: dict[str, list[int]] = defaultdict(list)
    for at in range(begin, len(rows)):
        words = rows[at].tight
        if len(words) >= 2:
            starts[words[:FIRST]].append(at)
        if 0 < len(words) < FIRST and at + 1 < len(rows):
            starts[(words + rows[at + 1].tight)[:FIRST]].append(at)
    return starts


def _first(title: str) -> str:
    return "".join(title.split())[:FIRST]


def _reads(rows: Sequence[Row], at: int, entry: Entry) -> bool:
    """Whether the rows from `at` on read as the entry's title."""
    wanted = key(entry.title)
    got = ""
    for row in rows[at : at + heads.TITLE_ROWS]:
        got += key(row.tight)
        if len(got) >= len(wanted):
            break
    return (
        bool(wanted) and got.startswith(wanted[: len(wanted) - (len(wanted) > FIRST)]) and len(got) <= len(wanted) + 40
    )


def _same(head: Head, entry: Entry) -> bool:
    """Whether a head found by its own signs is an entry's: the entry may leave out the issuer, or name the number."""
    if entry.number and any(fold(entry.number) == fold(number) for number in head.fields.get("numbers", ())):
        return True
    one, other = key(str(head.fields.get("title", ""))), key(entry.title)
    within = len(other) >= 2 * FIRST - 4 and other in one  # the head goes on: ……，請查照
    return within or (len(other) >= 6 and (one.endswith(other) or (other.endswith(one) and len(one) >= 6)))


def _sign(places: Sequence[int], at: int) -> int | None:
    """The head with signs of its own that begins at a row or within a title's length of it; `None` if none does."""
    near = bisect_left(places, at - 3)
    return places[near] if near < len(places) and places[near] <= at + NEAR - 3 else None


def _head(rows: Sequence[Row], at: int, entry: Entry, own: Head | None) -> Head:
    named = {"title": entry.title, "page_from": entry.page} | ({"section": entry.section} if entry.section else {})
    if entry.number:
        named["numbers"] = [entry.number]
    if own is None:
        return Head(rows[at].start, LISTED, ("contents",), named)
    fields = named | own.fields | {"listed": entry.title}
    return replace(
        own, at=min(own.at, rows[at].start), sure=LISTED_AND_SIGNED, signs=("contents", *own.signs), fields=fields
    )


def _covered(listed: dict[int, Head]) -> frozenset[int]:
    """Places so near to a listed head that a head found there is the same one."""
    return frozenset(at + step for at in listed for step in range(-3, NEAR))


def _sections(rows: Sequence[Row], places: Sequence[int], table: Contents | None) -> list[Span]:
    """Names of sections on the rows right above a head, known ones and those of the table of contents: they belong to no article."""
    named = {entry.section for entry in table.entries if entry.section} if table else set()
    spans = []
    for at in places:
        first = at
        while first > 0 and (
            is_a("section", rows[first - 1]) or is_a("furniture", rows[first - 1]) or rows[first - 1].tight in named
        ):
            first -= 1
        if first < at:
            spans.append(Span(rows[first].start, rows[at].start))
    return spans


def _imprint(rows: Sequence[Row], last: int, size: int) -> list[Span]:
    """The imprint at the end of an issue: from its first line on, when it stands in the last rows."""
    for at in range(max(last + 2, len(rows) - 12), len(rows)):
        if is_a("imprint", rows[at]):
            return [Span(rows[at].start, size, "back")]
    return []


def names() -> frozenset[str]:
    """The names of the profiles for text."""
    return frozenset({"chinese", *marks.profiles()})
