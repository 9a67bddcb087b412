"""The records that an export writes, in batches: all public ones from the store, or those that a search finds, however many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from catalog.actions import ANONYMOUS, Catalogue, call
from catalog.actions.record import file_view, relation_view
from catalog.actions.views import export_line, provenance
from catalog.errors import Fault, InvalidInput
from catalog.model.disclosure import public_view, visibility
from catalog.model.record import Record
from catalog.store.reader import Reader

BATCH = 500
NOT_FOR_EXPORTS = ("page", "cursor", "limit", "facets", "highlight", "total")
"""Parameters of one page of an answer; an export has no pages."""


def export_rows(catalogue: Catalogue, parameters: Mapping[str, Sequence[str]]) -> Iterator[dict[str, Any]]:
    """Export lines of the public records, one at a time. Raises `InvalidInput` for a wrong search parameter before the first line."""
    today = catalogue.today()
    for records in public_batches(catalogue, parameters):
        with catalogue.store.read() as reader:
            names = {source.id: source.name for source in reader.sources()}
            places = reader.provenances([record["id"] for record in records])
            open_ids = [record["id"] for record in records if visibility(record) == "full"]
            files, relations = reader.files(open_ids), reader.relations_of(open_ids)
        for record in records:
            seen = public_view(record)
            if seen is not None:
                where = provenance(places.get(record["id"], []), names)
                own_files = [file_view(row) for row in files.get(record["id"], [])]
                cited = [relation_view(row) for row in relations.get(record["id"], [])]
                yield export_line(seen, where, own_files, cited, today=today)


def public_batches(catalogue: Catalogue, parameters: Mapping[str, Sequence[str]]) -> Iterator[list[Record]]:
    """The published records in batches, as they are stored: whoever writes them out takes `disclosure.public_view` of each.

    Raises `InvalidInput` for a wrong search parameter, or one of paging, before the first batch.
    """
    _refuse_paging(parameters)
    if not parameters:
        yield from _stored(catalogue)
        return
    query = {name: list(values) for name, values in parameters.items()} | {"limit": ["100"], "highlight": ["false"]}
    while True:
        found = call(catalogue, ANONYMOUS, "record.search", {"parameters": query})
        with catalogue.store.read() as reader:
            records = reader.records([item["id"] for item in found["items"]])
        yield [records[item["id"]] for item in found["items"] if item["id"] in records]
        if not found["next_cursor"]:
            return
        query["cursor"] = [found["next_cursor"]]


def _refuse_paging(parameters: Mapping[str, Sequence[str]]) -> None:
    faults = [
        Fault(name, f"{name}: an export writes all that match; leave it out", f"{name}：导出全部结果，请去掉此参数")
        for name in parameters
        if name in NOT_FOR_EXPORTS
    ]
    if faults:
        raise InvalidInput("; ".join(fault.message for fault in faults), faults)


def _stored(catalogue: Catalogue) -> Iterator[list[Record]]:
    after: str | None = None
    while True:
        with catalogue.store.read() as reader:
            records = _some(reader, after)
        if not records:
            return
        yield records
        after = records[-1]["id"]


def _some(reader: Reader, after: str | None) -> list[Record]:
    return list(islice(reader.iter_records(after_id=after, batch=BATCH), BATCH))
