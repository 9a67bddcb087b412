"""What a program can ask, told to people: the endpoints as the OpenAPI document has them, and the codes of problems."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from catalog.errors import HTTP

SPECIFICATION = "gongkai.openapi"
"""The key of the function in `flask.Flask.extensions` that gives the OpenAPI document."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation of the API. `parameters` are those of its query string, as OpenAPI describes them."""

    method: str
    path: str
    summary: str
    parameters: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a problem document."""

    code: str
    status: int
    phrase: str
    help: str


def about_api() -> ResponseReturnValue:
    """The page about the API."""
    return render_template("about_api.html", endpoints=tuple(_endpoints()), codes=tuple(_codes()))


def _endpoints() -> Iterator[Endpoint]:
    for path, operations in current_app.extensions[SPECIFICATION]()["paths"].items():
        for method, operation in operations.items():
            parameters = tuple(row for row in operation.get("parameters", ()) if row.get("in") == "query")
            yield Endpoint(method.upper(), path, operation.get("summary", ""), parameters)


def _codes() -> Iterator[Code]:
    for kind, (status, code) in HTTP.items():
        yield Code(code, status, HTTPStatus(status).phrase, (kind.__doc__ or "").split(";")[0].strip().rstrip("."))
