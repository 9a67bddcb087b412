"""The status of a document on any day, and its versions, through the API and on its page."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser

RECORD = "/api/v1/records/yunjiang-open-data-measures"
PAGE = "/d/yunjiang-open-data-measures"


@pytest.mark.parametrize(
    ("day", "status"), [("2021-03-31", "not_yet_in_force"), ("2021-04-01", "in_force"), ("2025-01-01", "in_force")]
)
def test_the_api_tells_the_status_of_a_day(client: FlaskClient, day: str, status: str) -> None:
    found = client.get(RECORD, query_string={"as_of": day}).get_json()
    assert found["validity"]["status"] == status
    assert found["validity"]["on"] == day
    assert found["versions"] == []
    assert found["lists"] is None


def test_a_repealed_document_was_in_force_before(client: FlaskClient) -> None:
    now = client.get("/api/v1/records/yunjiang-2015-3").get_json()["validity"]
    assert now["status"] == "repealed"
    before = (now["because"]["effective"] if "effective" in now["because"] else now["because"]["date"])[:4]
    earlier = client.get("/api/v1/records/yunjiang-2015-3", query_string={"as_of": f"{int(before) - 1}-12-31"})
    assert earlier.get_json()["validity"]["status"] != "repealed"


def test_a_day_that_is_none_is_refused(client: FlaskClient) -> None:
    assert client.get(RECORD, query_string={"as_of": "2021-02-30"}).status_code == 400
    assert client.get(RECORD, query_string={"asof": "2021-02-03"}).status_code == 400
    assert client.get(PAGE, query_string={"as_of": "soon"}).status_code == 400


def test_the_page_tells_it_too(client: FlaskClient) -> None:
    response = client.get(PAGE, query_string={"as_of": "2021-03-31"})
    tree = LexborHTMLParser(response.get_data(as_text=True))
    standing = tree.css_first(".stand.validity-not_yet_in_force")
    assert standing is not None
    assert "2021年4月1日" in standing.text()
    field = tree.css_first("form.as-of input[name=as_of]")
    assert field is not None
    assert field.attributes["value"] == "2021-03-31"


def test_a_number_keeps_the_day_on_its_way_to_the_record(client: FlaskClient) -> None:
    moved = client.get("/api/v1/records/云政办发[2021]12", query_string={"as_of": "2021-03-31"})
    assert moved.status_code == 302
    assert moved.headers["Location"].endswith("?as_of=2021-03-31")
