"""Writing one generation of the embedded index: documents in, commits out. One writer at a time, which the caller's lock sees to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import tantivy

from catalog.search import fields
from catalog.search.engines.base import Document, IndexState
from catalog.search.engines.embedded_schema import Layout
from catalog.search.engines.folders import IndexFolder


class EmbeddedWriter:
    """`IndexWriter` on a tantivy writer."""

    def __init__(self, writer: tantivy.IndexWriter, folder: IndexFolder, generation: str, layout: Layout) -> None:
        self._writer: tantivy.IndexWriter | None = writer
        self._folder = folder
        self._generation = generation
        self._layout = layout

    @property
    def writer(self) -> tantivy.IndexWriter:
        """The tantivy writer. Raises `ValueError` after the end of the `with` block."""
        if self._writer is None:
            raise ValueError("this index writer is closed; open another one")
        return self._writer

    def put(self, documents: Iterable[Document]) -> int:
        """See `IndexWriter`."""
        count = 0
        for document in documents:
            self.writer.delete_documents_by_term(fields.UID, document["uid"])
            self.writer.add_document(self._layout.document(document))
            count += 1
        return count

    def delete(self, uids: Iterable[str]) -> None:
        """See `IndexWriter`."""
        for uid in uids:
            self.writer.delete_documents_by_term(fields.UID, uid)

    def commit(self, state: IndexState) -> None:
        """See `IndexWriter`."""
        self.writer.commit()
        self._folder.save_state(self._generation, state)

    def close(self) -> None:
        """Wait for merges under way and let go of the writer. Dropping it without waiting would leave its threads behind for a while and
        throw the merges away, so that pieces pile up.
        """
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.wait_merging_threads()


@contextmanager
def open_writer(folder: IndexFolder, generation: str, layout: Layout, heap_bytes: int) -> Iterator[EmbeddedWriter]:
    """A writer on one thread, so that memory is what `heap_bytes` says. What was not committed at the end is dropped."""
    index = tantivy.Index.open(str(folder.index(generation)))
    index.config_reader("manual")
    held = EmbeddedWriter(index.writer(heap_bytes, 1), folder, generation, layout)
    try:
        yield held
    finally:
        held.close()
