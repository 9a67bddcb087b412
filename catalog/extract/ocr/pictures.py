"""The pages of a PDF or of an image file as pictures, one at a time, made by a process of its own with limits (see `render`)."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Literal

import orjson

from catalog.errors import Refused
from catalog.extract.ocr.words import Picture

RENDER_DPI = 200
"""Dots an inch at which the pages of a PDF are drawn: the least at which 小五 type (9 points) is 25 pixels high; scans are made at 200 to 300."""
PAGE_PIXELS = 16_000_000
"""Pixels of one page; what has more (A2 at 200 dpi) is drawn smaller."""
DECODED_PIXELS = 120_000_000
"""Pixels of a picture that is decoded at all; what has more is refused by its header (A0 at 300 dpi has 140 million)."""
PICTURE_PAGES = 3_000
"""Pages of one file; further ones are told as unread."""
PAGE_SECONDS = 30
"""Processor seconds for drawing one page (real ones take a tenth of a second)."""
MEMORY_BYTES = 3 * 1024**3
"""Address space of the drawing process."""
DOCUMENT_SECONDS = 3_600
"""Seconds after which the drawing process of one file is ended, however slowly its pages are taken."""

_CHILD = Path(__file__).with_name("render.py")
Kind = Literal["pdf", "image"]


class Pictures:
    """The pictures of a file, to be gone through once; `total` is its number of pages, known at the end.

    Going through raises `Refused`: `encrypted`, `unreadable` (broken, or its process ended early), `too_large`.
    """

    def __init__(self, content: bytes, kind: Kind, *, name: str, pages: Collection[int] | None = None) -> None:
        self.total = 0
        self._content = content
        self._kind = kind
        self._name = name
        self._pages = None if pages is None else sorted(pages)

    def __iter__(self) -> Iterator[Picture]:
        child = subprocess.Popen(  # noqa: S603 - our own program by its path; the document goes to its standard input
            [sys.executable, "-I", str(_CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        timer = threading.Timer(DOCUMENT_SECONDS, child.kill)
        timer.daemon = True
        timer.start()
        try:
            yield from self._answers(child)
        finally:
            timer.cancel()
            child.kill()
            for stream in (child.stdin, child.stdout):
                if stream is not None:
                    try:
                        stream.close()
                    except BrokenPipeError:  # it died before it had read all; `_answers` has told so
                        continue
            child.wait()

    def _answers(self, child: subprocess.Popen[bytes]) -> Iterator[Picture]:
        if child.stdin is None or child.stdout is None:
            raise Refused("unreadable", f"{self._name}: its pages cannot be drawn: no pipe to the drawing process")
        try:
            child.stdin.write(orjson.dumps(self._request()) + b"\n" + self._content)
            child.stdin.flush()
        except BrokenPipeError:
            pass  # what it said before it died is read below
        while line := child.stdout.readline():
            answer: dict[str, Any] = orjson.loads(line)
            if "error" in answer:
                cure = (
                    "Ask for a copy without a password."
                    if answer["error"] == "encrypted"
                    else "Open it by hand, or fetch it again."
                )
                raise Refused(
                    answer["error"], f"{self._name}: no pictures can be made of it ({answer['message']}). {cure}"
                )
            if "pages" in answer:
                self.total = answer["pages"]
                return
            pixels = child.stdout.read(answer["bytes"])
            if len(pixels) < answer["bytes"]:
                break
            yield Picture(answer["page"], answer["width"], answer["height"], pixels)
        status = child.wait()
        raise Refused(
            "unreadable",
            f"{self._name}: drawing its pages ended early (status {status}); a page may take {PAGE_SECONDS} s and"
            f" {MEMORY_BYTES // 1024**2:,} MB. Open it by hand, or split it.",
        )

    def _request(self) -> dict[str, Any]:
        return {
            "kind": self._kind,
            "bytes": len(self._content),
            "dpi": RENDER_DPI,
            "pixels": PAGE_PIXELS,
            "decoded": DECODED_PIXELS,
            "pages": self._pages,
            "most_pages": PICTURE_PAGES,
            "page_seconds": PAGE_SECONDS,
            "memory": MEMORY_BYTES,
        }
