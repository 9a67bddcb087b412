"""Work on many items by two processes: this one and a child that is forked for the occasion, on machines with a processor to spare.

Both take the next few items from one queue, so that neither waits for the other; the answers come in the order of the items, whoever made
them. The child inherits everything as it is and hands back answers only: nothing that it changes is seen here. What it leaves undone,
because it was killed or an answer cannot be sent, is done here. It is gone when the last answer is given.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import fields
from operator import attrgetter
from typing import Any, NoReturn, TypeVar

import structlog

from catalog.model.draft import Block, Citation, Draft, EventDraft, Reading

LEAST = 128
"""Fewer items are not worth a child: to fork takes as long as to read some of them."""
FIRST = 4
"""Items that are done before the fork: what they bring into memory (patterns, tables), the child need not make again."""
PIECE = 8
"""Items that are taken at a time: few enough for both to end together."""
_PLACE = 2
"""Bytes of a place in the queue; all places together must fit into a pipe (64 KiB)."""
MOST = 8 * 32_768
"""More items than this are done without a child; a batch has some hundreds."""

Item = TypeVar("Item")
Answer = TypeVar("Answer")
log = structlog.get_logger()


def spread(items: Sequence[Item], work: Callable[[Item], Answer], *, alone: bool) -> Iterator[Answer]:
    """What `work` gives for each item, in order. With `alone` off it is done here, one item when it is asked for.

    `alone` says that `work` needs and changes nothing outside its item, and that its answers can be pickled. What it raises here is
    raised; what it raises in the child is left undone there, and so is raised here, too.
    """
    if not alone or not LEAST <= len(items) <= MOST or not _possible():
        yield from map(work, items)
        return
    done = {at: work(items[at]) for at in range(FIRST)}
    done |= _both(items, work)
    for at, item in enumerate(items):
        yield done.pop(at) if at in done else work(item)


def _possible() -> bool:
    """Whether there is a processor for a child, and no thread whose locks a fork would copy."""
    return sys.platform == "linux" and threading.active_count() == 1 and len(os.sched_getaffinity(0)) > 1


def _both(items: Sequence[Item], work: Callable[[Item], Answer]) -> dict[int, Answer]:
    """The answers for the items from `FIRST` on, by place; those that the child could not give are missing."""
    queue, places = os.pipe()
    sheet = os.memfd_create("answers")
    try:
        with os.fdopen(places, "wb", closefd=True) as writing:
            starts = range(FIRST, len(items), PIECE)
            writing.write(b"".join(number.to_bytes(_PLACE) for number in range(len(starts))))
        child = os.fork()
        if child == 0:
            _as_child(queue, sheet, items, work)
        try:
            done = {at: work(items[at]) for at in _taken(queue, len(items))}
            _, status = os.waitpid(child, 0)
        except BaseException:
            os.kill(child, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(child, 0)
            raise
        if status:
            log.warning("reading_beside_failed", status=os.waitstatus_to_exitcode(status))
        return done | _answers(sheet)
    finally:
        os.close(queue)
        os.close(sheet)


def _taken(queue: int, end: int) -> Iterator[int]:
    """The places that this process takes from the queue, until it is empty."""
    while number := os.read(queue, _PLACE):
        start = FIRST + int.from_bytes(number) * PIECE
        yield from range(start, min(start + PIECE, end))


def _as_child(queue: int, sheet: int, items: Sequence[Item], work: Callable[[Item], Answer]) -> NoReturn:
    """The child's life. It ends without any of its parent's clean-up: files, connections and locks are the parent's."""
    status = 1
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        gc.freeze()
        with os.fdopen(sheet, "wb", closefd=False) as file:
            for at in _taken(queue, len(items)):
                _Pickler(file, pickle.HIGHEST_PROTOCOL).dump((at, work(items[at])))
        status = 0
    except BaseException as error:  # noqa: BLE001 -- whatever it is, the parent comes upon it, too, and it is the parent's to tell
        log.warning("reading_beside_broke_off", reason=f"{type(error).__name__}: {error}")
    finally:
        os._exit(status)


def _answers(sheet: int) -> dict[int, Any]:
    """What the child wrote down, up to where it was cut off."""
    done: dict[int, Any] = {}
    os.lseek(sheet, 0, os.SEEK_SET)
    with os.fdopen(sheet, "rb", closefd=False) as file, suppress(EOFError, pickle.UnpicklingError):
        while True:
            at, answer = pickle.load(file)  # noqa: S301 -- written by our own child into memory that only we two have
            done[at] = answer
    return done


_PLAIN = {kind: attrgetter(*(one.name for one in fields(kind))) for kind in (Citation, EventDraft, Reading)}


def _plain(value: Any) -> tuple[type, tuple[Any, ...]]:
    return type(value), _PLAIN[type(value)](value)


def _draft(draft: Draft) -> tuple[Callable[..., Draft], tuple[Any, ...]]:
    blocks = [(block.kind, block.text, block.level, block.anchor, block.page) for block in draft.blocks]
    others = {one.name: getattr(draft, one.name) for one in fields(draft) if one.name != "blocks"}
    return _made_draft, (blocks, others)


def _made_draft(blocks: list[tuple[Any, ...]], others: dict[str, Any]) -> Draft:
    return Draft(blocks=tuple(Block(*values) for values in blocks), **others)


class _Pickler(pickle.Pickler):
    """Pickles drafts in a third of the time: their many small parts as plain tuples."""

    dispatch_table = {Draft: _draft, **dict.fromkeys(_PLAIN, _plain)}  # noqa: RUF012 -- pickle's own name for it
