"""Which files a folder source has: all that its paths lead to, in the order of their names, with the reason for each that is left alone."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from catalog.harvesters.addresses import ending
from catalog.harvesters.jsonl import is_records

PAGES: Mapping[str, str] = {
    **dict.fromkeys(("htm", "html", "shtml"), "text/html"),
    "xhtml": "application/xhtml+xml",
    **dict.fromkeys(("txt", "text"), "text/plain"),
    **dict.fromkeys(("md", "markdown"), "text/markdown"),
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""Endings of files that are documents, and what they are then called; the extractors look at the bytes."""
FURNITURE = frozenset({"Thumbs.db", "desktop.ini"})
"""Files that systems leave behind."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file that was found: its name within the source, and why it is left alone, if it is."""

    name: str
    path: Path
    code: str = ""
    message: str = ""


def entries(paths: list[str]) -> Iterator[Entry]:
    """The files of all paths, sorted by name; a path that is a folder gives its name to what is in it."""
    found = [entry for path in paths for entry in _walk(Path(path))]
    found.sort(key=lambda entry: entry.name)
    for name, same in groupby(found, key=lambda entry: entry.name):
        first, *others = same
        yield first
        for number, other in enumerate(others, 2):
            yield Entry(f"{name} ({number})", other.path, other.code, other.message)


def _walk(root: Path) -> Iterator[Entry]:
    top = root.resolve().name or "root"
    if not root.is_dir():
        # a path that was named is meant, also when it is hidden, or a link
        yield _entry(root.name, root)
        return
    closed: list[OSError] = []
    for folder, folders, names in os.walk(root, onerror=closed.append):
        for name in sorted(folders):
            path = Path(folder, name)
            if name.startswith(".") or path.is_symlink():
                folders.remove(name)
                yield _found(f"{_name(top, root, path)}/", path, root)
        for name in names:
            yield _found(_name(top, root, Path(folder, name)), Path(folder, name), root)
    for error in closed:
        path = Path(error.filename)
        yield Entry(f"{_name(top, root, path)}/", path, "unreadable", f"the folder cannot be read: {error.strerror}")


def _name(top: str, root: Path, path: Path) -> str:
    """The name of a file in its source; bytes of a name that are not UTF-8 become U+FFFD."""
    name = top if path == root else f"{top}/{path.relative_to(root).as_posix()}"
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _found(name: str, path: Path, root: Path) -> Entry:
    """A file that a folder holds: hidden ones and links that lead out of the folder are left alone."""
    if path.name.startswith(".") or path.name in FURNITURE:
        return Entry(name, path, "hidden", "hidden files are left alone; name its path if it is meant")
    if path.is_symlink() and not path.resolve().is_relative_to(root.resolve()):
        return Entry(
            name, path, "outside", f"the link leads outside, to {path.resolve()}; name that path if it is meant"
        )
    return _entry(name, path)


def _entry(name: str, path: Path) -> Entry:
    if not path.exists():
        return Entry(name, path, "not_a_file", "there is no such file")
    if not path.is_file():
        return Entry(
            name,
            path,
            "not_a_file",
            "this is a link to a folder, or no file at all; name the folder's path if it is meant",
        )
    if not is_records(path) and ending(path.name) not in PAGES:
        return Entry(name, path, "unsupported_type", f"files ending in {path.suffix or 'nothing'} are not read")
    return Entry(name, path)
