"""The documents that a record names which came from a map: the same reading as for pages, on the fields and blocks that the map gave."""

from __future__ import annotations

from catalog.extract import citations
from catalog.extract.statute_citations import statute_citations
from catalog.model.draft import Citation, Draft


def citations_of(draft: Draft) -> tuple[Citation, ...]:
    """What the title and the text of a draft cite, beyond the relations that it has already."""
    title = draft.fields.get("title")
    if not isinstance(title, str):
        return ()
    number = draft.fields.get("doc_number")
    own = number["canonical"] if isinstance(number, dict) else None
    if draft.record_type == "regulation":
        found = statute_citations(draft.blocks, title, own)
    else:
        found = citations.find(draft.blocks, own_title=title, own_number=own)
    held = {one.title for one in draft.citations}
    return tuple(one for one in found if one.title not in held or one.number)
