from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.model import dates, docnumber, indexnumber, organisations
from catalog.model.disclosure import HEADER_FIELDS, public_fields, public_view
from catalog.model.numerals import whole
from catalog.model.script import fold
from catalog.model.validity import validity_at

CODES = st.sampled_from(
    ["国发", "国办发", "云府", "云府办", "豫政办", "粤府函", "沪府规", "国办发明电", "晋政发", "财税"]
)
OPEN_CLOSE = st.sampled_from(["〔〕", "[]", "()", "（）", "【】", "〔]", "（]"])
DAYS = st.dates(min_value=date(1912, 1, 1), max_value=date(2199, 12, 31))
DIGITS = "〇一二三四五六七八九"


def chinese(number):
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十") + ("" if ones == 0 else DIGITS[ones])


@given(st.text())
def test_the_fold_keeps_every_place_and_is_done_once(text):
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@given(
    CODES,
    st.integers(1950, 2049),
    st.integers(1, 9999),
    OPEN_CLOSE,
    st.sampled_from(["", " ", "\u3000", "\u200b"]),
    st.sampled_from(["", "第"]),
)
def test_every_spelling_of_a_number_reads_as_that_number(code, year, serial, brackets, gap, ordinal):
    raw = f"{code}{gap}{brackets[0]}{year}{brackets[1]}{ordinal}{serial}{gap}号"
    number = docnumber.parse(raw)
    assert number.canonical == f"{code}〔{year}〕{serial}号"
    assert docnumber.parse(number.canonical).canonical == number.canonical
    assert docnumber.search_key(raw) == docnumber.search_key(f"{code}{year} {serial}")


@given(
    CODES,
    st.integers(1950, 2049),
    st.integers(1, 9999),
    st.sampled_from(["按照", "根据", "见《通知》（", "，", "关于废止", "依据国务院办公厅"]),
)
def test_a_number_is_found_in_text_with_its_own_edges(code, year, serial, before):
    raw = f"{code}〔{year}〕{serial}号"
    text = f"{before}{raw}，做好工作。"
    assert [text[one.start : one.end] for one in docnumber.find_all(text)] == [raw]


@given(st.text(max_size=120))
def test_no_text_breaks_the_number_readers(text):
    number = docnumber.parse(text)
    assert number is None or docnumber.parse(number.canonical) is not None
    for one in docnumber.find_all(text):
        assert text[one.start : one.end] == one.number.raw
    assert docnumber.search_key(text) is None or number is not None or docnumber.looks_like(text) is not None


@given(st.text(alphabet="国办发令公告第字〔〕[]（）0123456789年号號 之-財部、", max_size=40))
def test_no_near_number_breaks_the_number_readers(text):
    docnumber.search_key(text)
    docnumber.parse_joint(text)
    assert all(one.start < one.end for one in docnumber.find_all(text))


@given(DAYS)
def test_a_day_reads_the_same_in_every_form(day):
    year, month, number = day.year, day.month, day.day
    spelled = "".join(DIGITS[int(digit)] for digit in str(year))
    forms = [
        day.isoformat(),
        f"{year}年{month}月{number}日",
        f"{year}/{month:02d}/{number:02d}",
        f"{year}.{month}.{number}",
        f"{year}{month:02d}{number:02d}",
        f"{spelled}年{chinese(month)}月{chinese(number)}日",
        f"中華民國{year - 1911}年{month}月{number}日",
        f"{year} 年 {month} 月 {number} 日 16:19",
    ]
    assert {dates.parse(form).text for form in forms} == {day.isoformat()}


@given(st.integers(0, 9_999_999), st.integers(0, 235_959), st.integers(0, 999))
def test_a_clock_is_never_a_date(stamp, clock, millis):
    raw = f"2{stamp:07d}-{clock:06d}-{millis}"
    assert dates.parse(raw) is None
    assert dates.find_all(raw) == []


@given(st.text(max_size=80))
def test_no_text_breaks_the_other_readers(text):
    found = dates.parse(text)
    assert found is None or dates.is_iso(found.text)
    assert all(text[one.start : one.end] == one.date.raw for one in dates.find_all(text, year=2020))
    index = indexnumber.parse(text)
    assert index is None or index.check in {"ok", "bad", "na"}
    organisations.issuers_from_title(text)
    organisations.complete(text, context={"region": "云江市"})
    assert "".join(organisations.split_joint(text)) == "".join(
        organisations.split_joint(" ".join(organisations.split_joint(text)))
    )


@given(st.integers(0, 9999))
def test_numerals_count(number):
    assert whole(str(number)) == number
    if 0 < number < 100:
        assert whole(chinese(number)) == number


KINDS = st.sampled_from(["enacted", "effective", "amended", "partly_repealed", "repealed", "expired"])
EVENTS = st.lists(
    st.fixed_dictionaries({"kind": KINDS, "date": st.one_of(st.none(), DAYS.map(date.isoformat))}), max_size=5
)


@given(EVENTS, DAYS)
def test_what_has_ended_does_not_come_back(events, day):
    if validity_at(events, day).status in {"repealed", "expired"}:
        later = validity_at(events, min(day + timedelta(days=400), date(2199, 12, 31)))
        assert later.status in {"repealed", "expired"}


@given(EVENTS, DAYS)
def test_a_document_without_an_end_is_never_out_of_force(events, day):
    kept = [event for event in events if event["kind"] not in {"repealed", "expired"}]
    assert validity_at(kept, day).status not in {"repealed", "expired", "superseded"}


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@settings(max_examples=200)
@given(st.dictionaries(st.one_of(st.sampled_from(sorted(public_fields() | HEADER_FIELDS)), st.text(max_size=20)), JSON, max_size=8),
       st.sampled_from(["active", "on_request", "withheld", "unknown", "", "new"]), st.sampled_from(["draft", "in_review", "published", "withdrawn", "deleted"]))  # fmt: skip
def test_nothing_undeclared_is_ever_public(metadata, disclosure, state):
    record = {"id": "1", "name": "a", "type": "normative_document", "title": "题", "organization_id": None, "state": state, "disclosure": disclosure,
              "metadata": metadata, "readings": {name: {"raw": "x", "where": "body", "secret": "y"} for name in metadata}, "text_hash": "h", "content_hash": "c",
              "version": 1, "created_at": "", "updated_at": "", "internal_note": "secret"}  # fmt: skip
    seen = public_view(record)
    if state != "published" or disclosure not in {"active", "unknown", "on_request"}:
        assert seen is None
        return
    assert "internal_note" not in seen
    assert set(seen["metadata"]) <= public_fields() | HEADER_FIELDS
    assert set(seen["readings"]) <= set(metadata)
    if disclosure == "on_request":
        assert set(seen["metadata"]) <= HEADER_FIELDS
        assert seen["text_hash"] is None
        assert seen["content_hash"] == ""
