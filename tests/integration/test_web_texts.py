"""Every text of the pages is translated, and the compiled translations are those of the sources."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

import catalog.web
from catalog.model.draft import Block, Where
from catalog.model.texttree import derive
from catalog.web import labels
from catalog.web.languages import LANGUAGES, Language
from catalog.web.outline import Outline, outline

HERE = Path(catalog.web.__file__).parent
SOURCES = [("templates/**.html", "jinja2"), ("**.py", "python")]
PLACE = re.compile(r"%\((\w+)\)s")


def messages() -> dict[str, str | tuple[str, ...]]:
    found = extract_from_dir(str(HERE), SOURCES, {"**": {}})
    return {text if isinstance(text, str) else text[0]: text for _, _, text, _, _ in found}


def translations(locale: str) -> Catalog:
    with (HERE / "translations" / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


@pytest.mark.parametrize("locale", [language.locale for language in LANGUAGES])
def test_no_text_lacks_a_translation(locale: str) -> None:
    texts, translated = messages(), translations(locale)
    assert len(texts) > 100
    held = {
        message.id if isinstance(message.id, str) else message.id[0]: message for message in translated if message.id
    }
    assert held.keys() == texts.keys()
    for text, message in held.items():
        said = [message.string] if isinstance(message.string, str) else list(message.string)
        assert all(said), text
        assert not message.fuzzy, text
        wanted = set(PLACE.findall(text))
        assert all(set(PLACE.findall(one)) <= wanted | {"num"} for one in said), text


@pytest.mark.parametrize("locale", ["zh_Hans_CN", "zh_Hant_TW"])
def test_chinese_is_chinese(locale: str) -> None:
    same = {message.id for message in translations(locale) if message.id and message.string == message.id}
    assert same == {"y-MM-dd HH:mm"}


@pytest.mark.parametrize("locale", [language.locale for language in LANGUAGES])
def test_the_compiled_file_is_that_of_the_source(locale: str) -> None:
    fresh = io.BytesIO()
    write_mo(fresh, translations(locale))
    fresh.seek(0)
    with (HERE / "translations" / locale / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        compiled, expected = read_mo(file), read_mo(fresh)
    assert [(m.id, m.string) for m in compiled if m.id] == [(m.id, m.string) for m in expected if m.id]


def shown(*blocks: Block) -> Outline:
    tree = derive(blocks)
    units = [
        {
            "anchor": unit.anchor,
            "kind": unit.kind,
            "number": unit.number,
            "path": unit.path,
            "text": unit.text,
            "part": unit.part,
        }
        for unit in tree.units
    ]
    return outline({"parts": [{"id": "main", "title": "云江", "role": "document"}], "blocks": units})


def test_a_code_with_very_many_headings_shows_its_upper_levels() -> None:
    found = shown(*(Block("heading", f"第{place + 1}节 甲", 1 if place % 100 == 0 else 2) for place in range(1000)))
    assert len(found.headings) == 10
    assert len({block.anchor for block in found.sections[0].blocks}) == 1000


def test_heading_levels_never_skip_one() -> None:
    found = shown(*(Block("heading", "x", level) for level in (3, 4, 1, 4, 2)))
    assert [block.level for block in found.sections[0].blocks] == [1, 2, 1, 2, 2]


ROLES = ("original", "attachment", "body", "page_image", "resource", "ocr", "sidecar")
"""What a file of a record is (`store.rows.FileRow`)."""


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.tag)
def test_every_role_of_a_file_and_every_place_of_a_value_has_a_name(client: FlaskClient, language: Language) -> None:
    with client.application.test_request_context(f"/?lang={language.tag}"):
        for kind, codes in (("role", ROLES), ("place", get_args(Where))):
            names = {code: labels.text_of(kind, code) for code in codes}
            assert all(name != code for code, name in names.items()), names
            assert len(set(names.values())) == len(names)
