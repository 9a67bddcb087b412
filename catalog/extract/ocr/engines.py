"""The engines that recognise text in pictures, behind one small interface, and which of them the settings choose.

An engine is made once a process: loading its models takes as long as reading a page.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, Protocol

from catalog.errors import Misconfigured
from catalog.extract.ocr.words import Picture, WordPage

Choice = Literal["auto", "rapidocr", "tesseract", "none"]
CHOICES: tuple[Choice, ...] = ("auto", "rapidocr", "tesseract", "none")
MISSING = (
    "no engine for text recognition is installed: pip install 'gongkai[ocr]' brings rapidocr with its models;"
    " apt-get install tesseract-ocr tesseract-ocr-chi-sim tesseract-ocr-chi-tra is the light choice"
)
"""What is said where there is no engine, and what to do about it."""


class Engine(Protocol):
    """Recognises the text of pictures. `name` (with its version) goes into what is kept of the text."""

    name: str

    def recognise(self, picture: Picture) -> WordPage:
        """The words of a picture; a page without rows where there is no text. Raises `Refused` when the engine fails on it."""


def choose(choice: str) -> Engine | None:
    """The engine that the setting OCR_ENGINE names; `auto` takes the best one that is there. `None` where there is none.

    Raises `Misconfigured` for a word that is no choice, and for an engine that is named and not installed.
    """
    if choice not in CHOICES:
        raise Misconfigured(f"setting GONGKAI_OCR_ENGINE: {choice!r} is none of {', '.join(CHOICES)}")
    if choice == "none":
        return None
    wanted = ("rapidocr", "tesseract") if choice == "auto" else (choice,)
    found = next((engine for name in wanted if (engine := _engine(name)) is not None), None)
    if found is None and choice != "auto":
        raise Misconfigured(f"setting GONGKAI_OCR_ENGINE: {choice} is not there; {MISSING}")
    return found


@cache
def _engine(name: str) -> Engine | None:
    from catalog.extract.ocr.rapid import RapidEngine
    from catalog.extract.ocr.tesseract import TesseractEngine

    return RapidEngine.find() if name == "rapidocr" else TesseractEngine.find()
