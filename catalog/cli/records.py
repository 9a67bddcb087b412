"""`gongkai search`, `show` and `export`: what the catalogue holds."""

from __future__ import annotations

import re
import sys
from contextlib import nullcontext
from html import unescape
from pathlib import Path
from typing import Any

import click

from catalog.cli import common

FREE = {"ignore_unknown_options": True, "allow_extra_args": True}
"""Search parameters are the filter registry's, not click's: it names the nearest known one for a wrong one."""


@click.command(context_settings=FREE)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as the API gives it.")
def search(words: tuple[str, ...], as_json: bool) -> None:  # noqa: FBT001 - click hands options over by name
    """Search for WORDS, a title or a document number; parameters as in the API: --type regulation --year 2020 --limit 5."""
    from catalog.actions import call
    from catalog.actions.follow import follow_once

    given, options = common.split_words(words)
    params = common.parameters(options)
    if given:
        params["q"] = [" ".join(given)]
    with common.catalogue() as catalogue:
        follow_once(catalogue)
        found = call(catalogue, common.operator(), "record.search", {"parameters": params})
    if as_json:
        common.echo_json(found)
        return
    more = "" if found["total_relation"] == "eq" else "+"
    if found["degraded"]:
        click.echo("the search engine does not answer; this is a list by date from the store alone", err=True)
    click.echo(f"{found['total']:,}{more} records")
    for item in found["items"]:
        facts = (item["doc_number"], item["date_published"] or item["date_written"], item["type"])
        click.echo(f"\n{item['title']}\n  {'  '.join(fact for fact in facts if fact)}\n  {item['name']}")
        for text in item["highlights"].get("text", [])[:1]:
            click.echo(f"  … {unescape(re.sub(r'</?mark>', '', text))}")
    if not found["items"] and found["suggestion"]:
        click.echo(f"did you mean: {found['suggestion']}")


@click.command()
@click.argument("which")
@click.option("--json", "as_json", is_flag=True, help="Print all fields as JSON.")
def show(which: str, as_json: bool) -> None:  # noqa: FBT001 - click hands options over by name
    """Show one record: WHICH is its id, its name or its document number."""
    from catalog.actions import call

    with common.catalogue() as catalogue:
        actor = common.operator()
        record = call(catalogue, actor, "record.show", {"id": which})
        text = call(catalogue, actor, "record.text", {"id": record["id"]})
    if as_json:
        common.echo_json(record | {"blocks": text["blocks"]})
        return
    click.echo(record["title"])
    for name, value in record.items():
        if isinstance(value, str | int) and value not in ("", record["title"]):
            click.echo(f"  {name}: {value}")
    click.echo(f"  validity: {record['validity']['sentence'][common.language()]}")
    for block in text["blocks"]:
        before = "" if block["kind"] == "note" else "\n"
        click.echo(f"{before}{block['text']}")


@click.command(context_settings=FREE)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.option(
    "--format", "form", type=click.Choice(["jsonl"]), default="jsonl", show_default=True, help="Form of the output."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="File to write; standard output when not given.",
)
@click.option(
    "--text", "of_texts", is_flag=True, help="Write the texts instead: parts, and blocks with anchor, kind, path, page."
)
def export(words: tuple[str, ...], form: str, output: Path | None, of_texts: bool) -> None:  # noqa: FBT001 - click hands options over by name
    """Write the public records, one a line; search parameters narrow them: --type regulation --q 公开."""
    from catalog.actions.follow import follow_once
    from catalog.exports import TEXT_WRITERS, WRITERS

    with common.catalogue() as catalogue:
        follow_once(catalogue)
        target: Any = output.open("wb") if output else nullcontext(sys.stdout.buffer)
        with target as file, common.progress("written") as told:
            count = (TEXT_WRITERS if of_texts else WRITERS)[form](catalogue, common.parameters(words), file, told)
    click.echo(f"{count:,} records written", err=True)
