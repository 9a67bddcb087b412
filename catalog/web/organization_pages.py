"""The list of issuing and publishing bodies, and the page of one."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from catalog.web.asking import ask
from catalog.web.links import address

PAGE_SIZE = 60
LATEST = 10
"""Documents shown on the page of a body; the search has the others."""


def organizations() -> ResponseReturnValue:
    """All bodies, or those whose name contains what was typed."""
    q = request.args.get("q", "").strip()
    asked = request.args.get("page", "1")
    page = max(1, int(asked)) if asked.isdecimal() and len(asked) < 7 else 1
    found = ask("organization.list", {"q": q, "limit": PAGE_SIZE + 1, "offset": (page - 1) * PAGE_SIZE})[
        "organizations"
    ]
    return render_template(
        "organizations.html",
        q=q,
        found=found[:PAGE_SIZE],
        previous=address("organizations", q=q or None, page=page - 1) if page > 1 else None,
        following=address("organizations", q=q or None, page=page + 1) if len(found) > PAGE_SIZE else None,
    )


def organization(name: str) -> ResponseReturnValue:
    """One body with its latest documents."""
    found = ask("organization.show", {"id": name})
    if found["name"] != name:
        return redirect(address("organization", name=found["name"]), 308)
    search = {"organization": [found["title"]], "sort": ["date_desc"], "limit": [str(LATEST)], "facets": ["type"]}
    return render_template("organization.html", organization=found, latest=ask("record.search", {"parameters": search}))
