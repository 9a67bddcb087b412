"""`gongkai demo`: the main job, end to end, on a made-up city."""

from __future__ import annotations

import sys

import click

from catalog.cli import common


@click.command()
@click.option("--serve/--no-serve", default=True, help="Serve the catalogue until Ctrl-C, or end after the report.")
@click.option("--host", default=None, help="Address to serve on.")
@click.option("--port", type=int, default=None, help="Port to serve on.")
def demo(serve: bool, host: str | None, port: int | None) -> None:  # noqa: FBT001 - click hands options over by name
    """Harvest the made-up city 云江市 over HTTP, search it, and serve what was found.

    Exit code 0 only if the counters add up, the index equals the store, and the three searches find what they must.
    """
    from catalog.cli.serve import run_server
    from catalog.demo.run import run_demo

    with common.catalogue() as catalogue:
        report = run_demo(catalogue, echo=click.echo)
        settings = catalogue.settings
    if not report.ok:
        sys.exit(1)
    if serve:
        run_server(
            settings,
            host=host or settings["HOST"],
            port=settings["PORT"] if port is None else port,
            workers=settings["WORKERS"],
        )
