"""Where a bucket is: `s3://bucket/prefix?endpoint=https://host&region=name`, as the setting GONGKAI_FILES_URL has it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from catalog.errors import Misconfigured

REGION = "us-east-1"
"""The region where none is named; servers with an endpoint of their own mostly have but this one."""
FORM = "GONGKAI_FILES_URL must be s3://bucket/prefix?endpoint=https://host&region=name"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PART = re.compile(r"[A-Za-z0-9._~-]+")


@dataclass(frozen=True, slots=True)
class S3Address:
    """A bucket, the beginning of all our names in it (empty, or ending with a slash), and the server: `None` for Amazon's own."""

    bucket: str
    prefix: str
    endpoint: str | None
    region: str

    @classmethod
    def parse(cls, url: str) -> S3Address:
        """The address in a setting. Raises `Misconfigured` that says what of it cannot be used; keys have settings of their own."""
        try:
            parts = urlsplit(url)
            given = parse_qs(parts.query, keep_blank_values=True, strict_parsing=True) if parts.query else {}
        except ValueError as error:
            raise Misconfigured(f"{FORM}: {error}") from error
        if "@" in parts.netloc:
            raise Misconfigured(f"{FORM}; key and secret belong into GONGKAI_FILES_KEY and GONGKAI_FILES_SECRET")
        if not _BUCKET.fullmatch(parts.netloc):
            raise Misconfigured(f"{FORM}; {parts.netloc!r} is no name of a bucket")
        folders = [folder for folder in parts.path.split("/") if folder]
        if wrong := next((folder for folder in folders if not _PART.fullmatch(folder) or folder in {".", ".."}), None):
            raise Misconfigured(f"{FORM}; {wrong!r} in the prefix is not of letters, digits and ._~-")
        if unknown := next((name for name in given if name not in {"endpoint", "region"}), None):
            raise Misconfigured(f"{FORM}; it has no {unknown!r}, only endpoint and region")
        if twice := next((name for name, values in given.items() if len(values) > 1), None):
            raise Misconfigured(f"{FORM}; it names {twice!r} twice")
        endpoint = given.get("endpoint", [""])[0] or None
        if endpoint is not None and not re.match(r"https?://[^/]", endpoint):
            raise Misconfigured(f"{FORM}; the endpoint {endpoint!r} does not begin with http:// or https://")
        prefix = "".join(f"{folder}/" for folder in folders)
        return cls(parts.netloc, prefix, endpoint, given.get("region", [""])[0] or REGION)

    def __str__(self) -> str:
        """For people: the server and the bucket."""
        return f"{self.endpoint or 'Amazon S3'} (bucket {self.bucket})"
