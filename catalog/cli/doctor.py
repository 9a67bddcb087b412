"""`gongkai doctor`: look at everything that an installation needs, and say what is wrong with its cure. Works when parts are away."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click

from catalog.cli.checks import checks
from catalog.cli.findings import Finding

MARKS = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(as_json: bool) -> None:  # noqa: FBT001 - click hands options over by name
    """Check versions, settings, database, search, files, queue, disk and clock. Exit code 1 when something fails, each with its cure."""
    from catalog.cli.common import echo_json

    found: list[Finding] = []
    for finding in checks():
        found.append(finding)
        if not as_json:
            click.echo(_line(finding))
    counts = {state: sum(one.state == state for one in found) for state in MARKS}
    if as_json:
        echo_json({"checks": [one.as_dict() for one in found], "counts": counts})
    else:
        click.echo(f"{counts['ok']} ok, {counts['warn']} to look at, {counts['fail']} failed")
    sys.exit(1 if counts["fail"] else 0)


def _line(finding: Finding) -> str:
    lines: Iterable[str] = (
        f"{MARKS[finding.state]}  {finding.name}: {finding.told}",
        *([f"      {finding.cure}"] if finding.cure else []),
    )
    return "\n".join(lines)
