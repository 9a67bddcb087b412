"""Image files (PNG, JPEG, TIFF): scans of documents. Their text is what lies beside them; without it they wait for recognition.

The picture itself is not decoded here: that is done page by page in a process with limits, when its text is recognised (`ocr.pictures`).
"""

from __future__ import annotations

from catalog.extract.ocr.document import recognised, titled, waiting
from catalog.extract.ocr.sidecars import read_sidecars
from catalog.extract.reader import read_lines
from catalog.model.draft import Draft, RawDocument

IMAGE_TYPES = frozenset({"image/png", "image/jpeg", "image/tiff"})


class ImageExtractor:
    """Reads image files by the recognised text beside them."""

    name = "image"
    version = "1"
    media_types = IMAGE_TYPES

    def extract(self, document: RawDocument) -> Draft:
        """The draft of a scan: from its sidecars, else a record that waits for its text."""
        sidecar = read_sidecars(document.sidecars)
        read = sidecar is not None and bool(sidecar.kind)
        draft = titled(read_lines(sidecar.lines if sidecar else (), hints=document.hints, url=document.url), document)
        if sidecar is not None and read:
            return recognised(draft, sidecar)
        draft.problems += sidecar.problems if sidecar is not None else ()
        return waiting(draft, None)
