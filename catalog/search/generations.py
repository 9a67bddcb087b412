"""The generations of the index: the current one, the one before it that is kept to go back to, and what an interrupted run left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from catalog.errors import NotFound, SearchUnavailable
from catalog.search.engines.base import ISearchEngine
from catalog.search.following import Follower
from catalog.search.reading import Reading

Role = Literal["current", "previous", "unfinished"]


@dataclass(frozen=True, slots=True)
class Generation:
    """One whole index. `documents` is `None` where it cannot be opened, `behind` how many change rows it does not know, `made_at` seconds
    since 1970, `fits` whether this version of the program can use it, `refused` how many documents are in its quarantine.
    """

    name: str
    role: Role
    documents: int | None
    seq: int
    behind: int
    made_at: float
    signature: str
    fits: bool
    refused: int


def describe(engine: ISearchEngine, reading: Reading) -> list[Generation]:
    """All generations, oldest first."""
    return [_described(engine, reading, name) for name in engine.generations()]


def _described(engine: ISearchEngine, reading: Reading, name: str) -> Generation:
    roles: dict[str | None, Role] = {engine.previous(): "previous", engine.current(): "current"}
    state = engine.state(name)
    return Generation(
        name=name,
        role=roles.get(name, "unfinished"),
        documents=_size(engine, name),
        seq=state.seq,
        behind=reading.last_seq() - state.seq,
        made_at=state.made_at,
        signature=state.signature,
        fits=state.signature == engine.signature,
        refused=len(state.refused),
    )


def _size(engine: ISearchEngine, name: str) -> int | None:
    try:
        return engine.size(name)
    except SearchUnavailable:  # one that cannot be opened is listed all the same
        return None


def others(engine: ISearchEngine) -> list[str]:
    """The generations that are neither the current nor the previous one: what a rebuild makes, or an interrupted one left."""
    names = engine.generations()
    kept = {engine.current(), engine.previous()}
    return [name for name in names if name not in kept]


def remove_others(engine: ISearchEngine) -> list[str]:
    """Remove them; their names. Only under the `rebuild` lock: what is being built is one of them."""
    removed = others(engine)
    for name in removed:
        engine.remove(name)
    return removed


def rollback(engine: ISearchEngine, reading: Reading, timeout: float) -> str:
    """Make the previous generation the current one, caught up; its name. What was current is kept as the previous one. The caller holds
    the `rebuild` lock. Raises `NotFound` where there is none, `SearchUnavailable` for one of another version of this program.
    """
    previous = engine.previous()
    if previous is None:
        raise NotFound("there is no previous index to go back to; `gongkai index list` shows what there is")
    signature = engine.state(previous).signature
    if signature != engine.signature:
        raise SearchUnavailable(
            f"the previous index {previous} was made by a version of this program whose documents are {signature}, and this one makes "
            f"{engine.signature}; start that version and run `gongkai index rollback` there, or `gongkai index rebuild` here"
        )
    follower = Follower(engine, reading)
    follower.follow(previous)
    with engine.lock("write", timeout):
        follower.follow(previous)
        engine.switch(previous)
    return previous
