"""Content-addressed files: bytes are kept once, under their SHA-256."""

from catalog.files.local import LocalFiles
from catalog.files.storage import FileStorage, Stored

__all__ = ["FileStorage", "LocalFiles", "Stored"]
