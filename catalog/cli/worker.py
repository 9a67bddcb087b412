"""`gongkai worker`: runs the sources whose time has come, and keeps the index."""

from __future__ import annotations

import multiprocessing
import sys
from typing import TYPE_CHECKING

import click
import structlog

from catalog.cli.follower import FollowerProcess
from catalog.errors import GongkaiError, InvalidInput, Misconfigured, Unavailable

if TYPE_CHECKING:
    from catalog.settings import Settings

log = structlog.get_logger()


@click.command()
@click.option("--jobs", type=click.IntRange(1, 64), default=None, help="How many jobs to run side by side.")
@click.option(
    "--every",
    type=click.FloatRange(0.5, 600),
    default=None,
    help="Seconds between two looks at what is due.  [default: 10]",
)
def worker(jobs: int | None, every: float | None) -> None:
    """Run the sources that are due by their schedule or asked for, and keep the index, until SIGTERM or Ctrl-C."""
    from catalog.app import create_catalogue, set_up_logs
    from catalog.jobs.queue import Queue
    from catalog.jobs.tick import TICK_SECONDS
    from catalog.jobs.worker import Hands, run_worker
    from catalog.settings import read_settings

    settings = read_settings()
    set_up_logs(settings)
    number = jobs or settings["JOBS"]
    if number < 1:
        raise Misconfigured(f"setting GONGKAI_JOBS: {number} processes do nothing; set 1 or more")
    hands = Hands(lambda: create_catalogue(settings))
    queue = Queue.open(settings["QUEUE_URL"], settings.data_dir, perform=hands.perform)
    _look_first(settings)
    click.echo(f"working with {number} processes on the queue {queue.place}; Ctrl-C ends it")
    follower = FollowerProcess()
    try:
        run_worker(queue, hands, jobs=number, every=every or TICK_SECONDS, beside=follower.keep)
    finally:
        follower.stop()


def _look_first(settings: Settings) -> None:
    """Bring the tables up to date in a child, so that what is wrong is told at once and the parent opens nothing; ends on failure."""
    child = multiprocessing.get_context("fork").Process(target=_bring_up, args=(settings,))
    child.start()
    child.join()
    if child.exitcode:
        sys.exit(child.exitcode if child.exitcode > 0 else 1)


def _bring_up(settings: Settings) -> None:
    from catalog.app import create_catalogue

    try:
        create_catalogue(settings).store.close()
    except Unavailable as error:
        log.warning("away", reason=str(error), then="the worker waits for it")
    except GongkaiError as error:
        click.echo(f"gongkai: {error}", err=True)
        sys.exit(2 if isinstance(error, InvalidInput | Misconfigured) else 1)
