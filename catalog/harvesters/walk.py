"""Which files a folder source has: all that its paths lead to, in the order of their names, with the reason for each that is left alone."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from catalog.extract.formats.container import is_container
from catalog.extract.formats.sniff import kinds
from catalog.harvesters import sidecars
from catalog.harvesters.addresses import ending
from catalog.harvesters.jsonl import is_records

GROUPS = frozenset({"pdf", "word", "sheet", "ofd", "slides", "closed", "archive", "image"})
"""Groups of kinds of file (`extract/data/media_types.tsv`) that are documents, also those that are only kept."""
PAGES: Mapping[str, str] = {
    **dict.fromkeys(("htm", "html", "shtml"), "text/html"),
    "xhtml": "application/xhtml+xml",
    **dict.fromkeys(("txt", "text"), "text/plain"),
    **dict.fromkeys(("md", "markdown"), "text/markdown"),
    **{
        ending: kind.media_type
        for kind in kinds().values()
        if kind.group in GROUPS or kind.media_type == "text/csv"
        for ending in kind.endings
    },
}
"""Endings of files that are documents, and what they are then called; the extractors look at the bytes."""
FURNITURE = frozenset({"Thumbs.db", "desktop.ini"})
"""Files that systems leave behind."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file that was found: its name within the source, why it is left alone, if it is, and the files beside it that hold its text."""

    name: str
    path: Path
    code: str = ""
    message: str = ""
    beside: tuple[Path, ...] = ()


def entries(paths: list[str]) -> Iterator[Entry]:
    """The files of all paths, sorted by name; a path that is a folder gives its name to what is in it."""
    found = [entry for path in paths for entry in _walk(Path(path))]
    found.sort(key=lambda entry: entry.name)
    for name, same in groupby(found, key=lambda entry: entry.name):
        first, *others = same
        yield first
        for number, other in enumerate(others, 2):
            yield replace(other, name=f"{name} ({number})")


def _walk(root: Path) -> Iterator[Entry]:
    top = root.resolve().name or "root"
    if not root.is_dir():
        # a path that was named is meant, also when it is hidden, or a link
        yield replace(_entry(root.name, root), beside=_beside_file(root))
        return
    closed: list[OSError] = []
    for folder, folders, names in os.walk(root, onerror=closed.append):
        for name in sorted(folders):
            path = Path(folder, name)
            if name.startswith(".") or path.is_symlink():
                folders.remove(name)
                yield _found(f"{_name(top, root, path)}/", path, root)
        held = _beside(Path(folder), names)
        taken = {one for paths in held.values() for one in paths}
        for name in names:
            path = Path(folder, name)
            if path not in taken:
                yield replace(_found(_name(top, root, path), path, root), beside=held.get(name, ()))
    for error in closed:
        path = Path(error.filename)
        yield Entry(f"{_name(top, root, path)}/", path, "unreadable", f"the folder cannot be read: {error.strerror}")


def _beside(folder: Path, names: list[str]) -> dict[str, tuple[Path, ...]]:
    """The scans of a folder, each with the files beside it that hold its text. Hidden files and links are none of them."""

    def head(name: str) -> bytes:
        try:
            with (folder / name).open("rb") as file:
                return file.read(sidecars.HEAD)
        except OSError:  # it is then listed as itself, with the reason
            return b""

    plain = [name for name in names if not name.startswith(".") and not (folder / name).is_symlink()]
    return {scan: tuple(folder / one for one in held) for scan, held in sidecars.beside(plain, head).items()}


def _beside_file(path: Path) -> tuple[Path, ...]:
    """The files beside a scan that was named itself."""
    stem = path.name.rpartition(".")[0]
    near = [path.name, *(f"{stem}.{one}" for one in sidecars.SIDECARS if (path.parent / f"{stem}.{one}").is_file())]
    return _beside(path.parent, near).get(path.name, ()) if len(near) > 1 else ()


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
    if is_records(path) or is_container(path.name):
        return Entry(name, path)
    return Entry(name, path, *reason(path.name))


def reason(name: str) -> tuple[str, str]:
    """Why a file is left alone by its name, as code and message; empty for a document."""
    if ending(name) in PAGES:
        return "", ""
    _, dot, last = name.rpartition(".")
    return "unsupported_type", f"files ending in {dot + last if dot else 'nothing'} are not read"
