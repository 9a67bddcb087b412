"""The queue: names of what is due, handed from whoever knows to whoever has a hand free. SQLite in the data folder, or Redis or Valkey.

It never holds the truth. What is to be done stands in the store, and each worker's tick (`jobs.worker`) compares the two: a queue that
was emptied, or that lost or doubled a message, is made good by the next tick.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from huey import Huey
from huey.exceptions import HueyException

from catalog.errors import Refused
from catalog.jobs.backends import Backend, redis_backend, sqlite_backend
from catalog.jobs.messages import JsonMessages, read
from catalog.jobs.tasks import TASKS

NAME = "gongkai"
"""The queue's name within its file or its Redis. Catalogues that share a Redis take different database numbers in the URL."""
LOOKED_AT = 10_000
"""Most messages that are looked through: far more than there are sources. What stands behind them may be sent twice, which does no harm."""
Perform = Callable[[str, Sequence[str]], None]
"""Does a task: its name, and its words."""


class Queue:
    """One queue. It connects when it is first used, and again in each process that a fork makes."""

    def __init__(self, backend: Backend, *, perform: Perform | None = None) -> None:
        self._backend = backend
        self.huey = Huey(
            NAME,
            results=False,
            serializer=JsonMessages(f"{__name__}."),
            storage_class=backend.storage,
            **backend.options,
        )
        self._tasks = {name: self._task(name, perform) for name in TASKS}

    @classmethod
    def open(cls, url: str, data_dir: Path, *, perform: Perform | None = None) -> Queue:
        """The queue that a URL names: empty for SQLite in the data folder, else `redis://`, `rediss://`, `valkey://` or `unix://`.

        `perform` does the tasks, in a process that takes them. Raises `Misconfigured` for a URL that it cannot use; `QueueUnavailable`
        for a file that cannot be opened. A Redis is not asked yet.
        """
        backend = redis_backend(url) if url else sqlite_backend(data_dir)
        with backend.answering():
            return cls(backend, perform=perform)

    @property
    def place(self) -> str:
        """Where it is, without its password."""
        return self._backend.place

    def enqueue(self, task: str, *words: str) -> None:
        """Add a task's name and its words to the end. Raises `QueueUnavailable` within seconds."""
        with self._backend.answering():
            self.huey.enqueue(self._tasks[task].s(*words))

    def waiting(self) -> list[tuple[str, tuple[str, ...]]]:
        """The tasks that nobody has taken yet, with their words, the next one first, up to `LOOKED_AT`. Raises `QueueUnavailable` within seconds."""
        with self._backend.answering():
            held = self.huey.storage.enqueued_items(LOOKED_AT)
        return list(_readable(held))

    def take(self) -> Any:
        """The next task as huey has it, out of the queue; `None` when there is none (a Redis is waited for, for a second).

        Raises `QueueUnavailable`, and `Refused` for a message that is not one of ours: it is out of the queue too.
        """
        with self._backend.answering():
            return self.huey.dequeue()

    def perform(self, task: Any) -> None:
        """Do a task that was taken. Raises `QueueUnavailable` when the queue went away before or after it."""
        with self._backend.answering():
            self.huey.execute(task)

    def ping(self, seconds: float) -> None:
        """Ask it for a sign of life. Raises `QueueUnavailable` within that time."""
        with self._backend.answering():
            self._backend.ping(seconds)

    def close(self) -> None:
        """Close this process's connections; it opens new ones if it is used again."""
        self._backend.close(self.huey.storage)

    def _task(self, name: str, perform: Perform | None) -> Any:
        def run(*words: str) -> None:
            if perform is None:
                raise HueyException(f"{name} was taken by a process that does no tasks")
            perform(name, words)

        return self.huey.task(name=name)(run)


def _readable(messages: Sequence[bytes]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for message in messages:
        try:
            task, words, _ = read(message)
        except Refused:  # whoever takes it says so
            continue
        yield task, words
