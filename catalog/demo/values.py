"""The values that an entry's text names: of itself, of what it repeals and cites, of what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from catalog.demo.chronicle import Entry, day_text
from catalog.demo.dice import Dice
from catalog.demo.prose import plain_date
from catalog.demo.vocabulary import load
from catalog.demo.wording import NESTED, values_of, writer

CONSULTATION_DAYS = 30
NICKS = ("通知", "办法", "规定", "细则", "方案", "意见", "决定", "预案")
"""What an interpretation may call its document: the one that stands last in the name."""


def entry_values(entry: Entry, known: Mapping[str, Entry]) -> dict[str, str]:
    """All values that an entry's text may name; `known` are the entries that it has links to."""
    values = values_of(entry.subject, entry.written)
    values |= {
        "short": entry.name or "",
        "issuer": entry.issuers[0],
        "written_cn": plain_date(entry.written),
        "effective": day_text(entry),
        "month_end": f"{entry.year}年{min(entry.written.month + 3, 12)}月底",
        "to": entry.step.to or values["lead"],
        "approved": load("forms")["approved"][entry.site],
        "consent": load("forms")["consent"][entry.site],
        "request": entry.title.removeprefix(entry.issuers[0]).replace("的批复", "的请示").replace("关于", "关于审批"),
        "request_number": f"{(entry.step.to or '云江')[:2]}政〔{entry.year}〕{Dice(entry.key).number(11, 58)}号",
        "consult_period": _period(entry),
        "base": f"《清江省人民政府办公厅关于印发{entry.year}年全省政务公开工作要点的通知》（清省政办发〔{entry.year}〕{Dice(entry.key).number(21, 49)}号）",
        "upper": Dice(f"{entry.key}/upper").pick(load("forms")["upper"]),
    }
    values |= standing(entry)
    values["olds"] = "、".join(known[key].quoted() for key in entry.targets("repeals"))
    values["cited"] = "、".join(known[key].quoted() for key in entry.targets("cites"))
    target = next((known[link.target] for link in entry.links), None)
    return values | (_target_values(target) if target else {})


def _target_values(target: Entry) -> dict[str, str]:
    name = target.name or target.title
    nick = max(NICKS, key=name.rfind)
    scene = writer(target.key, "text", {}, target.written, target.subject.lead)
    return {
        "old": target.quoted(),
        "old_name": name,
        "target": target.quoted(),
        "target_name": name,
        "target_title": target.title.translate(NESTED),
        "target_number": target.number or "",
        "target_issuer": target.issuers[0],
        "target_written": plain_date(target.written),
        "target_issued": "公布" if target.form.record_type == "regulation" else "印发",
        "target_effective": day_text(target),
        "target_scene": scene.fill(target.subject.texts.get("scene", "")),
        "nick": nick,
    }


def _period(entry: Entry) -> str:
    start = entry.published.date()
    days = CONSULTATION_DAYS + Dice(f"{entry.key}/period").number(0, 5)
    return f"自{plain_date(start)}至{plain_date(start + timedelta(days=days))}，期限不少于{CONSULTATION_DAYS}日"


def standing(entry: Entry) -> dict[str, str]:
    """Who stands where in the table of a circular."""
    ranked = [row[1] for row in scores(entry)[1:]]
    return {"best": ranked[0], "second": ranked[1], "low": ranked[-2], "worst": ranked[-1]}


def scores(entry: Entry) -> list[list[str]]:
    """The table of a circular: counties with their scores, best first."""
    dice = Dice(f"{entry.key}/scores")
    places = [*load("city")["counties"], load("city")["zone"]]
    scored = sorted(((dice.number(712, 986), place) for place in places), reverse=True)
    return [
        ["名次", "县（区）", "得分"],
        *([str(rank), place, f"{score / 10:.1f}"] for rank, (score, place) in enumerate(scored, 1)),
    ]
