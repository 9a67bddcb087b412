"""The gongkai command. One file a noun; each imports what it needs when it runs, so that `gongkai --help` answers at once."""

from __future__ import annotations

import atexit
import gc
import sys
from typing import Any

import click

from catalog.cli import (
    citations,
    demo,
    doctor,
    gazette,
    harvest,
    health,
    identity,
    index,
    load,
    ocr,
    records,
    reread,
    review,
    serve,
    system,
    worker,
)
from catalog.errors import GongkaiError, InvalidInput, Misconfigured

NEW_OBJECTS = 50_000
"""New objects after which Python looks for garbage in circles. A text is thousands of small parts of which none is garbage: with Python's
own 700 a load spends a tenth of its time on looking at them.
"""


class Command(click.Group):
    """The command line's outermost group: errors of ours become a message on standard error and an exit code, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; exit 2 for wrong input or settings, 1 for every other error that this program raises on purpose."""
        gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
        atexit.register(gc.freeze)  # the process ends: nothing is gained by looking through all objects once more
        try:
            return super().invoke(ctx)
        except (InvalidInput, Misconfigured) as error:
            click.echo(f"gongkai: {error}", err=True)
            sys.exit(2)
        except GongkaiError as error:
            click.echo(f"gongkai: {error}", err=True)
            sys.exit(1)
        except BrokenPipeError:  # the reader of our output has seen enough
            sys.stderr.close()
            sys.exit(0)


@click.group(cls=Command, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(package_name="gongkai")
def main() -> None:
    """Gongkai (公开): an open catalogue for what governments publish.

    All embedded data lies in the folder that GONGKAI_DATA_DIR names (./var when it is not set).
    """


for command in (
    demo.demo,
    serve.serve,
    serve.follow,
    worker.worker,
    harvest.harvest,
    load.load,
    records.search,
    records.show,
    records.export,
    gazette.gazette,
    review.review,
    ocr.ocr,
    identity.identity,
    reread.reread,
    index.index,
    citations.citations,
    doctor.doctor,
    health.health,
    system.db,
    system.config,
    system.plugins,
):
    main.add_command(command)
