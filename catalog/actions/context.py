"""What every action is given: the parts of the catalogue, and who asks. `catalog.app` puts a `Catalogue` together; nothing changes it after."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol

from catalog.actions.candidate import Again
from catalog.files import FileStorage
from catalog.plugins.registry import Plugins
from catalog.search.service import Search
from catalog.settings import Settings
from catalog.store.rows import ProvenanceRow, Source
from catalog.store.store import Store

Role = Literal["anonymous", "editor", "operator"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. The name goes into revisions; the role decides what may be done."""

    name: str
    role: Role


ANONYMOUS = Actor("anonymous", "anonymous")


class Progress(Protocol):
    """Told about long work: how much is done, of how much (`None`: not known yet)."""

    def __call__(self, done: int, total: int | None) -> None:
        """Say how far the work is."""


class Harvest(Protocol):
    """Runs sources. Implemented above this layer, in `harvesters/`, and handed in by the application."""

    def check(self, kind: str, config: Mapping[str, Any]) -> dict[str, Any]:
        """The validated configuration of a source. Raises `InvalidInput` that names the wrong key."""

    def run(
        self, catalogue: Catalogue, source: Source, *, actor: str, accept_deletions: bool, progress: Progress | None
    ) -> dict[str, Any]:
        """Harvest one source to its end, or take up the run that was cut off; the report of the run."""

    def again(
        self,
        catalogue: Catalogue,
        source: Source,
        *,
        wanted: Callable[[ProvenanceRow], bool],
        record_id: str | None = None,
    ) -> Iterator[Again]:
        """The wanted places of a source (or those of one record) read again from what is kept, without fetching or writing anything."""

    def preview(self, catalogue: Catalogue, source: Source, *, limit: int, progress: Progress | None) -> dict[str, Any]:
        """The same without writing: what would be created, updated, quarantined, and why."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The parts of one catalogue. Made once a process; its connections open where they are used, so a fork is safe before that."""

    settings: Settings
    store: Store
    files: FileStorage
    search: Search
    plugins: Plugins
    harvest: Harvest
    now: Callable[[], datetime]

    def today(self) -> date:
        """The day for which validity is computed, in the time of the catalogue's place (Asia/Shanghai)."""
        return self.now().date()

    def close(self) -> None:
        """Let go of what this process has open: connections, files, the index. Each opens again where it is used again."""
        for part in (self.search, self.files, self.store):
            part.close()
