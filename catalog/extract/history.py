"""The lines under a statute's title that tell its history: who passed, published, amended or repealed it, when, and by what.

    1999年5月23日 中华人民共和国国务院令第265号发布
    2013年7月18日 《国务院关于废止和修改部分行政法规的决定》第二次修订

Real ones are broken over lines at 、 (also inside 《…》), hold two events in one line, end with a lost 根据, or lack the verb. What is read
keeps its raw text; a line that is no history is handed back; a history that breaks off is said to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from itertools import accumulate
from typing import Any

from catalog.extract.data_files import load
from catalog.model import dates, docnumber
from catalog.model.draft import Citation, Draft, EventDraft, Problem

DIGITS = "[0-9０-９〇零○OＯ一二三四五六七八九十廿]"
_DATE = re.compile(
    rf"{DIGITS}{{4}}\s*(?:年\s*{DIGITS}{{1,3}}\s*月\s*{DIGITS}{{1,3}}\s*日|[-./．]\s*[0-9０-９]{{1,2}}\s*[-./．]\s*[0-9０-９]{{1,2}}(?![0-9０-９]))"
)
_LED = re.compile(
    rf"[（(\s\u3000]*(?:(?:并?根据|自|经|于|业经)|[\u4e00-\u9fff]{{2,8}}[〔\[(（]\d{{4}}[〕\])）]\d{{1,5}}号[\u4e00-\u9fff]{{0,4}}[，,（(]?)[\s\u3000]*"
    rf"(?={_DATE.pattern})"
)
"""What may stand before the date of an event: 根据2018年…, 自2015年…, 法释〔2020〕17号（2020年…."""
_ORDER = re.compile(
    r"(?P<org>[^\s，。；()（）《》]{2,60}?)(?:令\s*第?\s*(?P<no>[\d０-９]{1,5})\s*号|第\s*(?P<no2>[\d０-９]{1,5})\s*号令)"
)
_DECISION = re.compile(r"关于[^，。；]{2,60}?的决定")
_LETTER = ("：", ":", "。", "号")
"""How lines end that belong to a covering letter, not to the history."""
SIGNERS = 40
"""Longer lines without a date are no list of the bodies that signed."""
_LOOSE_END = re.compile(r"[\s，,。；;、]*(?:并?根据|和|自|并)$")
_TIMES = re.compile(r"第[一二三四五六七八九十\d]+次(?=修|$)")
CHANGES = frozenset({"amended", "repealed", "partly_repealed", "partly_effective", "competence_moved", "corrected"})
"""Kinds of event that change what is said, or whether it counts."""
UNKNOWN = "unknown_history"
_BLANK = " \u3000\t\r\u200b"
_TRIM = " \u3000\t，,。；;、"
_BRACKETS = {"《": 1, "》": -1}


@dataclass(frozen=True, slots=True)
class Step:
    """One sentence of the history: its event kinds (none where the verb is lost), ISO date, bodies that acted, orders by which, sitting."""

    raw: str
    date: str | None
    kinds: tuple[str, ...]
    bodies: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    sitting: str | None = None
    by: Citation | None = None
    on_publication: bool = False
    articles: tuple[str, ...] = ()
    """Anchors of the articles that were changed, where the text names them."""
    effective: str | None = None
    """ISO date from which a change counts, where that is another day than `date`."""
    until: str | None = None
    """ISO date of the last day of force that the step sets."""


@dataclass(slots=True)
class History:
    """The history as read. `rest` are lines that are no history, in order; `unread` are lines of history in which nothing known is said;
    `broken` says that the text ends where an event must follow.
    """

    steps: list[Step] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    broken: bool = False
    unread: list[str] = field(default_factory=list)

    def first(self, kind: str) -> Step | None:
        """The first step of a kind."""
        return next((step for step in self.steps if kind in step.kinds), None)

    def events(self) -> tuple[EventDraft, ...]:
        """The events in the order of the text."""
        return tuple(_event(step, kind) for step in self.steps for kind in step.kinds)

    def unknown(self) -> list[str]:
        """The lines in which no event was recognised: those that say nothing known, and days without a verb."""
        return [*self.unread, *(step.raw for step in self.steps if not step.kinds)]


def name_unread(draft: Draft, history: History) -> None:
    """Flag `unknown_history`, and a warning for each line of a history that is no event: none is dropped silently."""
    for line in history.unknown():
        message = f"this line of the history tells no event that is known; it is kept as printed: {line[:200]!r}"
        draft.problems = (*draft.problems, Problem("warning", UNKNOWN, message, "events"))
    if history.unknown() and UNKNOWN not in draft.flags:
        draft.flags = (*draft.flags, UNKNOWN)


def _event(step: Step, kind: str) -> EventDraft:
    """A step as one event. Which articles it changed, and by what, belongs to the change alone, not to its publication."""
    changed = kind in CHANGES
    return EventDraft(
        kind,
        step.date,
        step.raw,
        step.by if changed or step.by is None or len(step.kinds) == 1 else None,
        step.bodies,
        step.articles if changed else (),
        step.effective if changed else None,
        step.until if changed or kind in ("enacted", "effective", "prolonged") else None,
    )


def is_dated(line: str) -> bool:
    """Whether a line begins with a whole date, as a line of history does."""
    return bool(_DATE.match(line.lstrip("（( 　")) or _LED.match(line))


def read_history(lines: Iterable[str]) -> History:
    """The history that some lines tell. Lines are those between the title and the body, in order."""
    history = History()
    sentences = [sentence for entry in _entries(lines, history) for sentence in _sentences(entry)]
    history.steps = _settled([_step(sentence) for sentence in _with_verbs(sentences)])
    history.broken = bool(sentences) and sentences[-1].rstrip(_TRIM).endswith("根据")
    return history


def _entries(lines: Iterable[str], history: History) -> Iterator[str]:
    """Lines put together where a line break split them; lines that are no history go to `history.rest`."""
    held: str | None = None
    for line in _with_signers([stripped for raw in lines if (stripped := raw.strip(_BLANK))]):
        if is_dated(line):
            if held is not None:
                yield held
            held = line
        elif held is not None and _goes_on(held, line):
            held += ("、" if not _verbs(held) or _depth(held) > 0 else "，") + line
        elif held is not None and len(line) <= SIGNERS and _verbs(line) and not line.endswith(_LETTER):
            # 1981年10月13日 国务院批准 / 文化部、海关总署发布: one day, two acts
            yield held
            day = _DATE.match(held)
            held = f"{day[0] if day else ''} {line}"
        else:
            if held is not None:
                yield held
            held = None
            history.rest.append(line)
    if held is not None:
        yield held


def _with_signers(lines: Sequence[str]) -> Iterator[str]:
    """Lines, with each run of bodies that stand on lines of their own put before the line that has their verb."""
    bodies: list[str] = []
    for at, line in enumerate(lines):
        after = next((later for later in lines[at + 1 :] if is_dated(later) or _verbs(later)), "")
        alone = not is_dated(line) and not _verbs(line) and len(line) <= SIGNERS and not line.endswith(_LETTER)
        if (
            alone
            and at > 0
            and after
            and not is_dated(after)
            and not re.search(load("history")["on_publication"], after)
        ):
            bodies.append(line)
            continue
        yield "、".join((*bodies, line))
        bodies = []
    yield from bodies


def _goes_on(held: str, line: str) -> bool:
    """Whether a line without a date belongs to the entry before it: an open 《, a verb still missing, or 发布之日施行 alone."""
    if _depth(held) > 0 or re.search(load("history")["on_publication"], line):
        return True
    return not _verbs(held) and len(line) <= 60 and not line.endswith(("：", ":"))


def _depth(text: str) -> int:
    return sum(_BRACKETS.get(character, 0) for character in text)


def _dates_outside(text: str) -> list[re.Match[str]]:
    """The whole dates that stand outside 《…》."""
    depths = list(accumulate((_BRACKETS.get(character, 0) for character in text), initial=0))
    return [found for found in _DATE.finditer(text) if depths[found.start()] == 0]


def _sentences(entry: str) -> Iterator[str]:
    """An entry cut before each date that stands outside 《…》: two events are often glued together."""
    cuts = [found.start() for found in _dates_outside(entry)]
    for start, end in zip(cuts, [*cuts[1:], len(entry)], strict=True):
        yield entry[start:end]


def _with_verbs(sentences: Sequence[str]) -> Iterator[str]:
    """A sentence that ends with 、 or 和 and has no verb shares that of the next (two bodies met on two days): they go together."""
    held, based = "", False
    for sentence in sentences:
        if not _verbs(sentence) and sentence.rstrip(" 　").endswith(("、", "和")):
            held += sentence
            continue
        if not held and based and _verbs(sentence) == ("enacted",) and "《" not in sentence:
            held, based = sentence, False  # 根据…通过、…批准的《…决定》修正: one amendment, told with both its days
            continue
        based = sentence.rstrip(_TRIM).endswith("根据")
        yield held + sentence
        held = ""
    if held:
        yield held


@cache
def _vocabulary() -> tuple[tuple[tuple[str, re.Pattern[str]], ...], tuple[tuple[str, re.Pattern[str]], ...]]:
    def patterns(words: dict[str, list[str]]) -> tuple[tuple[str, re.Pattern[str]], ...]:
        return tuple((kind, re.compile("|".join(forms))) for kind, forms in words.items())

    data = load("history")
    return patterns(data["verbs"]), patterns(data["beside"])


@lru_cache(maxsize=1024)
def _verbs(text: str) -> tuple[str, ...]:
    """The event kinds that a sentence's verbs mean, titles in 《…》 left out."""
    bare = _outside_titles(text)
    verbs, beside = _vocabulary()
    main, pattern = next(((kind, one) for kind, one in verbs if one.search(bare)), (None, None))
    rest = pattern.sub("", bare) if pattern else bare  # 暂停施行 is no 施行
    others = [kind for kind, one in beside if one.search(rest)]
    return (*([main] if main else []), *others)


@lru_cache(maxsize=1024)
def _outside_titles(text: str) -> str:
    """A text without what stands in brackets; remembered, since every step of a history asks for the same lines."""
    kept, depth = [], 0
    for character in text:
        change = _BRACKETS.get(character, 0)
        depth = max(0, depth + change)
        if depth == 0 and change == 0:
            kept.append(character)
    return "".join(kept)


def _step(sentence: str) -> Step:
    days = _dates_outside(sentence)
    read = [day.text for found in days if (day := dates.parse(found[0]))]
    last = days[-1].end() if days else 0
    text = sentence[last:] if len(days) == 1 else _DATE.sub("", sentence)
    raw = _LOOSE_END.sub("", sentence.strip(_TRIM))
    if _outside_titles(raw).count("）") > _outside_titles(raw).count("（"):
        raw = raw.rstrip("） ")
    kinds = _verbs(text)
    on_publication = bool(re.search(load("history")["on_publication"], text))
    if (
        "published" in kinds
        and on_publication
        and not re.search(r"[公发颁發]布", re.sub(load("history")["on_publication"], "", text))
    ):
        kinds = tuple(kind for kind in kinds if kind != "published")
    orders = tuple(_orders(text))
    if not kinds and orders:
        kinds = ("published",)
    return Step(
        raw,
        max(read, default=None),
        kinds,
        tuple(_bodies(text)),
        orders,
        _sitting(text),
        _by(text, kinds, orders),
        on_publication,
    )


def _orders(text: str) -> Iterator[str]:
    """The orders named outside titles, as they are cited: 国家教育委员会令第10号."""
    for found in _ORDER.finditer(_outside_titles(text)):
        org = found["org"].strip("、 ").removeprefix("经")
        yield f"{org}令第{found['no'] or found['no2']}号"


def _bodies(text: str) -> Iterator[str]:
    """The bodies that acted, lead first, under their full names."""
    data = load("history")
    head = re.split(r"[《（(]|关于", text, maxsplit=1)[0]
    head = re.sub(r"令\s*第?\s*[\d０-９]{1,5}\s*号|第\s*[\d０-９]{1,5}\s*号令", "", head)
    head = re.sub(data["sessions"], "", _TIMES.sub("", head))
    head = re.split(data["sittings"], head, maxsplit=1)[0]
    for _, pattern in (*_vocabulary()[0], *_vocabulary()[1]):
        head = pattern.split(head, maxsplit=1)[0]
    for part in re.split(r"[、，\s]+", head.strip(_TRIM)):
        name = full_name(part)
        if len(name) > 2 or name.endswith(("部", "院")):
            yield name


def full_name(name: str) -> str:
    """A body's name as it is kept: without connecting words and 中华人民共和国 before it, short endings written out."""
    data: dict[str, Any] = load("history")
    for connector in data["connectors"]:
        name = name.removeprefix(connector)
    if name.startswith("中华人民共和国") and not name.endswith("人民代表大会") and len(name) > len("中华人民共和国"):
        name = name.removeprefix("中华人民共和国")
    for short, full in data["suffixes"].items():
        if name.endswith(short):
            name = name.removesuffix(short) + full
    return str(data["bodies"].get(name, name))


def _sitting(text: str) -> str | None:
    """The meeting that passed it, as printed."""
    bare = _TIMES.sub("", _outside_titles(text))
    found = re.search(load("history")["sittings"], bare)
    return bare[: found.end()].strip(_TRIM) if found else None


def _by(text: str, kinds: Sequence[str], orders: Sequence[str]) -> Citation | None:
    """What did it, for an amendment or a repeal: the decision in 《…》 and the order."""
    kind = next((kind for kind in kinds if kind in ("amended", "repealed")), None)
    if kind is None:
        return None
    title = _title(text)
    number = next((parsed.canonical for order in orders if (parsed := docnumber.parse(order))), None)
    if title is None and number is None:
        return None
    return Citation({"amended": "amends", "repealed": "repeals"}[kind], text.strip(_TRIM), number, title)


def _title(text: str) -> str | None:
    """The outermost title in 《…》, else 关于…的决定 without them."""
    start = text.find("《")
    if start >= 0 and text[:start].rstrip().endswith(("关于修改", "关于废止")):
        found = _DECISION.search(text)
        return found[0] if found else None
    depth = 0
    for at in range(max(start, 0), len(text)):
        depth += _BRACKETS.get(text[at], 0)
        if start >= 0 and depth == 0:
            return text[start + 1 : at]
    return None


def _is_approval(raw: str) -> bool:
    """Whether a step tells of no passing, but that a higher body approved what was passed."""
    words = _outside_titles(raw)
    return load("history")["approval"] in words and not re.search("通过|通過|制定|订立", words)


def _settled(steps: Sequence[Step]) -> list[Step]:
    """What only the order of events tells: a second 通过 is an amendment, a 批准 behind it none; 自发布之日起施行 has the day of publication."""
    settled: list[Step] = []
    published: str | None = None
    begun = False
    for step in steps:
        held = step
        if "enacted" in step.kinds and begun and _is_approval(step.raw):
            held = replace(step, kinds=tuple("approved" if kind == "enacted" else kind for kind in step.kinds))
        elif "enacted" in step.kinds and begun:
            kinds = tuple("amended" if kind == "enacted" else kind for kind in step.kinds)
            held = replace(step, kinds=kinds, by=_by(step.raw, kinds, step.orders))
        begun = begun or "enacted" in step.kinds or "published" in step.kinds
        if "published" in held.kinds:
            published = held.date
        settled.append(replace(held, date=published) if held.on_publication and held.date is None else held)
    return settled
