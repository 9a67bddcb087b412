"""The endpoints: parsed arguments in, one action, its answer out. What goes wrong is raised, and `problems` answers it."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MethodNotAllowed, NotFound

from catalog.api.answers import JSON_TYPE, SPECIFICATION, answer, ask, catalogue, last_change
from catalog.errors import NotFound as UnknownName
from catalog.model.docnumber import search_key
from catalog.model.vocabularies import NAMES, vocabulary

SAFE = ("GET", "HEAD", "OPTIONS")
"""What every address answers to."""

SPEC_TYPE = "application/vnd.oai.openapi+json;version=3.1"


def search() -> ResponseReturnValue:
    """Search the public records; the same parameters as the search page."""
    return answer(ask("record.search", {"parameters": request.args.to_dict(flat=False)}))


def show(which: str) -> ResponseReturnValue:
    """One record with all its fields. A former name, or a document number, leads to the record under its present name."""
    day: dict[str, Any] = request.args.to_dict()
    found = ask("record.show", {**day, "id": which})
    if which not in (found["id"], found["name"]):
        # a number may come to name several documents, a former name stays with its record for good
        moved = Response(status=302 if search_key(which) else 308)
        moved.location = url_for("api.show", which=found["name"], **day)
        return moved
    return answer(found, modified=last_change(found, catalogue().now()))


def text(which: str) -> ResponseReturnValue:
    """The text of one record as blocks with anchors."""
    return answer(ask("record.text", {"id": which}))


def relations(which: str) -> ResponseReturnValue:
    """What one record cites, amends, repeals …, and what does so to it."""
    return answer(ask("record.relations", {"id": which}))


def revisions(which: str) -> ResponseReturnValue:
    """Every version of one record: when, who, why, which fields."""
    return answer(ask("record.revisions", {"id": which}))


def suggest() -> ResponseReturnValue:
    """Titles and document numbers that what was typed may become."""
    return answer(ask("suggest", request.args.to_dict()))


def organizations() -> ResponseReturnValue:
    """The bodies that issue or publish, by name."""
    return answer(ask("organization.list", request.args.to_dict()))


def organization(which: str) -> ResponseReturnValue:
    """One body by id, name or full name."""
    return answer(ask("organization.show", {"id": which}))


def vocabularies() -> ResponseReturnValue:
    """All controlled vocabularies with their labels in three languages."""
    return answer({"vocabularies": [_vocabulary(name) for name in NAMES]})


def vocabulary_of(which: str) -> ResponseReturnValue:
    """One controlled vocabulary."""
    if which not in NAMES:
        raise UnknownName(f"no vocabulary is called {which}; there are: {', '.join(NAMES)}")
    return answer(_vocabulary(which))


def index() -> ResponseReturnValue:
    """What this API offers."""
    document = specification()
    operations = [
        {"method": method.upper(), "path": path, "summary": operation["summary"]}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    info = document["info"]
    links = {"openapi": url_for("api.openapi"), "documentation": "/about/api"}
    return answer({"title": info["title"], "version": info["version"], **links, "endpoints": operations})


def openapi() -> ResponseReturnValue:
    """The API as an OpenAPI 3.1 document."""
    response = answer(specification())
    response.content_type = SPEC_TYPE if "vnd.oai.openapi" in request.headers.get("Accept", "") else JSON_TYPE
    return response


def specification() -> dict[str, Any]:
    """The OpenAPI document, made once a process from the schemas and the filter registry."""
    document: dict[str, Any] = current_app.extensions[SPECIFICATION]()
    return document


def nothing_here(rest: str = "") -> ResponseReturnValue:
    """Any other address below /api/ and any other method, so that their errors are problem documents too. Always raises."""
    del rest
    adapter = current_app.create_url_adapter(request)
    if request.method not in SAFE and adapter is not None:
        rule, _ = adapter.match(request.path, method="GET", return_rule=True)
        if rule.endpoint != request.endpoint:
            raise MethodNotAllowed(valid_methods=SAFE)
    raise NotFound(f"There is nothing at {request.path}; {url_for('api.index')} lists what there is.")


def _vocabulary(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "concepts": [{"id": concept.id, "labels": dict(concept.labels)} for concept in vocabulary(name)],
    }
