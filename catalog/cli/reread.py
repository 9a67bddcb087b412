"""`gongkai reread`: kept originals read again by newer readers, the difference first, and written on demand."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from catalog.cli import common

SHOWN = 160
"""Characters of a value that are shown."""


@click.command()
@click.option("--since-parser", type=click.IntRange(1), help="Places that readers older than this version read.")
@click.option("--source", help="Places of this source only.")
@click.option("--record", help="Places of this record (id or name) only.")
@click.option("--apply", is_flag=True, help="Write what is different. Without it nothing is written.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="File for all differences, one a line (JSON).",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def reread(
    since_parser: int | None,
    source: str | None,
    record: str | None,
    apply: bool,  # noqa: FBT001 - click hands options over by name
    out: Path | None,
    as_json: bool,  # noqa: FBT001 - as above
) -> None:
    """Read kept originals again without fetching, and show what newer readers make of them.

    Say what: --since-parser N for what readers older than N read, --source or --record. One that is cut off goes on when it is asked again.
    """
    import orjson

    from catalog.actions import call

    asked: dict[str, Any] = {"since_parser": since_parser, "source": source, "record": record, "apply": apply}
    with (
        common.catalogue() as catalogue,
        common.progress("read again") as told,
        out.open("wb") if out else nullcontext() as file,
    ):
        if file is not None:
            asked["told"] = lambda difference: file.write(orjson.dumps(difference) + b"\n")
        report = call(catalogue, common.operator(), "source.reread", asked | {"progress": told})
    if as_json:
        common.echo_json(report)
    else:
        print_report(report)


def print_report(report: Mapping[str, Any]) -> None:
    """Print what came of it: counts, fields, flags, some differences, what went wrong."""
    for row in report["since"]:
        click.echo(f"parser {row['version']}: {'; '.join(row['changed'])}")
    click.echo(
        f"{report['read']:,} places read again in {report['seconds']} s ({report['rate']}/s): {report['unchanged']:,} unchanged, "
        f"{report['changed']:,} different, {report['other_place']:,} that give no record, {report['errors']:,} not readable, "
        f"{report['not_kept']:,} not kept"
    )
    click.echo(
        f"{report['keys']:,} records {'are' if report['applied'] else 'would be'} found by other names than before"
    )
    for name, count in report["fields"].items():
        click.echo(f"  {name:24} {count:>8,}")
    for way in ("gained", "lost"):
        for flag, count in report["flags"][way].items():
            click.echo(f"  flag {way:6} {flag:24} {count:>8,}")
    for sample in report["samples"]:
        click.echo(f"\n{sample['name']}  {sample['title']}\n  {sample['ref']}")
        for name, (old, new) in sample["fields"].items():
            click.echo(f"  {name}: {_short(old)} → {_short(new)}")
        if "citations" in sample:
            click.echo("  citations: {} → {}".format(*sample["citations"]))
        for line in sample.get("text", ()):
            click.echo(f"    {line[:SHOWN]}")
    for error in report["errors_told"]:
        click.echo(f"{error['code']}: {error['message']}")
    click.echo("\nwritten" if report["applied"] else "\nnothing was written; --apply writes it")


def _short(value: Any) -> str:
    import orjson

    text = orjson.dumps(value).decode()
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
