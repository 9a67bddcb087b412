"""`gongkai index`: the life of the search index."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from catalog.cli import common

if TYPE_CHECKING:
    from catalog.search.check import Check
    from catalog.search.generations import Generation

SHOWN_REFUSED = 20
"""Refused records that are named; the rest is counted."""
LOCK_SECONDS = 600.0
"""How long a command waits for what another process does with the index."""


@click.group()
def index() -> None:
    """The search index: a copy of the store that can always be made again."""


@index.command()
def rebuild() -> None:
    """Build a new index aside, catch up with what was written meanwhile, compare, and switch to it.

    Searches go on. The index before is kept for `gongkai index rollback`. Exit code 1 when the new index is not what the store says.
    """
    with common.catalogue() as catalogue:
        with common.progress("indexed") as told:
            catalogue.search.rebuild(told, timeout=LOCK_SECONDS)
        found = catalogue.search.check()
    click.echo(f"{found.indexed:,} of {found.records:,} records indexed")
    if not found.clean:
        _print_check(found)
    _print_refused(found.refused)
    sys.exit(0 if found.clean else 1)


@index.command()
def check() -> None:
    """Compare index and store. Exit code 1 unless nothing is missing, stale, extra or differing.

    All versions are compared, and the whole documents of a sample. Records that the engine refused are named.
    """
    with common.catalogue() as catalogue:
        found = catalogue.search.check()
    _print_check(found)
    _print_refused(found.refused)
    sys.exit(0 if found.clean else 1)


@index.command()
def repair() -> None:
    """Put right what differs between index and store, and compare again. Exit code 1 when something still differs."""
    with common.catalogue() as catalogue:
        repaired = catalogue.search.repair(timeout=LOCK_SECONDS)
    click.echo(
        ", ".join(f"{count:,} {kind}" for kind, count in sorted(repaired.done.items())) or "nothing differed", nl=False
    )
    click.echo(": put right" if repaired.done else "")
    if not repaired.check.clean:
        _print_check(repaired.check)
    _print_refused(repaired.check.refused)
    sys.exit(0 if repaired.check.clean else 1)


@index.command()
def rollback() -> None:
    """Go back to the index before the last rebuild, after it caught up. What answers now is kept in its place."""
    with common.catalogue() as catalogue:
        name = catalogue.search.rollback(timeout=LOCK_SECONDS)
        _print_generations(catalogue.search.generations())
    click.echo(f"searches are answered from {name} now")


@index.command("list")
def list_() -> None:
    """The indexes that there are: the current, the previous, and what an interrupted rebuild left. Exit code 1 when none answers."""
    with common.catalogue() as catalogue:
        found = catalogue.search.generations()
    _print_generations(found)
    sys.exit(0 if any(one.role == "current" and one.fits for one in found) else 1)


def _print_check(found: Check) -> None:
    for name in ("records", "indexed", "missing", "stale", "extra", "sampled", "differing", "behind"):
        click.echo(f"{name:9} {getattr(found, name):>10,}")
    click.echo(f"{'refused':9} {len(found.refused):>10,}")
    if found.clean:
        return
    if found.examples:
        click.echo(f"such as {', '.join(found.examples)}", err=True)
    if found.behind < 0:
        click.echo(
            "the database is an earlier state than the index was made from: run `gongkai index rebuild`", err=True
        )
    else:
        click.echo("`gongkai index repair` puts this right, `gongkai index rebuild` makes the index anew", err=True)


def _print_refused(refused: Mapping[str, str]) -> None:
    """Name what is not found by searches, and why."""
    if not refused:
        return
    click.echo(f"refused, and not found by searches: {len(refused):,}", err=True)
    for uid, reason in list(refused.items())[:SHOWN_REFUSED]:
        click.echo(f"  {uid}: {reason}", err=True)
    if len(refused) > SHOWN_REFUSED:
        click.echo(f"  and {len(refused) - SHOWN_REFUSED:,} more", err=True)


def _print_generations(found: list[Generation]) -> None:
    from datetime import UTC, datetime

    for one in found:
        documents = "?" if one.documents is None else f"{one.documents:,}"
        made = datetime.fromtimestamp(one.made_at, UTC).strftime("%Y-%m-%d %H:%M UTC") if one.made_at else "-"
        notes = [f"{one.behind:,} changes behind"] if one.behind else []
        notes += [] if one.fits or not one.signature else [f"made by another version ({one.signature})"]
        notes += [f"{one.refused:,} refused"] if one.refused else []
        click.echo(f"{one.name}  {one.role:10}  {documents:>12} documents  {made:20}  {', '.join(notes)}".rstrip())
    if not found:
        click.echo("there is no search index yet; `gongkai index rebuild` makes one from the records")
