"""The end of a document: signature, disclosure line, copies, print line, and the document that is embedded behind the signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.extract import embedded, signature, tail, titles
from catalog.extract.attachments import Named
from catalog.extract.embedded import Embedded
from catalog.extract.head import Head
from catalog.extract.lines import Line
from catalog.extract.signature import Signature
from catalog.extract.tail import Copies, DisclosureLine, PrintLine


@dataclass(frozen=True, slots=True)
class Ending:
    """What stands at a text's end; each part is `None` where the document has none."""

    signature: Signature | None
    disclosure: DisclosureLine | None
    copies: Copies | None
    printed: PrintLine | None
    embedded: Embedded | None

    def lines(self) -> set[int]:
        """The places of lines that are fields and no part of the text: disclosure, copies, print line."""
        places = {one.at for one in (self.disclosure, self.printed) if one is not None}
        return places | set(self.copies.lines if self.copies is not None else ())


def read_ending(lines: Sequence[Line], head: Head, named: Named, issuers: Sequence[str]) -> Ending:
    """Read the end. `issuers` are the bodies that are surely the document's, by which its own signature is told from others."""
    disclosure = tail.disclosure_line(lines, head.body)
    copied = tail.copies(lines, head.body)
    printed = tail.print_line(lines, head.body)
    foot = [*([copied.lines.start] if copied else []), *([printed.at] if printed else [])]
    stop = min(
        (place for place in (*foot, *([disclosure.at] if disclosure else [])) if place > head.body), default=len(lines)
    )
    blocks = signature.find_signatures(lines, head.body)
    signed = signature.choose(blocks, issuers, range(head.body, stop))
    after = signed.lines.stop if signed is not None else None
    inner = _embedded(lines[: max(min(foot, default=len(lines)), after or 0)], head, named, after)
    return Ending(signed, disclosure, copied, printed, inner)


def _embedded(lines: Sequence[Line], head: Head, named: Named, after: int | None) -> Embedded | None:
    """The embedded document. What an order publishes is the document itself, and an annex that follows on the page is an attachment."""
    title = head.title.text if head.title else ""
    inner = embedded.find(lines, outer_title=title, start=after or head.body, after_signature=after)
    if inner is None and title and not head.title_found:
        inner = embedded.find(lines, outer_title=f"《{title}》", start=after or head.body, after_signature=None)
    if inner is not None and not inner.named and any(titles.same(inner.title, one.title) for one in named.attachments):
        return None
    return inner
