import pytest

from catalog.model.disclosure import HEADER_FIELDS, public_view, rule, visibility


def record(**changes):
    return {
        "id": "1",
        "name": "a",
        "type": "normative_document",
        "title": "题",
        "organization_id": None,
        "state": "published",
        "disclosure": "active",
        "metadata": {
            "title": "题",
            "summary": "内容",
            "secrecy_review": {"by": "张"},
            "disclosure_reason": "理由",
            "keywords": ["秘"],
        },
        "readings": {"title": {"raw": "题"}, "summary": {"raw": "内容"}, "secrecy_review": {"raw": "张"}},
        "text_hash": "x" * 64,
        "content_hash": "",
        "version": 1,
        "created_at": "",
        "updated_at": "",
        **changes,
    }


@pytest.mark.parametrize("state", ["draft", "in_review", "withdrawn", "deleted"])
def test_what_is_not_published_is_not_public(state):
    assert visibility(record(state=state)) == "none"
    assert public_view(record(state=state)) is None


@pytest.mark.parametrize(
    ("disclosure", "seen"),
    [("active", "full"), ("unknown", "full"), ("on_request", "header"), ("withheld", "none"), ("new", "none")],
)
def test_each_attribute_has_its_visibility(disclosure, seen):
    assert visibility(record(disclosure=disclosure)) == seen


def test_on_request_shows_the_header_and_nothing_else():
    seen = public_view(record(disclosure="on_request"))
    assert set(seen["metadata"]) == {"title", "disclosure_reason"}
    assert set(seen["readings"]) == {"title"}
    assert seen["text_hash"] is None


def test_a_field_that_nobody_thought_of_does_not_leak():
    hidden = record(disclosure="on_request", metadata={"title": "题", "invented_later": "内容"})
    assert set(public_view(hidden)["metadata"]) <= HEADER_FIELDS


def test_inner_workings_are_not_public_even_on_an_open_record():
    assert "secrecy_review" not in public_view(record())["metadata"]
    assert "secrecy_review" not in public_view(record())["readings"]


def test_the_record_itself_is_left_as_it_is():
    whole = record(disclosure="on_request")
    public_view(whole)
    assert whole["metadata"]["summary"] == "内容"


@pytest.mark.parametrize(("disclosure", "reason", "basis", "faults"), [
    ("active", None, None, []),
    ("unknown", None, None, []),
    ("on_request", None, None, ["reason_missing", "basis_missing"]),
    ("withheld", " ", "art14_secret", ["reason_missing"]),
    ("withheld", "国家秘密", "art14_secret", []),
])  # fmt: skip
def test_what_is_not_open_says_why(disclosure, reason, basis, faults):
    assert rule(disclosure, reason, basis) == faults
