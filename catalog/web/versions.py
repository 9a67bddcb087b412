"""The part of a record's page that tells of its standing on a day and of the other versions of its work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request


@dataclass(frozen=True, slots=True)
class Standing:
    """What the partial `_versions.html` shows: the day that was asked for (ISO; `None` for today), the versions, and the counts of a
    clean-up's lists (`None` for other documents).
    """

    as_of: str | None
    versions: tuple[Mapping[str, Any], ...]
    lists: Mapping[str, Any] | None


def asked_day() -> dict[str, str]:
    """The day that the address asks for, as a parameter of `record.show`; empty for today."""
    day = request.args.get("as_of", "").strip()
    return {"as_of": day} if day else {}


def standing(found: Mapping[str, Any]) -> Standing:
    """The standing of a record as `record.show` gave it."""
    return Standing(asked_day().get("as_of"), tuple(found.get("versions") or ()), found.get("lists"))
