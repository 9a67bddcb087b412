"""Refuse GPL and AGPL among what is installed with this project; LGPL libraries are used as they come, as dependencies."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

REFUSED = re.compile(r"(?<!L)(?<!Lesser )\bA?GPL|(?<!Lesser )General Public License|Affero", re.IGNORECASE)
UNKNOWN_BUT_READ = {"huey": "MIT"}
"""Packages whose metadata name no licence, with the licence that their own files state."""


def usable(licence: str) -> bool:
    """Whether any of the alternatives that a package offers (`MIT OR GPL-2.0`) is one that this project can live with."""
    return any(choice != "UNKNOWN" and not REFUSED.search(choice) for choice in licence.split(" OR "))


def main() -> int:
    """Print the packages whose licence keeps them out; 1 when there is one."""
    program = Path(sys.executable).with_name("pip-licenses")
    listed = subprocess.run([str(program), "--format=json", "--from=mixed"], check=True, capture_output=True, text=True)
    packages = json.loads(listed.stdout)
    bad = [
        f"{row['Name']} {row['Version']}: {licence}"
        for row in packages
        if not usable(licence := UNKNOWN_BUT_READ.get(row["Name"], row["License"]))
    ]
    print("\n".join(bad) or f"no GPL or AGPL among {len(packages)} packages")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
