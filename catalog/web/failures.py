"""Error pages: what went wrong and where to go on, in the language of the reader. The API has its own (problem documents)."""

from __future__ import annotations

from http import HTTPStatus

import structlog
from flask import Flask, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from catalog.errors import Gone, GongkaiError, NoRoom, SearchUnavailable, StoreUnavailable, Unavailable, http_status
from catalog.web.texts import gettext

RETRY_SECONDS = 5
"""What a browser or robot is told to wait after a 503, in seconds; the API's answers say the same."""

log = structlog.get_logger()


def register(app: Flask) -> None:
    """Answer errors outside of the API with pages."""
    app.register_error_handler(GongkaiError, _known)
    app.register_error_handler(HTTPException, _http)


def _known(error: GongkaiError) -> ResponseReturnValue:
    status, code = http_status(error)
    if isinstance(error, Unavailable | NoRoom):
        log.warning("request_without_part", path=request.path, code=code, error=str(error))
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request failed", path=request.path, code=code, error=str(error), exc_info=error)
    # other messages are for those who wrote the request; readers of pages get advice in their language
    reason = getattr(error, "reason", str(error)) if isinstance(error, Gone) else ""
    return _page(status, reason, _texts_of(error) or _texts(status), searchable=not isinstance(error, StoreUnavailable))


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    response = make_response(_page(error.code, "", _texts(error.code)))
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _page(status: int, reason: str, texts: tuple[str, str], *, searchable: bool = True) -> ResponseReturnValue:
    title, advice = texts
    asked = (request.view_args or {}).get("name", "")
    # what was asked for by number or title can be searched for; a name in an address cannot
    q = None if not searchable else "" if asked.isascii() else asked
    page = render_template("failure.html", status=status, title=title, advice=advice, reason=reason, q=q)
    return page, status, retry_headers(status)


def retry_headers(status: int) -> dict[str, str]:
    """The headers that a page of this status carries beside its content."""
    return {"Retry-After": str(RETRY_SECONDS)} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}


def _texts_of(error: GongkaiError) -> tuple[str, str] | None:
    """Headline and advice for an error that says more than its status does."""
    if isinstance(error, StoreUnavailable):
        return gettext("The catalogue cannot be reached for the moment"), gettext(
            "Its database does not answer. Nothing is lost; please try again in a few minutes."
        )
    if isinstance(error, SearchUnavailable):
        return gettext("The search is not available for the moment"), gettext(
            "Documents can still be opened by their address, and browsed by issuing body and date. Please try again in a few minutes."
        )
    if isinstance(error, NoRoom):
        return gettext("The catalogue has no room left"), gettext(
            "Nothing was written. The operator of this catalogue has to make room."
        )
    return None


def _texts(status: int) -> tuple[str, str]:
    """Headline and advice for a status."""
    if status == HTTPStatus.NOT_FOUND:
        return gettext("There is no such page"), gettext(
            "The address may be mistyped, or the document is not in this catalogue. Try the search."
        )
    if status == HTTPStatus.GONE:
        return gettext("This document was withdrawn"), gettext(
            "It is no longer published here. The reason that was given is shown above."
        )
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return gettext("Not available for the moment"), gettext(
            "The catalogue is busy or the search is being renewed. Please try again in a few seconds."
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return gettext("Something went wrong here"), gettext(
            "The error was recorded and is not yours. Please try again, or start from the search."
        )
    if status == HTTPStatus.FORBIDDEN:
        return gettext("Not open to the public"), gettext(
            "This part of the catalogue needs a permission that you do not have."
        )
    return gettext("This request cannot be answered"), gettext("Please check the address, or start from the search.")
