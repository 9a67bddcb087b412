"""Whatever bytes come, the readers give text or refuse with a code; nothing else escapes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.errors import Refused
from catalog.extract.formats.docx import docx_lines
from catalog.extract.formats.markdown import MarkdownExtractor, split_statute, statute_blocks
from catalog.extract.formats.pdf import pdf_text
from catalog.extract.formats.pdf_layout import Page, Row, layout
from catalog.extract.formats.sniff import kinds, media_type
from catalog.extract.history import read_history
from catalog.model.draft import RawDocument
from tests.extract_format_samples import STATUTE, docx, p, paragraph_rows, pdf

WORD = docx(
    p("第一条 甲。", '<w:pStyle w:val="1"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>')
    + "<w:tbl><w:tr><w:tc>" + p("乙") + "</w:tc><w:tc>" + p("丙") + "</w:tc></w:tr></w:tbl>",
    styles='<w:style w:type="paragraph" w:styleId="1"><w:pPr><w:jc w:val="center"/></w:pPr></w:style>',
    numbering='<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>',
)  # fmt: skip
PRINT = pdf([paragraph_rows("云江市人民政府关于做好春耕工作的通知，请遵照执行。" * 4, 700)])
CHANGES = st.lists(st.tuples(st.integers(0, 100_000), st.integers(0, 255)), max_size=12)
NAMES = st.sampled_from([None, "a.pdf", "a.docx", "a.html", "a.txt", "a.zip", "https://x.example/a.doc?b", "a.md"])
HISTORY = st.text(
    st.sampled_from("19年2月3日0第令号国务院会议通过公布修订《》〈〉、，根据和自之起施行 \n（）"), max_size=80
)


def tried(read: Callable[[], Any]) -> Any:
    """What a reader gives, or the refusal that it raises; any other exception escapes, and fails the test."""
    try:
        return read()
    except Refused as refused:
        return refused


def changed(content: bytes, changes: list[tuple[int, int]]) -> bytes:
    damaged = bytearray(content)
    for place, byte in changes:
        damaged[place % len(damaged)] = byte
    return bytes(damaged)


@settings(deadline=None)
@given(
    st.binary(max_size=300) | CHANGES.map(lambda changes: changed(WORD, changes)),
    NAMES,
    NAMES.map(lambda name: name and "application/pdf"),
)
def test_sniffing_names_a_known_type_or_refuses(content, filename, declared):
    kind = tried(lambda: media_type(content, declared, filename))
    if isinstance(kind, Refused):
        assert kind.code in {"empty", "wrong_media_type", "zip_bomb", "encrypted", "unreadable"}
    else:
        assert kind in kinds()


@settings(deadline=None)
@given(CHANGES)
def test_a_damaged_word_file_gives_lines_or_is_refused(changes):
    lines = tried(lambda: docx_lines(changed(WORD, changes), "a.docx"))
    if isinstance(lines, Refused):
        assert str(lines).startswith("a.docx")
    else:
        assert all(line.text.strip() for line in lines)


@settings(deadline=None)
@given(st.text(st.sampled_from("<w:ptblrc/>='\" 0甲"), max_size=60))
def test_any_xml_in_the_place_of_the_text_gives_lines_or_is_refused(body):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        file.writestr("word/document.xml", f"<w:document xmlns:w='x'><w:body>{body}</w:body></w:document>")
    lines = tried(lambda: docx_lines(target.getvalue()))
    assert isinstance(lines, list) or lines.code in {"unreadable", "wrong_media_type"}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CHANGES)
def test_a_damaged_pdf_gives_text_or_is_refused(changes):
    text = tried(lambda: pdf_text(changed(PRINT, changes), "a.pdf"))
    if isinstance(text, Refused):
        assert text.code in {"unreadable", "encrypted"}
    else:
        assert text.pages >= 0


NUMBERS = st.floats(0, 900, allow_nan=False)
ROWS = st.builds(
    lambda text, left, width, top, size: Row(text, left, left + width, top, top - size, size, bold=False),
    st.text(st.sampled_from("云江市。\t 1a-第一条"), min_size=1, max_size=40).filter(str.strip), NUMBERS, NUMBERS, NUMBERS, st.floats(1, 60),
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.builds(Page, st.just(842.0), st.lists(ROWS, max_size=12).map(tuple)), max_size=4))
def test_layout_keeps_every_character_but_those_of_page_heads(pages):
    printed = "".join(line.text for line in layout(pages))
    for page in pages:
        for row in page.rows:
            if row.bottom > 0.15 * 842 and row.top < 0.85 * 842:
                for piece in row.text.replace("-", " ").split():
                    assert piece in printed


@settings(deadline=None)
@given(HISTORY)
def test_any_history_is_read_without_losing_a_line_that_is_none(text):
    lines = text.split("\n")
    history = read_history(lines)
    known = "".join("".join((*history.rest, *(step.raw for step in history.steps))).split())
    assert all(step.raw for step in history.steps)
    for line in history.rest:
        assert line in known or "".join(line.split()) in known


@settings(deadline=None)
@given(st.text(max_size=200), st.booleans())
def test_any_markdown_is_read(text, mark):
    content = f"# 甲\n\n{text}\n\n<!-- INFO END -->\n\n{text}" if mark else text
    statute = split_statute(content)
    if statute:
        statute_blocks(statute.body, statute.title)


@settings(deadline=None)
@given(CHANGES)
def test_a_damaged_statute_is_still_read(changes):
    draft = MarkdownExtractor().extract(RawDocument(changed(STATUTE.encode(), changes), "text/markdown"))
    assert draft.record_type
