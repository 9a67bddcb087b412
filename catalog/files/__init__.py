"""Content-addressed files: bytes are kept once, under their SHA-256, in a folder or a bucket."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from catalog.errors import Misconfigured
from catalog.files.local import LocalFiles
from catalog.files.storage import FileStorage, Stored

__all__ = ["FileStorage", "LocalFiles", "Stored", "open_files"]


def open_files(
    url: str, *, folder: Path, key: str = "", secret: str = "", request_seconds: float = 10.0
) -> FileStorage:
    """The storage that GONGKAI_FILES_URL names: none is `folder`, `file:///path` another one, `s3://bucket/prefix?…` a bucket.

    It connects when it is first used. Raises `Misconfigured` for an address that it cannot use.
    """
    parts = urlsplit(url)
    if not url:
        return LocalFiles(folder)
    if parts.scheme == "file" and parts.netloc in {"", "localhost"} and len(parts.path) > 1:
        return LocalFiles(Path(unquote(parts.path)))
    if parts.scheme != "s3":
        raise Misconfigured(
            "GONGKAI_FILES_URL must be empty, file:///path/of/a/folder, or s3://bucket/prefix?endpoint=…&region=…"
        )
    from catalog.files.s3_address import S3Address

    try:
        from catalog.files.s3 import S3Files
    except ModuleNotFoundError as error:
        if error.name not in {"boto3", "botocore"}:
            raise
        raise Misconfigured("GONGKAI_FILES_URL names a bucket, which needs boto3: pip install 'gongkai[s3]'") from error
    return S3Files(S3Address.parse(url), key=key, secret=secret, request_seconds=request_seconds)
