"""`gongkai load`: archivists' files and folders, through the same pipeline as any other source."""

from __future__ import annotations

from pathlib import Path

import click

from catalog.cli import common
from catalog.cli.follower import indexing_beside
from catalog.cli.harvest import print_report


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--map",
    "map_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML file that says which input field is which.",
)
@click.option("--type", "record_type", help="Record type of what does not say it itself.")
@click.option(
    "--source", help="Name of the source that the records belong to; made from the first path when not given."
)
def load(paths: tuple[Path, ...], map_file: Path | None, record_type: str | None, source: str | None) -> None:
    """Load records (JSONL, .gz) and folders of pages. Loading the same again writes nothing; a load that was cut off goes on."""
    from catalog.actions import call

    params = {
        "paths": [str(path.resolve()) for path in paths],
        "map": str(map_file.resolve()) if map_file else None,
        "type": record_type,
        "source": source,
    }
    with common.catalogue() as catalogue, common.progress("loaded") as shown, indexing_beside(shown) as told:
        report = call(catalogue, common.operator(), "source.load", params | {"progress": told})
    print_report(report)
