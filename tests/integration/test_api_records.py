"""The API over a real catalogue: answers, redirects, conditional requests, and what must never come out."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import pytest
from flask.testing import FlaskClient

from tests.integration.door_catalogue import SECRET

MEASURES = "/api/v1/records/yunjiang-open-data-measures"


def test_search_answers_items_totals_and_facets(client: FlaskClient) -> None:
    response = client.get("/api/v1/records", query_string={"q": "公共数据", "facets": "type,year", "limit": "2"})
    found = response.get_json()
    assert response.content_type == "application/json"
    assert found["total"] >= 5
    assert found["total_relation"] == "eq"
    assert len(found["items"]) == 2
    assert {value["value"] for value in found["facets"]["type"]} >= {"normative_document", "regulation", "dataset"}
    assert "<mark>" in found["items"][0]["highlights"]["title"]
    assert found["items"][0].keys() >= {"id", "name", "title", "type", "doc_number", "date_written", "external_id"}


def test_filters_narrow_and_their_own_facet_does_not(client: FlaskClient) -> None:
    asked = {"type": "dataset", "facets": "type"}
    found = client.get("/api/v1/records", query_string=asked).get_json()
    assert [item["name"] for item in found["items"]] == ["yunjiang-bus-lines"]
    counts = {value["value"]: value for value in found["facets"]["type"]}
    assert counts["dataset"]["selected"]
    assert counts["normative_document"]["count"] > 10


def test_pages_follow_each_other_without_gap_or_repeat(client: FlaskClient) -> None:
    seen: list[str] = []
    asked = {"organization": "云江市大数据局", "type": "normative_document", "limit": "20", "sort": "date_desc"}
    for page in ("1", "2", "3"):
        found = client.get("/api/v1/records", query_string={**asked, "page": page}).get_json()
        seen += [item["name"] for item in found["items"]]
    assert len(seen) == len(set(seen)) == found["total"]


def test_a_record_says_what_it_is_and_where_it_comes_from(client: FlaskClient) -> None:
    record = client.get(MEASURES).get_json()
    assert record["doc_number"] == "云政办发〔2021〕12号"
    assert record["doc_number_parts"]["year"] == 2021
    assert record["issuing_body"] == {"name": "云江市人民政府办公室", "bodies": ["云江市人民政府办公室"]}
    assert record["validity"]["status"] == "in_force"
    assert record["validity"]["because"]["kind"] == "effective"
    assert record["provenance"][0]["source"] == "yunjiang-gov"
    assert record["readings"]["date_written"]["raw"] == "二〇二一年三月二日"
    assert record["organization"]["title"] == "云江市人民政府办公室"


def test_text_relations_and_revisions(client: FlaskClient) -> None:
    blocks = client.get(f"{MEASURES}/text").get_json()["blocks"]
    articles = [block["anchor"] for block in blocks if block["kind"] == "article"]
    assert articles == [f"art-{place}" for place in range(1, 10)]
    relations = client.get(f"{MEASURES}/relations").get_json()
    by_type = {one["type"]: one for one in relations["outgoing"]}
    assert by_type["replaces"]["target"]["name"] == "yunjiang-2015-3"
    assert by_type["based_on"]["target"] is None
    assert by_type["based_on"]["number"] == "国令第711号"
    revisions = client.get(f"{MEASURES}/revisions").get_json()["revisions"]
    assert sorted(one["version"] for one in revisions) == [1, 2]


def test_a_former_name_leads_to_the_present_one_for_good(client: FlaskClient) -> None:
    response = client.get("/api/v1/records/yunjiang-old-name")
    assert response.status_code == 308
    assert response.location == MEASURES
    assert b"<" not in response.data


def test_a_document_number_leads_to_its_record_for_now(client: FlaskClient) -> None:
    response = client.get("/api/v1/records/云政办发[2021]12")
    assert response.status_code == 302
    assert response.location == MEASURES


def test_an_unchanged_record_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get(MEASURES)
    again = client.get(MEASURES, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    since = client.get(MEASURES, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert since.status_code == 304
    other = client.get(
        MEASURES, headers={"If-None-Match": '"another"', "If-Modified-Since": first.headers["Last-Modified"]}
    )
    assert other.status_code == 200
    assert parsedate_to_datetime(first.headers["Last-Modified"]).year >= 2021


def test_head_answers_like_get_without_a_body(client: FlaskClient) -> None:
    got, headed = client.get(MEASURES), client.head(MEASURES)
    assert headed.status_code == 200
    assert headed.data == b""
    assert headed.headers["ETag"] == got.headers["ETag"]
    assert headed.headers["Content-Length"] == str(len(got.data))


def test_an_on_request_record_shows_its_header_only(client: FlaskClient) -> None:
    address = "/api/v1/records/yunjiang-on-request"
    record = client.get(address).get_json()
    assert record["disclosure_reason"] == "涉及第三方商业秘密"
    assert record["doc_number"] == "云数据〔2022〕8号"
    assert record["files"] == []
    assert client.get(f"{address}/text").get_json()["blocks"] == []


@pytest.mark.parametrize("tail", ["", "/text", "/relations", "/revisions"])
def test_what_is_withheld_is_not_known(client: FlaskClient, tail: str) -> None:
    response = client.get(f"/api/v1/records/yunjiang-withheld{tail}")
    assert response.status_code == 404
    unknown = client.get(f"/api/v1/records/yunjiang-nothing{tail}").get_json()
    told = response.get_json()
    assert {key: told[key] for key in ("code", "title", "errors")} == {
        key: unknown[key] for key in ("code", "title", "errors")
    }


def test_no_answer_leaks_what_is_not_public(client: FlaskClient) -> None:
    addresses = [
        f"/api/v1/records?q={SECRET}", "/api/v1/records?q=应急处置&facets=all", "/api/v1/records?q=不予公开&limit=200",
        *(f"/api/v1/records/yunjiang-on-request{tail}" for tail in ("", "/text", "/relations", "/revisions")),
        "/api/v1/suggest?q=不予公开", f"/d/yunjiang-on-request?q={SECRET[:3]}", "/",
    ]  # fmt: skip
    for address in addresses:
        body = client.get(address).get_data(as_text=True)
        assert SECRET not in body.replace(f"q={SECRET}", ""), address
        assert "不予公开的公共数据文件" not in body, address


def test_a_withdrawn_record_is_gone_with_its_reason(client: FlaskClient) -> None:
    response = client.get("/api/v1/records/yunjiang-wrong")
    assert response.status_code == 410
    assert response.content_type == "application/problem+json"
    assert "内容有误，由发文机关撤回" in response.get_json()["detail"]


def test_organizations(client: FlaskClient) -> None:
    found = client.get("/api/v1/organizations?q=大数据").get_json()["organizations"]
    assert [one["title"] for one in found] == ["云江市大数据局"]
    one = client.get(f"/api/v1/organizations/{found[0]['name']}").get_json()
    assert one == found[0]


def test_suggestions(client: FlaskClient) -> None:
    found = client.get("/api/v1/suggest", query_string={"q": "云江市公共", "limit": "3"}).get_json()["suggestions"]
    assert 0 < len(found) <= 3
    assert all(one["text"] for one in found)


def test_vocabularies_hold_the_codes_that_records_use(client: FlaskClient) -> None:
    every = {one["name"]: one for one in client.get("/api/v1/vocabularies").get_json()["vocabularies"]}
    validity = {concept["id"]: concept["labels"] for concept in every["validity"]["concepts"]}
    assert validity["in_force"]["zh-Hans"]
    assert client.get("/api/v1/vocabularies/validity").get_json() == every["validity"]
    assert client.get("/api/v1/vocabularies/validety").status_code == 404


def test_scripts_of_other_sites_may_read(client: FlaskClient) -> None:
    assert client.get(MEASURES).headers["Access-Control-Allow-Origin"] == "*"
    asked = client.options(MEASURES)
    assert asked.status_code == 200
    assert "If-None-Match" in asked.headers["Access-Control-Allow-Headers"]
