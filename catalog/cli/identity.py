"""`gongkai identity`: why a record has its places, and how a person joins and splits them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from catalog.cli import common


@click.group()
def identity() -> None:
    """Which documents are one: places that were joined to records, with the reason, and how to undo it."""


@identity.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many are shown.")
@click.option("--after", help="Go on after this `next` of the page before.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def list_(limit: int, after: str | None, as_json: bool) -> None:  # noqa: FBT001 - click hands options over by name
    """The places that were joined to records, the oldest record first."""
    from catalog.actions import call

    with common.catalogue() as catalogue:
        found = call(catalogue, common.operator(), "identity.list", {"limit": limit, "after": after})
    if as_json:
        common.echo_json(found)
        return
    for item in found["joined"]:
        click.echo(f"{item['name']}  {item['title']}\n  {_place(item)}")
    if not found["joined"]:
        click.echo("no place was joined to a record")
    if found["next"]:
        click.echo(f"more: --after {found['next']!r}")
    if found["doubts"]:
        click.echo(f"{found['doubts']:,} doubts wait: gongkai review list --kind possible_duplicate")


@identity.command()
@click.argument("record")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def show(record: str, as_json: bool) -> None:  # noqa: FBT001 - click hands options over by name
    """Why RECORD (id or name) is what it is: its places, the records with the same text, what was kept apart, the doubts."""
    from catalog.actions import call

    with common.catalogue() as catalogue:
        found = call(catalogue, common.operator(), "identity.show", {"id": record})
    if as_json:
        common.echo_json(found)
        return
    click.echo(f"{found['name']}  {found['title']}")
    for number, place in enumerate(found["places"], 1):
        click.echo(f"  {number}  {_place(place)}")
    for other in found["same_text"]:
        click.echo(f"  same text: {other['name']}  {other['title']}  ({other['because']})")
    for other in found["apart"]:
        click.echo(f"  kept apart: {other['name']}  by {other['by']}: {other['reason']}")
    for other in found["doubts"]:
        click.echo(f"  {other['state']} doubt: {other['name']}  ({_evidence(other)})")


@identity.command()
@click.argument("record")
@click.argument("place")
@click.option("--reason", default="another document", show_default=True, help="Why, for the history.")
def split(record: str, place: str, reason: str) -> None:
    """Take PLACE (its number in `show`, key, ref or address) from RECORD: it gets a record of its own, and is kept apart from now on."""
    from catalog.actions import call

    with common.catalogue() as catalogue:
        done = call(catalogue, common.operator(), "identity.split", {"id": record, "place": place, "reason": reason})
    click.echo(f"{done['place']} is now {done['split']}, apart from {done['record']}")


@identity.command()
@click.argument("record")
@click.argument("other")
@click.option("--reason", default="the same document", show_default=True, help="Why, for the history.")
def join(record: str, other: str, reason: str) -> None:
    """Make RECORD and OTHER one: RECORD gets the places of OTHER, whose name leads to it. `split` undoes it."""
    from catalog.actions import call

    with common.catalogue() as catalogue:
        done = call(catalogue, common.operator(), "identity.join", {"id": record, "other": other, "reason": reason})
    if done["as"] == "link":
        click.echo(f"{done['record']} and {done['other']} stay two records, linked as the same text")
    else:
        click.echo(f"{done['other']} is now a place of {done['record']}")


def _place(place: Mapping[str, Any]) -> str:
    joined = place["joined"]
    why = f"{joined['role']}: {_evidence(joined)}" if joined else "gives the record"
    return f"{place['source']}  {place['url'] or place['ref']}  ({why})"


def _evidence(basis: Mapping[str, Any]) -> str:
    told = [str(basis["because"])]
    told += [
        f"{name} {basis[name]}" for name in ("number", "title", "issuer", "date", "text") if basis.get(name) is not None
    ]
    return ", ".join(told)
