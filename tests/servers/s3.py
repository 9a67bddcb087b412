"""An S3 server: Versity's gateway in front of a folder."""

from __future__ import annotations

import http.client
import re
import secrets
import shutil
import subprocess
from itertools import count
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlencode

from tests.servers.base import Missing, Server
from tests.servers.cache import cache

VERSION = "v1.8.0"
REGION = "us-east-1"
_VERSION = re.compile(r"^Version\s*:\s*(v\S+)", re.MULTILINE)


class S3(Server):
    """A running S3 server with one account; `bucket()` makes an empty bucket."""

    title: ClassVar[str] = "S3 (versitygw)"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.key = "tests"
        self.secret = secrets.token_urlsafe(18)
        self._numbers = count()

    @classmethod
    def version(cls) -> str:
        path = program()
        words = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
        found = _VERSION.search(words)
        return f"{found[1] if found else 'of an unknown version'}, {path}"

    @property
    def endpoint(self) -> str:
        """Its address, as S3 clients want it."""
        return f"http://127.0.0.1:{self.port}"

    def bucket(self) -> str:
        """The name of a new, empty bucket."""
        name = f"bucket-{next(self._numbers)}"
        client = self.client()
        try:
            client.create_bucket(Bucket=name)
        finally:
            client.close()
        return name

    def files_url(self, bucket: str) -> str:
        """The setting GONGKAI_FILES_URL for a bucket; key and secret are settings of their own."""
        return f"s3://{bucket}?{urlencode({'endpoint': self.endpoint, 'region': REGION})}"

    def client(self):
        """A boto3 client of the account, to look at what the program stored; the caller closes it."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=self.key,
            aws_secret_access_key=self.secret,
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}, retries={"max_attempts": 1}),
        )

    def _prepare(self) -> None:
        (self.folder / "data").mkdir(exist_ok=True)

    def _command(self) -> list[str | Path]:
        return [program(), "--port", f"127.0.0.1:{self.port}", "--region", REGION, "posix", self.folder / "data"]

    def _environment(self) -> dict[str, str]:
        return {"ROOT_ACCESS_KEY": self.key, "ROOT_SECRET_KEY": self.secret}

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status == http.HTTPStatus.FORBIDDEN  # it knows that nobody signed this
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def program() -> Path:
    """The server's program. Raises `Missing`."""
    found = shutil.which("versitygw")
    for path in (
        cache() / "bin" / "versitygw",
        *([Path(found)] if found else []),
        Path.home() / "go" / "bin" / "versitygw",
    ):
        if path.exists():
            return path
    raise Missing(
        f"no S3 server is here (make servers, or go install github.com/versity/versitygw/cmd/versitygw@{VERSION})"
    )
