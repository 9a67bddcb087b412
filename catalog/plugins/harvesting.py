"""What a kind of source may offer beyond `interfaces.IHarvester`. Each is optional, and asked for by `isinstance`.

The core's own kinds use these and nothing else; an extension's harvester takes part by having the method.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from catalog.model.draft import Attachment, Draft, Problem
from catalog.plugins.interfaces import Fetched, HarvestSession

FieldTypes = Callable[[str], Mapping[str, str] | None]
"""The fields of a record type with the type of each (`type_name` of `schemas.shapes`); `None` where no plugin offers the type."""

BESIDE = "beside:"
"""How the fingerprint of an item begins that is read together with files beside it: when it changes, the item is read anew, also where
its own bytes are the same.
"""


@dataclass(frozen=True, slots=True)
class Attached:
    """One file that a document names: its bytes, or the warning that tells why they are not to be had."""

    attachment: Attachment
    fetched: Fetched | None
    problem: Problem | None = None
    role: str = "attachment"


@runtime_checkable
class FetchesFiles(Protocol):
    """A harvester whose documents come with files of their own."""

    def attached(self, session: HarvestSession, fetched: Fetched, draft: Draft) -> Iterator[Attached]:
        """The files that one document names, each fetched or with the reason why not."""


@runtime_checkable
class ReadsAlone(Protocol):
    """A harvester whose `read` and `attached` need nothing but what was fetched, and change nothing: they may be done in another process."""

    reads_alone: bool


@runtime_checkable
class HasContainers(Protocol):
    """A harvester whose items are parts of bigger files, which are kept whole instead of item by item."""

    def containers(self, session: HarvestSession) -> Iterator[tuple[str, Path]]:
        """The local files that items are parts of, each with its name in the source."""


@runtime_checkable
class Sized(Protocol):
    """A harvester that can tell cheaply how many items there are."""

    def total(self, session: HarvestSession) -> int | None:
        """Number of items that `list` gives; `None` when it would take a listing to know."""


@runtime_checkable
class ChecksFields(Protocol):
    """A harvester whose configuration names catalogue fields."""

    def check_fields(self, config: Mapping[str, Any], types: FieldTypes) -> None:
        """Raise `InvalidInput` for a record type or field that is not known, naming the nearest known one."""
