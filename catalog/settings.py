"""Every setting as a row: name, type, default, help, secret or not. Read once at start, from the environment, by `create_catalogue`.

Nothing here is read at import, and nothing else in the program reads the environment.
"""

from __future__ import annotations

import difflib
import os
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from environs import EnvError, FileAwareEnv

from catalog.errors import Misconfigured

PREFIX = "GONGKAI_"
NOT_SETTINGS = frozenset({"SHARED"})
"""Names with our prefix that the tests read, not the program."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `kind` names the reader of `environs`; `default` is the text that a person would write."""

    name: str
    kind: Literal["str", "int", "float", "bool", "list"]
    default: str
    help: str
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("DATA_DIR", "str", "./var", "Folder that holds all embedded data: database, files, index, lock files."),
    Setting("DATABASE_URL", "str", "", "Database. Empty: SQLite in the data folder. Else a URL as postgresql://user@host/name.", secret=True),
    Setting("SEARCH_URL", "str", "", "Search engine. Empty: the embedded one in the data folder. Else Elasticsearch 8 or 9, as https://user:password@host:9200; several with commas.", secret=True),
    Setting("FILES_URL", "str", "", "Files. Empty: a folder in the data folder. Else S3 as s3://bucket/prefix?endpoint=https://host&region=name.", secret=True),
    Setting("QUEUE_URL", "str", "", "Queue of jobs. Empty: SQLite in the data folder. Else Redis or Valkey as redis://:password@host:6379/0.", secret=True),
    Setting("SEARCH_API_KEY", "str", "", "Elasticsearch API key (encoded form), instead of a user in the URL.", secret=True),
    Setting("SEARCH_CA_FILE", "str", "", "Certificate authority of an Elasticsearch with a certificate of its own, as a PEM file."),
    Setting("SEARCH_PREFIX", "str", "gongkai", "First part of the names of this catalogue's indices; catalogues that share a cluster need different ones."),
    Setting("SEARCH_SHARDS", "int", "1", "Shards of an Elasticsearch index; one holds some tens of GB."),
    Setting("SEARCH_REPLICAS", "str", "0-1", "Copies of each shard once an index is built: a number, or a range as 0-1 that follows the number of nodes."),
    Setting("FILES_KEY", "str", "", "S3 access key. Empty: what boto3 finds (environment, instance role).", secret=True),
    Setting("FILES_SECRET", "str", "", "S3 secret key.", secret=True),
    Setting("FILES_LINKS", "bool", "false", "Answer downloads with a redirect to a signed S3 link that holds for minutes, instead of passing the bytes on."),
    Setting("ACCEL_PREFIX", "str", "", "Location in nginx (as /_files/) that serves the files folder; downloads are then left to nginx by X-Accel-Redirect."),
    Setting("SECRET_KEY", "str", "", "Key that signs paging cursors. Empty: made once and kept in the data folder.", secret=True),
    Setting("PLUGINS", "list", "", "Extensions that are on besides the core's own, by entry-point name; -name turns one of the core's off."),
    Setting("SITE_NAME", "str", "公开 Gongkai", "Name of the catalogue, shown on every page."),
    Setting("HOST", "str", "127.0.0.1", "Address that `gongkai serve` listens on."),
    Setting("PORT", "int", "8000", "Port that `gongkai serve` listens on; 0 takes any free one."),
    Setting("WORKERS", "int", "2", "Processes of `gongkai serve`."),
    Setting("THREADS", "int", "4", "Threads in each process of `gongkai serve`."),
    Setting("JOBS", "int", "2", "Jobs that one `gongkai worker` runs side by side, each in a process."),
    Setting("AWAY_SECONDS", "float", "300", "How long a harvest waits, at the item it is at, for a database or a store of files that went away, before its run stops to be taken up later."),
    Setting("REQUEST_SECONDS", "float", "10", "Longest that one request waits for the database or the search engine, in seconds."),
    Setting("FOLLOW_SECONDS", "float", "0.5", "Pause between two looks of the index follower at the change log, in seconds."),
    Setting("INDEX_WAIT_SECONDS", "float", "600", "Longest wait for the index to catch up at the end of a load or harvest, in seconds."),
    Setting("USER_AGENT", "str", "gongkai (+https://example.org/gongkai)", "How harvesters introduce themselves; name a page that says who you are."),
    Setting("ALLOW_HOSTS", "list", "", "Hosts (host or host:port) with private addresses that sources may be harvested from."),
    Setting("BRAKE_SHARE", "float", "0.1", "A run that would withdraw more than this share of its source stops and waits for an operator."),
    Setting("OCR_ENGINE", "str", "auto", "What recognises the text of scans: rapidocr, tesseract, auto (the first of these that is installed) or none."),
    Setting("LOG_LEVEL", "str", "warning", "Least severity that is logged: debug, info, warning, error."),
    Setting("LOG_FORMAT", "str", "text", "Form of the log lines on standard error: text or json."),
)  # fmt: skip

_BY_NAME = {row.name: row for row in SETTINGS}


class Settings:
    """The settings in force. `settings["PORT"]` is a value of the row's type."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    @property
    def data_dir(self) -> Path:
        """The folder of all embedded data, absolute."""
        return Path(self["DATA_DIR"]).expanduser().resolve()

    @property
    def database_url(self) -> str:
        """SQLAlchemy's URL of the database; a plain `postgresql://` is given the driver that is installed with the extra."""
        url = str(self["DATABASE_URL"])
        if not url:
            return f"sqlite:///{self.data_dir / 'catalogue.sqlite'}"
        return url.replace("postgresql://", "postgresql+psycopg://", 1)

    def secret_key(self) -> bytes:
        """The signing key; made on first use and kept, readable by the owner only, so that cursors outlive a restart."""
        if self["SECRET_KEY"]:
            return str(self["SECRET_KEY"]).encode()
        path = self.data_dir / "secret"
        try:
            return path.read_bytes()
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("xb") as file:
                path.chmod(0o600)
                file.write(secrets.token_hex(32).encode())
        except FileExistsError:  # another process was first
            pass
        return path.read_bytes()

    def rows(self) -> list[tuple[Setting, str]]:
        """Each setting with its value as text, secrets redacted."""
        return [(row, _shown(row, self._values[row.name])) for row in SETTINGS]


def read_settings(**overrides: Any) -> Settings:
    """The settings from the environment, then `overrides` by row name. `NAME_FILE` names a file that holds the value of `NAME`.

    Raises `Misconfigured` for a value that does not fit its row, and for a `GONGKAI_` name that no row has.
    """
    _refuse_unknown([*(name.removeprefix(PREFIX) for name in os.environ if name.startswith(PREFIX)), *overrides])
    env = FileAwareEnv(prefix=PREFIX)
    values: dict[str, Any] = {}
    for row in SETTINGS:
        try:
            value = getattr(env, row.kind)(row.name, _default(row))
            # a file that holds a secret ends in a line break
            values[row.name] = value.strip() if isinstance(value, str) else value
        except (EnvError, ValueError) as error:
            raise Misconfigured(f"setting {PREFIX}{row.name}: {error}. {row.help}") from error
    return Settings(values | overrides)


_FROM_TEXT: dict[str, Callable[[str], Any]] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": "true".__eq__,
    "list": lambda text: [part for part in text.split(",") if part],
}


def _default(row: Setting) -> Any:
    return _FROM_TEXT[row.kind](row.default)


def _shown(row: Setting, value: Any) -> str:
    if row.secret:
        return "(set)" if value else ""
    return ",".join(value) if isinstance(value, list) else str(value)


def _refuse_unknown(names: Iterable[str]) -> None:
    for name in names:
        short = name if name in _BY_NAME else name.removesuffix("_FILE")  # SEARCH_CA_FILE is a row of its own
        if short not in _BY_NAME and short not in NOT_SETTINGS:
            near = difflib.get_close_matches(short, _BY_NAME, n=1)
            hint = f"; did you mean {PREFIX}{near[0]}?" if near else "; `gongkai config` lists all"
            raise Misconfigured(f"unknown setting {PREFIX}{name}{hint}")
