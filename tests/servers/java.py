"""Finding a Java that the search engine runs on."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.servers.base import Missing

HOMES = Path("/usr/lib/jvm")
OLDEST = 17
_VERSION = re.compile(r'^JAVA_VERSION="(\d+)', re.MULTILINE)


def java_home() -> Path:
    """The folder of a Java 17 or later: the one in the search path, else the lowest that Debian's folder has. Raises `Missing`."""
    found = shutil.which("java")
    homes = [Path(found).resolve().parents[1]] if found else []
    homes += sorted((path for path in HOMES.glob("*") if (path / "bin" / "java").exists()), key=_version)
    for home in homes:
        if _version(home) >= OLDEST:
            return home
    raise Missing(
        f"no Java {OLDEST} or later is installed here (make servers, or apt-get install openjdk-17-jre-headless)"
    )


def _version(home: Path) -> int:
    release = home / "release"
    found = _VERSION.search(release.read_text()) if release.exists() else None
    return int(found[1]) if found else 0
