"""rapidocr (PP-OCRv6 on onnxruntime): the models lie in its wheel, and nothing is ever fetched.

It reads vertical columns by itself, a column a row. Its filter of unsure rows is off: what is doubtful is kept, and told.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
from pathlib import Path
from typing import Any

from catalog.errors import Misconfigured, Refused
from catalog.extract.ocr.words import Picture, Word, WordPage

MODELS = {
    "Det.model_path": "PP-OCRv6_det_small.onnx",
    "Cls.model_path": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
    "Rec.model_path": "PP-OCRv6_rec_small.onnx",
}
"""The models in the wheel of rapidocr 3.10. They are named by their paths, since rapidocr would fetch one that it misses."""


class RapidEngine:
    """See `Engine`. The models are loaded at the first picture."""

    def __init__(self, models: Path, version: str) -> None:
        self.name = f"rapidocr {version}"
        self._models = models
        self._made: Any = None

    @classmethod
    def find(cls) -> RapidEngine | None:
        """The engine, where rapidocr and onnxruntime are installed; `None` otherwise."""
        place = importlib.util.find_spec("rapidocr")
        if place is None or place.origin is None or importlib.util.find_spec("onnxruntime") is None:
            return None
        return cls(Path(place.origin).parent / "models", importlib.metadata.version("rapidocr"))

    def recognise(self, picture: Picture) -> WordPage:
        """See `Engine.recognise`."""
        import numpy as np

        pixels = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.width, 3)
        try:
            found = self._engine()(pixels)
        except (RuntimeError, ValueError, IndexError) as error:
            raise Refused(
                "ocr_failed", f"page {picture.number}: rapidocr failed on it ({type(error).__name__}: {error})"
            ) from error
        rows = []
        for box, text, sure in zip(_list(found.boxes), _list(found.txts), _list(found.scores), strict=True):
            across, down = [float(point[0]) for point in box], [float(point[1]) for point in box]
            word = Word(text.strip(), min(across), min(down), max(across), max(down), round(float(sure), 3))
            if word.text:
                rows.append((word,))
        return WordPage(picture.number, picture.width, picture.height, tuple(rows))

    def _engine(self) -> Any:
        if self._made is None:
            from rapidocr import RapidOCR

            paths = {name: self._models / file for name, file in MODELS.items()}
            missing = [path.name for path in paths.values() if not path.is_file()]
            if missing:
                raise Misconfigured(
                    f"GONGKAI_OCR_ENGINE: {self.name} comes without {', '.join(missing)};"
                    " install the version that constraints.txt names (pip install 'gongkai[ocr]')"
                )
            settings = {"Global.text_score": 0.0, "Global.log_level": "critical"}
            self._made = RapidOCR(params=settings | {name: str(path) for name, path in paths.items()})
        return self._made


def _list(values: Any) -> Any:
    return () if values is None else values
