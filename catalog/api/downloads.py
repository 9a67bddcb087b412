"""Stored files over HTTP: whole or one range, by digest. The digest is in the address, so an answer never changes and may be kept.

What was harvested is not trusted: nothing is sniffed, and what a browser would run (HTML, SVG, XML) is only ever saved, in a sandbox.
The bytes come from here, from nginx (`ACCEL_PREFIX`), or from the storage by a signed link (`FILES_LINKS`). Whoever sends them, each
request is first asked here whether the file may be seen, and HEAD and conditional requests are answered here.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
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
from catalog.errors import Misconfigured
from catalog.files import LocalFiles
from catalog.files.storage import place
from catalog.settings import Settings

CHUNK = 256 * 1024
"""Bytes read from disk at a time."""

LINK_SECONDS = 300
"""How long a signed link holds: long enough to begin a download, as short as a page's answer is kept by caches (`max-age` below)."""

SHOWN = frozenset({"application/pdf", "image/gif", "image/jpeg", "image/png", "image/webp"})
"""Media types that a browser may show in place, because it runs nothing in them on our origin. All others are saved."""

SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
_LOCATION = re.compile(r"/(?:[A-Za-z0-9._~-]+/)+")
_ASCII = re.compile(r"[^A-Za-z0-9._-]+")


def download(sha256: str, filename: str) -> Response:
    """The bytes of one file.

    `filename` in the address is for people and tools that save it; the stored name is what the answer says. Conditional and range
    requests are answered as RFC 9110 has it; several ranges at once are refused with 416. The answer may be a redirect to a link that
    holds for minutes, where the operator has set so. While the storage is away the answer is 503.
    """
    del filename
    found = ask("file.fetch", {"sha256": sha256.lower()})
    etag = found["sha256"]
    if request.if_none_match.contains_weak(etag):
        return _headed(Response(status=HTTPStatus.NOT_MODIFIED), found)
    span = _span(found["size"], etag)
    if request.method != "HEAD":
        elsewhere = _linked(found) or _left_to_nginx(found)
        if elsewhere is not None:
            return elsewhere
    start, stop = span or (0, found["size"])
    response = Response(status=HTTPStatus.PARTIAL_CONTENT if span else HTTPStatus.OK, direct_passthrough=True)
    if request.method != "HEAD":
        file = catalogue().files.open(etag, start, stop) if span else catalogue().files.open(etag)
        response.response = wrap_file(request.environ, file, CHUNK)
    if span:
        response.content_range = ContentRange("bytes", start, stop, found["size"])
    # a stream that breaks off is shorter than this, so that nobody takes it for the whole
    response.content_length = stop - start
    return _headed(response, found)


def accel_prefix(settings: Settings) -> str:
    """The setting ACCEL_PREFIX. Raises `Misconfigured` unless it is empty, or a path that begins and ends with a slash."""
    prefix = str(settings["ACCEL_PREFIX"])
    if prefix and not _LOCATION.fullmatch(prefix):
        raise Misconfigured(
            f"GONGKAI_ACCEL_PREFIX is {prefix!r}; it must be the path of a location in nginx that begins and ends with /, as /_files/"
        )
    return prefix


def disposition(kind: str, name: str) -> str:
    """A Content-Disposition value: an ASCII name for old clients, the real one in UTF-8 (RFC 6266, RFC 8187)."""
    plain = _ASCII.sub("_", name).strip("._") or "file"
    suffix = _ASCII.sub("", Path(name).suffix)
    if suffix and not plain.endswith(suffix):
        plain = f"{plain}{suffix}"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _linked(found: Mapping[str, Any]) -> Response | None:
    """A redirect to the storage itself, where that is wanted and the storage has links."""
    if not catalogue().settings["FILES_LINKS"]:
        return None
    kind, media_type = _manner(found)
    link = catalogue().files.link(
        found["sha256"], disposition=disposition(kind, found["name"]), media_type=media_type, seconds=LINK_SECONDS
    )
    if link is None:
        return None
    response = Response(status=HTTPStatus.FOUND)
    # set as it is: what was signed must come back byte by byte
    response.headers["Location"] = link
    response.autocorrect_location_header = False
    response.headers.update({"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    return response


def _left_to_nginx(found: Mapping[str, Any]) -> Response | None:
    """The headers alone, with the place of the file for nginx, which sends its bytes and cuts ranges out of them."""
    prefix = accel_prefix(catalogue().settings)
    if not prefix or not isinstance(catalogue().files, LocalFiles):
        return None
    response = Response()
    response.headers["X-Accel-Redirect"] = f"{prefix}{place(found['sha256'])}"
    return _headed(response, found)


def _manner(found: Mapping[str, Any]) -> tuple[str, str]:
    """How a browser is told to treat a file, `inline` or `attachment`, and its media type."""
    media_type = found["media_type"] or "application/octet-stream"
    return "inline" if media_type in SHOWN else "attachment", media_type


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


def _headed(response: Response, found: Mapping[str, Any]) -> Response:
    kind, media_type = _manner(found)
    digest = base64.b64encode(bytes.fromhex(found["sha256"])).decode()
    response.content_type = media_type
    response.set_etag(found["sha256"])
    response.headers.update(
        {
            "Accept-Ranges": "bytes",
            # the bytes never change, but who may have them can: a record is withdrawn, and caches must ask
            "Cache-Control": "public, max-age=300, must-revalidate",
            "Content-Disposition": disposition(kind, found["name"]),
            "Repr-Digest": f"sha-256=:{digest}:",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "frame-ancestors 'none'" if kind == "inline" else SANDBOX,
        }
    )
    return response
