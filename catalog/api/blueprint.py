"""The API put together: one row for each endpoint, from which come the route, the check of its parameters, and its OpenAPI description."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any

from apiflask import APIBlueprint, APIFlask
from flask import Response, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from catalog import __version__
from catalog.api import gazettes, problems, record_shapes, shapes, views
from catalog.api.answers import EXTENSION, SPECIFICATION
from catalog.api.downloads import accel_prefix, download
from catalog.api.parameters import action_query, refuse_unknown, search_query
from catalog.plugins.interfaces import Filter
from catalog.plugins.registry import Plugins

PREFIX = "/api/v1"
ELSEWHERE = ("POST", "PUT", "PATCH", "DELETE")
EXPOSED = "ETag, Last-Modified, Repr-Digest, Content-Range, Accept-Ranges, Content-Disposition"
ALLOWED = "If-None-Match, If-Modified-Since, If-Range, Range"

View = Callable[..., ResponseReturnValue]
ShapeOf = type[Schema] | dict[str, Any]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One GET endpoint. `checks` is false where the action itself checks the names of the parameters."""

    rule: str
    view: View
    answer: ShapeOf
    errors: tuple[int, ...] = (400,)
    query: Schema | None = None
    checks: bool = True


def endpoints(filters: Sequence[Filter]) -> tuple[Endpoint, ...]:
    """All endpoints of the API."""
    one, which = (400, 404, 410), "/records/<which>"
    return (
        Endpoint("/", views.index, shapes.IndexAnswer),
        Endpoint("/records", views.search, shapes.SearchAnswer, (400,), search_query(filters), checks=False),
        Endpoint(which, views.show, record_shapes.REFERENCE, one, action_query("record.show", without=["id"])),
        Endpoint(f"{which}/text", views.text, shapes.TextAnswer, one),
        Endpoint(f"{which}/relations", views.relations, shapes.RelationsAnswer, one),
        Endpoint(f"{which}/revisions", views.revisions, shapes.RevisionsAnswer, one),
        Endpoint(
            f"{which}/articles",
            gazettes.articles,
            gazettes.ArticlesAnswer,
            one,
            action_query("gazette.articles", without=["id"]),
        ),
        Endpoint(f"{which}/place", gazettes.place, gazettes.PlaceAnswer, one),
        Endpoint(f"{which}/compare/<other>", gazettes.compare, gazettes.ComparisonAnswer, one),
        Endpoint("/suggest", views.suggest, shapes.SuggestAnswer, (400,), action_query("suggest")),
        Endpoint(
            "/organizations", views.organizations, shapes.OrganizationsAnswer, (400,), action_query("organization.list")
        ),
        Endpoint("/organizations/<which>", views.organization, shapes.OrganizationShape, (400, 404)),
        Endpoint("/vocabularies", views.vocabularies, shapes.VocabulariesAnswer),
        Endpoint("/vocabularies/<which>", views.vocabulary_of, shapes.VocabularyShape, (400, 404)),
    )


def create_blueprint(filters: Sequence[Filter]) -> APIBlueprint:
    """The API and the downloads as a blueprint, for the given search filters."""
    blueprint = APIBlueprint("api", __name__, tag="Catalogue")
    for row in endpoints(filters):
        blueprint.add_url_rule(f"{PREFIX}{row.rule}", row.view.__name__, _described(blueprint, row))
    blueprint.add_url_rule(f"{PREFIX}/openapi.json", "openapi", _hidden(blueprint, views.openapi))
    blueprint.add_url_rule("/download/<sha256>/<path:filename>", "download", _download(blueprint))
    for number, below in enumerate(("/api/", "/api/<path:rest>", "/download/", "/download/<path:rest>")):
        blueprint.add_url_rule(
            below, f"nothing_here_{number}", _hidden(blueprint, views.nothing_here), methods=["GET", *ELSEWHERE]
        )
    problems.register(blueprint)
    blueprint.after_request(_open_to_all)
    return blueprint


def register(app: APIFlask) -> None:
    """Add the API to an application that holds a catalogue, and let the application describe it in OpenAPI 3.1.

    Raises `Misconfigured` when the setting ACCEL_PREFIX cannot be used.
    """
    plugins: Plugins = app.extensions[EXTENSION].plugins
    accel_prefix(app.extensions[EXTENSION].settings)
    filters = [row for facet in plugins.facets.values() for row in facet.filters()]
    app.title, app.version = "Gongkai", __version__
    app.config.update(
        OPENAPI_VERSION="3.1.0",
        DESCRIPTION="What governments publish: records, their texts, relations and files. Errors are problem documents (RFC 9457).",
        LICENSE={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        AUTO_SERVERS=False, AUTO_404_RESPONSE=False, AUTO_VALIDATION_ERROR_RESPONSE=False, AUTO_OPERATION_ID=True,
    )  # fmt: skip
    app.register_blueprint(create_blueprint(filters))
    app.extensions[SPECIFICATION] = cache(lambda: app.spec)
    app.spec_processor(lambda document: record_shapes.add(document, plugins.record_types.values()))


def _described(blueprint: APIBlueprint, row: Endpoint) -> View:
    """The view with the check of its parameters' names, and what OpenAPI is to say of it."""
    known = tuple(row.query.fields) if row.query is not None else ()

    @wraps(row.view)
    def checked(_query: object = None, **path: str) -> ResponseReturnValue:
        if row.checks:
            refuse_unknown(request.args, known)
        return row.view(**path)

    responses: dict[int, Any] = {
        200: _content("The answer.", "application/json", row.answer),
        304: {"description": "The copy is still good."},
    }
    # 503: the database, which all of them read, may be away
    responses |= {
        status: _content(problems.PHRASES[status], problems.PROBLEM_TYPE, shapes.Problem)
        for status in sorted({*row.errors, 503})
    }
    described: View = blueprint.doc(responses=responses)(checked)
    if row.query is not None:
        described = blueprint.input(row.query, location="query", arg_name="_query", validation=False)(described)
    return described


def _download(blueprint: APIBlueprint) -> View:
    whole = _content("The whole file.", "application/octet-stream", {"type": "string", "format": "binary"})
    part = _content("The range that was asked for.", "application/octet-stream", {"type": "string", "format": "binary"})
    failed = {
        status: _content(problems.PHRASES[status], problems.PROBLEM_TYPE, shapes.Problem) for status in (404, 416, 503)
    }
    elsewhere = {"description": "The file is at the address in Location, which holds for minutes; this address stays."}
    described: View = blueprint.doc(
        responses={200: whole, 206: part, 302: elsewhere, 304: {"description": "The copy is still good."}, **failed}
    )(download)
    return described


def _content(description: str, media_type: str, schema: ShapeOf) -> dict[str, Any]:
    return {"description": description, "content": {media_type: {"schema": schema}}}


def _hidden(blueprint: APIBlueprint, view: View) -> View:
    @wraps(view)
    def own(**path: str) -> ResponseReturnValue:
        return view(**path)

    hidden: View = blueprint.doc(hide=True)(own)
    return hidden


def _open_to_all(response: Response) -> Response:
    """What is public here may be read by scripts of any site; nothing depends on who asks."""
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = EXPOSED
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Headers"] = ALLOWED
        headers["Access-Control-Max-Age"] = "86400"
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    return response
