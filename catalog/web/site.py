"""The pages put together: routes, languages, template globals, and the headers that every page carries.

Invariant: no page holds script or inline style, and the content security policy would not let one run.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, request
from flask_babel import Babel

from catalog.web import about_page, failures, issue, labels, organization_pages, record_page, search_page, sheet
from catalog.web.asking import catalogue
from catalog.web.formats import FILTERS
from catalog.web.languages import DEFAULT, LANGUAGES, current, locale
from catalog.web.links import address

HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
KEPT_SECONDS = 31_536_000
"""How long a browser may keep a static file, whose address changes with its content: a year."""


def register(app: Flask) -> None:
    """Add the pages to an application that holds a catalogue."""
    Babel(
        app,
        default_locale=DEFAULT.locale,
        default_translation_directories=str(HERE / "translations"),
        locale_selector=locale,
    )
    pages = Blueprint("web", __name__, template_folder="templates", static_folder="static", static_url_path="/assets")
    pages.add_url_rule("/", "search", search_page.search)
    pages.add_url_rule("/d/<name>", "record", record_page.record)
    pages.add_url_rule("/d/<name>/compare/<other>", "compare", issue.compare)
    pages.add_url_rule("/organizations/", "organizations", organization_pages.organizations)
    pages.add_url_rule("/organizations/<name>", "organization", organization_pages.organization)
    pages.add_url_rule("/about/api", "about_api", about_page.about_api)
    app.register_blueprint(pages)
    failures.register(app)
    app.context_processor(_globals)
    app.jinja_env.filters.update(FILTERS, field_label=sheet.label)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.after_request(_secure)


def _globals() -> dict[str, object]:
    return {
        "site_name": catalogue().settings["SITE_NAME"],
        "language": current(),
        "languages": [(one, _in_language(one.tag)) for one in LANGUAGES],
        "url": address,
        "asset": _asset,
        "concept": labels.concept,
        "type_label": labels.record_type,
        "text_of": labels.text_of,
        "field_label": sheet.label,
    }


def _in_language(tag: str) -> str:
    """The same page in another language."""
    query = {name: values for name, values in request.args.lists() if name != "lang"}
    view = request.view_args or {}
    endpoint = request.endpoint if request.endpoint and request.endpoint.startswith("web.") else "web.search"
    return address(endpoint, **{**query, **view, "lang": tag})


def _asset(filename: str) -> str:
    """The address of a static file; it changes with the content, so browsers may keep it."""
    return address("web.static", filename=filename, v=_digest(filename), lang=None)


@cache
def _digest(filename: str) -> str:
    return hashlib.sha256((HERE / "static" / filename).read_bytes()).hexdigest()[:12]


def _secure(response: Response) -> Response:
    """Headers of pages. The API and the downloads set their own policy before, and keep it."""
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    if response.mimetype == "text/html":
        headers.setdefault("Content-Security-Policy", POLICY)
        headers.setdefault("Content-Language", current().tag)
        response.vary.add("Accept-Language")
    if request.endpoint == "web.static":
        response.cache_control.public = True
        response.cache_control.no_cache = None
        response.cache_control.max_age = KEPT_SECONDS
        response.cache_control.immutable = True
    return response
