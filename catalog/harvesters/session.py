"""What a harvester is lent for one run: its configuration, guarded HTTP, the extractors, and a place to note troubles of the listing."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from catalog.extract.registry import Extractors
from catalog.harvesters.addresses import host_of
from catalog.harvesters.answers import Limits
from catalog.model.draft import Draft, RawDocument
from catalog.plugins.interfaces import Fetched, Reference
from catalog.plugins.registry import Plugins
from catalog.settings import Settings

if TYPE_CHECKING:
    from catalog.harvesters.http import Client

LIST_PAGES_KEPT = 3
"""List pages that are remembered: a trouble shows on the page itself or one or two later."""
DEFAULT_RATE = 1.0
"""Requests a second to one host where the source's configuration does not say."""


@dataclass(frozen=True, slots=True)
class ListTrouble:
    """Something wrong with the listing itself; `content` is the list page, where it came at all."""

    ref: str
    message: str
    content: bytes | None = None
    media_type: str | None = None


class Session:
    """The runner's `HarvestSession`. It also knows the fields of the record types (`contract.KnowsFields`). Close it after the run."""

    def __init__(
        self, config: Mapping[str, Any], plugins: Plugins, settings: Settings, *, limits: Limits | None = None
    ) -> None:
        self.config = config
        self._plugins = plugins
        self._settings = settings
        self._limits = limits
        self._client: Client | None = None
        self._extractors = Extractors(plugins.text_extractors.values())
        self._field_types: dict[str, Mapping[str, str] | None] = {}
        self.listing = False
        """Whether what is fetched now are list pages: the last ones are remembered, in case there is a trouble to note."""
        self._list_pages: deque[Fetched] = deque(maxlen=LIST_PAGES_KEPT)
        self._troubles: list[ListTrouble] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            self._client.close()

    def extract(self, document: RawDocument) -> Draft:
        """Read a document with the extractor registered for what its bytes are; raises `Refused` as `Extractors.extract` does."""
        return self._extractors.extract(document)

    def note(self, message: str, *, ref: str) -> None:
        """Keep a trouble of the listing, with the list page where it is one of those fetched last."""
        page = next((one for one in self._list_pages if ref in {one.url, one.reference.url}), None)
        self._troubles.append(
            ListTrouble(ref, message, page.content if page else None, page.media_type if page else None)
        )

    def take_troubles(self) -> list[ListTrouble]:
        """The troubles noted since the last call."""
        taken, self._troubles = self._troubles, []
        return taken

    def get(self, url: str) -> Fetched:
        """Fetch over HTTP. Raises `Refused` and `SourceFailed` (`http.Client.get`)."""
        if self._client is None:
            self._client = self._connect()
        answer = self._client.get(url)
        fetched = Fetched(
            Reference(key=url, url=url, ref=url, fingerprint=answer.etag),
            answer.content,
            media_type=answer.media_type,
            charset=answer.charset,
            url=answer.url,
            filename=answer.filename,
            fetched_at=answer.fetched_at,
        )
        if self.listing:
            self._list_pages.append(fetched)
        return fetched

    def field_types(self, record_type: str) -> Mapping[str, str] | None:
        """See `contract.KnowsFields`."""
        if record_type not in self._field_types:
            self._field_types[record_type] = self._fields_of(record_type)
        return self._field_types[record_type]

    def _fields_of(self, record_type: str) -> Mapping[str, str] | None:
        form = self._plugins.record_types.get(record_type)
        if form is None:
            return None
        return {f.data_key or name: str(getattr(f, "type_name", "")) for name, f in form.schema().fields.items()}

    def _connect(self) -> Client:
        from catalog.harvesters.http import Client

        config = self.config
        return Client(
            user_agent=self._settings["USER_AGENT"],
            # what the settings allow is not what every source may lead to: a public site must not redirect into the intranet
            hosts=(*config.get("hosts", ()), *config.get("allow_hosts", ()), *named_hosts(config)),
            allow_hosts=(*config.get("allow_hosts", ()), *self._settings["ALLOW_HOSTS"]),
            rate=float(config.get("rate", DEFAULT_RATE)),
            limits=self._limits,
        )


def named_hosts(value: Any) -> Iterator[str]:
    """The hosts (`host:port`) of all web addresses that a configuration names, at any depth: those that its links may lead to."""
    if isinstance(value, str):
        if value.startswith(("http://", "https://")):
            yield host_of(value)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from named_hosts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from named_hosts(inner)
