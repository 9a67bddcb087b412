"""tesseract, the light choice: a program of the system, run once a page with the simplified and traditional models, read as hOCR.

It finds the text of a plain page, and is weaker than rapidocr on red heads, seals and vertical columns.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess

from catalog.errors import Refused
from catalog.extract.ocr.hocr import read_hocr
from catalog.extract.ocr.words import Picture, WordPage

LANGUAGES = ("chi_sim", "chi_tra")
"""The models that are used, as far as they are installed; both know Latin letters, and `eng` beside them reads red heads as English."""
PAGE_SECONDS = 120
"""Seconds for one page (a dense one takes ten)."""
DPI = 200
"""What tesseract is told of the picture: it takes letters of this size to be ordinary print."""


class TesseractEngine:
    """See `Engine`."""

    def __init__(self, program: str, version: str, languages: tuple[str, ...]) -> None:
        self.name = f"tesseract {version}"
        self._command = (program, "-", "-", "-l", "+".join(languages), "--dpi", str(DPI), "hocr")

    @classmethod
    def find(cls) -> TesseractEngine | None:
        """The engine, where the program and a Chinese model are installed; `None` otherwise."""
        program = shutil.which("tesseract")
        if program is None:
            return None
        try:
            version = _say(program, "--version").partition("\n")[0]
            held = set(_say(program, "--list-langs").split())
        except (OSError, subprocess.SubprocessError):
            return None
        languages = tuple(name for name in LANGUAGES if name in held)
        if not any(name.startswith("chi") for name in languages):
            return None
        number = re.search(r"\d+(?:\.\d+)+", version)
        return cls(program, number[0] if number else "", languages)

    def recognise(self, picture: Picture) -> WordPage:
        """See `Engine.recognise`."""
        # PPM wants red, green, blue
        pixels = bytearray(picture.pixels)
        pixels[0::3], pixels[2::3] = picture.pixels[2::3], picture.pixels[0::3]
        content = b"P6 %d %d 255\n" % (picture.width, picture.height) + pixels
        try:
            ran = subprocess.run(  # noqa: S603 - the program that the system calls tesseract; the picture goes to its standard input
                self._command,
                input=content,
                capture_output=True,
                timeout=PAGE_SECONDS,
                check=False,
                env={**os.environ, "OMP_THREAD_LIMIT": "1"},  # its threads wait for each other longer than they work
            )
        except subprocess.TimeoutExpired as error:
            raise Refused(
                "ocr_failed", f"page {picture.number}: tesseract took longer than {PAGE_SECONDS} seconds"
            ) from error
        if ran.returncode:
            told = ran.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise Refused("ocr_failed", f"page {picture.number}: tesseract ended with {ran.returncode} ({told})")
        (page,) = read_hocr(ran.stdout, f"page {picture.number}")
        return WordPage(picture.number, picture.width, picture.height, page.rows)


def _say(program: str, option: str) -> str:
    return subprocess.run(  # noqa: S603 - as above
        (program, option), capture_output=True, timeout=10, check=True, text=True
    ).stdout
