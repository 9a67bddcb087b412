"""Files that nothing here can read: kept whole, and a record made of what their name and their source tell, marked as not read.

They are documents all the same (WPS's own old format, CEB, presentations, archives packed by RAR): an archive that dropped them because it
cannot read them would lose them. The flag `unread_file` puts them on a list for a person.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from catalog.extract.formats.sniff import kinds, media_type
from catalog.extract.lines import clean
from catalog.extract.reader import read_lines
from catalog.model.draft import Draft, Problem, RawDocument

UNREAD = "unread_file"
"""The quality flag, the code of the warning and the kind of review."""
GROUPS = frozenset({"closed", "slides", "archive"})
"""Groups of `data/media_types.tsv` whose files are kept unread."""


@cache
def unread_types() -> frozenset[str]:
    """The media types that are kept unread."""
    return frozenset(kind.media_type for kind in kinds().values() if kind.group in GROUPS)


def name_of(document: RawDocument) -> str:
    """The name of a document's file without folders and ending; empty where it has none."""
    name = document.filename or ""
    if not name and document.url:
        try:
            name = unquote(urlsplit(document.url).path)
        except ValueError:  # an address that cannot be read names no file
            name = ""
    return clean(PurePosixPath(name.replace("\\", "/")).stem)


class UnreadExtractor:
    """Makes a record of a file that cannot be read: title by its name, no text, the flag `unread_file`."""

    name = "unread"
    version = "1"

    def __init__(self) -> None:
        self.media_types = unread_types()

    def extract(self, document: RawDocument) -> Draft:
        """A draft without text."""
        kind = media_type(document.content, document.media_type, document.filename or document.url)
        hints = dict(document.hints)
        hints.setdefault("title", name_of(document))
        draft = read_lines((), hints=hints, url=document.url, flags=(UNREAD,))
        said = f"{document.filename or document.url or 'the file'}: {kinds()[kind].label} cannot be read; it is kept as it came"
        return replace(draft, problems=(*draft.problems, Problem("warning", UNREAD, said, "text")))
