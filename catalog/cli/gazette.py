"""`gongkai gazette`: issues divided into articles without loading them, and the gazette's text compared with others."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from catalog.cli import common

SHOWN = 60
"""Characters of a line that are shown of each text where they differ."""


@click.group()
def gazette() -> None:
    """Gazettes: divide an issue into articles, compare the gazette's text with another."""


@gazette.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--profile", help="A profile of gazettes.yaml by name; else the file tells.")
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each issue and article.")
def split(paths: tuple[Path, ...], profile: str | None, as_json: bool) -> None:  # noqa: FBT001 - click hands options over by name
    """Divide the issues at PATHS (XML, PDF, text, folders) into articles and print them. Nothing is written. Exit code 1 when one could not be divided."""
    from catalog.errors import GongkaiError
    from catalog.extract.registry import extract
    from catalog.harvesters.gazette_files import places, rows

    undivided = 0
    for place in places([str(path) for path in paths]):
        if place.refused is not None:
            click.echo(f"{place.name}: {place.refused.message}", err=True)
            undivided += 1
            continue
        try:
            found = rows(place, profile, extract)
        except GongkaiError as error:
            click.echo(f"{place.name}: {error}", err=True)
            undivided += 1
            continue
        if as_json:
            _echo_line({"issue": place.name, "profile": found.profile, **_plain(found.row)})
        else:
            click.echo(f"{place.name}: {len(found.articles)} articles ({found.profile})")
        for row in found.articles:
            if as_json:
                _echo_line({"issue": place.name, **_plain(row)})
            else:
                click.echo(_line(row))
    if undivided:
        sys.exit(1)


@gazette.command()
@click.argument("one")
@click.argument("other")
def compare(one: str, other: str) -> None:
    """Compare the texts of two records: how many places differ, and each place where the wording does."""
    from catalog.actions import call

    with common.catalogue() as catalogue:
        found = call(catalogue, common.operator(), "record.compare", {"id": one, "other": other})
    for side in ("left", "right"):
        standard = " (the standard text)" if found["standard"] == found[side]["name"] else ""
        click.echo(f"{side:5} {found[side]['name']}  {found[side]['title']}{standard}")
    if found["same_wording"] is None:
        click.echo("one of the two has no text to compare")
        return
    click.echo(", ".join(f"{kind} {count:,}" for kind, count in found["counts"].items()))
    for row in found["rows"]:
        if row["kind"] in ("wording", "left", "right"):
            for side, mark in (("left", "-"), ("right", "+")):
                for line in row[side]:
                    click.echo(f"{mark} {line['text'][:SHOWN]}")


@gazette.command()
def differences() -> None:
    """Compare every gazette article with what is linked to it as the same text, and put those that differ on the list of reviews."""
    from catalog.actions import call

    with common.catalogue() as catalogue:
        found = call(catalogue, common.operator(), "record.note_differences", {})
    click.echo(
        f"{found['compared']:,} pairs compared, {found['differ']:,} differ in wording (`gongkai review list --kind text_differs`), "
        f"{found['without_text']:,} have no text to compare"
    )


@gazette.command()
@click.option("--gazette", "name", help="Only the gazette of this name.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print a line of JSON for each year and for each gazette's running numbers."
)
def missing(name: str | None, as_json: bool) -> None:  # noqa: FBT001 - click hands options over by name
    """Issues that are not there: gaps in the numbers of each gazette and year, and in its running numbers."""
    from catalog.actions import call

    with common.catalogue() as catalogue:
        found = call(catalogue, common.operator(), "gazette.missing", {"gazette": name})
    if as_json:
        for row in (*found["years"], *found["running"]):
            _echo_line(row)
        return
    if not found["years"] and not found["unnumbered"]:
        click.echo(f"no issue of {name or 'a gazette'} is in the catalogue")
    for row in found["years"]:
        held = ", ".join(f"{kind} {count}" for kind, count in row["coverage"].items())
        click.echo(f"{row['gazette']} {row['year']}{row['part'] or ''}: {row['issues']} issues ({held}); {_gap(row)}")
    for row in found["running"]:
        click.echo(f"{row['gazette']} running numbers {row['first']}–{row['last']}: {_gap(row)}")
    if found["unnumbered"]:
        named = ", ".join(found["unnumbered"][:5])
        click.echo(f"{found['unnumbered_count']:,} issues tell no gazette, year or number; complete them: {named}")


def _echo_line(row: dict[str, Any]) -> None:
    """A line of JSON, whose text is not escaped."""
    import orjson

    click.echo(orjson.dumps(row).decode())


def _gap(row: dict[str, Any]) -> str:
    """Missing numbers, those that follow each other as a range."""
    runs: list[list[int]] = []
    for number in row["missing"]:
        if runs and number == runs[-1][-1] + 1:
            runs[-1] = [runs[-1][0], number]
        else:
            runs.append([number])
    named = ", ".join("–".join(map(str, run)) for run in runs)
    more = (
        f" and {row['missing_count'] - len(row['missing']):,} more"
        if row["missing_count"] > len(row["missing"])
        else ""
    )
    return f"missing {named}{more}" if named else "no gap"


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row without what only the reader needs."""
    left_out = {"_lines", "_head", "_foreign"}
    return {name: value for name, value in row.items() if name not in left_out and not name.endswith("*")}


def _line(row: dict[str, Any]) -> str:
    numbers = "；".join(str(one) for one in row.get("numbers", ())) or str(
        row.get("doc_number") or row.get("_key") or ""
    )
    title = str(row.get("title") or row.get("Title") or row.get("SUBJECT") or "")
    pages = f" p. {row['page_from']}" if row.get("page_from") else ""
    pages += f"–{row['page_to']}" if pages and row.get("page_to") else ""
    sure = f" ({row['_sure']:.0%})" if "_sure" in row else ""
    return f"  {row['_order']:>4}  {numbers}  {title[:SHOWN]}{pages}{sure}"
