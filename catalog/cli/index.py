"""`gongkai index`: the life of the search index."""

from __future__ import annotations

import sys

import click

from catalog.cli import common


@click.group()
def index() -> None:
    """The search index: a copy of the store that can always be made again."""


@index.command()
def rebuild() -> None:
    """Build a new index aside, catch up with what was written meanwhile, and switch to it."""
    with common.catalogue() as catalogue, common.progress("indexed") as told:
        catalogue.search.rebuild(lambda done: told(done, None))
        found = catalogue.search.check()
    click.echo(f"{found.indexed:,} of {found.records:,} records indexed")


@index.command()
def check() -> None:
    """Compare index and store. Exit code 1 unless nothing is missing, stale or extra."""
    with common.catalogue() as catalogue:
        found = catalogue.search.check()
    for name in ("records", "indexed", "missing", "stale", "extra"):
        click.echo(f"{name:8} {getattr(found, name):>10,}")
    sys.exit(1 if found.missing or found.stale or found.extra else 0)
