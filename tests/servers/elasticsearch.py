"""Elasticsearch, as its own tests use it: the real engine with few modules, from Maven Central.

It has no custom tokenizers, no synonym filters, no painless, no reindex and no `GET /`; what works here works on every Elasticsearch 8 or 9.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import ClassVar

from tests.servers.base import Missing, Server, free_port
from tests.servers.cache import cache
from tests.servers.java import java_home

VERSION = "8.19.9"
SHA256 = "6a0603db2b0406776dcf15df248294941f310e9183ca18a219bc8c6d57546ff0"
"""Of the archive at Maven Central."""
HEAP = "1g"


class Elasticsearch(Server):
    """A running cluster of one node, without passwords."""

    title: ClassVar[str] = "Elasticsearch"
    user: ClassVar[str | None] = "nobody"
    patience: ClassVar[float] = 120.0

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._transport = free_port()

    @classmethod
    def version(cls) -> str:
        home()
        return f"{VERSION}, Java in {java_home()}"

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def _prepare(self) -> None:
        config = self.folder / "config"
        shutil.copytree(home() / "config", config)
        (self.folder / "tmp").mkdir()
        settings = {
            "discovery.type": "single-node",
            "network.host": "127.0.0.1",
            "http.port": self.port,
            "transport.port": self._transport,
            "path.data": str(self.folder / "data"),
            "path.logs": str(self.folder / "logs"),
            "xpack.security.enabled": False,
            # a disk that is nearly full must not make the tests' indices read-only
            "cluster.routing.allocation.disk.threshold_enabled": False,
        }
        lines = [f"{name}: {json.dumps(value)}\n" for name, value in settings.items()]
        (config / "elasticsearch.yml").write_text("".join(lines), encoding="utf-8")
        (config / "jvm.options.d").mkdir(exist_ok=True)
        (config / "jvm.options.d" / "heap.options").write_text(f"-Xms{HEAP}\n-Xmx{HEAP}\n", encoding="utf-8")

    def _command(self) -> list[str | Path]:
        return [home() / "bin" / "elasticsearch"]

    def _environment(self) -> dict[str, str]:
        return {
            "ES_JAVA_HOME": str(java_home()),
            "ES_PATH_CONF": str(self.folder / "config"),
            "ES_TMPDIR": str(self.folder / "tmp"),
        }

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/_cluster/health?wait_for_status=yellow&timeout=1s")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def archive() -> Path:
    """Where the fetched archive lies."""
    return cache() / f"elasticsearch-{VERSION}.zip"


def home() -> Path:
    """The unpacked server; unpacked here on first use. Raises `Missing`."""
    folder = cache() / f"elasticsearch-{VERSION}"
    if not folder.is_dir():
        if not archive().exists():
            raise Missing(f"Elasticsearch {VERSION} has not been fetched (make servers)")
        _unpack(archive(), folder)
    return folder


def _unpack(path: Path, folder: Path) -> None:
    """Into a folder beside, then renamed: another process never sees half of it."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as name, zipfile.ZipFile(path) as packed:
        for entry in packed.infolist():
            target = Path(packed.extract(entry, name))
            target.chmod((entry.external_attr >> 16) & 0o777 | (0o755 if entry.is_dir() else 0o644))
        try:
            os.rename(Path(name) / folder.name, folder)  # noqa: PTH104 - Path.rename has no other behaviour
        except OSError:
            if not folder.is_dir():  # else another process was first
                raise
