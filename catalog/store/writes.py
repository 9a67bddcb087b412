"""Writing records: the record, what hangs on it, its revision and its row of the change log, always in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import bindparam, delete, insert, select, update

from catalog.errors import Conflict, InvalidInput, NotFound
from catalog.model.record import Record, State
from catalog.store.codec import RECORD_COLUMNS, dumps, record_of, state_row
from catalog.store.identity import encode_text
from catalog.store.listings import ListingWrites
from catalog.store.names import NameWrites
from catalog.store.provenance import ProvenanceWrites
from catalog.store.resolve import RelationWrites
from catalog.store.rows import ChangeKind, ProvenanceRow, RecordWrite, StoredFile
from catalog.store.sql import among
from catalog.store.tables import STATE, changes, record_files, records, revisions
from catalog.store.texts import TextWrites

_BY_IDS = select(*RECORD_COLUMNS).where(among(records.c.id, "ids"))
_INSERT_RECORD = insert(records)
_INSERT_REVISION = insert(revisions)
_INSERT_CHANGE = insert(changes)
_INSERT_FILE = insert(record_files)
_DROP_FILES = delete(record_files).where(among(record_files.c.record_id, "ids"))
_UPDATE_RECORD = (
    update(records)
    .where(records.c.id == bindparam("p_id"))
    .values({records.c[name]: bindparam(f"p_{name}") for name in (*STATE, "version")})
)
_KEEP_STATE = (
    update(revisions)
    .where(among(records.c.id, "ids"), revisions.c.record_id == records.c.id, revisions.c.version == records.c.version)
    .values({revisions.c[name]: records.c[name] for name in STATE})
)
_OWN_FIELDS = ("title", "name", "type", "organization_id", "state", "state_reason", "disclosure")
_KIND_OF_STATE: Mapping[State, ChangeKind] = {"withdrawn": "withdraw", "deleted": "delete"}


class RecordWrites(NameWrites, TextWrites, ProvenanceWrites, RelationWrites, ListingWrites):
    """Records to create and to change, in batches."""

    def create(self, writes: Sequence[RecordWrite]) -> None:
        """Store new records at version 1. Raises `Conflict` for an id or name that is taken, `InvalidInput` for a reference to nothing."""
        if not writes:
            return
        for write in writes:
            if write.record["version"] != 1:
                raise InvalidInput(
                    f"new record {write.record['id']} has version {write.record['version']}; a new one has 1"
                )
        self._refuse_former_names(write.record["name"] for write in writes)
        self._put_parts_before(writes)
        self._put(
            _INSERT_RECORD,
            [
                {
                    "id": write.record["id"],
                    "version": 1,
                    "created_at": write.record["created_at"],
                    **state_row(write.record),
                }
                for write in writes
            ],
        )
        self._put_parts_after(writes, new=True)
        self._log([(write.record["id"], 1, write.change or "create", ()) for write in writes])

    def update(self, writes: Sequence[RecordWrite]) -> None:
        """Store the next version of records. `created_at` stays; a new name leaves a redirect from the old one.

        Raises `NotFound` for an unknown id, and `Conflict` when a record is not the one after the stored version: someone else
        changed it since it was read.
        """
        if not writes:
            return
        held = self._held([write.record["id"] for write in writes])
        for write in writes:
            _expect_next(held[write.record["id"]], write.record)
        if len(held) < len(writes):
            raise Conflict("a record stands twice in one batch of updates; put its changes together")
        self._put_parts_before(writes)
        self._connection.execute(_KEEP_STATE, {"ids": list(held)})
        self._move_names(
            [
                (write.record["id"], held[write.record["id"]]["name"], write.record["name"])
                for write in writes
                if write.record["name"] != held[write.record["id"]]["name"]
            ]
        )
        self._put(
            _UPDATE_RECORD,
            [
                {
                    "p_id": write.record["id"],
                    "p_version": write.record["version"],
                    **{f"p_{name}": value for name, value in state_row(write.record).items()},
                }
                for write in writes
            ],
        )
        self._put_parts_after(writes, new=False)
        self._log(
            [
                (
                    write.record["id"],
                    write.record["version"],
                    write.change or "update",
                    changed_fields(held[write.record["id"]], write.record),
                )
                for write in writes
            ]
        )

    def set_state(self, ids: Iterable[str], state: State, reason: str) -> None:
        """Put records into a state, with the reason that the public is told. Records that are in it already are left alone."""
        held = self._held(list(ids))
        self.update(
            [
                RecordWrite(_in_state(record, state, reason, self.now), change=_KIND_OF_STATE.get(state, "update"))
                for record in held.values()
                if record["state"] != state
            ]
        )

    def rename(self, record_id: str, new_name: str) -> None:
        """Give a record another name; the old one leads to it from now on. Raises `Conflict` when the name is taken, `NotFound`."""
        record = self._held([record_id])[record_id]
        if new_name != record["name"]:
            renamed: Record = {**record, "name": new_name, "version": record["version"] + 1, "updated_at": self.now}
            self.update([RecordWrite(renamed)])

    def _put_parts_before(self, writes: Sequence[RecordWrite]) -> None:
        """What a record's row refers to: its text and its files' contents."""
        bodies: dict[str, bytes] = {}
        for write in writes:
            if write.blocks is not None:
                digest, body = encode_text(write.blocks)
                if write.record["text_hash"] != digest:
                    raise InvalidInput(f"record {write.record['id']}: text_hash is not that of its blocks ({digest})")
                bodies[digest] = body
        self._put_texts(bodies)
        self.put_files(
            [StoredFile(file.sha256, file.size, file.media_type) for write in writes for file in write.files or ()]
        )

    def _put_parts_after(self, writes: Sequence[RecordWrite], *, new: bool) -> None:
        """What refers to a record's row."""
        self._put_listings([write.record for write in writes], new=new)
        self.add_provenances([row for write in writes if (row := _provenance(write, self.job_id)) is not None])
        self._put_keys(writes, new=new)
        self._put_citations(writes, new=new)
        if not new and (ids := [write.record["id"] for write in writes if write.files is not None]):
            self._connection.execute(_DROP_FILES, {"ids": ids})
        self._put(
            _INSERT_FILE,
            [
                {
                    "record_id": write.record["id"],
                    "ordinal": ordinal,
                    "sha256": file.sha256,
                    "name": file.name,
                    "media_type": file.media_type,
                    "size": file.size,
                    "role": file.role,
                    "url": file.url,
                }
                for write in writes
                for ordinal, file in enumerate(write.files or ())
            ],
        )

    def _log(self, entries: Sequence[tuple[str, int, ChangeKind, tuple[str, ...]]]) -> None:
        """A revision and a row of the change log for each record."""
        self._put(
            _INSERT_REVISION,
            [
                {
                    "record_id": record_id,
                    "version": version,
                    "kind": kind,
                    "at": self.now,
                    "actor": self.actor,
                    "reason": self.reason,
                    "job_id": self.job_id,
                    "changed": dumps(changed),
                }
                for record_id, version, kind, changed in entries
            ],
        )
        self._put(
            _INSERT_CHANGE,
            [
                {"record_id": record_id, "version": version, "kind": kind, "at": self.now}
                for record_id, version, kind, _ in entries
            ],
        )

    def _held(self, ids: list[str]) -> dict[str, Record]:
        """The records as they stand, in the order of the ids."""
        found = {row[0]: record_of(row) for row in self._many(_BY_IDS, "ids", ids)}
        for record_id in ids:
            if record_id not in found:
                raise NotFound(f"no record has the id {record_id}")
        return {record_id: found[record_id] for record_id in ids}


def changed_fields(old: Record, new: Record) -> tuple[str, ...]:
    """The names of what differs between two states of a record: metadata fields, the record's own, and `text`."""
    before, after = old["metadata"], new["metadata"]
    fields = [
        name
        for name in (*before, *(name for name in after if name not in before))
        if before.get(name) != after.get(name)
    ]
    fields += [name for name in _OWN_FIELDS if old.get(name) != new.get(name) and name not in fields]
    if old["text_hash"] != new["text_hash"]:
        fields.append("text")
    return tuple(fields)


def _expect_next(held: Record, record: Record) -> None:
    if record["version"] != held["version"] + 1:
        raise Conflict(
            f"record {record['id']} is at version {held['version']}, so the next is {held['version'] + 1}, not {record['version']}: "
            "it was changed since it was read; read it again"
        )


def _in_state(record: Record, state: State, reason: str, now: str) -> Record:
    return {**record, "state": state, "state_reason": reason, "version": record["version"] + 1, "updated_at": now}


def _provenance(write: RecordWrite, job_id: str | None) -> ProvenanceRow | None:
    if write.provenance is None:
        return None
    return ProvenanceRow(
        **{"basis": write.basis, **write.provenance},  # type: ignore[arg-type]
        record_id=write.record["id"],
        content_hash=write.record["content_hash"],
        fingerprint=write.fingerprint,
        job_id=job_id,
    )
