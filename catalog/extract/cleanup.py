"""The lists of a clean-up (清理结果): each document that stays in force, is amended, repealed or has expired, with what is said of it.

    附件2：宣布失效的规范性文件目录                  the heading gives the verdict to the list under it
    1. 云江市人民政府关于…的通知（云政发〔2009〕12号）   a numbered line: title and number
    序号 | 文件名称 | 文号 | 清理结果                  a table: columns in any order, by their labels, else by what the cells hold

An item becomes a citation whose relation says what is done (`confirms`, `amends`, `repeals`, `declares_expired`), so that the documents that
are named get the event, whenever they arrive. A row in which no document can be recognised is named, never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from catalog.extract.cleanup_tables import Row, rows_of
from catalog.extract.data_files import load
from catalog.extract.lines import clean, fold, squeeze
from catalog.model import dates, docnumber
from catalog.model.draft import Block, Citation, Draft, Problem, Reading
from catalog.model.script import to_simplified

MAX_ITEMS = 5_000
"""Documents of one clean-up; the longest real lists have some 1,500."""
MAX_TITLE = 200
LEAST_TITLE = 5
"""Shorter cells of a title's column (见备注, 无) name no document."""
MAX_UNREAD = 20
"""Rows that are named one by one when they are not understood."""
MAX_CELLS = 9
"""Lines of one row whose cells stand on lines of their own."""
SHORT_CELL = 12
"""Characters of the longest cell that is only a verdict."""
_SERIAL = re.compile(r"\d{1,4}[.、．]?")
_TITLE = re.compile(r"《((?:[^《》]|《[^《》]*》|〈[^〈〉]*〉){2,200})》")
_ANNEX = re.compile(r"附件(\d{1,2})")
_BRACKET = re.compile(r"[（(〔\[]([^（）()〔〕\[\]]*(?:[〔\[（(]\d{4}[〕\]）)][^（）()]*)?)[）)\]〕]\s*[。；;，,]?\s*$")
_AROUND = " \u3000（()）〔〕[],，、:：《》"
"""What stands between a number and the title behind it."""
FIELDS = {
    "kept": "kept",
    "amended": "amended",
    "repealed": "repealed",
    "expired": "expired",
    "not_kept": "repealed",
    "planned": "to_change",
}
LISTS = ("目录", "目錄", "清单", "清單", "名单", "名單", "一览表", "一覽表")
"""How the names of lists end."""


@dataclass(frozen=True, slots=True)
class Item:
    """A document of a list: the verdict (an id of `data/cleanup.yaml`), its title and number as far as they are printed, the whole entry."""

    verdict: str
    title: str | None
    number: str | None
    raw: str
    place: str | None = None

    def citation(self) -> Citation:
        """What the clean-up does to it."""
        return Citation(_relations()[self.verdict], self.raw[:500], self.number, self.title, place=self.place)


@dataclass(slots=True)
class Lists:
    """What the lists of a document say: items in their order, entries that were not understood, items beyond `MAX_ITEMS`."""

    items: list[Item] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    left_off: int = 0


def is_cleanup(title: str) -> bool:
    """Whether a document of this title carries the lists of a clean-up."""
    return bool(_compiled(load("cleanup")["title"]).search(squeeze(fold(title))))


def put_lists(draft: Draft) -> None:
    """Put what the lists of a clean-up say into its draft: citations, the fields of the type, flags for what was not understood."""
    title = str(draft.fields.get("title", ""))
    if draft.record_type != "cleanup_result" and not is_cleanup(title):
        return
    found = read_lists(draft.blocks, title=title)
    if not found.items and not found.unread:
        return
    draft.citations = _told(draft.citations, found.items)
    if draft.record_type == "cleanup_result":
        _put_fields(draft, found)
    for raw in found.unread[:MAX_UNREAD]:
        message = f"this entry of the list names no document that can be recognised: {raw[:200]!r}"
        draft.problems = (*draft.problems, Problem("warning", "unread_list", message, "citations"))
    if found.left_off:
        message = f"{found.left_off} entries beyond the first {MAX_ITEMS} were left out; load the list in parts"
        draft.problems = (*draft.problems, Problem("warning", "unread_list", message, "citations"))
    if found.unread or found.left_off:
        draft.flags = tuple(dict.fromkeys((*draft.flags, "unread_list")))


def read_lists(blocks: Sequence[Block], *, title: str = "") -> Lists:
    """The items of all lists under their verdicts. The title gives the verdict where it names only one and no heading says another;
    an annex without a heading of its own has the verdict of the sentence that names it (予以废止（附件2）).
    """
    found = Lists()
    held = verdict_of(title, loose=True)
    annexes = dict(_annexes(blocks))
    below = 0
    for at, block in enumerate(blocks):
        if at < below:
            continue
        if block.kind == "table":
            held = _read_table(block, held, found)
            continue
        if held and (cells := _cells_at(blocks, at)):
            below = at + 1 + len(cells)
            _read_cells(cells, held, found)
            continue
        annex = _ANNEX.match(squeeze(fold(block.text)))
        said = _heading(block)
        if annex and (said is not None or len(block.text) <= 8):
            held = said or annexes.get(annex[1])
        elif said is not None:
            held = said
        elif held:
            _read_line(block, held, found)
    return found


def _annexes(blocks: Sequence[Block]) -> Iterator[tuple[str, str]]:
    """The number of each annex that a sentence names, with the verdict that the sentence gives."""
    for block in blocks:
        text = squeeze(fold(block.text)) if block.kind != "table" and "附件" in block.text else ""
        text = re.sub(r"[,。;](?=\(?附件)", "", text)
        for clause in re.split("[,。;:]", text) if len(text) > 8 else ():
            named = re.search(r"附件(\d{1,2})", clause)
            said = verdict_of(clause) if named else None
            if named and said:
                yield named[1], said


def verdict_of(text: str, *, loose: bool = False) -> str | None:
    """The verdict that words give to a list. `loose`: where they name several that exclude each other, there is none."""
    folded = squeeze(fold(text))
    hits = [rule for rule in _verdicts() if rule["pattern"].search(folded)]
    if loose and len({rule["relation"] for rule in hits if rule["id"] != "not_kept"} - {"cites"}) > 1:
        return "not_kept" if {rule["id"] for rule in hits} <= {"not_kept", "expired", "repealed"} else None
    return hits[0]["id"] if hits else None


def _heading(block: Block) -> str | None:
    """The verdict that a line gives to what follows it; `None` for a line that gives none."""
    text = squeeze(fold(block.text))
    rule = load("cleanup")["heading"]
    if len(text) > rule["longest"] or (text[:1].isdigit() and not re.search(rule["lists"], text)):
        return None
    begins, ends = _compiled(rule["begins"]).search(text), _compiled(rule["ends"]).search(text)
    if block.kind != "heading" and not begins and not ends:
        return None
    if "《" in text and text.endswith(":"):  # 一、废止《…》（…号）等2件规范性文件：
        return verdict_of(_TITLE.sub("", text))
    return None if "《" in text or docnumber.find_all(text) else verdict_of(text)


def _read_line(block: Block, verdict: str, found: Lists) -> None:
    """A line of a list: numbered, or beginning with 《."""
    text = clean(block.text)
    numbered = _compiled(load("cleanup")["item"]).match(text)
    if not numbered and not text.startswith("《") and not _is_entry(text):
        return
    entry = text[numbered.end() if numbered else 0 :]
    if verdict == "amended" and not _compiled(load("cleanup")["amended_item"]).match(squeeze(fold(entry))):
        return  # what the amendment says, not what it amends
    made = _entry(entry)
    if made is not None:
        _add(found, Item(verdict, *made, text, block.anchor))
    elif numbered and verdict not in ("amended", "planned") and len(text) <= MAX_TITLE and not is_no_item(text):
        found.unread.append(text)


def is_no_item(text: str) -> bool:
    """Whether a line that begins with a number is no document of a list: a list's own name (附件：2.宣布失效的规范性文件目录), a day."""
    tight = squeeze(text).rstrip("。；;")
    return tight.endswith(LISTS) or dates.parse(tight) is not None


def _is_entry(text: str) -> bool:
    """Whether a line without any mark is one title and the number in brackets behind it, and nothing else."""
    bracket = _BRACKET.search(text) if len(text) <= MAX_TITLE and "。" not in text[:-1] else None
    if bracket is None or docnumber.parse(bracket[1]) is None:
        return False
    return bool(_compiled(load("cleanup")["title_ends"]).search(squeeze(fold(text[: bracket.start()]))))


def _read_cells(cells: Sequence[Block], verdict: str, found: Lists) -> None:
    """A row of a table whose cells became lines of their own: 1 / 云江市…办法 / 云政发〔2009〕12号 / 废止."""
    texts = [clean(cell.text) for cell in cells]
    number = next((_number(text) for text in texts if docnumber.parse(text) is not None), None)
    made = next((made for text in texts if (made := _entry(text)) is not None and made[0]), None)
    said = next((said for text in texts[1:] if len(text) <= SHORT_CELL and (said := verdict_of(text))), None)
    if made is not None:
        _add(found, Item(said or verdict, made[0], number or made[1], " ".join(texts), cells[0].anchor))


def _is_verdict(text: str) -> bool:
    """Whether a line can be the cell that says what became of a document, and not the heading of the next list."""
    return len(text) <= SHORT_CELL and not squeeze(text).endswith(LISTS)


def _cells_at(blocks: Sequence[Block], at: int) -> Sequence[Block]:
    """The lines behind one that is a serial number alone, up to the next such line; none where the line is no serial number."""
    if blocks[at].kind != "paragraph" or not _SERIAL.fullmatch(blocks[at].text.strip()):
        return ()
    stop = at + 1
    while (
        stop < min(len(blocks), at + MAX_CELLS)
        and blocks[stop].kind == "paragraph"
        and not _SERIAL.fullmatch(blocks[stop].text.strip())
        and (_heading(blocks[stop]) is None or _is_verdict(blocks[stop].text))
        and not _ANNEX.match(squeeze(fold(blocks[stop].text)))
    ):
        stop += 1
    return blocks[at + 1 : stop]


def _entry(text: str) -> tuple[str | None, str | None] | None:
    """Title and number of the document that an entry names; `None` where it names none."""
    number = _number(text)
    quoted = _TITLE.search(text)
    if quoted and (quoted.start() <= 30 or number):
        return quoted[1].strip(), number
    bare = _bare(text)
    if number is not None:
        first = docnumber.find_all(text)[0]
        if not text[: first.start].strip(_AROUND):  # 云政发〔2010〕5号 关于…的通知
            bare = _bare(text[first.end :].lstrip(_AROUND))
        elif 0 <= text.find("号") <= len(bare):
            bare = text[: first.start].rstrip("（(〔[ ,，、")
    title = bare.strip(" 　。；;，,")
    if 6 <= len(title) <= MAX_TITLE and _compiled(load("cleanup")["title_ends"]).search(squeeze(fold(title))):
        return title, number
    return (None, number) if number else None


def _bare(text: str) -> str:
    """An entry without its number and the brackets at its end: 1.关于…的通知（云政发〔2009〕12号） → 关于…的通知."""
    text = _compiled(load("cleanup")["item"]).sub("", text, count=1)
    for _ in range(3):
        shorter = _BRACKET.sub("", text).rstrip(" 　。；;，,")
        if shorter == text or not shorter:
            break
        text = shorter
    return text


def _number(text: str) -> str | None:
    found = docnumber.find_all(text)
    return canonical(found[-1].number) if found else None


def canonical(number: docnumber.DocNumber) -> str:
    """A number in the spelling of citations: simplified, unless it is one of the Republic (字第…號)."""
    return number.canonical if "字第" in number.canonical else to_simplified(number.canonical)


def _read_table(block: Block, held: str | None, found: Lists) -> str | None:
    """The rows of a table; the verdict that holds behind it (a row of one cell may have given another)."""
    for row in rows_of(block.text):
        if row.section is not None:
            held = verdict_of(row.section) or held
            continue
        if not (row.title or row.number):
            continue  # a row of a serial number alone
        verdict = (verdict_of(row.verdict) if row.verdict else None) or held
        made = _row(row)
        if verdict is None or made is None:
            found.unread.append(row.raw)
        else:
            _add(found, Item(verdict, *made, row.raw, block.anchor))
    return held


def _row(row: Row) -> tuple[str | None, str | None] | None:
    """Title and number of a row; both may stand in one cell."""
    number = _number(row.number) if row.number else None
    made = _entry(row.title) if row.title else None
    if made is None and row.title and row.named:
        bare = _bare(row.title)
        made = (bare, None) if len(bare) >= LEAST_TITLE else None
    if made is None and number is None:
        return None
    title, inner = made or (None, None)
    return title, number or inner


def _add(found: Lists, item: Item) -> None:
    if len(found.items) < MAX_ITEMS:
        found.items.append(item)
    else:
        found.left_off += 1


def _told(known: Sequence[Citation], items: Sequence[Item]) -> tuple[Citation, ...]:
    """Citations of which those that the lists name say what the lists say; each document once, the first entry counts."""
    made: dict[str, Citation] = {}
    for item in items:
        made.setdefault(_slot(item.number, item.title), item.citation())
    numbers = {_slot(one.number, None) for one in made.values() if one.number}
    titles = {_slot(None, one.title) for one in made.values() if one.title}
    others = [
        one
        for one in known
        if not (one.number and _slot(one.number, None) in numbers)
        and not (one.title and not one.number and _slot(None, one.title) in titles)
    ]
    return (*others, *made.values())


def _slot(number: str | None, title: str | None) -> str:
    return docnumber.search_key(number) or "" if number else re.sub(r"[《》〈〉\s]", "", fold(title or ""))


def _put_fields(draft: Draft, found: Lists) -> None:
    lists: dict[str, list[str]] = {}
    for item in found.items:
        name = f"{item.title or ''}（{item.number}）" if item.number and item.title else item.title or item.number or ""
        lists.setdefault(FIELDS[item.verdict], []).append(name)
    for name, values in lists.items():
        draft.put(name, values, Reading(values[0], "body", 0.85))
    counts = {name: len(values) for name, values in lists.items()} | {
        "items": len(found.items),
        "unread": len(found.unread),
    }
    draft.put("list_counts", counts, Reading("", "body", 0.85))


@cache
def _relations() -> Mapping[str, str]:
    return {rule["id"]: rule["relation"] for rule in load("cleanup")["verdicts"]}


@cache
def _verdicts() -> tuple[dict[str, Any], ...]:
    return tuple({**rule, "pattern": re.compile(rule["words"])} for rule in load("cleanup")["verdicts"])


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
