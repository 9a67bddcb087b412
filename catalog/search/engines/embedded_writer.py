"""Writing one generation of the embedded index: documents in, commits out. One writer at a time, which the caller's lock sees to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace

import structlog
import tantivy

from catalog.errors import NoRoom
from catalog.search import fields
from catalog.search.engines.base import Document, IndexState
from catalog.search.engines.embedded_schema import Layout
from catalog.search.engines.folders import IndexFolder, written

MAX_REASON = 500
"""Characters that are kept of why a document was refused."""

log = structlog.get_logger()


class EmbeddedWriter:
    """`IndexWriter` on a tantivy writer."""

    def __init__(self, writer: tantivy.IndexWriter, folder: IndexFolder, generation: str, layout: Layout) -> None:
        self._writer: tantivy.IndexWriter | None = writer
        self._folder = folder
        self._generation = generation
        self._layout = layout
        self._refused: dict[str, str] = {}

    @property
    def refused(self) -> Mapping[str, str]:
        """See `IndexWriter`."""
        return self._refused

    @property
    def writer(self) -> tantivy.IndexWriter:
        """The tantivy writer. Raises `ValueError` after the end of the `with` block."""
        if self._writer is None:
            raise ValueError("this index writer is closed; open another one")
        return self._writer

    def put(self, documents: Iterable[Document], seq: int) -> int:  # noqa: ARG002 - a folder's lock cannot be slept through: it lasts as long as its process
        """See `IndexWriter`."""
        count = 0
        for document in documents:
            self._put(document)
            count += 1
        return count

    def _put(self, document: Document) -> None:
        uid, writer = document["uid"], self.writer
        self.delete([uid])
        try:
            row = self._layout.document(document)
        except (ValueError, TypeError, OverflowError) as error:
            self._refused[uid] = f"{type(error).__name__}: {error}"[:MAX_REASON]
            log.warning("document_refused", record=uid, reason=self._refused[uid])
            return
        with written(self._folder.root):
            writer.add_document(row)

    def delete(self, uids: Iterable[str], seq: int = 0) -> None:  # noqa: ARG002 - as in `put`
        """See `IndexWriter`."""
        for uid in uids:
            writer = self.writer
            self._refused.pop(uid, None)
            with written(self._folder.root):
                writer.delete_documents_by_term(fields.UID, uid)

    def commit(self, state: IndexState) -> None:
        """See `IndexWriter`."""
        writer = self.writer
        with written(self._folder.root):
            writer.commit()
        self._folder.save_state(self._generation, replace(state, refused={**state.refused, **self._refused}))

    def give_back(self) -> None:
        """Remove the files that were half-written when the disk was full: the next writer needs their room."""
        with suppress(OSError, ValueError):  # what it cannot remove now, the next commit removes
            self.writer.rollback()
            self.writer.garbage_collect_files()

    def close(self) -> None:
        """Wait for merges under way and let go of the writer. Dropping it without waiting would leave its threads behind for a while and
        throw the merges away, so that pieces pile up.
        """
        writer, self._writer = self._writer, None
        if writer is not None:
            with written(self._folder.root):
                writer.wait_merging_threads()


@contextmanager
def open_writer(folder: IndexFolder, generation: str, layout: Layout, heap_bytes: int) -> Iterator[EmbeddedWriter]:
    """A writer on one thread, so that memory is what `heap_bytes` says. What was not committed at the end is dropped."""
    with written(folder.root):
        index = tantivy.Index.open(str(folder.index(generation)))
        index.config_reader("manual")
        held = EmbeddedWriter(index.writer(heap_bytes, 1), folder, generation, layout)
    try:
        yield held
    except NoRoom:
        held.give_back()
        raise
    finally:
        held.close()
