"""Migrations, run by the program itself: Alembic's, from the folder beside this module, in one transaction with the writers' lock held."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from catalog.errors import Misconfigured

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0003"
"""The newest migration. Written here too, so that a database that is up to date is known for one without loading Alembic; tested."""
MIGRATIONS = Path(__file__).parent / "migrations"


def is_current(connection: Connection) -> bool:
    """Whether the tables are those of this version."""
    return revision(connection) == HEAD


def run(connection: Connection, to: str = "head") -> None:
    """Apply the migrations that the database lacks. Raises `Misconfigured` when it has one that this version does not know."""
    from alembic import command
    from alembic.script import ScriptDirectory
    from alembic.script.revision import ResolutionError
    from alembic.util import CommandError

    config = alembic_config(connection)
    held = revision(connection)
    try:
        if held is not None:
            ScriptDirectory.from_config(config).get_revision(held)
    except (ResolutionError, CommandError) as error:
        raise Misconfigured(
            f"the database has tables of version {held}, which this program does not know; install the version that made it"
        ) from error
    command.upgrade(config, to)


def alembic_config(connection: Connection) -> Config:
    """What Alembic's commands are given to work on this connection, within its transaction. There is no way down: restore a backup."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def revision(connection: Connection) -> str | None:
    """The migration that the database stands at; `None` before the first."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    return None if row is None else str(row[0])
