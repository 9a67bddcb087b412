"""Rows of an issue → drafts: the issue, and its articles, which are linked to it, ordered, dated, and marked as the standard text.

What the issue itself says of an article (its table of contents, its markup, its head) goes before what a reader makes of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from catalog.extract.formats.plaintext import text_lines
from catalog.extract.gazette import corrections
from catalog.extract.gazette.english import english_date
from catalog.harvesters.constants import fill_in, retype
from catalog.harvesters.gazette_texts import read_article
from catalog.harvesters.issues import read_issue
from catalog.harvesters.maps import Map
from catalog.harvesters.shapes import Unreadable, raw_text, shape_of
from catalog.model import dates
from catalog.model.docnumber import parse_joint
from catalog.model.draft import Block, Citation, Draft, Problem, RawDocument, Reading
from catalog.model.issues import issue_names
from catalog.plugins.harvesting import FieldTypes

ISSUE, ARTICLE = "gazette_issue", "gazette_article"
OF_ISSUE = ("gazette", "title", "year", "volume", "number_in_year", "running_number", "part", "supplement", "date_published", "languages", "pages")  # fmt: skip
"""What a source's configuration may say of its one issue."""
CONSTANTS = ("gazette", "publisher", "region", "level", "source_site", "lang", "script", "text_authority", "rights")
"""What a source's configuration may say of all that it gives."""
_PRINTED = re.compile("出版|出刊|刊行|[发發]行")
"""Words of the line that says on which day an issue came out."""
DOUBTFUL = 0.7
"""An article whose beginning is less sure than this is flagged `uncertain_boundary`."""
HEAD = 20
"""Lines at the beginning of an issue that name it."""
STANDARD = "gazette_standard"
"""规章制定程序条例 art. 31: the text that the gazette prints is the standard text."""


def issue_draft(
    row: Mapping[str, Any], data: Mapping[str, Any], articles: list[str], config: Mapping[str, Any], types: FieldTypes
) -> Draft:
    """The issue. `articles` are the external ids of its articles, in order. Its title tells it from every other issue of the source."""
    known = types(ISSUE) or {}
    draft = (
        Map(data["issue_map"], types, record_type=ISSUE).draft(row, _no_body) if data.get("issue_map") else Draft(ISSUE)
    )
    _put_row(draft, row, known)
    _put_row(draft, {name: config[name] for name in OF_ISSUE if name in config}, known, where_is="source")
    if ("title" not in draft.fields or "number_in_year" not in draft.fields) and not row.get("_foreign"):
        for text in (str(row.get("_head") or ""), str(row.get("_file") or "")):
            _read_title(draft, text)
    if row.get("_day") and (day := english_date(str(row["_day"]))):
        draft.put("date_published", day, Reading(str(row["_day"]), "header", 0.9))
    _complete_dates(draft)
    fill_in(draft, _constants(config), {}, known)
    _name(draft, str(row.get("_file") or ""))
    text = str(row.get("_text") or "")
    draft.blocks = tuple(Block(line.kind, line.text) for line in text_lines(text)) if text.strip() else ()
    draft.fields["articles"] = articles
    draft.fields["article_count"] = len(articles)
    draft.fields.setdefault("coverage", coverage(row, articles))
    draft.fields.setdefault("text_authority", STANDARD)
    listed = row.get("_listed")
    if listed and listed != len(articles) and not row.get("_foreign"):
        draft.problems += (
            Problem("warning", "contents_differ", f"the table of contents has {listed} entries, the text {len(articles)} articles; look at the issue's articles", "articles"),
        )  # fmt: skip
    return draft


def coverage(row: Mapping[str, Any], articles: list[str]) -> str:
    """What there is of an issue: `text` of its articles, `scans` of its pages, or an `index only`."""
    if row.get("_with_text"):
        return "text"
    return "scans" if row.get("_scans") else "text" if articles and row.get("_flat") else "index only"


def article_draft(
    row: Mapping[str, Any],
    data: Mapping[str, Any],
    issue: Mapping[str, Any],
    config: Mapping[str, Any],
    types: FieldTypes,
    extract: Callable[[RawDocument], Draft],
    file: RawDocument | None = None,
) -> Draft:
    """One article of the issue whose fields are `issue`. `file` is the article's own file, where it has one."""
    known = types(ARTICLE) or {}
    if data.get("map"):
        draft = _of_markup(row, data, types, extract)
    else:
        draft = read_article(row, None, extract, file)
        retype(draft, ARTICLE, known)
        _put_row(draft, row, known)
        _put_numbers(draft, row, known)
    if draft.fields.get("title"):
        draft.problems = tuple(problem for problem in draft.problems if problem.code != "no_title")
    _put_place(draft, row)
    if row.get("_cited"):
        draft.fields["alt_titles"] = [*draft.fields.get("alt_titles", ()), str(row["_cited"])]
    _link(draft, issue)
    fill_in(
        draft,
        {name: str(issue[name]) for name in (*CONSTANTS, "date_published") if issue.get(name)} | _constants(config),
        {},
        known,
    )
    draft.fields["text_authority"] = str(row.get("text_authority") or config.get("text_authority") or STANDARD)
    _correct(draft, row, issue)
    if float(row.get("_sure", 1.0)) < DOUBTFUL:
        draft.flags += ("uncertain_boundary",)
    if row.get("_lost"):
        draft.flags += ("missing_attachment",)
        draft.problems += (
            Problem("warning", "missing_file", f"the table names the file {row['_lost']}, which is not there", "file"),
        )
    return draft


def _of_markup(
    row: Mapping[str, Any], data: Mapping[str, Any], types: FieldTypes, extract: Callable[[RawDocument], Draft]
) -> Draft:
    """What the markup says through its map; what the text says is added where the map says nothing."""
    draft = Map(data["map"], types, record_type=ARTICLE).draft(row, _no_body)
    lang = data["map"].get("constants", {}).get("lang", row.get("lang"))
    title = {"title": draft.fields["title"]} if draft.fields.get("title") else {}
    read = read_article({**row, "lang": lang, **title}, data.get("html"), extract, None)
    retype(read, ARTICLE, types(ARTICLE))
    for name, value in read.fields.items():
        if name not in draft.fields and name in read.readings:
            draft.fields[name], draft.readings[name] = value, read.readings[name]
    for part in ("blocks", "events", "attachments"):
        setattr(draft, part, getattr(read, part))
    draft.citations += read.citations
    draft.flags += tuple(flag for flag in read.flags if not flag.endswith("_conflict"))
    draft.problems += read.problems
    return draft


def _put_row(draft: Draft, row: Mapping[str, Any], known: Mapping[str, str], *, where_is: str = "list") -> None:
    """Values that the issue says of an article, and the archivist of an issue: surer than what was read in the text."""
    for name, value in row.items():
        if name not in known or name in ("doc_number", "articles") or value in (None, "", []):
            continue
        try:
            shaped = shape_of(known[name])(value)
        except Unreadable as error:
            if known[name] == "date" and (day := english_date(raw_text(value))):
                shaped = day
            else:
                draft.problems += (
                    Problem(
                        "warning",
                        "unreadable",
                        f"{name}: {error}, and {raw_text(value)[:200]!r} is none; it was left out",
                        name,
                    ),
                )
                continue
        if shaped is not None:
            draft.fields[name] = shaped
            draft.readings[name] = Reading(raw_text(value), "source" if where_is == "source" else "list", 1.0)
    if "date" in row and "date_written" in known and (day := _day(str(row["date"]))):
        draft.put("date_written", day, Reading(str(row["date"]), "header", 0.97))


def _day(text: str) -> str | None:
    try:
        return shape_of("date")(text) or None
    except Unreadable:
        return english_date(text)


def _put_numbers(draft: Draft, row: Mapping[str, Any], known: Mapping[str, str]) -> None:
    """The numbers of an article: the first is its own, the others those of the bodies that issued it with the first."""
    raws = row.get("numbers") or ([row["doc_number"]] if row.get("doc_number") else [])
    numbers = [one for raw in raws for one in parse_joint(str(raw))]
    raw = "；".join(str(one) for one in raws)
    if numbers and "doc_number" in known:
        own = numbers[0].raw
        held = draft.fields.get("doc_number")
        keep = numbers[0].code == "令" and isinstance(held, Mapping)  # 第45号 alone: the reader knows whose order it is
        if not keep:
            draft.fields["doc_number"] = own
            draft.readings["doc_number"] = Reading(raw, "header", 0.97)
        if len(numbers) > 1:
            draft.fields["joint_numbers"] = [one.canonical for one in numbers[1:]]
            draft.readings["joint_numbers"] = Reading(raw, "header", 0.97)
    elif raws and row.get("_foreign"):
        draft.fields["unified_number"] = str(raws[0])
        draft.fields["alt_titles"] = [f"FR Doc. {raws[0]}"]
    elif raws and "doc_number" not in draft.fields:
        draft.flags += ("damaged_number",)
        draft.problems += (
            Problem(
                "warning",
                "unreadable",
                f"doc_number: {raw[:200]!r} is no document number; it was left out",
                "doc_number",
            ),
        )


def _put_place(draft: Draft, row: Mapping[str, Any]) -> None:
    """Order and pages. Readers that see more than one page range say the first to last page."""
    draft.fields["order"] = int(row["_order"])
    for name in ("page_from", "page_to"):
        value = row.get(name, row.get(f"_{name}"))
        if isinstance(value, int):
            draft.fields[name] = value
    if pages := row.get("pages_text"):
        numbers = [int(part) for part in "".join(c if c.isdigit() else " " for c in str(pages)).split()[:2]]
        if numbers:
            draft.fields["page_from"], draft.fields["page_to"] = numbers[0], numbers[-1]
    if "page_from" in draft.fields and "contents" not in row.get("_signs", ()):
        draft.fields.setdefault(
            "page_to", draft.fields["page_from"]
        )  # a table of contents says only where an article begins


def _link(draft: Draft, issue: Mapping[str, Any]) -> None:
    title = str(issue["title"])
    draft.fields["issue"] = title
    draft.readings["issue"] = Reading(title, "source")
    draft.citations = (
        Citation("published_in", title, title=title),
        *(one for one in draft.citations if one.type != "published_in"),
    )


def _correct(draft: Draft, row: Mapping[str, Any], issue: Mapping[str, Any]) -> None:
    """A correction gets its class, and what it corrects as relations; citations of the same documents give way to these."""
    title = str(draft.fields.get("title", ""))
    text = [block.text for block in draft.blocks[:40]]
    action = str(row.get("ACT") or "") or corrections.action_of(text)
    if not corrections.is_correction(title, action=action):
        return
    found = corrections.targets(title, text)
    where = corrections.place(title, text)
    if not found and where is not None:
        named = issue_names(
            {
                "gazette": issue.get("gazette"),
                "year": where.year,
                "volume": where.volume,
                "number_in_year": where.number,
            }
        )
        found = [Citation("corrects", named[0], title=named[0])] if named else []
    own = draft.fields.get("doc_number")
    own_names = {own.get("canonical") if isinstance(own, Mapping) else own, title, *draft.fields.get("alt_titles", ())}
    found = [one for one in found if (one.number or one.title) not in own_names]
    draft.fields.setdefault("article_class", "Correction" if draft.fields.get("lang") == "en" else "更正")
    if found:
        draft.fields["corrects"] = "；".join(one.raw for one in found)
        draft.readings["corrects"] = Reading(title, "title", 0.9)
    named_here = {one.number or one.title for one in found}
    others = tuple(
        one for one in draft.citations if (one.number or one.title) not in named_here or one.type == "published_in"
    )
    draft.citations = (*others, *found)


def _constants(config: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(config[name]) for name in CONSTANTS if config.get(name)}


def _read_title(draft: Draft, text: str) -> None:
    """Gazette, year and numbers out of the first lines of an issue, or out of its file's name."""
    for line in text.splitlines()[:HEAD]:
        if not line.strip() or len(line) > 200:
            continue
        numbered = "number_in_year" not in draft.fields or "year" not in draft.fields
        if numbered:
            read_issue(draft, line.strip())
            numbered = "number_in_year" in draft.fields  # this is the line that numbers the issue
        alone = line.strip() and dates.parse("".join(line.split())) is not None
        if (
            (numbered or alone or _PRINTED.search(line))
            and (days := dates.find_all(line))
            and days[0].date.precision == "day"
        ):
            draft.put("date_published", days[0].date.text, Reading(line.strip(), "header", 0.9))


def _complete_dates(draft: Draft) -> None:
    day = draft.fields.get("date_published")
    if "year" not in draft.fields and isinstance(day, str):
        draft.put("year", int(day[:4]), Reading(day, "source", 0.9))


def _name(draft: Draft, file: str) -> None:
    """The issue's title, which must tell it from others, and what else it is called."""
    names = issue_names(draft.fields)
    gazette = str(draft.fields.get("gazette") or "")
    title = str(draft.fields.get("title") or "")
    if not title or title == gazette:
        made = names[0] if names else f"{gazette} {file}".strip()
        draft.fields["title"] = made
        draft.readings["title"] = Reading(file, "source", 0.7)
        names = names[1:]
    others = [name for name in names if name != draft.fields["title"]]
    if others:
        draft.fields["alt_titles"] = [*draft.fields.get("alt_titles", ()), *others]


def _no_body(_document: RawDocument) -> Draft:
    raise ValueError("maps of gazettes have no body: `html` and `text` of the profile say where the text stands")
