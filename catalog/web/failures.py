"""Error pages: what went wrong and where to go on, in the language of the reader. The API has its own (problem documents)."""

from __future__ import annotations

from http import HTTPStatus

import structlog
from flask import Flask, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from catalog.errors import Gone, GongkaiError, http_status
from catalog.web.texts import gettext

log = structlog.get_logger()


def register(app: Flask) -> None:
    """Answer errors outside of the API with pages."""
    app.register_error_handler(GongkaiError, _known)
    app.register_error_handler(HTTPException, _http)


def _known(error: GongkaiError) -> ResponseReturnValue:
    status, code = http_status(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request failed", path=request.path, code=code, error=str(error), exc_info=error)
    # other messages are for those who wrote the request; readers of pages get advice in their language
    reason = getattr(error, "reason", str(error)) if isinstance(error, Gone) else ""
    return _page(status, reason)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    response = make_response(_page(error.code, ""))
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _page(status: int, reason: str) -> ResponseReturnValue:
    title, advice = _texts(status)
    asked = (request.view_args or {}).get("name", "")
    # what was asked for by number or title can be searched for; a name in an address cannot
    q = "" if asked.isascii() else asked
    return render_template("failure.html", status=status, title=title, advice=advice, reason=reason, q=q), status


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
