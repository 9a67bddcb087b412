"""What a document says of force: for how long it is valid itself, what its lists do to others, and which line of its note is unread.

The last step of reading, on the draft that everything else has filled.
"""

from __future__ import annotations

from catalog.extract.cleanup import put_lists
from catalog.extract.history import name_unread, read_history
from catalog.extract.terms import put_start, put_term
from catalog.model.draft import Draft


def put_effects(draft: Draft) -> Draft:
    """Put term, lists and doubts about the note of promulgation into a draft, and give it back."""
    put_start(draft)
    put_term(draft)
    put_lists(draft)
    note = draft.fields.get("promulgation_note")
    if isinstance(note, str) and draft.readings["promulgation_note"].where == "body":
        history = read_history([note.strip("（）() ")])
        history.unread += history.rest
        name_unread(draft, history)
    return draft
