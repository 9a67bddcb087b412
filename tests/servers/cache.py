"""The folder that fetched programs are kept in, between runs and for all checkouts."""

from __future__ import annotations

import os
from pathlib import Path

NAME = "gongkai-servers"


def cache() -> Path:
    """The folder, made when it is not there. For root it is one that other users may read: servers do not run as root."""
    home = Path("/var/cache") if os.getuid() == 0 else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = home / NAME
    folder.mkdir(parents=True, exist_ok=True)
    return folder
