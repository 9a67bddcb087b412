"""Files that lie beside a scan and hold its recognised text: `scan.pdf` with `scan.alto.xml`, `scan.hocr`, `scan.txt`.

They are parts of the scan's item and no items of their own; they go to the reader with it. Names alone do not decide where a file of that
name may be something else: a page beside a PDF is the same notice twice, unless it is hOCR.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable

from catalog.plugins.harvesting import BESIDE

SCANS = frozenset({"pdf", "tif", "tiff", "png", "jpg", "jpeg"})
"""Endings of files that may be scans."""
SIDECARS = ("alto.xml", "hocr.html", "hocr", "xml", "html", "htm", "txt")
"""Endings of files that may hold a scan's text."""
MAX_SIDECARS = 8
"""Files beside one scan."""
MAX_BYTES = 16 * 1024 * 1024
"""Bytes of one such file; a larger one is not read."""
HEAD = 4_096
"""Bytes in which a format says what it is."""
_MARKS = {
    "xml": (b"<alto", b":alto", b"ocr_page", b"PcGts"),
    "html": (b"ocr_page", b"ocr-system"),
    "htm": (b"ocr_page", b"ocr-system"),
}
"""What the beginning of a file holds that is recognised text, where its ending does not say so."""

Head = Callable[[str], bytes]
"""Gives the first bytes of a file by its name; empty where it cannot be read."""


def beside(names: Iterable[str], head: Head) -> dict[str, tuple[str, ...]]:
    """The scans among some names (paths with `/`), each with the files beside it that hold its text. `head` is asked only where needed."""
    scans: dict[str, list[str]] = defaultdict(list)
    texts: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in names:
        stem, dot, ending = name.rpartition(".")
        if dot and ending.lower() in SCANS:
            scans[stem].append(name)
        for one in SIDECARS:
            if name.lower().endswith(f".{one}"):
                texts[name[: -len(one) - 1]].append((name, one))
                break
    found: dict[str, tuple[str, ...]] = {}
    for stem, images in scans.items():
        held = [name for name, ending in sorted(texts.get(stem, ())) if _holds_text(name, ending, head)]
        if held:
            # where several files are scans of one name, the first is what the text was read from
            found[min(images)] = tuple(held[:MAX_SIDECARS])
    return found


def _holds_text(name: str, ending: str, head: Head) -> bool:
    marks = _MARKS.get(ending)
    return marks is None or any(mark in head(name)[:HEAD] for mark in marks)


def fingerprint(scan: bytes, sidecars: Iterable[tuple[str, bytes]]) -> str:
    """A sign of change of a scan and all that lies beside it."""
    digest = hashlib.sha256(hashlib.sha256(scan).digest())
    for name, content in sidecars:
        digest.update(name.encode() + b"\x00" + hashlib.sha256(content).digest())
    return f"{BESIDE}{digest.hexdigest()}"
