"""A page reads the same whether its punctuation is full width or half width: the fields, where they were read, the flags and the text.

Converters and crawlers flatten ：，（）； to ASCII, and people restore them. Every golden case and every header of `_headers` is read in both
forms. Equal means equal after the fold in which the catalogue compares everything (`model.script.fold`): titles and texts keep the
punctuation that their page prints, because the original is never rewritten.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalog.extract.formats.html import HtmlExtractor
from catalog.extract.formats.plaintext import PlainTextExtractor
from catalog.model.draft import Draft, RawDocument
from catalog.model.script import fold
from tests.golden.test_extract_golden import CASES, as_json, document_of, read_case

HEADERS = Path(__file__).parent / "_headers"
TEXTS = yaml.safe_load((HEADERS / "text.yaml").read_text(encoding="utf-8"))
PAGES = yaml.safe_load((HEADERS / "pages.yaml").read_text(encoding="utf-8"))
SITES = yaml.safe_load((HEADERS / "sites.yaml").read_text(encoding="utf-8"))
FULL, HALF = "：，（）；", ":,();"
_MARKUP = re.compile(
    r"(<!--.*?-->|<(?:script|style)\b.*?</(?:script|style)\s*>|</?[a-zA-Z!][^<>]*>|&#?\w+;)", re.DOTALL | re.IGNORECASE
)
_HAN = r"[一-鿿《》〈〉“”〔〕、。·■—]"
_RESTORED = re.compile(rf"(?<={_HAN})(\s?)([:,();])|([:,();])(?=\s?{_HAN})")


def flattened(text: str) -> str:
    return text.translate(str.maketrans(FULL, HALF))


def restored(text: str) -> str:
    """Half-width marks that stand beside Chinese characters in full width; times, numbers and addresses keep theirs."""
    table = dict(zip(HALF, FULL, strict=True))

    def wide(match: re.Match[str]) -> str:
        return (match[1] or "") + table[match[2]] if match[2] else table[match[3]]

    before = ""
    while before != text:  # a mark beside a restored mark is beside Chinese too
        before, text = text, _RESTORED.sub(wide, text)
    return text


def in_texts(source: str, form: Any) -> str:
    """A page with its text nodes in another form; tags, scripts and entities stay."""
    return "".join(part if place % 2 else form(part) for place, part in enumerate(_MARKUP.split(source)))


def folded(value: Any) -> Any:
    """All text of a value folded and without spaces. A full-width mark is printed without the space that follows a half-width one."""
    if isinstance(value, str):
        return "".join(fold(value).split())
    if isinstance(value, list):
        return [folded(one) for one in value]
    if isinstance(value, dict):
        return {key: folded(one) for key, one in value.items()}
    return value


def same(one: Draft, other: Draft) -> None:
    left, right = folded(as_json(one)), folded(as_json(other))
    assert json.dumps(left, ensure_ascii=False, indent=1) == json.dumps(right, ensure_ascii=False, indent=1)


@pytest.mark.parametrize("form", [flattened, restored])
@pytest.mark.parametrize("name", CASES)
def test_a_case_reads_the_same_in_the_other_form(name: str, form: Any) -> None:
    document = document_of(name)
    source = document.content.decode(document.charset or "utf-8", "surrogateescape")
    is_page = "<html" in source.lower() or "<body" in source.lower() or "<div" in source.lower()
    twin = in_texts(source, form) if is_page else form(source)
    content = twin.encode(document.charset or "utf-8", "surrogateescape")
    extractor = HtmlExtractor() if is_page else PlainTextExtractor()
    other = extractor.extract(RawDocument(content, charset=document.charset, url=document.url, hints=document.hints))
    same(read_case(name), other)


def shown(draft: Draft) -> dict[str, Any]:
    """A record's values as the headers' expectations write them."""
    number = draft.fields.get("doc_number")
    return {
        **draft.fields,
        "doc_number": number["canonical"] if number else None,
        "issuing_body": "、".join(draft.fields.get("issuing_body", [])) or None,
    }


def expected(case: str | dict[str, Any], header: str) -> dict[str, Any]:
    """What a header says; what it does not have at all is not asked."""
    given = case if isinstance(case, dict) else {}
    if any(mark in header for mark in ("2021-03-04", "3月4日", "03月04日", "2021-3-4")):
        dates = {}
    else:
        dates = {"date_published": None}
    return {**TEXTS["values"], **dates, **{key: value for key, value in given.items() if key in TEXTS["values"]}}


@pytest.mark.parametrize("form", [str, flattened, restored])
@pytest.mark.parametrize("name", TEXTS["cases"])
def test_a_header_in_plain_text_is_read(name: str, form: Any) -> None:
    case = TEXTS["cases"][name]
    header = case["header"] if isinstance(case, dict) else case
    text = form(f"{header}\n{TEXTS['body']}")
    draft = PlainTextExtractor().extract(RawDocument(text.encode()))
    wanted = expected(case, header)
    assert {key: shown(draft).get(key) for key in wanted} == wanted
    assert folded(draft.blocks[0].text).startswith("各县"), draft.blocks[0]


@pytest.mark.parametrize("form", [str, flattened, restored])
@pytest.mark.parametrize("name", PAGES["cases"])
def test_a_header_in_markup_is_read(name: str, form: Any) -> None:
    case = PAGES["cases"][name]
    parts = case if isinstance(case, dict) else {"head": case}
    text = "".join(f"<p>{line}</p>" for line in TEXTS["body"].splitlines() if line.strip())
    page = PAGES["page"]
    for key, value in (("head", parts["head"]), ("tail", parts.get("tail", "")), ("meta", parts.get("meta", ""))):
        page = page.replace(f"{{{key}}}", value)
    page = page.replace("{text}", text).replace("{h1}", PAGES["title"]).replace("{title}", TEXTS["values"]["title"])
    draft = HtmlExtractor().extract(RawDocument(in_texts(page, form).encode()))
    wanted = {**TEXTS["values"], **{key: value for key, value in parts.items() if key in TEXTS["values"]}}
    assert {key: shown(draft).get(key) for key in wanted} == wanted
    assert folded(draft.blocks[0].text).startswith("各县"), draft.blocks[0]
    assert draft.blocks[-1].text == "2021年3月1日"


@pytest.mark.parametrize("form", [str, flattened, restored])
@pytest.mark.parametrize("name", SITES)
def test_a_text_of_any_site_is_read(name: str, form: Any) -> None:
    case = SITES[name]
    draft = PlainTextExtractor().extract(RawDocument(form(case["text"]).encode()))
    read = {**shown(draft), "record_type": draft.record_type}
    wanted = {key: value for key, value in case.items() if key != "text"}
    assert folded({key: read.get(key) for key in wanted}) == folded(wanted)
