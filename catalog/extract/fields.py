"""Values into a draft: header pairs, dates and identifiers, each checked against what its field can hold, with its reading.

What cannot be read is not put: it becomes a flag, and a later reader still has the page. A date that two places give differently stays as
the surer place has it, with the flag `date_conflict`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from catalog.extract.data_files import load
from catalog.extract.labels import Pair
from catalog.extract.lines import clean, fold, squeeze
from catalog.model import dates, indexnumber, vocabularies
from catalog.model.dates import PartialDate
from catalog.model.docnumber import DocNumber
from catalog.model.draft import Draft, Reading, Where
from catalog.model.vocabularies import vocabulary

MAX_KEYWORDS = 60
_KEYWORD_MARKS = re.compile(r"[\s;；,，、/|]+")
_EFFECTIVE = re.compile(r"(?:本|现公布|现予|现印发|现将|此)[^。]{0,120}?自\s*$|[,(]\s*自\s*$|^自\s*$")
_IN_FORCE = re.compile(r"^\s*(?:起|开始)(?:正式)?(?:施行|实施|执行|生效|试行)")
_EXPIRES = re.compile(r"有效期(?:截?至|到)\s*$|有效期(?:为|自)?[^。,;]{0,30}(?:至|到)\s*$|(?:执行|施行|实施)至\s*$")
_BRACKETS = "[]【】()（）〔〕 \u3000"
_DATE_FIELDS = ("date_written", "date_printed", "date_published", "date_effective", "date_expires", "date_adopted")


@dataclass(frozen=True, slots=True)
class DateValue:
    """A date for a field, with where it was read and how sure that is."""

    field: str
    date: PartialDate
    raw: str
    where: Where
    confidence: float


def number_parts(number: DocNumber) -> dict[str, object]:
    """A document number as records keep it."""
    return asdict(number)


def put_pairs(draft: Draft, pairs: Iterable[Pair], flags: list[str]) -> None:
    """The header's values that need no weighing: index number, category, keywords, validity, disclosure, summary and numbers of registers."""
    for pair in pairs:
        reading = Reading(pair.value, "header", pair.label.confidence)
        name, value = pair.label.field, clean(pair.value)
        if name == "index_number":
            _put_index(draft, value, reading, flags)
        elif name == "topic_raw":
            _put_topic(draft, value, reading)
        elif name == "keywords_raw":
            draft.put("keywords_raw", value, reading)
            draft.put("keywords", [word for word in _KEYWORD_MARKS.split(value) if word][:MAX_KEYWORDS], reading)
        elif name in ("validity", "disclosure"):
            _put_code(draft, name, pair, reading, flags)
        elif name == "document_kind_raw":
            concept = vocabulary("document_kind").match(value)
            if concept is not None:
                draft.put("document_kind", concept.id, reading)
        elif name in ("summary", "unified_number", "disclosure_reason"):
            draft.put(name, value, reading)


def dates_of(pairs: Iterable[Pair], flags: list[str]) -> list[DateValue]:
    """The dates that the header gives; a value with digits that is no date is flagged `damaged_date`."""
    found: list[DateValue] = []
    for pair in pairs:
        if pair.label.kind != "date" and pair.label.field != "valid_until":
            continue
        name = "date_expires" if pair.label.field == "valid_until" else str(pair.label.field)
        date = read_date(pair.value)
        if date is not None:
            found.append(DateValue(name, date, pair.value, "header", pair.label.confidence))
        elif pair.label.kind == "date" and any(char.isdigit() for char in pair.value):
            flags.append("damaged_date")
    return found


def read_date(text: str) -> PartialDate | None:
    """The date of a header value: the whole value, else a whole day that it begins with (2020-01-02 来源：…)."""
    text = text.strip(_BRACKETS)
    whole = dates.parse(text)
    if whole is not None:
        return whole
    found = dates.find_all(text)
    return found[0].date if found and not squeeze(text[: found[0].start]) and found[0].date.precision == "day" else None


def dates_in_text(texts: Sequence[str]) -> list[DateValue]:
    """The day from which the document says it is in force, and the day until which: 本办法自2021年1月1日起施行，有效期至…. The last one said."""
    sure = load("values")["confidence"]["effective_sentence"]
    found: dict[str, DateValue] = {}
    for text in texts:
        if not (
            "施行" in text
            or "实施" in text
            or "實施" in text
            or "执行" in text
            or "生效" in text
            or "有效期" in text
            or "试行" in text
        ):
            continue
        for one in dates.find_all(text):
            before, after = fold(text[max(0, one.start - 140) : one.start]), fold(text[one.end : one.end + 12])
            sentence = re.split(r"[。;]", before)[-1]
            name = "date_effective" if _IN_FORCE.match(after) and _EFFECTIVE.search(sentence) else None
            name = name or ("date_expires" if _EXPIRES.search(sentence) else None)
            if name is not None and one.date.precision == "day":
                raw = clean(text[max(0, one.start - 20) : one.end + 8])
                found[name] = DateValue(name, one.date, raw, "body", sure)
    return list(found.values())


def put_dates(draft: Draft, values: Iterable[DateValue], flags: list[str]) -> None:
    """The surest date for each field; flags for what contradicts it."""
    by_field: dict[str, list[DateValue]] = {}
    for value in values:
        if value.field in _DATE_FIELDS:
            by_field.setdefault(value.field, []).append(value)
    for name, held in by_field.items():
        best = max(held, key=lambda one: one.confidence)
        draft.put(name, best.date.text, Reading(clean(best.raw), best.where, best.confidence))
        if any(_contradicts(best, other) for other in held):
            flags.append("date_conflict")
    written, published = draft.fields.get("date_written"), draft.fields.get("date_published")
    if written and published and dates.bounds(published)[1] < dates.bounds(written)[0]:
        flags.append("published_before_written")


def put_hints(draft: Draft, hints: Mapping[str, str]) -> None:
    """What the source knows of all its documents, where the document itself says nothing."""
    sure = load("values")["confidence"]["hint"]
    for name in (
        "region",
        "level",
        "source_site",
        "site_id_code",
        "text_authority",
        "trust",
        "rights",
        "reposted_from",
        "topic_raw",
    ):
        if hints.get(name) and name not in draft.fields:
            draft.put(name, hints[name], Reading(hints[name], "source", sure))


def hinted_dates(hints: Mapping[str, str]) -> list[DateValue]:
    """Dates that the list page or the source gives."""
    sure = load("values")["confidence"]["hint"]
    read = ((name, hints[name], read_date(hints[name])) for name in _DATE_FIELDS if hints.get(name))
    return [DateValue(name, date, raw, "list", sure) for name, raw, date in read if date is not None]


def _put_index(draft: Draft, value: str, reading: Reading, flags: list[str]) -> None:
    """An index number stays as it is printed, but for its spaces; family and check digit are told beside it."""
    tight = squeeze(value)
    if len(tight) > indexnumber.MAX_LENGTH or not any(map(str.isalnum, tight)):
        return
    draft.put("index_number", tight, reading)
    index = indexnumber.parse(value)
    if index is not None:
        draft.put("index_family", index.family, reading)
        draft.put("index_check", index.check, reading)
        if index.check == "bad":
            flags.append("index_check_bad")


def _put_topic(draft: Draft, value: str, reading: Reading) -> None:
    draft.put("topic_raw", value, reading)
    topic = vocabularies.topic(value)
    if topic is not None:
        draft.put("topic", [topic.concept.id], reading)


def _put_code(draft: Draft, name: str, pair: Pair, reading: Reading, flags: list[str]) -> None:
    """A value of a vocabulary; words that only headers use are translated by `data/values.yaml`."""
    data = load("values")[name]
    word = squeeze(fold(pair.value))
    table = {squeeze(fold(key)): code for key, code in data["by_label"].get(pair.label.name, data["values"]).items()}
    concept = vocabulary(name).match(pair.value)
    code = table.get(word, concept.id if concept is not None else None)
    if code is not None:
        draft.put(name, code, reading)
    else:
        flags.append("unmapped_value")


def _contradicts(one: DateValue, other: DateValue) -> bool:
    """Whether two places say different days; a partial date contradicts only what lies outside of it, and a hint nothing."""
    if other.confidence <= load("values")["confidence"]["hint"]:
        return False
    first, second = dates.bounds(one.date.text), dates.bounds(other.date.text)
    return first[1] < second[0] or second[1] < first[0]
