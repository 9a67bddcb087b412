"""Every door that the public has, walked over with records that are disclosed on request or withheld: no body, no file, no hidden title."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from catalog.actions import ANONYMOUS, Actor, Catalogue, call
from catalog.actions.lineage import tell_targets
from catalog.actions.registry import ACTIONS
from catalog.app import create_app, create_catalogue
from catalog.errors import Forbidden, GongkaiError
from catalog.exports.citations import FORMS, write_graph
from catalog.exports.jsonl import write_jsonl, write_texts
from catalog.model.draft import Block, Citation
from catalog.settings import read_settings
from catalog.store.identity import new_id
from catalog.store.rows import FileRow, ReviewWrite, Source
from tests.integration.door_catalogue import OFFICE, _owned, _provenance, _write

BODY = "绝密正文字句"
"""Stands in all that only the body or the files of the two records say."""
HIDDEN = "绝不示人之题"
"""Stands in the title of the withheld record, and in the text of nothing that is public."""
WHY = {"disclosure_reason": "涉及第三方", "disclosure_basis": "art15_third_party"}
ROLES = ("original", "ocr", "sidecar", "attachment")
PUBLIC, ASKED, WITHHELD, ISSUE = "yunjiang-rules", "yunjiang-asked", "yunjiang-withheld", "yunjiang-issue"


def _files(catalogue: Catalogue, name: str) -> list[FileRow]:
    rows = []
    for role in ROLES:
        body = f"{BODY} {name} {role}".encode()
        stored = catalogue.files.put(body)
        rows.append(FileRow(stored.sha256, f"{role}.txt", "text/plain", stored.size, role))  # type: ignore[arg-type]
    return rows


def _secret(catalogue: Catalogue, source: Source, name: str, title: str, number: str, disclosure: str) -> Any:
    acts = (
        Citation("repeals", f"{BODY}，废止云政发〔2001〕1号", "云政发〔2001〕1号", None, place="art-1"),
        Citation("based_on", f"根据{BODY}《云江市供水规定》", None, "云江市供水规定", place="art-2"),
        Citation("published_in", f"{BODY}载于公报", "云江公报〔2001〕第1号", None),
    )
    return _write(
        name, "normative_document", title, number=number, disclosure=disclosure, citations=acts,
        fields={**WHY, "summary": BODY, "keywords": [BODY], "date_written": "2021-03-01", "lang": "zh-Hans"},
        blocks=[Block("heading", BODY, 1, "art-1"), Block("paragraph", f"第二条　{BODY}", anchor="art-2")],
        files=_files(catalogue, name), provenance=_provenance(source.id, name),
    )  # fmt: skip


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    root: Path = tmp_path_factory.mktemp("hidden")
    made = create_catalogue(read_settings(DATA_DIR=str(root), PLUGINS=["-extractors", "-harvesters"]))
    with made.store.write(actor="test", reason="采集") as work:
        source = Source(new_id(), "yunjiang-gov", "site", "云江市人民政府网站", {})
        work.add_source(source)
        cites = (
            Citation("based_on", "根据云政办发〔2021〕7号", "云政办发〔2021〕7号", None),
            Citation("based_on", "根据云政办发〔2021〕8号", "云政办发〔2021〕8号", None),
        )
        writes = [
            _write(PUBLIC, "normative_document", "云江市供水规定", number="云政发〔2001〕1号", citations=cites, fields={"date_written": "2001-01-01"}, blocks=[Block("paragraph", "公开的正文", anchor="art-1")]),
            _write(ISSUE, "gazette_issue", "云江公报2001年第1号", number="云江公报〔2001〕第1号", fields={}),
            _secret(made, source, ASKED, "云江市供水应急细则", "云政办发〔2021〕7号", "on_request"),
            _secret(made, source, WITHHELD, f"云江市{HIDDEN}", "云政办发〔2021〕8号", "withheld"),
        ]  # fmt: skip
        owners = work.ensure_organizations([OFFICE])
        work.create([_owned(write, owners) for write in writes])
        ids = {write.record["name"]: write.record["id"] for write in writes}
        work.link([(ids[PUBLIC], "same_text_as", ids[name], "by_hand") for name in (ASKED, WITHHELD)])
        work.link([(ids[name], "same_text_as", ids[PUBLIC], "by_hand") for name in (ASKED, WITHHELD)])
        work.ask_reviews([ReviewWrite(ids[WITHHELD], "possible_duplicate", ids[ASKED], {"because": BODY})])
        tell_targets(work, list(ids.values()), now=work.now)
    made.search.catch_up()
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def client(catalogue: Catalogue) -> FlaskClient:
    return create_app(catalogue).test_client()


@pytest.fixture(scope="module")
def ids(catalogue: Catalogue) -> Mapping[str, str]:
    with catalogue.store.read() as reader:
        return {name: reader.record(name)["id"] for name in (PUBLIC, ASKED, WITHHELD)}  # type: ignore[index]


def clean(told: str, where: object) -> None:
    assert BODY not in told, f"{where} tells the body"
    assert HIDDEN not in told, f"{where} tells the title of a withheld record"


def addresses(client: FlaskClient, names: list[str]) -> Iterator[str]:
    """All addresses of all doors that can be read, filled with the records."""
    values = {"which": names, "name": names, "other": names}
    for rule in client.application.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint.endswith("static"):
            continue
        found = [rule.rule]
        for argument in sorted(rule.arguments & values.keys()):
            found = [one.replace(f"<{argument}>", value) for one in found for value in values[argument]]
        yield from (one for one in found if "<" not in one)


def test_no_door_tells_what_is_not_public(client: FlaskClient, catalogue: Catalogue, ids: Mapping[str, str]) -> None:
    bodies = [one["name"] for one in call(catalogue, ANONYMOUS, "organization.list", {})["organizations"]]
    assert bodies
    walked = set(addresses(client, [*ids, *ids.values(), ISSUE, *bodies]))
    doors = {address.split("/")[-1] for address in walked}
    assert {"text", "relations", "revisions", "place", "articles", "openapi.json"} <= doors
    assert any(address == f"/d/{PUBLIC}/compare/{WITHHELD}" for address in walked)
    for address in sorted(walked):
        for query in ("", "?as_of=2021-06-01", "?lang=en"):
            answer = client.get(address + query, buffered=True)
            assert answer.status_code < 500, (address, answer.status_code)
            clean(answer.get_data(as_text=True), address + query)
            clean(str(answer.headers), address + query)


def test_a_withheld_record_is_not_there(client: FlaskClient, ids: Mapping[str, str]) -> None:
    names = (WITHHELD, ids[WITHHELD])
    for address in (one for one in addresses(client, list(names)) if any(name in one for name in names)):
        if "/vocabularies/" not in address and "/organizations/" not in address:
            assert client.get(address, buffered=True).status_code == 404, address


@pytest.mark.parametrize("words", [BODY, HIDDEN, "绝密", "绝不示人", "云政办发〔2021〕8号"])
def test_no_search_finds_it(client: FlaskClient, ids: Mapping[str, str], words: str) -> None:
    for address in ("/", "/api/v1/records", "/api/v1/suggest"):
        answer = client.get(address, query_string={"q": words}, buffered=True)
        told = answer.get_data(as_text=True)
        assert WITHHELD not in told
        assert ids[WITHHELD] not in told
        if words in (BODY, HIDDEN):
            told = told.replace(words, "")  # the words that were asked for are told back
        clean(told, address)


def test_no_file_of_it_is_given(client: FlaskClient, catalogue: Catalogue, ids: Mapping[str, str]) -> None:
    with catalogue.store.read() as reader:
        files = reader.files([ids[ASKED], ids[WITHHELD]])
    assert sorted({file.role for several in files.values() for file in several}) == sorted(ROLES)
    for file in (file for several in files.values() for file in several):
        for headers in ({}, {"Range": "bytes=0-3"}):
            answer = client.get(f"/download/{file.sha256}/{file.name}", headers=headers, buffered=True)
            assert answer.status_code == 404, file.role
            clean(answer.get_data(as_text=True), file.role)


def test_no_export_writes_it(catalogue: Catalogue) -> None:
    held: dict[str, io.BytesIO] = {form: io.BytesIO() for form in (*FORMS, "records", "texts", "found")}
    write_jsonl(catalogue, {}, held["records"])
    write_texts(catalogue, {}, held["texts"])
    write_texts(catalogue, {"q": ["供水"]}, held["found"])
    for form in FORMS:
        write_graph(catalogue, form, held[form])
    for name, file in held.items():
        told = file.getvalue().decode()
        assert PUBLIC in told or "云江市供水规定" in told, name
        assert WITHHELD not in told, name
        clean(told, name)


def test_no_action_that_is_open_to_all_tells_it(catalogue: Catalogue, ids: Mapping[str, str]) -> None:
    names = [*ids, *ids.values(), "云政办发〔2021〕7号", "云政办发〔2021〕8号"]
    for action in ACTIONS.values():
        if action.permission != "public":
            with pytest.raises(Forbidden):
                call(catalogue, ANONYMOUS, action.name, {})
            continue
        known = action.schema.fields
        asked = [{"id": one, **({"other": other} if "other" in known else {})} for one in names for other in names]
        for params in asked if "id" in known else [{}]:
            try:
                clean(str(call(catalogue, ANONYMOUS, action.name, params)), (action.name, params))
            except GongkaiError as error:
                clean(str(error), (action.name, params))


def test_an_editor_sees_them(catalogue: Catalogue) -> None:
    editor = Actor("李编", "editor")
    assert HIDDEN in str(call(catalogue, editor, "review.list", {}))
    assert HIDDEN in str(call(catalogue, editor, "identity.show", {"id": WITHHELD}))
    assert BODY in str(call(catalogue, editor, "record.text", {"id": ASKED}))
