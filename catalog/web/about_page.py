"""What a program can ask, told to people: the endpoints as the OpenAPI document has them, and the codes of problems."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from catalog.errors import HTTP

SPECIFICATION = "gongkai.openapi"
"""The key of the function in `flask.Flask.extensions` that gives the OpenAPI document."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a query string. `help` is cut at its code marks: text, code, text …"""

    name: str
    help: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation of the API, as OpenAPI describes it."""

    method: str
    path: str
    summary: str
    parameters: tuple[Parameter, ...]


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
            parameters = tuple(
                Parameter(row["name"], tuple(row.get("description", "").split("`")))
                for row in operation.get("parameters", ())
                if row["in"] == "query"
            )
            yield Endpoint(method.upper(), path, operation.get("summary", ""), parameters)


def _codes() -> Iterator[Code]:
    for kind, (status, code) in HTTP.items():
        yield Code(code, status, HTTPStatus(status).phrase, (kind.__doc__ or "").split(";")[0].strip().rstrip("."))
