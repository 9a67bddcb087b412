"""The small index beside the generations: how far each has come, and who holds which lock. Speaks to a client, but knows none.

It is written to through its alias only (`require_alias`), so that a write can never make an index without our mapping.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Protocol, TypeVar

from catalog.search.engines import elasticsearch_mapping
from catalog.search.engines.base import IndexState
from catalog.search.engines.elasticsearch_locks import Held, Mark
from catalog.search.engines.names import IndexNames

_Result = TypeVar("_Result")
Call = Callable[[Any], _Result]
"""What is asked of a client. Which client that is, only `engines/elasticsearch.py` knows."""
_NOT_FOUND, _CONFLICT, _BAD_REQUEST = 404, 409, 400


class Run(Protocol):
    """Hands a client to a call, and says in our own errors what goes wrong."""

    def __call__(self, call: Call[_Result]) -> _Result:
        """What the call returns."""


class Control:
    """The documents of states and locks (`LockDocuments`)."""

    def __init__(self, run: Run, names: IndexNames, copies: Mapping[str, Any]) -> None:
        self._run = run
        self._names = names
        self._copies = dict(copies)

    def state(self, generation: str) -> tuple[str, IndexState]:
        """The state of a generation and the identity of the index that it tells of; empty where there is none."""
        found = self._get(f"state:{generation}")
        if found is None:
            return "", IndexState()
        return found["_source"]["uuid"], IndexState(**found["_source"]["state"])

    def save_state(self, generation: str, uuid: str, state: IndexState) -> None:
        """Keep the state of a generation. `uuid` is the identity of its index."""
        kept = {**asdict(state), "refused": dict(state.refused)}
        self._write(f"state:{generation}", {"uuid": uuid, "state": kept}, {})

    def remove_state(self, generation: str) -> None:
        """Forget a generation."""
        self._run(
            lambda es: es.options(ignore_status=_NOT_FOUND).delete(index=self._names.control, id=f"state:{generation}")
        )

    def read(self, name: str) -> Held | None:
        """See `LockDocuments`."""
        found = self._get(f"lock:{name}")
        if found is None:
            return None
        told = found["_source"]
        return Held(told["holder"], told["token"], told["lease"], (found["_seq_no"], found["_primary_term"]))

    def write(self, name: str, body: dict[str, Any], mark: Mark | None) -> Mark | None:
        """See `LockDocuments`."""
        only = {"op_type": "create"} if mark is None else {"if_seq_no": mark[0], "if_primary_term": mark[1]}
        answer = self._write(f"lock:{name}", body, only)
        return None if answer is None else (answer["_seq_no"], answer["_primary_term"])

    def remove(self, name: str, mark: Mark) -> bool:
        """See `LockDocuments`."""
        answer = self._run(
            lambda es: es.options(ignore_status=(_NOT_FOUND, _CONFLICT)).delete(
                index=self._names.control, id=f"lock:{name}", if_seq_no=mark[0], if_primary_term=mark[1]
            )
        )
        return bool(answer.meta.status != _CONFLICT)

    def _get(self, key: str) -> Mapping[str, Any] | None:
        """A document as it is now, whether searches see it or not."""
        answer = self._run(lambda es: es.options(ignore_status=_NOT_FOUND).get(index=self._names.control, id=key))
        return dict(answer.body) if answer.meta.status != _NOT_FOUND else None

    def _write(self, key: str, body: dict[str, Any], only: dict[str, Any]) -> Mapping[str, Any] | None:
        """Write a document; `None` when it is not as `only` demands. The index is made when it is not there."""

        def write(es: Any) -> Any:
            return es.options(ignore_status=(_NOT_FOUND, _CONFLICT)).index(
                index=self._names.control, id=key, document=body, require_alias=True, **only
            )

        answer = self._run(write)
        if answer.meta.status == _NOT_FOUND:
            self._run(self._make)
            answer = self._run(write)
        if answer.meta.status == _NOT_FOUND and "if_seq_no" not in only:
            raise LookupError(f"the alias {self._names.control} was removed while it was used: {answer.body}")
        return dict(answer.body) if answer.meta.status < 300 else None

    def _make(self, es: Any) -> None:
        """Make the index and its alias; that another process was first is no error."""
        answer = es.options(ignore_status=_BAD_REQUEST).indices.create(
            index=self._names.control_index,
            mappings=elasticsearch_mapping.CONTROL,
            settings={
                "index.number_of_shards": 1,
                "index.hidden": True,
                **self._copies,
            },
            aliases={self._names.control: {"is_hidden": True}},
        )
        if answer.meta.status == _BAD_REQUEST and answer.body["error"]["type"] != "resource_already_exists_exception":
            raise LookupError(f"the index {self._names.control_index} cannot be made: {answer.body['error']['reason']}")
