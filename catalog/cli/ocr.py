"""`gongkai ocr`: the text of scans."""

from __future__ import annotations

import sys
import time

import click

from catalog.cli import common

STEP_SECONDS = 10.0
"""Progress is a line this often."""
SHOWN_FAILURES = 20


@click.group()
def ocr() -> None:
    """Scans: recognise their text, and see how that stands."""


@ocr.command()
@click.option("--limit", type=click.IntRange(1), help="Recognise so many scans at most.")
@click.option("--record", help="Only this record (id or name), whether it waits or not.")
def run(limit: int | None, record: str | None) -> None:
    """Recognise the text of the scans that wait for it, without a worker. Ctrl-C ends it; what is done is kept. Exit code 1 on failures."""
    from catalog.actions import call

    params = {"limit": limit, "record": record, "at_once": True, "progress": _Told()}
    with common.catalogue() as catalogue:
        report = call(catalogue, common.operator(), "ocr.run", params)
    pace = f", {report['pages'] / report['seconds']:.1f} pages/s" if report["seconds"] and report["pages"] else ""
    click.echo(
        f"{report['recognised']:,} scans recognised with {report['engine']}: {report['pages']:,} pages"
        f" in {report['seconds']:,.0f} s{pace}; {report['failed']:,} failed"
    )
    for failure in report["failures"][:SHOWN_FAILURES]:
        click.echo(f"  {failure['record']}: {failure['reason']}", err=True)
    if len(report["failures"]) > SHOWN_FAILURES:
        click.echo(f"  and {len(report['failures']) - SHOWN_FAILURES:,} more; `gongkai review list` has all", err=True)
    sys.exit(1 if report["failed"] else 0)


@ocr.command()
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def status(as_json: bool) -> None:  # noqa: FBT001 - click hands options over by name
    """How many scans wait for their text, what failed, and which engine recognises them. Exit code 1 when they wait and none does."""
    from catalog.actions import call

    with common.catalogue() as catalogue:
        found = call(catalogue, common.operator(), "ocr.status")
    if as_json:
        common.echo_json(found)
    else:
        click.echo(f"{'engine':18} {found['engine'] or 'none'}")
        for name in ("waiting", "to_be_tried_again", "failed", "low_confidence"):
            click.echo(f"{name.replace('_', ' '):18} {found[name]:>8,}")
        if found["at_work"]:
            click.echo(f"{'at work':18} {found['at_work']}")
        if found["message"]:
            click.echo(found["message"], err=True)
    sys.exit(1 if found["waiting"] and not found["engine"] else 0)


class _Told:
    """Progress in scans and pages, which take seconds each: how many are done, how fast, how long the rest takes."""

    def __init__(self) -> None:
        self._begun = self._last = time.monotonic()

    def __call__(self, done: int, total: int | None) -> None:
        now = time.monotonic()
        if now - self._last < STEP_SECONDS:
            return
        self._last = now
        spent = now - self._begun
        left = f", {(total - done) * spent / done / 60:,.0f} min left" if total and done else ""
        click.echo(f"{done:,} of {total or 0:,} scans, {60 * done / spent:,.1f} scans/min{left}", err=True)
