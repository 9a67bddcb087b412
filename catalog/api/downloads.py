"""Stored files over HTTP: whole or one range, by digest. The digest is in the address, so an answer never changes and may be kept.

What was harvested is not trusted: nothing is sniffed, and what a browser would run (HTML, SVG, XML) is only ever saved, in a sandbox.
"""

from __future__ import annotations

import base64
import re
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Response, request
from werkzeug.datastructures import ContentRange
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import parse_if_range_header, parse_range_header
from werkzeug.wsgi import wrap_file

from catalog.api.answers import ask, catalogue

CHUNK = 256 * 1024
"""Bytes read from disk at a time."""

SHOWN = frozenset({"application/pdf", "image/gif", "image/jpeg", "image/png", "image/webp"})
"""Media types that a browser may show in place, because it runs nothing in them on our origin. All others are saved."""

SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
_ASCII = re.compile(r"[^A-Za-z0-9._-]+")


def download(sha256: str, filename: str) -> Response:
    """The bytes of one file.

    `filename` in the address is for people and tools that save it; the stored name is what the answer says. Conditional and range
    requests are answered as RFC 9110 has it; several ranges at once are refused with 416.
    """
    del filename
    found = ask("file.fetch", {"sha256": sha256.lower()})
    etag = found["sha256"]
    if request.if_none_match.contains_weak(etag):
        return _headed(Response(status=HTTPStatus.NOT_MODIFIED), found)
    span = _span(found["size"], etag)
    start, stop = span or (0, found["size"])
    response = Response(status=HTTPStatus.PARTIAL_CONTENT if span else HTTPStatus.OK, direct_passthrough=True)
    if request.method != "HEAD":
        file = catalogue().files.open(etag, start, stop) if span else catalogue().files.open(etag)
        response.response = wrap_file(request.environ, file, CHUNK)
    if span:
        response.content_range = ContentRange("bytes", start, stop, found["size"])
    response.content_length = stop - start
    return _headed(response, found)


def disposition(kind: str, name: str) -> str:
    """A Content-Disposition value: an ASCII name for old clients, the real one in UTF-8 (RFC 6266, RFC 8187)."""
    plain = _ASCII.sub("_", name).strip("._") or "file"
    suffix = _ASCII.sub("", Path(name).suffix)
    if suffix and not plain.endswith(suffix):
        plain = f"{plain}{suffix}"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _span(size: int, etag: str) -> tuple[int, int] | None:
    """The one range that is asked for, as (first, after last); `None` when the whole file is to be sent."""
    if "Range" not in request.headers or not _same_file(etag):
        return None
    ranges = parse_range_header(request.headers["Range"])
    if ranges is None or ranges.units != "bytes":
        return None
    if len(ranges.ranges) > 1:
        raise RequestedRangeNotSatisfiable(
            length=size, description="Ask for one range at a time; several ranges in one request are refused."
        )
    span = ranges.range_for_length(size)
    if span is None:
        raise RequestedRangeNotSatisfiable(
            length=size, description=f"The file has {size} bytes; the range lies outside of them."
        )
    return span


def _same_file(etag: str) -> bool:
    """Whether an If-Range, if there is one, names this very file. A date never does: files have digests here, not dates."""
    if "If-Range" not in request.headers:
        return True
    condition = parse_if_range_header(request.headers["If-Range"])
    return condition.etag == etag and not request.headers["If-Range"].startswith("W/")


def _headed(response: Response, found: dict[str, Any]) -> Response:
    media_type = found["media_type"] or "application/octet-stream"
    shown = media_type in SHOWN
    digest = base64.b64encode(bytes.fromhex(found["sha256"])).decode()
    response.content_type = media_type
    response.set_etag(found["sha256"])
    response.headers.update(
        {
            "Accept-Ranges": "bytes",
            # the bytes never change, but who may have them can: a record is withdrawn, and caches must ask
            "Cache-Control": "public, max-age=300, must-revalidate",
            "Content-Disposition": disposition("inline" if shown else "attachment", found["name"]),
            "Repr-Digest": f"sha-256=:{digest}:",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "frame-ancestors 'none'" if shown else SANDBOX,
        }
    )
    return response
