"""What documents do to each other in the store: clean-up lists, versions of one work, events told twice; and what takes it back."""

from __future__ import annotations

import json

import pytest

from catalog.actions import ANONYMOUS, Actor, call
from catalog.app import create_catalogue
from catalog.settings import read_settings

OPERATOR = Actor("张工", "operator")
EDITOR = Actor("李编", "editor")
BODY = ["云江市人民政府"]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.network)])
def catalogue(tmp_path, request):
    url = ""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        url = server.url(server.database())
    made = create_catalogue(read_settings(DATA_DIR=str(tmp_path / "var"), DATABASE_URL=url))
    yield made
    made.store.close()


def load(catalogue, tmp_path, rows, name="made"):
    path = tmp_path / f"{name}.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    report = call(catalogue, OPERATOR, "source.load", {"paths": [str(path)], "source": name})
    assert report["counters"].get("quarantined", 0) == 0, report
    return report


def load_page(catalogue, tmp_path, name, *lines):
    path = tmp_path / f"{name}.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return call(catalogue, OPERATOR, "source.load", {"paths": [str(path)], "source": name})


def rule(key, title, number, written="2008-01-01", **more):
    return {"external_id": key, "title": title, "doc_number": number, "issuing_body": BODY, "date_written": written,
            "disclosure": "active", "record_type": "normative_document", **more}  # fmt: skip


KEPT = rule("kept", "云江市供水管理办法", "云政发〔2008〕1号")
ENDED = rule("ended", "云江市殡葬管理规定", "云政发〔2008〕2号")
LAPSED = rule("lapsed", "云江市2008年招商方案", "云政发〔2008〕3号")
LISTS = (
    "云江市人民政府关于公布规范性文件清理结果的通知",
    "云政发〔2020〕9号",
    "各县区人民政府：",
    "经研究，现将清理结果公布如下，自公布之日起施行。",
    "云江市人民政府",
    "2020年3月1日",
    "附件1：继续有效的规范性文件目录",
    "1.云江市供水管理办法（云政发〔2008〕1号）",
    "附件2：废止的规范性文件目录",
    "1.云江市殡葬管理规定（云政发〔2008〕2号）",
    "附件3：宣布失效的规范性文件目录",
    "1.云江市2008年招商方案（云政发〔2008〕3号）",
    "2.云江市从未收录的规定（云政发〔1999〕77号）",
)


def show(catalogue, which, **more):
    return call(catalogue, ANONYMOUS, "record.show", {"id": which, **more})


def events(catalogue, which):
    return [(event["kind"], event["date"]) for event in show(catalogue, which).get("events", [])]


@pytest.mark.parametrize("lists_first", [False, True])
def test_the_lists_of_a_clean_up_are_told_to_the_documents_whichever_comes_first(catalogue, tmp_path, lists_first):
    steps = [
        lambda: load(catalogue, tmp_path, [KEPT, ENDED, LAPSED]),
        lambda: load_page(catalogue, tmp_path, "lists", *LISTS),
    ]
    for step in reversed(steps) if lists_first else steps:
        step()
    assert events(catalogue, "云政发〔2008〕1号") == [("confirmed", "2020-03-01")]
    assert show(catalogue, "云政发〔2008〕2号")["validity"]["status"] == "repealed"
    assert show(catalogue, "云政发〔2008〕3号")["validity"]["status"] == "expired"
    assert show(catalogue, "云政发〔2008〕3号", as_of="2020-02-29")["validity"]["status"] != "expired"
    assert show(catalogue, "云政发〔2008〕1号")["validity"]["status"] == "in_force"
    lists = show(catalogue, "云政发〔2020〕9号")
    assert lists["type"] == "cleanup_result"
    assert lists["lists"] == {
        "items": 4,
        "resolved": 3,
        "by_relation": {
            "confirms": {"items": 1, "resolved": 1},
            "repeals": {"items": 1, "resolved": 1},
            "declares_expired": {"items": 2, "resolved": 1},
        },
    }


def test_a_withdrawn_list_takes_its_events_back(catalogue, tmp_path):
    load(catalogue, tmp_path, [KEPT, ENDED, LAPSED])
    load_page(catalogue, tmp_path, "lists", *LISTS)
    call(catalogue, EDITOR, "record.withdraw", {"id": show(catalogue, "云政发〔2020〕9号")["id"], "reason": "有误"})
    for number in (1, 2, 3):
        assert events(catalogue, f"云政发〔2008〕{number}号") == []


def test_a_list_that_is_read_again_and_names_less_takes_back_the_rest(catalogue, tmp_path):
    load(catalogue, tmp_path, [KEPT, ENDED, LAPSED])
    load_page(catalogue, tmp_path, "lists", *LISTS)
    load_page(catalogue, tmp_path, "lists", *(line for line in LISTS if "殡葬" not in line))
    assert events(catalogue, "云政发〔2008〕2号") == []
    assert events(catalogue, "云政发〔2008〕1号") == [("confirmed", "2020-03-01")]


def version(key, title, promulgated, **more):
    return {"external_id": key, "title": title, "issuing_body": ["云江省人民代表大会常务委员会"], "record_type": "regulation",
            "instrument_kind": "local_regulation", "date_promulgated": promulgated, "date_effective": promulgated, "disclosure": "active",
            "order_number": "", **more}  # fmt: skip


def test_versions_of_one_work_in_any_order_of_arrival(catalogue, tmp_path):
    rows = [
        version("new", "云江省供水条例（2018修正）", "2001-05-01", events=[{"kind": "amended", "date": "2018-10-26"}]),
        version("old", "云江省供水条例", "2001-05-01"),
        version(
            "middle", "云江省供水条例（2010年修订）", "2010-03-05", events=[{"kind": "amended", "date": "2010-03-05"}]
        ),
        version("other", "云海省供水条例", "2005-05-01", issuing_body=["云海省人民代表大会常务委员会"]),
    ]
    for row in rows:
        load(catalogue, tmp_path, [row], name=row["external_id"])
    ids = {row["external_id"]: one(catalogue, row["title"]) for row in rows}
    assert events(catalogue, ids["old"])[-1] == ("superseded", "2010-03-05")
    assert events(catalogue, ids["middle"])[-1] == ("superseded", "2018-10-26")
    assert show(catalogue, ids["new"])["validity"]["status"] == "in_force"
    assert show(catalogue, ids["other"])["versions"] == []
    told = show(catalogue, ids["middle"])["versions"]
    assert [(row["start"], row["current"], row["this"]) for row in told] == [
        ("2018-10-26", True, False),
        ("2010-03-05", False, True),
        ("2001-05-01", False, False),
    ]
    assert [row["current"] for row in show(catalogue, ids["old"], as_of="2012-01-01")["versions"]] == [
        False,
        True,
        False,
    ]
    call(catalogue, EDITOR, "record.withdraw", {"id": ids["new"], "reason": "有误"})
    assert show(catalogue, ids["middle"])["validity"]["status"] == "in_force"
    assert show(catalogue, ids["old"])["validity"]["status"] == "superseded"


def one(catalogue, title):
    with catalogue.store.read() as reader:
        found = (
            [record for record in reader.all_records() if record["title"] == title]
            if hasattr(reader, "all_records")
            else []
        )
        if found:
            return found[0]["id"]
        from catalog.actions.keys import title_key

        ids = reader.find_by_title_key(title_key(title))
        return next(record["id"] for record in reader.records(ids).values() if record["title"] == title)


def test_an_amendment_that_the_text_tells_and_its_decision_too_is_one_event(catalogue, tmp_path):
    own = [{"kind": "amended", "date": "2018-10-26", "by": {"number": "云江省人民政府令第9号", "title": None}}]
    load(catalogue, tmp_path, [rule("r", "云江省河道管理办法", "云江省人民政府令第3号", events=own)])
    load_page(
        catalogue, tmp_path, "decision", "云江省人民政府关于修改《云江省河道管理办法》的决定", "云江省人民政府令第9号", "现公布，自2018年12月1日起施行。",
        "云江省人民政府", "2018年10月26日",
    )  # fmt: skip
    assert events(catalogue, "云江省人民政府令第3号") == [("amended", "2018-10-26")]
    assert "event_conflict" not in show(catalogue, "云江省人民政府令第3号").get("quality_flags", [])


def test_two_dates_for_one_event_are_flagged_until_the_other_teller_is_gone(catalogue, tmp_path):
    own = [{"kind": "amended", "date": "2017-01-01", "by": {"number": "云江省人民政府令第9号", "title": None}}]
    load(catalogue, tmp_path, [rule("r", "云江省河道管理办法", "云江省人民政府令第3号", events=own)])
    load_page(
        catalogue, tmp_path, "decision", "云江省人民政府关于修改《云江省河道管理办法》的决定", "云江省人民政府令第9号", "现公布，自2018年12月1日起施行。",
        "云江省人民政府", "2018年10月26日",
    )  # fmt: skip
    found = show(catalogue, "云江省人民政府令第3号")
    assert [event["kind"] for event in found["events"]] == ["amended"]
    assert found["events"][0]["also"][0]["date"] == "2018-12-01"
    assert "event_conflict" in found["quality_flags"]
    call(catalogue, EDITOR, "record.withdraw", {"id": show(catalogue, "云江省人民政府令第9号")["id"], "reason": "有误"})
    found = show(catalogue, "云江省人民政府令第3号")
    assert "event_conflict" not in found.get("quality_flags", [])
    assert "also" not in found["events"][0]


DECISION = ("云江市人民政府关于废止《云江市供水管理办法》的决定", "云政发〔2020〕9号", "现决定废止《云江市供水管理办法》（云政发〔2008〕1号），自2020年3月1日起施行。", "云江市人民政府", "2020年3月1日")  # fmt: skip
COPY = {name: value for name, value in rule("copy", "云江市供水管理办法", None, written="2001-01-01").items() if value}


def by_title(catalogue, title, which=0):
    from catalog.actions.keys import title_key

    with catalogue.store.read() as reader:
        return reader.find_by_title_key(title_key(title))[which]


def test_a_better_bearer_gets_the_event_and_the_one_that_had_it_loses_it(catalogue, tmp_path):
    load(catalogue, tmp_path, [COPY], name="elsewhere")
    copy = by_title(catalogue, "云江市供水管理办法")
    load_page(catalogue, tmp_path, "decision", *DECISION)
    assert events(catalogue, copy) == [("repealed", "2020-03-01")]
    load(catalogue, tmp_path, [KEPT])
    assert events(catalogue, "云政发〔2008〕1号") == [("repealed", "2020-03-01")]
    assert "repealed" not in [kind for kind, _ in events(catalogue, copy)]
    assert show(catalogue, copy)["validity"]["status"] != "repealed"


def test_a_record_that_is_called_otherwise_loses_what_its_name_was_told(catalogue, tmp_path):
    load(catalogue, tmp_path, [KEPT])
    load(catalogue, tmp_path, [COPY], name="elsewhere")
    load_page(catalogue, tmp_path, "decision", *DECISION)
    kept = show(catalogue, "云政发〔2008〕1号")
    copy = next(
        one
        for one in (by_title(catalogue, "云江市供水管理办法", 0), by_title(catalogue, "云江市供水管理办法", 1))
        if one != kept["id"]
    )
    assert events(catalogue, kept["id"]) == [("repealed", "2020-03-01")]
    wrong = {"doc_number": "云政发〔2008〕11号", "title": "云江市排水管理办法"}
    edit = {"id": kept["id"], "version": kept["version"], "fields": wrong, "reason": "改正"}
    call(catalogue, EDITOR, "record.update", edit)
    assert events(catalogue, kept["id"]) == []
    assert events(catalogue, copy) == [("repealed", "2020-03-01")]


def test_what_a_text_does_not_do_any_more_is_taken_back_and_what_it_does_instead_is_told(catalogue, tmp_path):
    load(catalogue, tmp_path, [KEPT])
    load_page(catalogue, tmp_path, "decision", *DECISION)
    amends = (line.replace("废止", "修改") for line in DECISION)
    load_page(catalogue, tmp_path, "decision", *amends)
    assert events(catalogue, "云政发〔2008〕1号") == [("amended", "2020-03-01")]


def test_another_date_of_what_was_told_is_told_again(catalogue, tmp_path):
    load(catalogue, tmp_path, [KEPT])
    load_page(catalogue, tmp_path, "decision", *DECISION)
    load_page(catalogue, tmp_path, "decision", *(line.replace("3月1日起", "5月1日起") for line in DECISION))
    assert events(catalogue, "云政发〔2008〕1号") == [("repealed", "2020-05-01")]


def test_a_record_made_by_hand_is_told_what_was_done_to_it(catalogue, tmp_path):
    load_page(catalogue, tmp_path, "decision", *DECISION)
    fields = {name: value for name, value in KEPT.items() if name not in ("external_id", "record_type")}
    review = {"secrecy_review": {"status": "passed", "by": "李编", "on": "2021-01-01"}}
    new = {"type": "normative_document", "fields": fields | review, "publish": True}
    call(catalogue, EDITOR, "record.create", new)
    assert events(catalogue, "云政发〔2008〕1号") == [("repealed", "2020-03-01")]
