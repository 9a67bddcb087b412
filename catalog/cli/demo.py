"""`gongkai demo`: the main job, end to end, on a made-up city."""

from __future__ import annotations

import sys
from functools import partial

import click

from catalog.cli import common


@click.command()
@click.option("--serve/--no-serve", default=True, help="Serve the catalogue until Ctrl-C, or end after the report.")
@click.option("--host", default=None, help="Address to serve on.")
@click.option("--port", type=int, default=None, help="Port to serve on.")
@click.option(
    "--queue", "queued", is_flag=True, help="Leave the harvests to a worker (`gongkai worker`), and wait for them."
)
def demo(serve: bool, host: str | None, port: int | None, queued: bool) -> None:  # noqa: FBT001 - click hands options over by name
    """Harvest the made-up city 云江市 over HTTP, search it, and serve what was found.

    Exit code 0 only if the counters add up, the index equals the store, and the three searches find what they must.
    """
    from catalog.cli.serve import run_server
    from catalog.demo.run import run_demo
    from catalog.demo.runs import RunSource, by_worker, in_process
    from catalog.jobs.queue import Queue

    with common.catalogue() as catalogue:
        settings = catalogue.settings
        run_source: RunSource = in_process
        if queued:
            queue = Queue.open(settings["QUEUE_URL"], settings.data_dir)
            run_source = by_worker(partial(queue.enqueue, "source.run"))
        report = run_demo(catalogue, run_source=run_source, echo=click.echo)
    if not report.ok:
        sys.exit(1)
    if serve:
        run_server(
            settings,
            host=host or settings["HOST"],
            port=settings["PORT"] if port is None else port,
            workers=settings["WORKERS"],
        )
