"""What two catalogues are compared by, when one was disturbed and the other was not."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from tests.servers.catalogue import run

LEFT_OUT = {"id", "created_at", "updated_at", "harvest", "provenance", "version"}
"""What differs between two runs that end in the same state: when it was, and the ids that are drawn."""


def exported(env: Mapping[str, str]) -> list[dict[str, object]]:
    """The exported records by name, with names in place of the ids that are drawn."""
    done = run(env, "export")
    assert done.returncode == 0, done.stderr
    names = {row["id"]: row["name"] for row in map(json.loads, done.stdout.splitlines())}
    assert len(set(names.values())) == len(names)
    text = re.sub("|".join(names), lambda found: names[found.group()], done.stdout)
    rows = [
        {key: value for key, value in json.loads(line).items() if key not in LEFT_OUT} for line in text.splitlines()
    ]
    return sorted(rows, key=lambda row: str(row["name"]))
