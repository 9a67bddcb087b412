"""The pipeline as the actions see it: check a source's configuration, run it, preview it (`actions.context.Harvest`)."""

from __future__ import annotations

import gc
import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from typing import Any

import orjson
import structlog
from marshmallow import RAISE, ValidationError

from catalog import __version__
from catalog.actions.candidate import Again
from catalog.actions.context import Catalogue, Progress
from catalog.actions.source import report_of
from catalog.errors import Busy, Fault, InvalidInput, NoRoom, Unavailable
from catalog.extract import PARSER
from catalog.harvesters.answers import Limits
from catalog.harvesters.job import STATES, JobRun
from catalog.harvesters.missing import withdraw_missing
from catalog.harvesters.naming import hint
from catalog.harvesters.pipeline import Pipeline
from catalog.harvesters.progress import Meter
from catalog.harvesters.reread import Rereader
from catalog.harvesters.runner import Run, harvest, keep_containers, look
from catalog.harvesters.seen import Seen
from catalog.harvesters.session import Session
from catalog.harvesters.waiting import Waiting
from catalog.plugins.harvesting import ChecksFields, Sized
from catalog.plugins.interfaces import INTERFACE_VERSION, IHarvester
from catalog.plugins.registry import Plugins
from catalog.settings import Settings
from catalog.store.rows import JobState, ProvenanceRow, Source

NOT_FOR_READING = frozenset({"rate", "missing", "hosts", "allow_hosts"})
"""Keys of a source's configuration that change nothing of what is listed and how it is read."""

log = structlog.get_logger()


class Harvester:
    """Runs sources of the kinds that the plugins offer. Holds no state: what a run needs to know is in the store."""

    def __init__(
        self,
        plugins: Plugins,
        settings: Settings,
        *,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._plugins = plugins
        self._settings = settings
        self._limits = limits
        self._clock = clock
        self._sleep = sleep

    def check(self, kind: str, config: Mapping[str, Any]) -> dict[str, Any]:
        """The validated configuration of a source. Raises `InvalidInput` that names the wrong key and the nearest known one."""
        harvester = self._kind(kind)
        schema = harvester.config_schema()
        try:
            loaded: dict[str, Any] = schema.load(dict(config), unknown=RAISE)
        except ValidationError as error:
            faults = tuple(_faults(_messages(error), frozenset(schema.fields)))
            raise InvalidInput("; ".join(fault.message for fault in faults), faults) from error
        if isinstance(harvester, ChecksFields):
            with self._session(loaded) as session:
                harvester.check_fields(loaded, session.field_types)
        return loaded

    def run(
        self,
        catalogue: Catalogue,
        source: Source,
        *,
        actor: str,
        accept_deletions: bool = False,
        progress: Progress | None = None,
    ) -> dict[str, Any]:
        """Harvest one source to its end, or take up the run that was cut off; the report of the run, once the index has caught up.

        While the database or the files are away the run waits up to AWAY_SECONDS. Raises `Busy` while the source is being run elsewhere,
        and whatever the store, the files and the disk raise: the run then stays open and the next one goes on from its last commit.
        An index that cannot follow now is no trouble of the run: the report says that it is `behind`, and it catches up by itself.
        """
        harvester = self._kind(source.kind)
        reading = self._reading(harvester, source.config)
        waiting = Waiting(self._settings["AWAY_SECONDS"], source=source.name, clock=self._clock, sleep=self._sleep)
        begun = JobRun.of(catalogue, source, actor=actor, reading=reading, waiting=waiting)
        with begun as job, self._session(source.config) as session, _rest_left_alone():
            meter = Meter(source.name, _total(harvester, session), progress, start=job.count())
            waiting.told = meter.waits
            keep_containers(catalogue, job, harvester, session)
            seen = Seen()
            for row in job.objects() if job.resumed else ():
                seen.add(row.key, row.ref)
            pipeline = Pipeline(
                catalogue, source, harvester, session, job_id=job.id, reading=reading, keep=True, waiting=waiting
            )
            run = Run(harvester, session, pipeline, seen, meter)
            harvest(catalogue, job, run, pipeline)
            meter.finish()
            state, message = _outcome(catalogue, job, run, accept_deletions=accept_deletions)
            job.finish(state, message)
        behind = _index_behind(catalogue, self._settings["INDEX_WAIT_SECONDS"])
        report = waiting(partial(_report, catalogue, source, job.id))
        told = [text for text in (report["message"], behind) if text]
        return report | {"index": "behind" if behind else "current", "message": "; ".join(told)}

    def preview(
        self, catalogue: Catalogue, source: Source, *, limit: int = 20, progress: Progress | None = None
    ) -> dict[str, Any]:
        """What a run would make of the first `limit` items, and why. Nothing is written, neither rows nor files."""
        harvester = self._kind(source.kind)
        with self._session(source.config) as session:
            reading = self._reading(harvester, source.config)
            pipeline = Pipeline(catalogue, source, harvester, session, job_id="preview", reading=reading, keep=False)
            meter = Meter(source.name, limit, progress)
            run = Run(harvester, session, pipeline, Seen(), meter, limit=limit)
            rows = list(look(catalogue, source, run, pipeline, actor="preview"))
            meter.finish()
        counts = Counter(row.state for row in rows)
        return {
            "source": source.name,
            "items": [
                {name: getattr(row, name) for name in ("key", "state", "title", "ref", "url")}
                | {"problems": [asdict(problem) for problem in row.problems]}
                for row in rows
            ],
            "counters": {"listed": len(rows), **{state: counts[state] for state in STATES}},
            "message": _failure(run.failure),
        }

    def again(
        self,
        catalogue: Catalogue,
        source: Source,
        *,
        wanted: Callable[[ProvenanceRow], bool],
        record_id: str | None = None,
    ) -> Iterator[Again]:
        """The wanted places of a source (or those of one record) read again from what is kept; nothing is fetched and nothing written."""
        harvester = self._kind(source.kind)
        reading = self._reading(harvester, source.config)
        rereader = Rereader(catalogue, source, harvester, opened=self._session, reading=reading)
        return rereader.all(wanted) if record_id is None else rereader.of_record(record_id)

    def _kind(self, kind: str) -> IHarvester:
        found = self._plugins.harvesters.get(kind)
        if found is None:
            message = f"kind: no plugin offers sources of the kind {kind}{hint(kind, self._plugins.harvesters)}"
            raise InvalidInput(message, [Fault("kind", message)])
        return found

    def _session(self, config: Mapping[str, Any]) -> Session:
        return Session(config, self._plugins, self._settings, limits=self._limits)

    def _reading(self, harvester: IHarvester, config: Mapping[str, Any]) -> str:
        """A digest of all that decides how items are listed and read: when it changes, unchanged bytes are read anew."""
        extractors = sorted((extractor.name, extractor.version) for extractor in self._plugins.text_extractors.values())
        wanted = {name: value for name, value in config.items() if name not in NOT_FOR_READING}
        version = getattr(harvester, "version", "")
        decided = orjson.dumps(
            [INTERFACE_VERSION, __version__, PARSER, version, extractors, wanted], option=orjson.OPT_SORT_KEYS
        )
        return hashlib.sha256(decided).hexdigest()[:16]


@contextmanager
def _rest_left_alone() -> Iterator[None]:
    """Garbage is looked for only among what is made from now on: looking through all modules and tables again takes a tenth of a run."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _index_behind(catalogue: Catalogue, seconds: float) -> str:
    """Why the index is not up with the store after so many seconds; empty when it is."""
    try:
        catalogue.search.catch_up(timeout=seconds)
    except (Busy, NoRoom, Unavailable) as error:
        log.warning("index_behind", reason=str(error))
        return f"the index is behind and catches up by itself ({error})"
    return ""


def _report(catalogue: Catalogue, source: Source, job_id: str) -> dict[str, Any]:
    with catalogue.store.read() as reader:
        ended = reader.job(job_id)
        if ended is None:
            raise LookupError(f"job {job_id} is gone from the store")
        return report_of(reader, source, ended)


def _outcome(catalogue: Catalogue, job: JobRun, run: Run, *, accept_deletions: bool) -> tuple[JobState, str]:
    """How a run ends: what went wrong with the listing, or what its missing items mean."""
    if run.failure is not None:
        return "failed", _failure(run.failure)
    troubles = int(job.report.get("list_troubles", 0))
    if job.source.config.get("missing", "keep") == "withdraw":
        if troubles:
            return "finished", f"{troubles} list pages could not be read, so nothing that is missing was withdrawn"
        brake = withdraw_missing(catalogue, job, accept=accept_deletions)
        if brake:
            return "stopped", brake
    return "finished", f"{troubles} list pages could not be read; the listing is not complete" if troubles else ""


def _failure(error: Exception | None) -> str:
    return f"the listing ended early: {error}" if error is not None else ""


def _total(harvester: IHarvester, session: Session) -> int | None:
    return harvester.total(session) if isinstance(harvester, Sized) else None


def _messages(error: ValidationError) -> Mapping[str, Any]:
    messages = error.messages
    return messages if isinstance(messages, dict) else {"": messages}


def _faults(messages: Mapping[str, Any], known: frozenset[str], prefix: str = "") -> Iterator[Fault]:
    for key, value in messages.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _faults(value, frozenset(), f"{path}.")
            continue
        for text in value:
            told = hint(str(key), known) if text == "Unknown field." else ""
            yield Fault(path, f"{path}: {text.removesuffix('.')}{told}")
