"""What `gongkai doctor` looks at, in order: the machine here, the parts in `part_checks`. A check never raises: what it meets is its finding."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from catalog.cli.findings import Finding, fail, guarded, ok, warn
from catalog.errors import GongkaiError

if TYPE_CHECKING:
    from catalog.settings import Settings

PYTHON = (3, 11)
"""The oldest Python that this program runs on."""
MB = 1_000_000
DATA_WARN, DATA_FAIL = 2_000 * MB, 200 * MB
"""Free room of the data folder: a nightly copy of a large index needs the first, and a database cannot grow below the second."""
TEMP_WARN, TEMP_FAIL = 128 * MB, 16 * MB
"""Free room for temporary files: a file of an upload or a PDF is spooled there."""

EXTRAS = {"DATABASE_URL": "postgresql", "SEARCH_URL": "elasticsearch", "FILES_URL": "s3", "QUEUE_URL": "redis"}
"""The extra that a setting needs when it names a server."""
EMBEDDED = ("sqlite", "file:")
"""Addresses of what is built in."""


def checks() -> Iterator[Finding]:
    """All findings, the settings' before what depends on them. Without readable settings there is nothing more to look at."""
    from catalog.settings import read_settings

    yield from guarded("python", _python)
    yield from guarded("libraries", lambda: _libraries(()))
    try:
        settings = read_settings()
    except GongkaiError as error:
        yield fail("settings", str(error), "Correct it, then run the doctor again: the other checks need the settings.")
        return
    yield ok("settings", "all can be used (`gongkai config` shows them)")
    yield from guarded("extras", lambda: _extras(settings))
    yield from guarded("plugins", lambda: _plugins(settings))
    yield from guarded("data folder", lambda: _folder(settings.data_dir))
    yield from guarded("disk", lambda: _room("disk", settings.data_dir, DATA_WARN, DATA_FAIL))
    yield from guarded(
        "temporary files", lambda: _room("temporary files", Path(tempfile.gettempdir()), TEMP_WARN, TEMP_FAIL)
    )
    from catalog.cli import part_checks

    yield from part_checks.checks(settings)


def _python() -> Iterator[Finding]:
    from catalog import __version__

    told = f"gongkai {__version__} on Python {platform.python_version()} ({sys.executable})"
    if sys.version_info < PYTHON:
        yield fail("python", told, f"Install Python {'.'.join(map(str, PYTHON))} or newer.")
    else:
        yield ok("python", told)


def _libraries(extras: tuple[str, ...]) -> Iterator[Finding]:
    """The libraries that the package itself asks for, with the versions that are here."""
    wrong = list(_wrong(extras))
    name = f"libraries of {', '.join(extras)}" if extras else "libraries"
    if wrong:
        package = f"'gongkai[{','.join(extras)}]'" if extras else "gongkai"
        yield fail(name, "; ".join(wrong), f"pip install --upgrade {package} -c constraints.txt")
    else:
        yield ok(name, "all are installed in versions that fit")


def _wrong(extras: tuple[str, ...]) -> Iterator[str]:
    from importlib import metadata

    from packaging.requirements import Requirement

    known = metadata.metadata("gongkai").get_all("Provides-Extra") or []
    yield from (f"this installation knows no extra {extra}" for extra in extras if extra not in known)
    for line in metadata.requires("gongkai") or ():
        wanted = Requirement(line)
        fits = [extra for extra in extras if wanted.marker is not None and wanted.marker.evaluate({"extra": extra})]
        if bool(fits) != bool(extras) or (
            wanted.marker is not None and not extras and not wanted.marker.evaluate({"extra": ""})
        ):
            continue
        try:
            found = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            yield f"{wanted.name} is not installed"
        else:
            if not wanted.specifier.contains(found, prereleases=True):
                yield f"{wanted.name} {found} does not fit {wanted.specifier}"


def _extras(settings: Settings) -> Iterator[Finding]:
    """The extras that the addresses in use need."""
    needed = tuple(
        extra for name, extra in EXTRAS.items() if settings[name] and not str(settings[name]).startswith(EMBEDDED)
    )
    if needed:
        yield from _libraries(needed)
    else:
        yield ok("extras", "none is needed: everything is built in")


def _plugins(settings: Settings) -> Iterator[Finding]:
    from catalog.plugins.registry import Plugins

    names = [name for name, _ in Plugins.load(settings["PLUGINS"]).answering()]
    yield ok("plugins", ", ".join(sorted(names)))


def _folder(folder: Path) -> Iterator[Finding]:
    """The data folder: there, ours to write, and nobody else's."""
    name = "data folder"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as error:
        yield fail(
            name,
            f"{folder} cannot be written: {error.strerror}",
            "Give it to the user that runs gongkai (chown), or set GONGKAI_DATA_DIR.",
        )
        return
    if folder.stat().st_mode & 0o002:
        yield warn(name, f"{folder} can be written by every user of this machine", f"chmod o-w {folder}")
        return
    secret = folder / "secret"
    if secret.exists() and secret.stat().st_mode & 0o077:
        yield warn(name, f"{secret} can be read by other users", f"chmod 600 {secret}")
        return
    yield ok(name, str(folder))


def _room(name: str, folder: Path, low: int, least: int) -> Iterator[Finding]:
    """Free room, in bytes and in files."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    system = os.statvfs(folder)
    told = f"{free / MB:,.0f} MB are free at {folder}"
    if system.f_files and not system.f_favail:
        yield fail(
            name, f"no more files can be made at {folder}", "Remove files, or use a file system with more inodes."
        )
    elif free < least:
        yield fail(name, told, "Make room; deploy/runbooks/disk-full.md says what may be removed.")
    elif free < low:
        yield warn(name, told, "Make room soon; deploy/runbooks/disk-full.md says what may be removed.")
    else:
        yield ok(name, told)
