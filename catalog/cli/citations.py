"""`gongkai citations`: how much of the citation graph there is, a sample of it to judge, and all of it as a file."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalog.cli import common
from catalog.errors import InvalidInput

if TYPE_CHECKING:
    from catalog.actions.citations import Figures, Sampled

HEAD = (
    "type",
    "all",
    "resolved",
    "by number",
    "by title",
    "by both",
    "given",
    "ambiguous",
    "conflict",
    "elsewhere",
    "later",
    "not here",
)


@click.command()
@click.option(
    "--sample", "size", type=click.IntRange(1, 10_000), help="Show this many citations with the words around them."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Which sample; the same seed takes the same ones.")
@click.option("--type", "types", multiple=True, help="Sample only citations of this type (as often as wanted).")
@click.option("--resolved", is_flag=True, help="Sample only citations that found their record.")
@click.option(
    "--export",
    "output",
    type=click.Path(dir_okay=False, writable=True, allow_dash=True, path_type=Path),
    help="Write the graph: a name that ends in .jsonl or .csv, or - for JSONL on standard output.",
)
def citations(size: int | None, seed: int, types: tuple[str, ...], resolved: bool, output: Path | None) -> None:  # noqa: FBT001 - click hands options over by name
    """How many citations there are by type, how many found their record and how, and why the others are open."""
    from catalog.actions.citations import figures, sample
    from catalog.exports.citations import write_graph

    if output is not None and _form(output) is None:
        raise InvalidInput(f"--export {output}: write a name that ends in .jsonl or .csv, or -")
    with common.catalogue() as catalogue:
        if output is not None:
            target: Any = nullcontext(sys.stdout.buffer) if str(output) == "-" else output.open("wb")
            with target as file:
                count = write_graph(catalogue, _form(output) or "jsonl", file)
            click.echo(f"{count:,} relations written", err=True)
        elif size is not None:
            for at, one in enumerate(sample(catalogue, size, seed, types=types, resolved=resolved), 1):
                _tell(at, one)
        else:
            _table(figures(catalogue))


def _form(output: Path) -> str | None:
    return "jsonl" if str(output) == "-" else {".jsonl": "jsonl", ".csv": "csv"}.get(output.suffix.lower())


def _table(found: list[Figures]) -> None:
    rows = [
        (
            one.type,
            [
                one.total,
                one.resolved,
                one.number,
                one.title,
                one.both,
                one.given,
                one.ambiguous,
                one.conflict,
                one.elsewhere,
                one.later,
                one.away,
            ],
        )
        for one in found
    ]
    sums = [sum(column) for column in zip(*(counts for _, counts in rows), strict=True)] or [0] * (len(HEAD) - 1)
    width = max((len(kind) for kind, _ in rows), default=3) + 2
    click.echo(f"{HEAD[0]:{width}}" + "".join(f"{name:>11}" for name in HEAD[1:]))
    for kind, counts in (*rows, ("all", sums)):
        click.echo(f"{kind:{width}}" + "".join(f"{count:>11,}" for count in counts))


def _tell(at: int, one: Sampled) -> None:
    """One citation of a sample, for judging: what cites, how and with which words, and what was found."""
    row = one.relation
    place = "".join(f"#{anchor}" for anchor in (row.place,) if anchor)
    kind = row.type if row.event is None else f"{row.type} (of an event)"
    click.echo(f"\n{at}. {kind}  {one.source.title} ({one.source.name}{place})")
    click.echo(f"   …{' '.join(one.words.split())}…")
    named = "  ".join(part for part in (row.title and f"《{row.title}》", row.number, row.article) if part)
    found = f"{row.other.title} ({row.other.name})" if row.other else f"open ({row.matched or 'not in the catalogue'})"
    click.echo(f"   {named or row.raw} → {found}" + (f"  by {row.matched}" if row.other else ""))
