"""`gongkai db`, `config` and `plugins`: the state of the installation."""

from __future__ import annotations

import click

from catalog.cli import common


@click.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
def upgrade() -> None:
    """Bring the tables to this version's form. Every other command does it too; run it alone before a new version serves."""
    with common.catalogue() as catalogue:
        click.echo(f"the database is at revision {catalogue.store.revision_of_tables()}")


@click.command()
def config() -> None:
    """Show every setting with its value, secrets redacted."""
    from catalog.settings import PREFIX, read_settings

    for row, value in read_settings().rows():
        click.echo(f"{PREFIX}{row.name}={value}\n    {row.help}")


@click.command()
def plugins() -> None:
    """Show the plugins that are on, and the hooks that each answers."""
    from catalog.plugins.registry import Plugins
    from catalog.settings import read_settings

    for name, hooks in sorted(Plugins.load(read_settings()["PLUGINS"]).answering()):
        click.echo(f"{name}: {', '.join(hooks) or 'answers no hook'}")
