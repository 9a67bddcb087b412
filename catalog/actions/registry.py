"""Named actions: what can be done, with a schema, a permission and a docstring. API, pages, command line and extensions call them here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from marshmallow import RAISE, Schema, ValidationError

from catalog.actions.context import Actor, Catalogue
from catalog.errors import Fault, Forbidden, InvalidInput, NotFound

Permission = Literal["public", "edit", "operate"]
Run = Callable[[Catalogue, Actor, dict[str, Any]], dict[str, Any]]

GRANTS: Mapping[str, frozenset[str]] = {
    "anonymous": frozenset({"public"}),
    "editor": frozenset({"public", "edit"}),
    "operator": frozenset({"public", "edit", "operate"}),
}
"""What each role may do."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done. `schema` loads its parameters; `run` gets them loaded, after the permission was checked."""

    name: str
    schema: Schema
    permission: Permission
    run: Run

    @property
    def help(self) -> str:
        """The docstring's first line."""
        return (self.run.__doc__ or "").strip().split("\n", 1)[0]


ACTIONS: dict[str, Action] = {}


def action(name: str, *, schema: type[Schema], permission: Permission) -> Callable[[Run], Run]:
    """Register a function as the action `name`. Two actions of one name are a programming error."""

    def register(run: Run) -> Run:
        if name in ACTIONS:
            raise ValueError(f"two actions are called {name}")
        ACTIONS[name] = Action(name, schema(unknown=RAISE), permission, run)
        return run

    return register


def call(catalogue: Catalogue, actor: Actor, name: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Do the action `name`.

    Raises `NotFound` for an unknown name, `Forbidden` when the actor's role does not reach, `InvalidInput` that lists every wrong
    parameter, and whatever the action says that it raises.
    """
    found = ACTIONS.get(name)
    if found is None:
        raise NotFound(f"no action is called {name}; there are: {', '.join(sorted(ACTIONS))}")
    if found.permission not in GRANTS[actor.role]:
        raise Forbidden(
            f"{name} needs the permission '{found.permission}', which {actor.name} ({actor.role}) does not have"
        )
    try:
        loaded: dict[str, Any] = found.schema.load(params or {})
    except ValidationError as error:
        messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
        faults = tuple(_faults(messages))
        raise InvalidInput(f"{name}: {'; '.join(fault.message for fault in faults)}", faults) from error
    return found.run(catalogue, actor, loaded)


def _faults(messages: Mapping[str, Any], prefix: str = "") -> list[Fault]:
    faults: list[Fault] = []
    for key, value in messages.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping):
            faults += _faults(value, f"{path}.")
        else:
            faults += [Fault(path, f"{path}: {text}") for text in value]
    return faults
