"""The actions over a real store, real files and a real index."""

from __future__ import annotations

import json

import pytest

from catalog.actions import ANONYMOUS, Actor, call
from catalog.app import create_catalogue
from catalog.errors import Conflict, Forbidden, Gone, InvalidInput, NotFound
from catalog.settings import read_settings
from tests.conftest import records_of

OPERATOR = Actor("张工", "operator")
EDITOR = Actor("李编", "editor")


@pytest.fixture(params=["sqlite", "postgresql"])
def catalogue(tmp_path, request):
    url = ""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        url = server.url(server.database())
    made = create_catalogue(read_settings(DATA_DIR=str(tmp_path / "var"), DATABASE_URL=url))
    yield made
    made.store.close()


def write_lines(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def load(catalogue, tmp_path, rows, name="made"):
    return call(
        catalogue, OPERATOR, "source.load", {"paths": [write_lines(tmp_path / f"{name}.jsonl", rows)], "source": name}
    )


def search(catalogue, actor=ANONYMOUS, **params):
    return call(
        catalogue, actor, "record.search", {"parameters": {name: [str(value)] for name, value in params.items()}}
    )


def counters(report):
    return {name: value for name, value in report["counters"].items() if value}


def test_load_search_show(catalogue, tmp_path):
    report = load(catalogue, tmp_path, records_of(30))
    assert report["state"] == "finished"
    assert counters(report) == {"listed": 30, "created": 30}
    found = search(catalogue, q="云江政发2007 7")
    assert found["items"][0]["external_id"] == "made-7"
    assert found["items"][0]["doc_number"] == "云江政发〔2007〕7号"
    record = call(catalogue, ANONYMOUS, "record.show", {"id": "云江政发[2007]7号"})
    assert record["issuing_body"] == {"name": "云江市人民政府", "bodies": ["云江市人民政府"]}
    assert record["organization"]["title"] == "云江市人民政府"
    assert record["provenance"][0]["ref"].endswith("made.jsonl#L7")


def test_the_same_load_again_writes_nothing(catalogue, tmp_path):
    load(catalogue, tmp_path, records_of(30))
    with catalogue.store.read() as reader:
        before = reader.last_seq(), reader.counts()
    assert counters(load(catalogue, tmp_path, records_of(30))) == {"listed": 30, "unchanged": 30}
    with catalogue.store.read() as reader:
        assert (reader.last_seq(), reader.counts()) == before


def test_what_one_record_repeals_is_repealed_also_in_the_index(catalogue, tmp_path):
    rows = records_of(3)
    rows[0] |= {"date_effective": "2010-01-01"}
    load(catalogue, tmp_path, rows)
    assert search(catalogue, q="云江政发〔2001〕1号", validity="in_force")["total"] == 1
    text = "云江市人民政府关于废止部分文件的决定\n云江政令第9号\n一、废止《云江市人民政府关于加强校车安全工作的通知（1）》（云江政发〔2001〕1号）。\n云江市人民政府\n2015年3月1日\n"
    (tmp_path / "repeal.txt").write_text(text, encoding="utf-8")
    report = call(catalogue, OPERATOR, "source.load", {"paths": [str(tmp_path / "repeal.txt")]})
    assert counters(report) == {"listed": 1, "created": 1}
    record = call(catalogue, ANONYMOUS, "record.show", {"id": "云江政发〔2001〕1号"})
    assert record["validity"]["status"] == "repealed"
    assert "废止部分文件的决定" in record["validity"]["sentence"]["zh-Hans"]
    assert search(catalogue, q="云江政发〔2001〕1号", validity="repealed")["total"] == 1
    assert search(catalogue, q="云江政发〔2001〕1号", validity="in_force")["total"] == 0
    relations = call(catalogue, ANONYMOUS, "record.relations", {"id": record["id"]})
    assert [row["type"] for row in relations["incoming"]] == ["repeals"]
    # the repealing decision is taken back, and what it did with it; restored by hand, it does so again
    decision = relations["incoming"][0]["target"]["id"]
    call(catalogue, EDITOR, "record.withdraw", {"id": decision, "reason": "误发"})
    assert call(catalogue, ANONYMOUS, "record.show", {"id": record["id"]})["validity"]["status"] == "in_force"
    assert search(catalogue, q="云江政发〔2001〕1号", validity="repealed")["total"] == 0
    held = call(catalogue, EDITOR, "record.show", {"id": decision})
    review = {"secrecy_review": {"status": "passed", "by": "王审", "on": "2026-03-01"}}
    edit = {"id": decision, "version": held["version"], "fields": review, "publish": True, "reason": "恢复"}
    call(catalogue, EDITOR, "record.update", edit)
    assert call(catalogue, ANONYMOUS, "record.show", {"id": record["id"]})["validity"]["status"] == "repealed"
    # the page of the repealed record, harvested again with a change, does not wash the repeal away
    rows[0] |= {"summary": "新写的概述"}
    assert counters(load(catalogue, tmp_path, rows)) == {"listed": 3, "updated": 1, "unchanged": 2}
    assert call(catalogue, ANONYMOUS, "record.show", {"id": "云江政发〔2001〕1号"})["validity"]["status"] == "repealed"


def test_an_edit_outlives_the_next_harvest(catalogue, tmp_path):
    rows = records_of(2)
    load(catalogue, tmp_path, rows)
    record = call(catalogue, EDITOR, "record.show", {"id": "云江政发〔2001〕1号"})
    edit = {"id": record["id"], "version": record["version"], "fields": {"summary": "编辑写的概述"}, "reason": "补概述"}
    edited = call(catalogue, EDITOR, "record.update", edit)
    assert edited["version"] == record["version"] + 1
    with pytest.raises(Conflict, match="version"):
        call(catalogue, EDITOR, "record.update", edit)
    rows[0] |= {"title": "云江市人民政府关于加强校车安全管理工作的通知", "summary": "来源写的概述"}
    load(catalogue, tmp_path, rows)
    after = call(catalogue, ANONYMOUS, "record.show", {"id": record["id"]})
    assert after["title"] == rows[0]["title"]
    assert after["summary"] == "编辑写的概述"
    history = call(catalogue, OPERATOR, "record.revisions", {"id": record["id"]})["revisions"]
    assert [row["actor"] for row in history if row["reason"] == "补概述"] == ["李编"]
    public = call(catalogue, ANONYMOUS, "record.revisions", {"id": record["id"]})["revisions"]
    assert "补概述" in {row["reason"] for row in public}
    assert {row["actor"] for row in public} == {""}


def test_a_withdrawn_record_is_gone_with_its_reason_and_stays_so(catalogue, tmp_path):
    rows = records_of(2)
    load(catalogue, tmp_path, rows)
    name = call(catalogue, EDITOR, "record.show", {"id": "云江政发〔2001〕1号"})["name"]
    call(catalogue, EDITOR, "record.withdraw", {"id": name, "reason": "发布有误"})
    assert search(catalogue, q="云江政发〔2001〕1号", facets="type")["total"] == 0
    with catalogue.store.read() as reader:
        withdrawn = next(r for r in reader.iter_records(states=("withdrawn",)))
    with pytest.raises(Gone, match="发布有误"):
        call(catalogue, ANONYMOUS, "record.show", {"id": withdrawn["id"]})
    rows[0] |= {"summary": "又来了"}
    load(catalogue, tmp_path, rows)
    with pytest.raises(Gone):
        call(catalogue, ANONYMOUS, "record.show", {"id": withdrawn["id"]})


def test_what_is_not_public_leaks_at_no_action(catalogue, tmp_path):
    rows = records_of(3)
    reason = {"disclosure_reason": "涉及商业秘密", "disclosure_basis": "art15_third_party"}
    rows[0] |= {"disclosure": "withheld", "summary": "机密甲", **reason}
    rows[1] |= {"disclosure": "on_request", "summary": "机密乙", **reason}
    assert counters(load(catalogue, tmp_path, rows)) == {"listed": 3, "created": 3}
    assert search(catalogue, q="机密甲")["total"] == 0
    assert search(catalogue, q="机密乙")["total"] == 0
    everything = search(catalogue, facets="all")
    assert everything["total"] == 2
    assert "机密" not in json.dumps(everything, ensure_ascii=False)
    with pytest.raises(NotFound):
        call(catalogue, ANONYMOUS, "record.show", {"id": "云江政发〔2001〕1号"})
    shown = call(catalogue, ANONYMOUS, "record.show", {"id": "云江政发〔2002〕2号"})
    assert "summary" not in shown
    assert shown["files"] == []
    assert shown["disclosure_reason"] == "涉及商业秘密"
    assert call(catalogue, ANONYMOUS, "record.text", {"id": shown["id"]})["blocks"] == []
    assert call(catalogue, OPERATOR, "record.show", {"id": "云江政发〔2001〕1号"})["summary"] == "机密甲"


def test_a_record_made_here_needs_its_secrecy_review(catalogue):
    fields = {
        "title": "关于清明假期值班的通知",
        "disclosure": "active",
        "issuing_body": ["云江市人民政府办公室"],
        "publisher": "云江市人民政府",
    }
    draft = call(
        catalogue,
        EDITOR,
        "record.create",
        {"type": "normative_document", "fields": fields, "text": "各单位：\n请安排好值班。"},
    )
    assert draft["state"] == "draft"
    with pytest.raises(NotFound):
        call(catalogue, ANONYMOUS, "record.show", {"id": draft["id"]})
    edit = {"id": draft["id"], "version": 1, "fields": {}, "publish": True, "reason": "发布"}
    with pytest.raises(InvalidInput, match="secrecy_review"):
        call(catalogue, EDITOR, "record.update", edit)
    passed = {"secrecy_review": {"status": "passed", "by": "王审", "on": "2026-03-01"}}
    call(catalogue, EDITOR, "record.update", edit | {"fields": passed})
    found = search(catalogue, q="清明假期值班")
    assert found["items"][0]["id"] == draft["id"]
    assert "secrecy_review" not in call(catalogue, ANONYMOUS, "record.show", {"id": draft["id"]})


def test_roles(catalogue):
    for name in ("source.list", "record.create"):
        with pytest.raises(Forbidden):
            call(catalogue, ANONYMOUS, name, {})
    with pytest.raises(NotFound, match="no action"):
        call(catalogue, OPERATOR, "record.burn")


def test_a_wrong_parameter_is_named_with_the_nearest_known(catalogue):
    with pytest.raises(InvalidInput) as caught:
        search(catalogue, disclosur="active")
    assert caught.value.faults[0].field == "disclosur"
    assert "disclosure" in caught.value.faults[0].message


@pytest.mark.parametrize("name", ["limit", "page", "cursor", "facets"])
def test_an_export_refuses_what_has_no_meaning_there(catalogue, name):
    from catalog.exports.rows import export_rows

    with pytest.raises(InvalidInput, match=f"{name}: an export writes all"):
        list(export_rows(catalogue, {name: ["2"], "type": ["regulation"]}))


def test_an_export_can_be_narrowed(catalogue, tmp_path):
    from catalog.exports.rows import export_rows

    load(catalogue, tmp_path, records_of(250))
    assert len(list(export_rows(catalogue, {"q": ["校车安全"]}))) == len(
        [r for r in records_of(250) if "校车安全" in r["title"]]
    )
    assert len({row["id"] for row in export_rows(catalogue, {"type": ["normative_document"]})}) == 250


def test_a_page_that_tells_a_repeal_itself_is_not_told_it_twice(catalogue, tmp_path):
    rows = records_of(1)
    load(catalogue, tmp_path, rows)
    text = "云江市人民政府关于废止部分文件的决定\n一、废止《云江市人民政府关于加强校车安全工作的通知（1）》（云江政发〔2001〕1号）。\n云江市人民政府\n2015年3月1日\n"
    (tmp_path / "repeal.txt").write_text(text, encoding="utf-8")
    call(catalogue, OPERATOR, "source.load", {"paths": [str(tmp_path / "repeal.txt")]})
    by = {"title": "云江市人民政府关于废止部分文件的决定"}
    rows[0] |= {"events": [{"kind": "repealed", "date": "2015-03-01", "raw": "已废止", "by": by}]}
    load(catalogue, tmp_path, rows)
    events = call(catalogue, ANONYMOUS, "record.show", {"id": "云江政发〔2001〕1号"})["events"]
    assert [event["kind"] for event in events] == ["repealed"]


def test_export_is_loaded_again_as_it_was(catalogue, tmp_path):
    from catalog.exports import WRITERS

    load(catalogue, tmp_path, records_of(20))
    with (tmp_path / "out.jsonl").open("wb") as file:
        assert WRITERS["jsonl"](catalogue, {}, file, None) == 20
    other = create_catalogue(read_settings(DATA_DIR=str(tmp_path / "other")))
    report = call(other, OPERATOR, "source.load", {"paths": [str(tmp_path / "out.jsonl")]})
    assert counters(report) == {"listed": 20, "created": 20}, report["troubles"][:3]
    for number in ("云江政发〔2001〕1号", "云江政发〔2020〕20号"):
        ours, theirs = (call(one, ANONYMOUS, "record.show", {"id": number}) for one in (catalogue, other))
        for name in (
            "title",
            "doc_number",
            "issuing_body",
            "date_written",
            "external_id",
            "url",
            "disclosure",
            "publisher",
        ):
            assert ours[name] == theirs[name], name
    other.store.close()


def test_what_is_not_public_is_not_named_as_a_cause(catalogue, tmp_path):
    rows = records_of(1)
    load(catalogue, tmp_path, rows)
    text = "云江市人民政府关于废止部分文件的决定\n一、废止《云江市人民政府关于加强校车安全工作的通知（1）》（云江政发〔2001〕1号）。\n云江市人民政府\n2015年3月1日\n"
    (tmp_path / "repeal.txt").write_text(text, encoding="utf-8")
    call(catalogue, OPERATOR, "source.load", {"paths": [str(tmp_path / "repeal.txt")]})
    shown = call(catalogue, ANONYMOUS, "record.show", {"id": "云江政发〔2001〕1号"})
    assert shown["validity"]["status"] == "repealed"
    decision = call(catalogue, ANONYMOUS, "record.relations", {"id": shown["id"]})["incoming"][0]["target"]["id"]
    version = call(catalogue, EDITOR, "record.show", {"id": decision})["version"]
    secret = {"disclosure": "withheld", "disclosure_reason": "国家秘密", "disclosure_basis": "art14_secret"}
    call(catalogue, EDITOR, "record.update", {"id": decision, "version": version, "fields": secret, "reason": "定密"})
    after = call(catalogue, ANONYMOUS, "record.show", {"id": "云江政发〔2001〕1号"})
    assert "废止部分文件的决定" not in json.dumps(after, ensure_ascii=False)
    assert after["validity"]["status"] == "unknown"
