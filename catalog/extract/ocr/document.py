"""What a reader of scans tells of its document: that its text is still to be recognised, or how it was, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from catalog.extract.formats.unread import name_of
from catalog.extract.ocr.sidecars import Sidecar
from catalog.extract.ocr.words import WordPage, confidence
from catalog.model.draft import Draft, Problem, RawDocument, Reading

NAMED = 0.3
"""How sure a title is that was taken from a file's name."""
RECOGNISED = 0.9
"""How sure it is that a text is a recognised one: its reader knows."""
LISTED = 20
"""Pages that are named; the rest is counted."""


def titled(draft: Draft, document: RawDocument) -> Draft:
    """The draft, its title from the file's name where the text gave none: a scan is kept even if nothing of it could be read."""
    if "title" in draft.fields:
        return draft
    name = name_of(document)
    if not name:
        return draft
    draft.put("title", name, Reading(name, "source", NAMED))
    return replace(draft, problems=tuple(one for one in draft.problems if one.code != "no_title"))


def waiting(draft: Draft, pages: Sequence[int] | None) -> Draft:
    """The draft of a scan whose text, or whose `pages`, nobody has recognised yet; `None` for all of its pages."""
    which = "the document is" if pages is None else f"{_named(pages)} are"
    message = f"{which} a picture without text; `gongkai ocr run` or a worker recognises it"
    problem = Problem("warning", "needs_ocr", message, "text")
    return replace(draft, flags=(*draft.flags, "needs_ocr"), problems=(*draft.problems, problem))


def recognised(draft: Draft, sidecar: Sidecar) -> Draft:
    """The draft of a recognised text: nobody has proofread it, and where it is doubtful that is said."""
    draft.put("text_authority", "ocr_unreviewed", Reading(sidecar.kind, "body", RECOGNISED))
    flags, problems = list(draft.flags), [*draft.problems, *sidecar.problems]
    low, reason = doubts(sidecar.pages)
    if reason:
        flags.append("ocr_low_confidence")
        problems.append(Problem("warning", "ocr_low_confidence", f"{reason}: {_named(low)}", "text"))
    return replace(draft, flags=tuple(dict.fromkeys(flags)), problems=tuple(problems))


def doubts(pages: Sequence[WordPage]) -> tuple[tuple[int, ...], str]:
    """The pages that somebody should proofread and why; no reason where there is none."""
    if not pages:
        return (), ""
    if not any(page.rows for page in pages):
        return tuple(page.number for page in pages), "no text was found on any page"
    low = confidence(pages).low_pages
    return low, "the recognised text is doubtful" if low else ""


def _named(pages: Sequence[int]) -> str:
    shown = ", ".join(str(number) for number in pages[:LISTED])
    more = f" and {len(pages) - LISTED:,} more" if len(pages) > LISTED else ""
    return f"pages {shown}{more}"
