"""Archives of documents (zip, tar, tar.gz): their files one by one, with limits, under names that can do no harm.

Names are made safe and readable: no absolute paths, no way up, and what was written in GBK or Big5 without saying so is decoded by what
makes sense for all names of the archive together (PKWARE APPNOTE 4.4.4 and appendix D: bit 11 tells UTF-8, else code page 437 was meant).
"""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Self

from catalog.errors import Refused
from catalog.extract.formats.archive import MAX_RATIO, RATIO_FROM, TORN, check_directory
from catalog.extract.formats.encoding import decode

MAX_MEMBERS = 20_000
"""Files of one archive, those of archives within it included."""
MAX_DIRECTORY = 16 * 1024 * 1024
"""Bytes of a ZIP's directory."""
MAX_TOTAL = 4 * 1024**3
"""Bytes that one archive unpacks to."""
MAX_MEMBER = 64 * 1024 * 1024
"""Bytes of one file that is read (as `sniff.MAX_BYTES`)."""
MAX_NAME = 1_000
"""Characters of a name."""
ENDINGS = (".zip", ".tar", ".tgz", ".tar.gz")
"""How names of archives end that are read file by file."""
_UTF8 = 0x800
_ENCRYPTED = 0x1
_UNICODE_PATH = 0x7075
_CHUNK = 1 << 20
_BROKEN = (*TORN, tarfile.TarError, gzip.BadGzipFile, UnicodeError)


def is_container(name: str) -> bool:
    """Whether a file's name says that it is an archive of files."""
    return name.lower().endswith(ENDINGS)


@dataclass(slots=True)
class Budget:
    """What may still be read of an archive and of those within it."""

    members: int = MAX_MEMBERS
    total: int = MAX_TOTAL

    def take(self, members: int, total: int, name: str) -> None:
        """Use up a part. Raises `Refused`: `zip_bomb`."""
        self.members -= members
        self.total -= total
        if self.members < 0 or self.total < 0:
            raise Refused(
                "zip_bomb",
                f"{name}: more than {MAX_MEMBERS:,} files or {MAX_TOTAL:,} bytes in it. Unpack it by hand and load the folder.",
            )


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its safe name, the bytes that it claims to have, when it was changed, and how to read it."""

    name: str
    size: int
    read: Callable[[], bytes]
    """Its bytes. Raises `Refused`: `too_large`, `encrypted`, `unreadable`."""


@dataclass(slots=True)
class Container:
    """An open archive. Use as a context manager."""

    members: tuple[Member, ...]
    _close: list[Callable[[], None]] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for close in self._close:
            close()


def open_container(source: Path | bytes, name: str, budget: Budget | None = None) -> Container:
    """Open an archive by what its bytes are. Raises `Refused`: `unreadable`, `zip_bomb`, `wrong_media_type`; `OSError` for its path."""
    budget = budget or Budget()
    file: IO[bytes] = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
    try:
        head = _head(file)
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return _zip(file, name, size, budget)
        if head.startswith(b"\x1f\x8b"):
            file = _unpacked(file, name, size)
            head = _head(file)
        _must_be_tar(head, name)
        return _tar(file, name, size, budget)
    except BaseException:
        file.close()
        raise


def _head(file: IO[bytes]) -> bytes:
    file.seek(0)
    head = file.read(512)
    file.seek(0)
    return head


def _must_be_tar(head: bytes, name: str) -> None:
    if not is_tar(head):
        raise Refused(
            "wrong_media_type", f"{name}: neither ZIP nor tar nor tar.gz. Fetch it again, or correct its name."
        )


def is_tar(head: bytes) -> bool:
    """Whether some bytes begin a tar archive: its mark, or a header whose checksum holds (POSIX 1003.1, ustar)."""
    if len(head) < 512:
        return False
    if head[257:262] == b"ustar":
        return True
    try:
        stated = int(head[148:156].strip(b" \x00"), 8)
    except ValueError:
        return False
    return stated > 256 and sum(head[:148]) + sum(head[156:512]) + 8 * 32 == stated


def _zip(file: IO[bytes], name: str, size: int, budget: Budget) -> Container:
    check_directory(file, name, MAX_DIRECTORY)
    try:
        archive = zipfile.ZipFile(file)
        infos = [info for info in archive.infolist() if not info.is_dir()]
    except _BROKEN as error:
        raise _torn(name, error) from error
    _check(name, size, len(infos), sum(info.file_size for info in infos), budget)
    names = _names([_zip_name(info) for info in infos])

    def reader(info: zipfile.ZipInfo, label: str) -> Callable[[], bytes]:
        def read() -> bytes:
            if info.flag_bits & _ENCRYPTED:
                raise Refused("encrypted", f"{label}: asks for a password. Ask for a copy without one.")
            return _bounded(lambda: archive.open(info), label)

        return read

    members = [
        Member(own, info.file_size, reader(info, f"{name}!/{own}")) for own, info in zip(names, infos, strict=True)
    ]
    return Container(tuple(members), [archive.close, file.close])


def _tar(file: IO[bytes], name: str, size: int, budget: Budget) -> Container:
    infos: list[tarfile.TarInfo] = []
    try:
        archive = tarfile.open(fileobj=file, mode="r:", errors="surrogateescape")  # noqa: SIM115 - the container closes it
        for info in archive:
            if info.isfile():
                infos.append(info)
            if len(infos) > budget.members:
                break
    except _BROKEN as error:
        raise _torn(name, error) from error
    _check(name, size, len(infos), sum(info.size for info in infos), budget)
    names = _names([info.name.encode("utf-8", "surrogateescape") for info in infos])

    def reader(info: tarfile.TarInfo, label: str) -> Callable[[], bytes]:
        def opened() -> IO[bytes]:
            stream = archive.extractfile(info)
            return stream if stream is not None else io.BytesIO()

        return lambda: _bounded(opened, label)

    members = [Member(own, info.size, reader(info, f"{name}!/{own}")) for own, info in zip(names, infos, strict=True)]
    return Container(tuple(members), [archive.close, file.close])


def _unpacked(file: IO[bytes], name: str, size: int) -> IO[bytes]:
    """A tar.gz without its compression, in a file of its own, so that its files can be read in any order."""
    limit = min(MAX_TOTAL, max(RATIO_FROM, MAX_RATIO * size))
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the container closes it
    try:
        with gzip.GzipFile(fileobj=file) as stream:
            while target.tell() <= limit and (chunk := stream.read(_CHUNK)):
                target.write(chunk)
    except (OSError, EOFError, zlib.error) as error:
        target.close()
        raise _torn(name, error) from error
    if target.tell() > limit:
        target.close()
        raise Refused("zip_bomb", f"{name}: unpacks to more than {limit:,} bytes. Unpack it by hand if it is sound.")
    file.close()
    target.seek(0)
    return target


def _check(name: str, packed: int, count: int, total: int, budget: Budget) -> None:
    if total > RATIO_FROM and total > MAX_RATIO * packed:
        raise Refused(
            "zip_bomb", f"{name}: unpacks to {total // max(1, packed)} times its size, at most {MAX_RATIO} is believed"
        )
    budget.take(count, total, name)


def _bounded(opened: Callable[[], IO[bytes]], label: str) -> bytes:
    try:
        with opened() as stream:
            content = stream.read(MAX_MEMBER + 1)
    except _BROKEN as error:
        raise _torn(label, error) from error
    if len(content) > MAX_MEMBER:
        raise Refused("too_large", f"{label}: more than {MAX_MEMBER:,} bytes. Unpack it by hand and split it.")
    return content


def _torn(name: str, error: BaseException) -> Refused:
    return Refused("unreadable", f"{name}: the archive cannot be read ({error}). Fetch it again, or pack it anew.")


def _zip_name(info: zipfile.ZipInfo) -> bytes | str:
    """A name as its bytes, where their encoding is not told; as text where it is."""
    if info.flag_bits & _UTF8 or info.orig_filename.isascii():
        return info.orig_filename
    try:
        raw = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.orig_filename
    for kind, data in _extras(info.extra):
        if kind == _UNICODE_PATH and len(data) > 5 and data[1:5] == struct.pack("<I", zlib.crc32(raw)):
            return data[5:].decode("utf-8", "replace")
    return raw


def _extras(extra: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        yield kind, extra[at + 4 : at + 4 + size]
        at += 4 + size


def _names(raw: list[bytes | str] | list[bytes]) -> list[str]:
    """Safe names, each once. Bytes are decoded together: one name alone is too short to tell its encoding."""
    unknown = [one for one in raw if isinstance(one, bytes)]
    charset = decode(b"\n".join(unknown)).charset if unknown else "utf-8"
    counts: Counter[str] = Counter()
    found = []
    for one in raw:
        name = safe_name(decode(one, charset).text if isinstance(one, bytes) else one)
        counts[name] += 1
        found.append(name if counts[name] == 1 else f"{name} ({counts[name]})")
    return found


def safe_name(name: str) -> str:
    """A path that leads nowhere but down: `../../etc/passwd` and `C:/etc/passwd` become `etc/passwd`."""
    name = "".join(char for char in name.replace("\\", "/") if char.isprintable())
    parts = [part.strip() for part in name.split("/")]
    kept = [part for part in parts if part not in ("", ".", "..") and not part.endswith(":")]
    return "/".join(kept)[-MAX_NAME:] or "unnamed"
