"""Names of records: short, unique, and never a dead end. A name that a record gave up leads to it for good."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import delete, insert, select

from catalog.errors import Conflict
from catalog.store.base import Writing
from catalog.store.sql import among
from catalog.store.tables import records, redirects

MAX_NAME = 100
"""Longest name, as in CKAN."""

_TAKEN = select(records.c.name).where(among(records.c.name, "names"))
_REDIRECTED = select(redirects.c.name, redirects.c.record_id).where(among(redirects.c.name, "names"))
_DROP_REDIRECTS = delete(redirects).where(among(redirects.c.name, "names"))
_INSERT_REDIRECT = insert(redirects)


class NameWrites(Writing):
    """Free names, and redirects from former ones."""

    def unique_names(self, wanted: Mapping[str, str]) -> dict[str, str]:
        """For each key (anything that tells the items apart, and stays the same) a name that is free, as near to the wish as can be.

        A taken name gets the first digits of the key's digest, so that it does not depend on how many others wish for it. Names that
        once led to a record stay taken.
        """
        names = {key: name[:MAX_NAME].strip("-") for key, name in wanted.items()}
        free: dict[str, str] = {}
        for digits in (0, 8, 16, 32):
            tried = {key: _suffixed(names[key], key, digits) for key in names if key not in free}
            taken = self._taken(tried.values()) | set(free.values())
            for key, name in tried.items():
                if name and name not in taken:
                    taken.add(name)
                    free[key] = name
        if len(free) < len(names):
            raise Conflict(
                f"no free name was found for {next(key for key in names if key not in free)!r}; wish for another"
            )
        return free

    def _refuse_former_names(self, names: Iterable[str]) -> None:
        for name, _ in self._many(_REDIRECTED, "names", names):
            raise Conflict(f"the name {name} was another record's and still leads to it; choose another")

    def _move_names(self, moves: Sequence[tuple[str, str, str]]) -> None:
        """Leave redirects for (record id, old name, new name). A record may take back a name that it had; nobody else may."""
        if not moves:
            return
        owners = {new: record_id for record_id, _, new in moves}
        for name, owner in self._many(_REDIRECTED, "names", owners):
            if owner != owners[name]:
                raise Conflict(f"the name {name} was another record's and still leads to it; choose another")
        self._connection.execute(_DROP_REDIRECTS, {"names": list(owners)})
        self._put(_INSERT_REDIRECT, [{"name": old, "record_id": record_id} for record_id, old, _ in moves])

    def _taken(self, names: Iterable[str]) -> set[str]:
        asked = list(names)
        return {row[0] for statement in (_TAKEN, _REDIRECTED) for row in self._many(statement, "names", asked)}


def _suffixed(name: str, key: str, digits: int) -> str:
    if digits == 0:
        return name
    digest = hashlib.sha256(key.encode()).hexdigest()[:digits]
    return f"{name[: MAX_NAME - digits - 1]}-{digest}".strip("-")
