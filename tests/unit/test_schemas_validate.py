import pytest

from catalog.model.disclosure import HEADER_FIELDS, public_fields
from catalog.model.draft import Draft
from catalog.plugins.registry import Plugins
from catalog.schemas.describe import describe
from catalog.schemas.labels import label
from catalog.schemas.plugin import RECORD_TYPES, RecordTypesPlugin
from catalog.schemas.validate import validate


@pytest.fixture(scope="module")
def forms():
    return Plugins([("types", RecordTypesPlugin())]).record_types


def notice(**fields):
    return Draft("normative_document", {"title": "关于做好校车安全工作的通知", "disclosure": "active", **fields})


def errors(checked):
    return {problem.field: problem.message for problem in checked.problems if problem.severity == "error"}


def test_number_is_kept_in_its_parts(forms):
    checked = validate(notice(doc_number="云江政发[2021] 8号"), forms)
    assert not errors(checked)
    number = checked.metadata["doc_number"]
    assert (number["raw"], number["canonical"], number["year"], number["serial"]) == (
        "云江政发[2021] 8号",
        "云江政发〔2021〕8号",
        2021,
        "8",
    )


def test_what_is_exported_is_taken_again(forms):
    once = validate(notice(doc_number="云江政发〔2021〕8号", date_written="2021-03", keywords=["校车"]), forms).metadata
    again = validate(Draft("normative_document", dict(once)), forms)
    assert not errors(again)
    assert again.metadata == once


@pytest.mark.parametrize(
    ("field", "value", "zh", "en"),
    [
        ("title", "", "不能为空", "must not be empty"),
        ("title", 5, "应为文字", "must be text"),
        ("date_written", "2021-02-30", "不是日期", "is not a date"),
        ("date_written", "20201029-154517-206", "不是日期", "is not a date"),
        ("disclosure", "secret", "不在词表中", "not in the vocabulary"),
        ("doc_number", "云江政发〔2021〕号8", "不是发文字号", "is not a document number"),
        ("issuing_body", "云江市人民政府", "应为列表", "must be a list"),
        ("url", "javascript:alert(1)", "不是 http", "not an http"),
    ],
)
def test_a_wrong_value_is_named_in_two_languages(forms, field, value, zh, en):
    found = errors(validate(notice(**{field: value}), forms))
    assert list(found) == [field]
    assert zh in found[field]
    assert en in found[field]
    assert label(field, "zh-Hans") in found[field]


def test_a_missing_title_is_an_error(forms):
    found = errors(validate(Draft("normative_document", {"disclosure": "active"}), forms))
    assert "缺少此项" in found["title"]
    assert "must be given" in found["title"]


def test_an_unknown_field_names_the_nearest(forms):
    assert "did you mean doc_number" in errors(validate(notice(docnumber="x"), forms))["docnumber"]


def test_an_unknown_type_names_the_known(forms):
    assert "dataset" in errors(validate(Draft("book", {"title": "x", "disclosure": "active"}), forms))["record_type"]


@pytest.mark.parametrize("disclosure", ["on_request", "withheld"])
def test_what_is_not_public_needs_reason_and_basis(forms, disclosure):
    assert set(errors(validate(notice(disclosure=disclosure), forms))) == {"disclosure_reason", "disclosure_basis"}
    given = notice(disclosure=disclosure, disclosure_reason="涉及第三方商业秘密", disclosure_basis="art15_third_party")
    assert not errors(validate(given, forms))


def test_what_is_expected_and_missing_is_a_warning_and_a_flag(forms):
    checked = validate(notice(publisher="云江市人民政府"), forms)
    assert not errors(checked)
    assert "missing_issuing_body" in checked.metadata["quality_flags"]
    assert "missing_publisher" not in checked.metadata["quality_flags"]
    assert {p.field for p in checked.problems if p.severity == "warning"} >= {"issuing_body", "date_published"}


def test_nested_faults_are_named_by_their_place(forms):
    draft = Draft(
        "dataset", {"title": "公交站点", "disclosure": "active", "resources": [{"title": "a", "bytes": "many"}]}
    )
    assert list(errors(validate(draft, forms))) == ["resources.0.bytes"]


def test_dataset_columns_are_called_fields(forms):
    draft = Draft("dataset", {"title": "公交站点", "disclosure": "active", "fields": [{"name": "站名"}]})
    checked = validate(draft, forms)
    assert not errors(checked)
    assert checked.metadata["fields"] == [{"name": "站名"}]


@pytest.mark.parametrize("form", RECORD_TYPES, ids=lambda form: form.record_type)
def test_every_field_has_its_labels(form):
    rows = describe(form)
    assert len(rows) > 40
    assert [row.name for row in rows if not all(row.labels.values())] == []
    assert set(form.labels) == {"zh-Hans", "zh-Hant", "en"}


def test_every_field_is_declared_public_or_known_to_be_internal():
    names = {row.name for form in RECORD_TYPES for row in describe(form)}
    assert names - public_fields() == {"secrecy_review", "legality_review"}
    assert public_fields() <= names
    assert names >= HEADER_FIELDS
