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
from collections.abc import Callable, Iterator
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


def run(folder: Path, data: Path | None) -> None:
    """Print the rates."""
    made = dict(pages(data))
    size = sum(map(len, made.values())) / len(made)
    rates(list(made.values())[:40])  # tables are made, patterns compiled
    took = rates(list(made.values()))
    print(f"{len(made):,} pages of {size / 1024:.0f} KB")
    print(f"reading alone: {1 / took['reading']:,.0f} pages/s ({took['reading'] * 1000:.2f} ms a page: ", end="")
    print(", ".join(f"{name} {took[name] * 1000:.2f}" for name in ("charset", "markup", "document")) + ")")
    for name, content in made.items():
        (folder / "pages").mkdir(exist_ok=True)
        (folder / "pages" / name).write_bytes(content)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    start, idle = gongkai(folder / "var-nothing", "config").seconds, _children()
    loaded = gongkai(folder / "var-pages", "load", str(folder / "pages"))
    busy = (_children() - idle) / len(made)
    if f"created {len(made):,}" not in loaded.output:
        print(loaded.output, file=sys.stderr)
    seconds = loaded.seconds - start
    print(
        f"gongkai load on one core: {len(made) / seconds:,.0f} pages/s ({loaded.seconds:.1f} s, {start:.1f} of them to start)"
    )
    print(
        f"  processor time {busy * 1000:.2f} ms a page, {took['reading'] / busy:.0%} of it reading; a quiet core: {1 / busy:,.0f} pages/s"
    )


def _children() -> float:
    """Seconds of processor time of the commands that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
