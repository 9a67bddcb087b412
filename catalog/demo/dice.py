"""Chance that comes out the same on every machine and in every year: each throw is a digest of a key and a count.

Not the standard generator, because its sequences are promised for integers only; a demo whose numbers shifted with the interpreter
could not state beforehand what must be found.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Throws that depend on `key` alone. Two dice of one key throw the same."""

    __slots__ = ("_count", "_key")

    def __init__(self, key: str) -> None:
        self._key = key
        self._count = 0

    def number(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        self._count += 1
        digest = sha256(f"{self._key}#{self._count}".encode()).digest()
        return low + int.from_bytes(digest[:6], "big") % (high - low + 1)

    def pick(self, options: Sequence[T]) -> T:
        """One of the options. Raises `ValueError` when there is none."""
        if not options:
            raise ValueError(f"nothing to pick from ({self._key})")
        return options[self.number(0, len(options) - 1)]

    def sample(self, options: Sequence[T], count: int) -> list[T]:
        """`count` different options (all of them when there are fewer), in their own order."""
        left = list(range(len(options)))
        chosen: list[int] = []
        while left and len(chosen) < count:
            chosen.append(left.pop(self.number(0, len(left) - 1)))
        return [options[index] for index in sorted(chosen)]
