"""How well and how fast documents are read: one table of what was measured beside its limit.

The accuracies are those of `tests/measures`, which the tests hold too. What has no limit is printed with a dash. `--quick` leaves out the
40,518 articles of the gazette, and so what needs them.
"""

from __future__ import annotations

import os
from pathlib import Path

from tests.bench import graph, pages, ratios
from tests.measures import articles, gazettes, gold, histories, numbers

F1_ARTICLES, F1_BOUNDARIES, SHARE = 0.99, 0.98, 0.99
PAGES, LAWS = 150.0, 2.0
"""Pages a second through the whole chain on one core; MB of the text of statutes a second."""
CLASSES = 8
"""Classes of an error that are listed, the most frequent first."""


def run(folder: Path, data: Path | None) -> None:
    """Print the table; without real data only what is measured on made pages."""
    quick = os.environ.get("BENCH_QUICK") == "1"
    folder = folder / "reading"
    folder.mkdir()
    if data is None:
        print("no real data beside the checkout: only speeds, of made-up pages")
    else:
        _gold(folder, data)
        _numbers(data)
        _laws(data)
        _gazettes(data)
        _loaded(folder, data, quick=quick)
    _speeds(folder, data)


def _busy() -> str:
    """How much else is done: processes that want a core, over the last minute (this one is one of them)."""
    return f"{os.getloadavg()[0]:.1f} processes want a core"


def _row(what: str, found: str, limit: str = "", *, held: bool | None = None) -> None:
    verdict = "-" if held is None else "pass" if held else "SHORT"
    print(f"{what:<40} {found:<84} {limit:<11} {verdict}", flush=True)


def _rest(lines: list[str]) -> None:
    for line in lines[:CLASSES]:
        print(f"    {line}")
    if len(lines) > CLASSES:
        print(f"    and {len(lines) - CLASSES} more")


def _gold(folder: Path, data: Path) -> None:
    place = folder / "gold"
    place.mkdir()
    records = gold.exported(data, place)
    for name in gold.FIELDS:
        found = gold.compared(data, records, name)
        _row(
            f"gold fields, {name}",
            f"{found.right} of {found.fields} right, {found.found} of {found.records} records",
            f">= {gold.FLOOR:.0%}",
            held=found.share >= gold.FLOOR and found.found == found.records,
        )
        _rest(found.wrong)


def _numbers(data: Path) -> None:
    found = numbers.policy(data)
    _row(
        "numbers, policy",
        f"{found.rows:,} rows, {found.printed:,} print a number, {found.printed - len(found.unread):,} read",
        "all",
        held=not found.unread,
    )
    _rest(found.unread)
    print(f"    {found.without.total()} rows print none:")
    for name, count in found.without.most_common():
        print(f"      {count:>4}  {name}")
    found = numbers.gazette(data)
    _row("numbers, articles of the gazette", f"{found.printed:,} printed, {found.printed - len(found.unread):,} read")
    print(f"    unread: {'  '.join(found.unread)}")


def _laws(data: Path) -> None:
    tallies = {
        "articles, mainland": articles.mainland(data),
        "articles, Taiwan as given": articles.taiwan_as_given(data),
        "articles, Taiwan printed as pages": articles.taiwan_as_pages(data),
    }
    for name, tally in tallies.items():
        found = f"{tally.right:,} right, {tally.wrong} wrong, {tally.missed} missed, F1 {tally.score.f1:.5f}"
        _row(name, found, f">= {F1_ARTICLES}", held=tally.score.f1 >= F1_ARTICLES)
        _rest([f"{count} {what}" for what, count in (+tally.classes).most_common()])
    for name, history in {
        "history, mainland": histories.mainland(data),
        "history, Taiwan": histories.taiwan(data),
    }.items():
        counts = {what: count for what, count in history.counts.items() if what != "entries"}
        found = ", ".join(f"{count:,} {what}" for what, count in counts.items())
        _row(name, f"{found}, {len(history.dropped)} dropped", "0 dropped", held=not history.dropped)
        _rest([f"{where}: {line}" for where, line in history.dropped])
    validity = histories.taiwan_validity(data)
    marked = sum(count for (mark, _), count in validity.counts.items() if mark == "廢")
    _row(
        "validity, Taiwan",
        f"{validity.counts.total():,} statutes, {marked} marked 廢, {len(validity.differing)} differ from their mark",
        "0 differ",
        held=not validity.differing,
    )
    apart = sum(count for (ended, own), count in validity.by_events.items() if ended != own)
    _row("  from the events alone, without the mark", f"{apart} differ from their mark")


def _gazettes(data: Path) -> None:
    whole = gazettes.whole_issues(data, gazettes.listed(data))
    right = ", ".join(f"{name} {count}" for name, count in whole.right.items())
    _row(
        "whole issues, XML",
        f"{whole.issues} issues, {whole.articles} of {whole.listed} articles; right: {right}",
        f">= {SHARE:.0%}",
        held=min(whole.right.values()) >= SHARE * whole.listed,
    )
    _rest(whole.refused)
    flat = {"whole issues, flat text": gazettes.flat_issues(data)}
    flat |= {
        f"Federal Register, {tags.removeprefix('nothing, ').removeprefix('and ')}": gazettes.federal_register(
            data, tags
        )
        for tags in gazettes.TAGS_TO
    }
    for name, split in flat.items():
        score = split.score
        found = f"{score.right} of {score.wanted} found, {score.found - score.right} too many, F1 {score.f1:.3f}"
        _row(name, found, f">= {F1_BOUNDARIES}", held=score.f1 >= F1_BOUNDARIES and split.whole)


def _loaded(folder: Path, data: Path, *, quick: bool) -> None:
    """All sets in one catalogue: rates, links, and the graph."""
    var = folder / "graph"
    print(f"    before the loads {_busy()}")
    loaded = graph.load(var, folder, data, quick=quick)
    rate = loaded.laws / loaded.took["laws, mainland"].seconds
    _row("load of laws, mainland", f"{loaded.laws:.1f} MB, {rate:.2f} MB/s", f">= {LAWS} MB/s", held=rate >= LAWS)
    for name, took in loaded.took.items():
        counts = next((line.partition("; ")[2] for line in took.output.splitlines() if "listed" in line), "")
        told = ", ".join(part for part in counts.split(", ") if not part.endswith(" 0"))
        _row(f"load, {name}", f"{took.seconds:.1f} s, {took.processor:.1f} s of processor time; {told}")
    by_type = {one.type: one for one in graph.citations(var)}
    links = by_type.pop(graph.LINK)
    _row(
        "published_in",
        f"{links.resolved:,} of {links.total:,} found their issue",
        "all",
        held=links.resolved == links.total,
    )
    if loaded.order is not None:
        _ordered(loaded.order, graph.order(var, data))
    total, resolved = sum(one.total for one in by_type.values()), sum(one.resolved for one in by_type.values())
    _row("citations of all sets", f"{resolved:,} of {total:,} found their record ({resolved / total:.1%})")
    print("    " + graph.told(var).replace("\n", "\n    "))


def _ordered(alone: graph.Order, beside: graph.Order) -> None:
    """The gazette's articles when they are loaded, and with the texts of the 28 whole issues beside them."""
    _row(
        "issues and their articles",
        f"{alone.linked:,} of {alone.articles:,} linked; {alone.ordered:,} of {alone.issues:,} issues in order",
        "all",
        held=alone.linked == alone.articles and alone.ordered == alone.issues,
    )
    _row(
        "  with the whole issues beside",
        f"{beside.twice} articles stand twice; {beside.ordered:,} of {beside.issues:,} issues in order",
        "0 twice",
        held=beside.twice == 0 and beside.ordered == beside.issues,
    )


def _speeds(folder: Path, data: Path | None) -> None:
    print(f"    before the speeds {_busy()}")
    made, took = pages.multiplied(data)
    _row("HTML, reading alone", f"{1 / took['reading']:,.0f} pages/s ({len(made):,} pages)")
    chain = pages.chain(folder, made)
    found = f"{chain.rate:,.0f} pages/s; by processor time {1 / chain.processor:,.0f}"
    _row("HTML, gongkai load on one core", found, f">= {PAGES:.0f}/s", held=chain.rate >= PAGES)
    for name, ratio, limit in (
        ("PDF text", ratios.pdf_text_ratio(), ratios.PDF_LIMIT),
        ("OCR", ratios.recognition_ratio(), ratios.OCR_LIMIT),
    ):
        if ratio is None:
            _row(name, "rapidocr is not installed", f"<= {limit}")
            continue
        found = f"{1000 * ratio.ours:.1f} ms a page, bare {1000 * ratio.bare:.1f} ms: {ratio.times:.2f} times"
        _row(name, found, f"<= {limit}", held=ratio.times <= limit)
