"""What tests of gazettes share: reading a source's issues without a catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.extract.registry import extract
from catalog.harvesters.gazette import GazetteHarvester
from catalog.model.draft import Draft, RawDocument
from catalog.plugins.interfaces import Fetched, Reference
from catalog.schemas.plugin import RECORD_TYPES
from catalog.schemas.validate import validate

FORMS = {form.record_type: form for form in RECORD_TYPES}
TYPES = {
    name: {key: str(getattr(one, "type_name", "")) for key, one in form.schema().fields.items()}
    for name, form in FORMS.items()
}


@dataclass
class Session:
    """What the runner lends to a harvester, without web and store."""

    config: dict[str, Any]
    notes: list[str] = field(default_factory=list)

    def extract(self, document: RawDocument) -> Draft:
        return extract(document)

    def field_types(self, record_type: str) -> Mapping[str, str] | None:
        return TYPES.get(record_type)

    def note(self, message: str, *, ref: str) -> None:
        self.notes.append(f"{ref}: {message}")

    def get(self, url: str) -> Fetched:
        raise AssertionError(f"nothing is fetched: {url}")


@dataclass
class Read:
    """One item as read: its reference, its draft, and its metadata as the schema leaves it (`None`: refused)."""

    reference: Reference
    draft: Draft
    metadata: dict[str, Any] | None
    problems: list[str]


def read_all(after: Mapping[str, Any] | None = None, **config: Any) -> list[Read]:
    """All items of a source of the kind gazette."""
    harvester = GazetteHarvester()
    loaded = harvester.config_schema().load(config)
    session = Session(loaded)
    found = []
    for reference in harvester.list(session, after):
        fetched = harvester.fetch(session, reference)
        draft = harvester.read(session, fetched)
        draft.fields.setdefault("disclosure", "unknown")
        checked = validate(draft, FORMS)
        problems = [
            f"{one.severity} {one.code} {one.field}: {one.message}" for one in (*draft.problems, *checked.problems)
        ]
        refused = any(one.severity == "error" for one in (*draft.problems, *checked.problems))
        found.append(Read(reference, draft, None if refused else dict(checked.metadata), problems))
    return found
