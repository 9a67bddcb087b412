"""The 沿革 of statutes of the Republic of China: numbered entries, broken over lines to fit a page, become steps of a history.

    1.中華民國九十二年五月十五日行政院院臺經字第 0920026367 號令訂定
      發布全文 20 條；並自九十二年三月一日施行
    2.中華民國九十四年四月二十二日行政院院臺經字第 0940084079 號令發
      布廢止

The date of a step is that of its order. When a change takes effect on another day, that stands in `Step.effective`; only the making of the
statute has an event `effective` of its own. An entry that says nothing that is known is handed back in `History.unread`: none is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from catalog.extract.data_files import load
from catalog.extract.history import History, Step, name_unread
from catalog.extract.roc_clauses import Effect, articles_of, effect_of, outside, until_of
from catalog.model import dates, docnumber
from catalog.model.draft import Citation, Draft, Reading

MAX_TEXT = 200_000
"""Characters of a history that are read; the longest real one has some 20,000."""
_NUM = "零〇○ＯO一二三四五六七八九十百元廿卅0-9０-９"
_ENTRY = re.compile(r"(\d{1,3})[.．、](?!\d)\s*(.*)")
_DATE = re.compile(
    rf"\s*(?:中華)?民國(?P<day>\s*[{_NUM}]{{1,8}}\s*年(?:\s*[{_NUM}]{{1,5}}\s*月(?:\s*[{_NUM}]{{1,5}}\s*日)?)?)"
)
_ORDER = re.compile(
    r"(?P<head>[^，；。、「」字]{1,60}字)第(?P<no>[0-9０-９A-Za-zＡ-Ｚ○零〇一二三四五六七八九十百之－-]{1,24}?)(?:號|(?=[、，令函公及]|$))"
)
_ROC_YEAR = re.compile(r"（[\d０-９零〇○一二三四五六七八九十]{2,6}）")
_ORDER_END = re.compile(r"號?\s*(?:令|函|公告|書函|通告|佈告)?")
SURE = 0.95
"""Confidence of what the lines of history say."""
FIELDS = {
    "enacted": ("date_adopted",),
    "published": ("date_published", "date_promulgated"),
    "effective": ("date_effective",),
}
"""The first event of a kind gives these fields."""
_FORMER = re.compile(r"原名稱：([^；：（）]{2,100})")
_GOES_ON = ("自", "於", "至", "迄", "、", "及", "依", "與", "起", "由", "（", "「")
_SESSION = re.compile(r"第\s*[零〇一二三四五六七八九十百\d\s]{1,6}\s*[屆次]|第.{1,8}會期|[^，；。]{0,30}會議")


@dataclass(frozen=True, slots=True)
class _Sentence:
    """One dated sentence of an entry; `restarts` where the numbering of the entries begins anew."""

    text: str
    restarts: bool = False


def read_roc_history(text: str, *, title: str = "") -> History:
    """The history that a 沿革 tells, in its order. `title` is the statute's own: where it stands without 「…」 it is not taken for words."""
    history = History()
    steps: list[tuple[Step, Effect, bool]] = []
    for sentence in _sentences(text[:MAX_TEXT], history):
        made = _step(sentence.text, title)
        if made is None:
            history.unread.append(sentence.text)
        else:
            steps.append((*made, sentence.restarts))
    history.steps = _settled(steps)
    return history


def put_history(draft: Draft, text: str, *, title: str) -> None:
    """Put a 沿革 into a draft: its events, the dates, bodies and number of the making, former names; what is unread is named."""
    history = read_roc_history(text, title=title)
    draft.events = (*draft.events, *history.events())
    note = "\n".join(line.strip() for line in text.splitlines() if line.strip())
    if note:
        draft.put("promulgation_note", note, Reading(note, "header", 1.0))
    for kind, names in FIELDS.items():
        step = next((step for step in history.steps if kind in step.kinds and step.date), None)
        for name in names if step else ():
            assert step is not None  # noqa: S101 - the loop is empty without one
            draft.put(name, step.date, Reading(step.raw, "header", SURE))
    made = history.first("published") or history.first("enacted")
    if made and made.bodies:
        draft.put("issuing_body", list(made.bodies), Reading(made.raw, "header", SURE))
    if made and made.orders:
        draft.put("order_number", "、".join(made.orders), Reading(made.raw, "header", SURE))
    former = [name for step in history.steps for name in _FORMER.findall(step.raw) if name != title]
    if former:
        draft.put("alt_titles", list(dict.fromkeys(former)), Reading(former[0], "header", SURE))
    name_unread(draft, history)


def _sentences(text: str, history: History) -> Iterator[_Sentence]:
    """The sentences of all entries. An entry without words goes to `history.unread`."""
    held, number, restarts = "", 0, False
    for raw in text.splitlines():
        line = raw.strip(" \t\u3000\u200b\ufeff")
        if not line:
            continue
        entry = _ENTRY.match(line)
        due = entry is not None and int(entry[1]) in (number + 1, 1)
        if entry is not None and (_DATE.match(entry[2]) or (due and not entry[2])):
            if held:
                yield _Sentence(held, restarts)
            restarts = int(entry[1]) == 1 and number > 0
            number, held = int(entry[1]), entry[2].strip()
            if not held:
                history.unread.append(line)
        elif held and _DATE.match(line) and not held.endswith(_GOES_ON) and _closed(held):
            yield _Sentence(held, restarts)
            held, restarts = line, False
        else:
            held += line
    if held:
        yield _Sentence(held, restarts)


def _closed(text: str) -> bool:
    return text.count("（") <= text.count("）") and text.count("「") <= text.count("」")


def _step(sentence: str, title: str) -> tuple[Step, Effect] | None:
    """What a sentence says; `None` where it has no date, or no word that is known."""
    raw = re.sub(r"\s{2,}", " ", sentence).strip()
    begun = _DATE.match(sentence)
    day = dates.parse("民國" + re.sub(r"\s", "", begun["day"])) if begun else None
    if begun is None or day is None:
        return None
    rest = re.sub(r"\s+", "", sentence[begun.end() :])
    orders, bodies, said = _orders(rest)
    words = outside(said.replace(title, "") if title else said)
    kinds = _kinds(words, said, title)
    effect = effect_of(words, said, published=day.text)
    if kinds == ("published",) and effect.main is None and re.search(load("history_roc")["in_force"] + "$", words):
        kinds, effect = ("published", "effective"), Effect(day.text)
    if effect.main and not kinds:
        kinds = ("effective",)
    if not kinds:
        return None
    return (
        Step(
            raw,
            day.text,
            kinds,
            bodies or tuple(_bodies(said)),
            orders,
            by=_by(raw, kinds, orders),
            articles=articles_of(words),
            until=until_of(said),
        ),
        effect,
    )


def _orders(rest: str) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """The orders by which it was done, the bodies that gave them, and the words behind them."""
    orders, bodies, end = [], [], 0
    for found in _ORDER.finditer(rest):
        head = found["head"]
        if not re.fullmatch("[、，及暨與]" if end else "", rest[end : found.start()]) or head.count("（") != head.count(
            "）"
        ):
            break
        body, code = _body_and_code(head.lstrip("及暨與"))
        orders.append(f"{code}第{found['no']}號")
        if body:
            bodies.append(body)
        ends = _ORDER_END.match(rest, found.end())
        end = ends.end() if ends else found.end()
    return tuple(orders), tuple(dict.fromkeys(bodies)), re.sub("^會[同銜]", "", rest[end:])


def _body_and_code(head: str) -> tuple[str, str]:
    """A body and the code of its order, parted: 內政部台內營字 → 內政部, 台內營字; 總統（74）華總（一）義字 → 總統, （74）華總（一）義字."""
    if year := _ROC_YEAR.search(head):
        return head[: year.start()], head[year.start() :]
    data = load("history_roc")
    endings, best, sure = tuple(data["endings"]), 0, False
    for at in range(2, min(len(head) - 1, 40)):
        name, after = head[:at], head[at]
        if not name.endswith(endings) or re.search(r"([院署會部局處府])\1", name):
            continue
        follows = after in name or after in data["codes_begin"]
        if follows or not sure:
            best, sure = at, sure or follows
    return head[:best], head[best:]


def _bodies(said: str) -> Iterator[str]:
    """The bodies of a sentence without order numbers: 國民政府令制定公布, 僑務委員會、內政部會同修正發布."""
    head = re.split(r"[，；。（「]", said, maxsplit=1)[0]
    for _, pattern in (*_patterns("first"), *_patterns("beside")):
        head = pattern.split(head, maxsplit=1)[0]
    head = _SESSION.split(re.sub(r"(?:會同|會銜|令|函)+$", "", head), maxsplit=1)[0]
    for name in re.split(r"[、及暨]", head):
        if 1 < len(name) <= 30 and name.endswith(tuple(load("history_roc")["endings"])):
            yield name


@cache
def _patterns(group: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((rule["kind"], re.compile(rule["words"])) for rule in load("history_roc")[group])


def _kinds(words: str, said: str, title: str) -> tuple[str, ...]:
    """The kinds of event that the words of a sentence mean."""
    data: dict[str, Any] = load("history_roc")
    if "廢止" not in words and re.search(data["only_in_force"], words):
        return ("effective",)
    bare = re.sub(data["not_said"], "", words)
    main = next((kind for kind, pattern in _patterns("first") if pattern.search(bare)), None)
    if main == "repealed" and "廢止" not in bare:
        merged = "合併" in bare or "併入" in bare
        into_this = re.search(data["merged_into_this"], bare) or (title and title in said[said.rfind("為") :])
        if (merged and into_this) or re.search(data["new_text"], bare):
            main = "amended"
    if main in _ALONE:
        return (main,)
    others = [kind for kind, pattern in _patterns("beside") if pattern.search(bare)]
    return (*([main] if main else []), *others)


def _by(raw: str, kinds: Sequence[str], orders: Sequence[str]) -> Citation | None:
    """The order that changed or ended the statute."""
    relation = next((_RELATIONS[kind] for kind in kinds if kind in _RELATIONS), None)
    number = next((parsed.canonical for order in orders if (parsed := docnumber.parse(order))), None)
    return Citation(relation, raw, number) if relation and number else None


_ALONE = frozenset(
    {"competence_moved", "order_withdrawn", "prolonged", "repealed", "partly_repealed", "corrected", "confirmed"}
)
"""Kinds that stand alone: what the sentence says besides is the form in which it was done."""
_RELATIONS = {"amended": "amends", "repealed": "repeals", "partly_repealed": "partly_repeals"}


def _settled(read: Sequence[tuple[Step, Effect, bool]]) -> list[Step]:
    """What only the order tells: whether a day of effect is that of the statute or that of a change."""
    steps: list[Step] = []
    making, begun = True, False
    for step, effect, restarts in read:
        if restarts or (steps and "repealed" in steps[-1].kinds and "enacted" in step.kinds):
            making, begun = True, False
        kinds = step.kinds
        if "enacted" in kinds and begun and not making:
            kinds = tuple("amended" if kind == "enacted" else kind for kind in kinds)
        if "amended" in kinds:
            making = False
        if kinds == ("effective",):
            steps.append(_set_in_force(step, effect, making=making))
            continue
        begun = begun or "enacted" in kinds or "published" in kinds
        if not effect.main or "effective" in kinds:
            steps.append(replace(step, kinds=kinds))
        elif "repealed" in kinds:
            steps.append(replace(step, kinds=kinds, effective=effect.main))
        elif making and begun:
            steps.append(replace(step, kinds=kinds))
            steps += _begins(step, effect)
        else:
            steps.append(replace(step, kinds=kinds, effective=effect.main))
    return steps


def _set_in_force(step: Step, effect: Effect, *, making: bool) -> Step:
    """An order that only sets the day: of the statute, or of a change to it or a part of it."""
    kind = "effective" if making and not step.articles else "partly_effective"
    return replace(step, kinds=(kind,), date=effect.main or step.date)


def _begins(step: Step, effect: Effect) -> Iterator[Step]:
    """The day from which the statute is in force, and the days of those articles that have their own."""
    yield Step(step.raw, effect.main, ("effective",), step.bodies)
    for part in effect.parts:
        yield Step(step.raw, part.day, ("partly_effective",), step.bodies, articles=part.articles)
