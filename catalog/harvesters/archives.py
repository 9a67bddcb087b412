"""Archives in a folder source (zip, tar, tar.gz): their files as items, `archive.zip!/inner/name.pdf`; the archive itself is kept once.

An archive within an archive is opened, too; one within that is not. Files are read while they are listed, since an archive may be readable
from front to back only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from catalog.errors import Refused
from catalog.extract.formats.container import Budget, Container, Member, is_container, open_container
from catalog.harvesters import sidecars
from catalog.harvesters.walk import reason

DEPTH = 2
"""Archives inside one another that are opened."""
FURNITURE = frozenset({"__MACOSX"})
"""Folders that systems put into archives."""


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of an archive: its name in the source, its bytes and those beside it; or why there are none (`code`, `message`)."""

    name: str
    content: bytes = b""
    beside: tuple[tuple[str, bytes], ...] = ()
    code: str = ""
    message: str = ""


def packed(path: Path, name: str, *, start: int = 0) -> Iterator[Packed]:
    """The files of an archive in its order, from number `start` on. An archive that cannot be opened is one item that says why."""
    for number, (member, label, depth) in enumerate(_members(path, name, Budget(), 1)):
        if number >= start:
            yield member if isinstance(member, Packed) else _read(*member, label, depth)


_Found = tuple[Packed | tuple[Member, tuple[Member, ...]], str, int]


def _members(source: Path | bytes, name: str, budget: Budget, depth: int) -> Iterator[_Found]:
    try:
        container = open_container(source, name, budget)
    except (Refused, OSError) as error:
        code = error.code if isinstance(error, Refused) else "unreadable"
        yield Packed(name, code=code, message=str(error)), name, depth
        return
    with container:
        paired = _paired(container)
        taken = {one for held in paired.values() for one in held}
        by_name = {member.name: member for member in container.members}
        for member in container.members:
            label = f"{name}!/{member.name}"
            if member.name in taken:
                continue
            if is_container(member.name) and depth < DEPTH:
                yield from _nested(member, label, budget, depth)
            else:
                yield (member, tuple(by_name[one] for one in paired.get(member.name, ()))), label, depth


def _nested(member: Member, label: str, budget: Budget, depth: int) -> Iterator[_Found]:
    try:
        content = member.read()
    except Refused as error:
        yield Packed(label, code=error.code, message=str(error)), label, depth
        return
    yield from _members(content, label, budget, depth + 1)


def _paired(container: Container) -> dict[str, tuple[str, ...]]:
    by_name = {member.name: member for member in container.members}

    def head(name: str) -> bytes:
        try:
            return by_name[name].read()[: sidecars.HEAD] if by_name[name].size <= sidecars.MAX_BYTES else b""
        except Refused:
            return b""

    return sidecars.beside(by_name, head)


def _read(member: Member, held: tuple[Member, ...], label: str, depth: int) -> Packed:
    path = PurePosixPath(member.name)
    code, message = reason(path.name)
    if any(part.startswith(".") for part in path.parts) or path.parts[0] in FURNITURE:
        code, message = "hidden", "hidden files are left alone; unpack the archive if it is meant"
    if is_container(path.name) and depth >= DEPTH:
        code, message = (
            "nested_archive",
            f"an archive in an archive in an archive is not opened; unpack {label} by hand",
        )
    if code:
        return Packed(label, code=code, message=message)
    try:
        content = member.read()
        beside = tuple((PurePosixPath(one.name).name, one.read()) for one in held if one.size <= sidecars.MAX_BYTES)
    except Refused as error:
        return Packed(label, code=error.code, message=str(error))
    return Packed(label, content, beside)
