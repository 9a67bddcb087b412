"""Pages a second: reading alone, and through the whole chain (bytes, draft, validated, stored with the original's bytes, indexed), one core.

The 40 real pages are multiplied: each copy has numbers, dates and words of its own, so that no cache and no "same as before" helps.
Without them, the golden pages are taken, which are smaller.
"""

from __future__ import annotations

import os
import re
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from catalog.extract.formats.encoding import decode
from catalog.extract.formats.html import HtmlExtractor, read_document
from catalog.extract.formats.page import read_page
from catalog.model.draft import RawDocument
from tests.bench.loading import gongkai

COPIES = 25
"""Copies of each page."""
GOLDEN = Path(__file__).resolve().parents[1] / "golden"
_NUMBER = re.compile(r"〔(\d{4})〕(\d+)号")
_INDEX = re.compile(r"(\d{9}/\d{4}-)(\d{5})")


def pages(data: Path | None, copies: int = COPIES) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of the pages with their copies."""
    folder = data / "govcn" / "pages" if data is not None else GOLDEN
    files = sorted(folder.glob("*.html")) or sorted(folder.glob("*/input.html"))
    texts = [(path.stem if data is not None else path.parent.name, path.read_bytes()) for path in files]
    for copy in range(copies):
        for name, content in texts:
            try:
                yield f"{copy:02d}_{name}.html", varied(content.decode("utf-8"), copy).encode()
            except UnicodeDecodeError:
                yield f"{copy:02d}_{name}.html", content  # a golden page in another charset


def varied(text: str, copy: int) -> str:
    """A page with other numbers and other words; copy 0 is the page itself."""
    if not copy:
        return text
    text = _NUMBER.sub(lambda found: f"〔{found[1]}〕{int(found[2]) + copy * 300}号", text)
    text = _INDEX.sub(lambda found: f"{found[1]}{(int(found[2]) + copy * 1000) % 100_000:05d}", text)
    return text.replace("工作", f"工作{chr(0x4E00 + copy * 40)}").replace("通知", f"{chr(0x4E00 + copy * 41)}通知")


def rates(documents: list[bytes]) -> dict[str, float]:
    """Seconds of processor time a page: of the whole reading, and of its steps."""
    reader = HtmlExtractor()
    texts = [decode(content).text for content in documents]
    parsed = [read_page(text) for text in texts]
    steps: dict[str, Callable[[], object]] = {
        "reading": lambda: [reader.extract(RawDocument(content)) for content in documents],
        "charset": lambda: [decode(content) for content in documents],
        "markup": lambda: [read_page(text) for text in texts],
        "document": lambda: [read_document(page, RawDocument(b"")) for page in parsed],
    }
    return {name: _timed(step) / len(documents) for name, step in steps.items()}


def _timed(step: Callable[[], object]) -> float:
    start = time.process_time()
    step()
    return time.process_time() - start


@dataclass(frozen=True, slots=True)
class Chain:
    """What `gongkai load` of the pages took on one core: all seconds, those to start, processor time a page, and its rate."""

    seconds: float
    start: float
    processor: float
    rate: float


def multiplied(data: Path | None) -> tuple[dict[str, bytes], dict[str, float]]:
    """The pages with their copies, and what reading alone takes of them (see `rates`), tables made and patterns compiled before."""
    made = dict(pages(data))
    rates(list(made.values())[:40])
    return made, rates(list(made.values()))


def chain(folder: Path, made: Mapping[str, bytes]) -> Chain:
    """Load the pages from files into a new catalogue, on one core; the others are given back."""
    (folder / "pages").mkdir()
    for name, content in made.items():
        (folder / "pages" / name).write_bytes(content)
    with _one_core():
        start, idle = gongkai(folder / "var-nothing", "config").seconds, _children()
        loaded = gongkai(folder / "var-pages", "load", str(folder / "pages"))
    busy = (_children() - idle) / len(made)
    if f"created {len(made):,}" not in loaded.output:
        print(loaded.output, file=sys.stderr)
    return Chain(loaded.seconds, start, busy, len(made) / (loaded.seconds - start))


def run(folder: Path, data: Path | None) -> None:
    """Print the rates."""
    made, took = multiplied(data)
    size = sum(map(len, made.values())) / len(made)
    print(f"{len(made):,} pages of {size / 1024:.0f} KB")
    print(f"reading alone: {1 / took['reading']:,.0f} pages/s ({took['reading'] * 1000:.2f} ms a page: ", end="")
    print(", ".join(f"{name} {took[name] * 1000:.2f}" for name in ("charset", "markup", "document")) + ")")
    found = chain(folder, made)
    print(
        f"gongkai load on one core: {found.rate:,.0f} pages/s ({found.seconds:.1f} s, {found.start:.1f} of them to start)"
    )
    print(
        f"  processor time {found.processor * 1000:.2f} ms a page, {took['reading'] / found.processor:.0%} of it reading; "
        f"a quiet core: {1 / found.processor:,.0f} pages/s"
    )


@contextmanager
def _one_core() -> Iterator[None]:
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _children() -> float:
    """Seconds of processor time of the commands that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
