"""Errors as `application/problem+json` (RFC 9457): one shape for everything that goes wrong behind /api and /download, never HTML.

`errors` lists each wrong parameter with a message in English and in Chinese. `type` leads to the page that explains the codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from catalog.errors import (
    Fault,
    FilesUnavailable,
    GongkaiError,
    InvalidInput,
    NoRoom,
    Refused,
    SearchUnavailable,
    StoreUnavailable,
    Unavailable,
    http_status,
)

PROBLEM_TYPE = "application/problem+json"
EXPLAINED_AT = "/about/api#problem-"
RETRY_SECONDS = 5
"""What a client is told to wait after a 503, in seconds: the index follower looks at the log several times in that time."""

AWAY: dict[type[GongkaiError], str] = {
    SearchUnavailable: "The search engine does not answer now. Records by id, downloads, and lists without words that are filtered by "
    "organization, type or year still do; repeat this request after Retry-After seconds.",
    StoreUnavailable: "The database does not answer now; repeat the request after Retry-After seconds.",
    FilesUnavailable: "The store of files does not answer now. Records and searches still do; repeat the request after Retry-After seconds.",
    Unavailable: "A part of this catalogue does not answer now; repeat the request after Retry-After seconds.",
    NoRoom: "The catalogue has no room left, so nothing was written. Its operator has to make some.",
}
"""What those who ask are told of a part that is away. Its own message is for the operator and names hosts and settings: it is logged."""

PHRASES = {status.value: f"{status.phrase}." for status in HTTPStatus if status >= HTTPStatus.BAD_REQUEST}
"""What OpenAPI says of each error status."""

log = structlog.get_logger()


def problem(status: int, code: str, detail: str, faults: Sequence[Fault] = ()) -> Response:
    """One problem document. `code` is a stable word; `detail` says what was wrong, where, and what to do."""
    body: dict[str, Any] = {
        "type": f"{EXPLAINED_AT}{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "instance": request.path,
        "errors": [_fault(fault) for fault in faults],
    }
    response = Response(orjson.dumps(body), status=status, content_type=PROBLEM_TYPE)
    response.cache_control.no_store = True
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def register(blueprint: Blueprint) -> None:
    """Let the blueprint answer its errors with problem documents."""
    blueprint.register_error_handler(GongkaiError, _known)
    blueprint.register_error_handler(HTTPException, _http)


def _known(error: GongkaiError) -> Response:
    status, code = http_status(error)
    away = next((AWAY[kind] for kind in type(error).__mro__ if kind in AWAY), None)
    if away is not None:
        log.warning("request_without_part", path=request.path, code=code, error=str(error))
        return problem(status, code, away)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request failed", path=request.path, code=code, error=str(error), exc_info=error)
    if isinstance(error, Refused):
        code = error.code
    faults = error.faults if isinstance(error, InvalidInput) else ()
    return problem(status, code, str(error), faults)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    status = HTTPStatus(error.code)
    response = problem(status, status.name.lower(), error.description or status.description)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _fault(fault: Fault) -> dict[str, str]:
    return {
        "parameter": fault.field.removeprefix("filters."),
        "code": fault.code,
        "message": fault.message,
        "message_zh": fault.message_zh or fault.message,
    }
