"""Writes an entry's text: paragraphs from the forms of `data/forms.yaml`, with the numbering, quotations and tables of official style.

A rule that was amended is written as it reads today, and the amendment quotes exactly the articles that it changed; an interpretation
repeats the very figures of what it interprets. So every statement that one document makes of another is true in the demo.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from catalog.demo.chronicle import Chronicle, Entry, day_text, status
from catalog.demo.city import Para
from catalog.demo.dice import Dice
from catalog.demo.prose import Writer, chinese_date, chinese_number, plain_date
from catalog.demo.values import entry_values, scores, standing
from catalog.demo.vocabulary import bodies, load
from catalog.demo.wording import NESTED, writer

Points = tuple[tuple[str, str], ...]
CHANGED_POINTS = 2
"""Articles that an amendment changes."""
ARABIC_SINCE = 2014
"""Before this year the city wrote the dates of its signatures in Chinese numerals (GB/T 9704-2012 took a while to arrive)."""


@dataclass(slots=True)
class _Page:
    """A text as it grows, with its counters."""

    paras: list[Para] = field(default_factory=list)
    headings: int = 0
    items: int = 0
    chapters: int = 0
    articles: int = 0
    article_of: dict[str, int] = field(default_factory=dict)

    def put(self, kind: str, text: str) -> None:
        self.paras.append(Para(kind, text))  # type: ignore[arg-type]


class Composer:
    """Composes the texts of one chronicle."""

    def __init__(self, chronicle: Chronicle) -> None:
        self._chronicle = chronicle
        self._ended = chronicle.ended()
        self._amended = chronicle.amended()
        self._stars: dict[str, Callable[[_Page, Entry, Writer, str], None]] = {
            "points": self._points,
            "target": self._target,
            "changes": self._changes,
            "guarantee": self._guarantee,
            "table": self._table,
            "kept": self._kept,
            "dropped": self._dropped,
            "statistics": self._statistics,
        }

    def text(self, entry: Entry) -> tuple[Para, ...]:
        """The paragraphs of an entry."""
        return tuple(self._compose(entry).paras)

    def points(self, entry: Entry) -> Points:
        """The points of an entry as first enacted: (heading, text)."""
        fill = self._writer(entry, "points").fill
        return tuple((head, fill(text)) for head, text in entry.subject.points)

    def current_points(self, entry: Entry) -> Points:
        """The points as they read today."""
        changed = dict(
            pair for amendment in self._amended.get(entry.key, ()) for pair in self.changed(amendment, entry)
        )
        return tuple((head, changed.get(head, text)) for head, text in self.points(entry))

    def changed(self, amendment: Entry, entry: Entry) -> Points:
        """What an amendment makes of an entry's points: only those that it changes."""
        role = f"points/{amendment.key}"
        same_day = self._writer(entry, role).fill
        later = writer(entry.key, role, {}, amendment.written, entry.subject.lead).fill
        again = [(same_day(text), later(text)) for _, text in entry.subject.points]
        pairs = zip(self.points(entry), again, strict=True)
        return tuple([(head, now) for (head, old), (new, now) in pairs if new != old][:CHANGED_POINTS])

    def _writer(self, entry: Entry, role: str) -> Writer:
        return writer(entry.key, role, entry_values(entry, self._chronicle.entries), entry.written, entry.subject.lead)

    def _compose(self, entry: Entry) -> _Page:
        page = _Page()
        fill = self._writer(entry, "text")
        self._head(page, entry)
        for line in entry.form.text.splitlines():
            self._line(page, entry, fill, line.strip())
        return page

    def _head(self, page: _Page, entry: Entry) -> None:
        if entry.form.record_type == "regulation":
            order, serial = (entry.number or "").split("第")
            page.put("title", order)
            page.put("number", f"第{serial}")
            return
        page.put("title", entry.title)
        if entry.number:
            page.put("number", entry.number)

    def _line(self, page: _Page, entry: Entry, writer_: Writer, line: str) -> None:
        if line.startswith("?"):
            condition, line = line[1:].split(" ", 1)
            if not self._holds(condition, entry):
                return
        mark, _, rest = line.partition(" ")
        if line == "---":
            self._sign(page, entry)
        elif mark == "%":
            page.put("title", writer_.fill(rest))
            self._note(page, entry)
            page.headings = page.items = 0
        elif line.startswith("*"):
            self._stars[mark[1:].split("+")[0]](page, entry, writer_, line[1:])
        elif line.startswith("@"):
            page.put("addressee", self._addressee(entry, writer_, line[1:]))
        else:
            self._prose(page, writer_, mark, rest, line)

    @staticmethod
    def _prose(page: _Page, writer_: Writer, mark: str, rest: str, line: str) -> None:
        if mark == "#":
            page.headings, page.items = page.headings + 1, 0
            text = writer_.fill(rest)
            page.put("heading" if len(text) < 40 else "paragraph", f"{chinese_number(page.headings)}、{text}")
        elif mark == "##":
            page.items += 1
            page.put("paragraph", f"（{chinese_number(page.items)}）{writer_.fill(rest)}")
        elif mark == "1.":
            page.headings += 1
            page.put("paragraph", f"{chinese_number(page.headings)}、{writer_.fill(rest)}")
        elif mark == "=":
            page.chapters += 1
            page.put("chapter", f"第{chinese_number(page.chapters)}章　{writer_.fill(rest)}")
        elif mark == "§":
            page.articles += 1
            page.put("article", f"第{chinese_number(page.articles)}条　{writer_.fill(rest)}")
        else:
            page.put("paragraph", writer_.fill(line))

    @staticmethod
    def _holds(condition: str, entry: Entry) -> bool:
        if condition == "fresh":
            return not entry.targets("repeals")
        return bool(entry.targets("repeals" if condition == "repeals" else "cites"))

    @staticmethod
    def _addressee(entry: Entry, writer_: Writer, word: str) -> str:
        lists = load("city")["addressees"]
        if word == "wide":
            return "，".join(lists["dept" if entry.site == "env" else "wide"]) + "："
        return writer_.fill(word) + "："

    def _sign(self, page: _Page, entry: Entry) -> None:
        named = entry.form.attachments
        if named:
            fill = self._writer(entry, "title").fill
            titles = [fill(row["title"]) for row in named]
            page.put(
                "paragraph",
                "附件："
                + ("　".join(f"{n}.{title}" for n, title in enumerate(titles, 1)) if len(titles) > 1 else titles[0]),
            )
        if entry.form.record_type == "regulation":
            mayor = [row["name"] for row in load("city")["mayors"] if row["since"] <= entry.written][-1]
            page.put("signature", f"市　长　{mayor}")
        else:
            for issuer in entry.issuers:
                page.put("signature", issuer)
        dated = plain_date(entry.written) if entry.year >= ARABIC_SINCE else chinese_date(entry.written, zero="○")
        page.put("date", dated)
        if entry.number and entry.form.record_type != "regulation":
            lines = load("forms")["disclosure_lines"]["on_request" if entry.step.request else "active"]
            page.put("open", Dice(f"{entry.key}/open").pick(lines))

    def _note(self, page: _Page, entry: Entry) -> None:
        if entry.form.name != "decree":
            return
        note = f"{plain_date(entry.written)}{entry.number}公布　自{day_text(entry)}起施行"
        for amendment in self._amended.get(entry.key, ()):
            note += (
                f"　根据{plain_date(amendment.written)}{amendment.number}《{amendment.title.translate(NESTED)}》修正"
            )
        page.put("note", f"（{note}）")

    def _points(self, page: _Page, entry: Entry, _writer: Writer, line: str) -> None:
        mark, _, count = line.partition(" ")
        style = mark.partition("+")[2]
        points = self.current_points(entry) if style == "articles" else self.points(entry)
        if count:
            points = tuple(Dice(f"{entry.key}/some").sample(points, int(count)))
        for place, (head, text) in enumerate(points):
            self._point(page, entry, style, place, head, text)

    def _point(self, page: _Page, entry: Entry, style: str, place: int, head: str, text: str) -> None:
        if style == "articles":
            page.articles += 1
            page.article_of[head] = page.articles
            page.put("article", f"第{chinese_number(page.articles)}条　{text}")
        elif style == "numbers":
            page.headings += 1
            page.put("paragraph", f"{chinese_number(page.headings)}、{text}")
        elif style == "gaps":
            gaps = load("forms")["gaps"]
            page.items += 1
            fill = writer(
                f"{entry.key}/{place}", "gap", {**standing(entry), "head": head}, entry.written, entry.subject.lead
            ).fill
            page.put("paragraph", f"（{chinese_number(page.items)}）{fill(gaps[place % len(gaps)])}")
        else:
            page.items += 1
            body = text.split("。", maxsplit=1)[0] + "。" if style == "brief" else text
            duty = self._duty(entry, place) if style == "duty" else ""
            page.put("paragraph", f"（{chinese_number(page.items)}）{head}。{body}{duty}")

    @staticmethod
    def _duty(entry: Entry, place: int) -> str:
        known = bodies()
        partners = entry.subject.partners
        partner = known[partners[place % len(partners)]].short(entry.written)
        lead = known[entry.subject.lead].short(entry.written)
        if place % 2:
            return f"（牵头单位：{lead}；责任单位：{partner}，各县（区）人民政府）"
        return f"（责任单位：{lead}、{partner}）"

    def _target(self, page: _Page, entry: Entry, _writer: Writer, _line: str) -> None:
        target = self._chronicle.entries[entry.links[0].target]
        if target.form.name == "amend":
            points = self.changed(target, self._chronicle.entries[target.links[0].target])
        else:
            points = self.points(target)
        for place, (head, text) in enumerate(points):
            self._point(page, entry, "brief", place, head, text)

    def _changes(self, page: _Page, entry: Entry, _writer: Writer, _line: str) -> None:
        several = len(entry.targets("amends")) > 1
        for key in entry.targets("amends"):
            target = self._chronicle.entries[key]
            articles = self._compose(target).article_of
            if several:
                page.put("heading", f"{chinese_number(page.headings + 1)}、对{target.quoted()}作如下修改：")
                page.headings, page.items = page.headings + 1, 0
            for head, text in self.changed(entry, target):
                number = f"第{chinese_number(articles[head])}条"
                page.items += 1
                count = f"（{chinese_number(page.items)}）" if several else f"{chinese_number(page.items)}、"
                page.put("paragraph", f"{count}将{number}修改为：“{text}”")

    def _guarantee(self, page: _Page, entry: Entry, writer_: Writer, line: str) -> None:
        for text in Dice(f"{entry.key}/guarantee").sample(load("forms")["guarantee"], int(line.split()[1])):
            self._prose(page, writer_, "##", text, "")

    @staticmethod
    def _table(page: _Page, entry: Entry, _writer: Writer, _line: str) -> None:
        page.put("table", "\n".join("\t".join(row) for row in scores(entry)))

    def _kept(self, page: _Page, entry: Entry, _writer: Writer, _line: str) -> None:
        self._listed(page, entry.targets("cites"), "继续有效")

    def _dropped(self, page: _Page, entry: Entry, _writer: Writer, line: str) -> None:
        if line.endswith("+plain"):
            for place, key in enumerate(entry.targets("repeals"), 1):
                page.put("paragraph", f"{chinese_number(place)}、{self._chronicle.entries[key].quoted()}。")
            return
        self._listed(page, entry.targets("repeals"), "失效")

    def _listed(self, page: _Page, keys: Sequence[str], result: str) -> None:
        rows = ["序号\t文件名称\t发文字号\t清理结果"]
        for place, key in enumerate(keys, 1):
            one = self._chronicle.entries[key]
            rows.append(f"{place}\t{one.title}\t{one.number}\t{result}")
        page.put("table", "\n".join(rows))

    def _statistics(self, page: _Page, entry: Entry, _writer: Writer, _line: str) -> None:
        rows = ["信息内容\t本年制发件数\t本年废止件数\t现行有效件数"]
        kinds = {
            "规章": {"decree", "amend", "batch", "dropdecree"},
            "行政规范性文件": {"rules", "amendnote", "opinion", "plan", "emergency", "notice"},
        }
        for label, names in kinds.items():
            if label == "规章" and entry.site == "env":
                continue
            rows.append("\t".join([label, *map(str, self._count(entry, names))]))
        page.put("table", "\n".join(rows))

    def _count(self, entry: Entry, names: set[str]) -> tuple[int, int, int]:
        year = entry.year - 1
        mine = [
            one
            for one in self._chronicle.entries.values()
            if one.site == entry.site and one.form.name in names and one.year <= year
        ]
        made = sum(one.year == year for one in mine)
        gone = sum(one.key in self._ended and self._ended[one.key].year == year for one in mine)
        past = sum(one.key in self._ended and self._ended[one.key].year <= year for one in mine)
        return made, gone, len(mine) - past

    def validity(self, entry: Entry) -> str:
        """The validity that the city prints today."""
        return status(entry, self._chronicle, load("city")["today"])
