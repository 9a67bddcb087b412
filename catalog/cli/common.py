"""What the commands share: the catalogue, the operator who runs them, progress, and printing."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from catalog.errors import Fault, InvalidInput

if TYPE_CHECKING:
    from catalog.actions import Actor, Catalogue, Progress

PLAIN_STEP_SECONDS = 10.0
"""Without a terminal, progress is a line this often."""
WAITING_LENGTH = 60
"""Characters of the reason for waiting that stand before a bar."""


@contextmanager
def catalogue() -> Iterator[Catalogue]:
    """The catalogue that the settings name, its database brought up to date, closed at the end."""
    from catalog.app import create_catalogue, set_up_logs
    from catalog.settings import read_settings

    settings = read_settings()
    set_up_logs(settings)
    made = create_catalogue(settings)
    try:
        yield made
    finally:
        made.close()


def operator() -> Actor:
    """Whoever runs commands on this machine may do everything; their name goes into the revisions."""
    import getpass

    from catalog.actions import Actor

    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number without a name
        name = "operator"
    return Actor(name, "operator")


@contextmanager
def progress(label: str) -> Iterator[Progress]:
    """Progress with rate and ETA: a bar on a terminal, a line now and then elsewhere. Standard error, so that output stays clean."""
    if sys.stderr.isatty():
        with _bar(label) as told:
            yield told
    else:
        yield _Lines(label)


@contextmanager
def _bar(label: str) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    class Rate(TextColumn):
        def render(self, task: Any) -> Any:
            self.text_format = f"{task.speed or 0:,.0f}/s"
            return super().render(task)

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(""), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(label, total=None)

        class Told:
            def __call__(self, done: int, total: int | None) -> None:
                bar.update(task, completed=done, total=total)

            def waits(self, reason: str | None) -> None:
                bar.update(task, description=f"{label} (waiting: {reason[:WAITING_LENGTH]})" if reason else label)

        yield Told()


class _Lines:
    """Progress as lines: done, of how many, rate, time left."""

    def __init__(self, label: str) -> None:
        import time

        self._clock = time.monotonic
        self._label = label
        self._start = self._last = self._clock()
        self._waits = False

    def __call__(self, done: int, total: int | None) -> None:
        now = self._clock()
        if now - self._last < PLAIN_STEP_SECONDS:
            return
        self._last = now
        rate = done / (now - self._start)
        left = f", {max(0, total - done) / rate:,.0f} s left" if total and rate else ""
        click.echo(f"{self._label}: {done:,}{f' of {total:,}' if total else ''}, {rate:,.0f}/s{left}", err=True)

    def waits(self, reason: str | None) -> None:
        """Say once that the run waits and why, and once that it goes on."""
        if (reason is not None) != self._waits:
            self._waits = reason is not None
            click.echo(f"{self._label}: {f'waiting: {reason}' if reason else 'going on'}", err=True)


def split_words(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words of a query, and the options among them with their values, each in its order: `校车 --year 2020`."""
    given: list[str] = []
    options: list[str] = []
    rest = iter(words)
    for word in rest:
        if not word.startswith("--"):
            given.append(word)
            continue
        options.append(word)
        if "=" not in word:
            options += [value for value in (next(rest, None),) if value is not None]
    return given, options


def language() -> str:
    """The language of labels, by the terminal's locale: `zh-Hans`, `zh-Hant` or `en`."""
    import os

    from catalog.model.vocabularies import language_tag

    spoken = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "en")
    return language_tag(spoken) if spoken.lower().startswith("zh") else "en"


def parameters(words: Sequence[str]) -> dict[str, list[str]]:
    """Search parameters from the command line: `--year 2020`, `--year=2020` or `year=2020`, each as often as wanted.

    Raises `InvalidInput` for a word that is none of these.
    """
    found: dict[str, list[str]] = {}
    rest = iter(words)
    for word in rest:
        name, equals, value = word.removeprefix("--").partition("=")
        if not equals and word.startswith("--"):
            value = next(rest, "")
        if not name or not value:
            message = f"{word!r} is not a search parameter; write --name value or name=value"
            raise InvalidInput(message, [Fault(word, message)])
        found.setdefault(name.replace("-", "_"), []).append(value)
    return found


def echo_json(value: Mapping[str, Any]) -> None:
    """Print a value as indented JSON in UTF-8."""
    import orjson

    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())
