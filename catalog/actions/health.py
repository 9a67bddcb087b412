"""Whether the parts of the catalogue answer now: each is asked on a thread of its own, side by side, within a short budget.

Invariants: `HealthCheck` never raises and never takes longer than its budget, however long a part hangs; a part that hangs is not asked
again before it came back, so that threads cannot pile up; an answer is kept for a moment, so that asking often costs the parts nothing.
What it says is public: short words, never a message with a host in it. Those go to the log, once for each change.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

import structlog

from catalog.actions.context import Catalogue
from catalog.errors import Busy, Damaged, Misconfigured, NoRoom, Unavailable
from catalog.store.figures import Figures

BUDGET_SECONDS = 2.0
"""What the parts have for their answer, all together: less than a load balancer or an orchestrator waits."""
KEEP_SECONDS = 2.0
"""How long an answer is given again."""
KEEP_NUMBERS_SECONDS = 15.0
"""How long the figures of the store are given again; counting a million records costs it some work."""

NEEDED = frozenset({"store"})
"""Without these parts the catalogue answers nothing."""

WITHOUT: Mapping[str, str] = {
    "store": "Only static files and this page answer.",
    "search": "Records by id, downloads, and lists by organisation and date answer; searches and suggestions do not. "
    "Harvests go on, and the index catches up by itself.",
    "files": "Search and records answer; downloads do not. Harvests wait.",
    "queue": "Pages, API and downloads answer; no harvest is started by the schedule.",
}
"""What still works without a part."""

_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (Busy, "busy"),
    (NoRoom, "no room"),
    (Damaged, "damaged"),
    (Misconfigured, "wrong settings"),
    (Unavailable, "no answer"),
)

Probe = Callable[[float], str | None]
"""Asks a part for a sign of life, within so many seconds. Raises when it does not answer; returns a short word when it answers but cannot
be used (`no index`), else `None`."""

Status = Literal["ok", "degraded", "unavailable"]
T = TypeVar("T")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Part:
    """One part: `reason` is a short word, empty while it is well."""

    name: str
    reason: str
    milliseconds: float

    @property
    def ok(self) -> bool:
        """Whether the part answers."""
        return not self.reason


@dataclass(frozen=True, slots=True)
class Health:
    """How the parts are. `lag` is how many changes the index is behind the store; `None` where one of them cannot say."""

    parts: tuple[Part, ...]
    lag: int | None

    @property
    def status(self) -> Status:
        """`unavailable` without a needed part, `degraded` without another one."""
        away = {part.name for part in self.parts if not part.ok}
        return "unavailable" if away & NEEDED else "degraded" if away else "ok"

    def as_dict(self) -> dict[str, Any]:
        """The answer for programs: status, each part, the index's lag, and what still works without what is away."""
        parts: dict[str, Any] = {}
        for part in self.parts:
            shown: dict[str, Any] = {"status": "ok" if part.ok else "away", "milliseconds": round(part.milliseconds, 1)}
            if not part.ok:
                shown |= {"reason": part.reason, "without": WITHOUT.get(part.name, "")}
            parts[part.name] = shown
        return {"status": self.status, "parts": parts, "index": {"lag": self.lag}}


@dataclass(frozen=True, slots=True)
class Numbers:
    """What there is: the store's figures, and how many documents the index would not take (`None`: it does not answer)."""

    figures: Figures | None
    refused: int | None


def probes(catalogue: Catalogue) -> dict[str, Probe]:
    """The probes of store, search and files. The application adds those of parts that are above this layer (`queue`)."""
    engine = catalogue.search.engine

    def store(seconds: float) -> None:
        catalogue.store.ping(seconds)

    def search(_seconds: float) -> str | None:
        if engine.current() is None:
            return "no index"
        engine.about()
        return None if engine.state().signature == engine.signature else "index of another version"

    def files(_seconds: float) -> None:
        catalogue.files.ping()

    return {"store": store, "search": search, "files": files}


class HealthCheck:
    """Asks the parts, keeps the answer for a moment. Safe to share between threads; those that come meanwhile wait for the same answer."""

    def __init__(
        self,
        catalogue: Catalogue,
        probes: Mapping[str, Probe],
        *,
        seconds: float = BUDGET_SECONDS,
        keep: float = KEEP_SECONDS,
    ) -> None:
        self._catalogue = catalogue
        self._probes = dict(probes)
        self._seconds = seconds
        self._running: dict[str, _Run[Any]] = {}
        self._said: dict[str, str] = {}
        self._health = _Kept(self._ask, keep)
        self._numbers = _Kept(self._count, KEEP_NUMBERS_SECONDS)

    def look(self) -> Health:
        """How the parts are, at most a moment ago."""
        return self._health.get()

    def numbers(self) -> Numbers:
        """What there is, at most some seconds ago."""
        return self._numbers.get()

    def _ask(self) -> Health:
        deadline = time.monotonic() + self._seconds
        runs = {name: self._start(name, _bound(probe, self._seconds)) for name, probe in self._probes.items()}
        lag = self._start("lag", self._lag)
        parts = tuple(_part(name, run, deadline, self._seconds) for name, run in runs.items())
        for part in parts:
            self._tell(part, runs[part.name].error)
        return Health(parts, lag.value if lag.ended(deadline) else None)

    def _count(self) -> Numbers:
        deadline = time.monotonic() + self._seconds
        figures, refused = self._start("figures", self._figures), self._start("refused", self._refused)
        return Numbers(
            figures.value if figures.ended(deadline) else None, refused.value if refused.ended(deadline) else None
        )

    def _lag(self) -> int:
        with self._catalogue.store.read() as reader:
            last = reader.last_seq()
        return max(0, last - self._catalogue.search.engine.state().seq)

    def _figures(self) -> Figures:
        with self._catalogue.store.read() as reader:
            return reader.figures()

    def _refused(self) -> int:
        return len(self._catalogue.search.engine.state().refused)

    def _start(self, name: str, work: Callable[[], T]) -> _Run[T]:
        """A run of this work; the one that hangs since an earlier look, if there is one."""
        running = self._running.get(name)
        if running is None or running.done.is_set():
            running = self._running[name] = _Run(name, work)
        return running

    def _tell(self, part: Part, error: BaseException | None) -> None:
        """Log what changed: a part that went, with its whole message, or came back."""
        if part.reason == self._said.get(part.name, ""):
            return
        self._said[part.name] = part.reason
        if part.ok:
            log.warning("part_back", part=part.name)
        else:
            log.error("part_away", part=part.name, reason=part.reason, error=str(error or ""))


class _Run(Generic[T]):
    """One question on a thread of its own, which the process does not wait for at its end. `value` stays `None` after an error."""

    def __init__(self, name: str, work: Callable[[], T]) -> None:
        self.value: T | None = None
        self.error: Exception | None = None
        self.done = threading.Event()
        self.milliseconds = 0.0
        self._work = work
        threading.Thread(target=self._run, name=f"health-{name}", daemon=True).start()

    def _run(self) -> None:
        started = time.monotonic()
        try:
            self.value = self._work()
        except Exception as error:  # noqa: BLE001 - whatever goes wrong in a part is that part's state; it is told and logged
            self.error = error
        self.milliseconds = (time.monotonic() - started) * 1000
        self.done.set()

    def ended(self, deadline: float) -> bool:
        """Whether the answer is there, now or before the deadline (monotonic time)."""
        return self.done.wait(max(0.0, deadline - time.monotonic()))


class _Kept(Generic[T]):
    """A value that is made anew when it is older than some seconds, by one thread while the others wait for it."""

    def __init__(self, make: Callable[[], T], seconds: float) -> None:
        self._make = make
        self._seconds = seconds
        self._lock = threading.Lock()
        self._value: T | None = None
        self._until = 0.0

    def get(self) -> T:
        with self._lock:
            if self._value is None or time.monotonic() >= self._until:
                self._value = self._make()
                self._until = time.monotonic() + self._seconds
            return self._value


def _bound(probe: Probe, seconds: float) -> Callable[[], str | None]:
    return lambda: probe(seconds)


def _part(name: str, run: _Run[str | None], deadline: float, budget: float) -> Part:
    if not run.ended(deadline):
        return Part(name, "too slow", budget * 1000)
    if run.error is not None:
        return Part(
            name, next((word for kind, word in _WORDS if isinstance(run.error, kind)), "error"), run.milliseconds
        )
    return Part(name, run.value or "", run.milliseconds)
