"""What a check of `gongkai doctor` found, and how an error that a check meets becomes its finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from catalog.errors import GongkaiError


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: `told` says what is, `cure` what to do about it (empty when nothing is to be done)."""

    name: str
    state: Literal["ok", "warn", "fail"]
    told: str
    cure: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The finding for programs."""
        return asdict(self)


def ok(name: str, told: str) -> Finding:
    """All is well."""
    return Finding(name, "ok", told)


def warn(name: str, told: str, cure: str) -> Finding:
    """It works, but somebody should look at it."""
    return Finding(name, "warn", told, cure)


def fail(name: str, told: str, cure: str) -> Finding:
    """It does not work."""
    return Finding(name, "fail", told, cure)


def guarded(name: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """The findings of a check; an error that it meets is its last one."""
    try:
        yield from look()
    except GongkaiError as error:
        yield fail(name, str(error), "")
    except Exception as error:  # noqa: BLE001 - whatever goes wrong here is what the doctor was called for
        yield fail(name, f"{type(error).__name__}: {error}", "This is not expected; report it with this line.")
