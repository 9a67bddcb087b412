"""`gongkai review`: what somebody has to look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from catalog.cli import common

LONGEST_REASON = 160
"""Characters of a reason that are shown."""


@click.group()
def review() -> None:
    """What somebody has to look at: scans without text, doubtful texts, possible duplicates."""


@review.command("list")
@click.option("--kind", help="Only this kind of review.")
@click.option("--state", type=click.Choice(["open", "done", "dismissed"]), default="open", show_default=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many are shown.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def list_(kind: str | None, state: str, limit: int, as_json: bool) -> None:  # noqa: FBT001 - click hands options over by name
    """How many open reviews of each kind there are, and the oldest of them: record, place, reason."""
    from catalog.actions import call

    with common.catalogue() as catalogue:
        found = call(
            catalogue, common.operator(), "review.list", {"kind": kind, "state": state, "limit": limit, "after": None}
        )
    if as_json:
        common.echo_json(found)
        return
    for name, count in found["counts"].items():
        click.echo(f"{name:20} {count:>8,}")
    if not found["counts"]:
        click.echo("nothing is waiting for a review")
    for item in found["reviews"]:
        click.echo(f"\n{item['name'] or item['record']}\n  {item['title'] or '(the record is gone)'}\n  {_told(item)}")


@review.command()
@click.argument("record")
@click.argument("kind")
@click.option("--key", default="", help="Which one, where a record has several of a kind.")
def done(record: str, kind: str, key: str) -> None:
    """Settle a review of RECORD (id or name): what it asked for was done."""
    _settle(record, kind, key, "done")


@review.command()
@click.argument("record")
@click.argument("kind")
@click.option("--key", default="", help="Which one, where a record has several of a kind.")
def dismiss(record: str, kind: str, key: str) -> None:
    """Settle a review of RECORD (id or name): there was nothing to do."""
    _settle(record, kind, key, "dismissed")


def _settle(record: str, kind: str, key: str, state: str) -> None:
    from catalog.actions import call

    params = {"record": record, "kind": kind, "key": key, "state": state}
    with common.catalogue() as catalogue:
        settled = call(catalogue, common.operator(), "review.settle", params)
    click.echo(f"{settled['record']}: {settled['kind']} {settled['state']}")


def _told(item: Mapping[str, Any]) -> str:
    """One line on a review: its kind, its place in the record, its reason, since when."""
    detail = item["detail"]
    pages = detail.get("pages")
    parts = [
        item["label"].get(common.language(), item["kind"]),
        item["key"],
        f"pages {', '.join(map(str, pages))}" if pages else "",
        str(detail.get("reason") or "")[:LONGEST_REASON],
        f"tried {detail['attempts']} times" if detail.get("attempts") else "",
        f"since {item['since'][:10]}",
    ]
    return "; ".join(part for part in parts if part)
