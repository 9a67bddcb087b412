"""`gongkai harvest`: sources and their runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from catalog.cli import common
from catalog.cli.follower import indexing_beside

COUNTERS = ("listed", "created", "updated", "unchanged", "skipped", "failed", "quarantined", "withdrawn")


@click.group()
def harvest() -> None:
    """Sources: web sites, folders, portals; list, run, preview, report."""


@harvest.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def add(file: Path) -> None:
    """Add the source that the YAML FILE describes (name, kind, title, config, schedule, active), or change the one of that name."""
    import yaml

    from catalog.actions import call
    from catalog.errors import InvalidInput

    try:
        wanted = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{file} is not YAML in UTF-8: {error}") from error
    if not isinstance(wanted, dict):
        raise InvalidInput(f"{file} must be a mapping with name, kind and config; examples/sources/ has some")
    with common.catalogue() as catalogue:
        source = call(catalogue, common.operator(), "source.add", wanted)
    click.echo(f"source {source['name']} ({source['kind']}) is set{_timing(source)}")


@harvest.command("list")
def list_() -> None:
    """List the sources: the outcome of their last runs, when they run next, and who runs them now."""
    from catalog.actions import call

    with common.catalogue() as catalogue:
        found = call(catalogue, common.operator(), "source.list")
    for source in found["sources"]:
        job = source["last_job"]
        click.echo(f"{source['name']}  {source['kind']}  {source['title']}")
        click.echo(
            f"  last run: {job['state']} {job['finished_at'] or ''}; {counted(job['counters'])}"
            if job
            else "  never run"
        )
        for line in _outlook(source):
            click.echo(f"  {line}")


@harvest.command()
@click.argument("name")
@click.option("--accept-deletions", is_flag=True, help="Let a run withdraw more than the brake allows.")
@click.option("--queue", "queued", is_flag=True, help="Leave it to a worker, and return at once.")
def run(name: str, accept_deletions: bool, queued: bool) -> None:  # noqa: FBT001 - click hands options over by name
    """Harvest the source NAME, or take up its run that was cut off. Exit code 1 when the run could not be finished."""
    from catalog.actions import call

    if queued:
        if accept_deletions:
            raise click.UsageError("--accept-deletions is for a run that somebody watches: leave out --queue")
        _request(name)
        return
    with common.catalogue() as catalogue, common.progress(name) as shown, indexing_beside(shown) as told:
        params = {"name": name, "accept_deletions": accept_deletions}
        report = call(catalogue, common.operator(), "source.run", params | {"progress": told})
    print_report(report)


@harvest.command()
@click.argument("name")
@click.option("--limit", default=20, show_default=True, help="How many items to look at.")
def preview(name: str, limit: int) -> None:
    """Do what `run` does for the first items, and write nothing."""
    from catalog.actions import call

    with common.catalogue() as catalogue, common.progress(name) as told:
        report = call(catalogue, common.operator(), "source.preview", {"name": name, "limit": limit, "progress": told})
    for item in report["items"]:
        click.echo(f"{item['state']:12} {item['title'] or ''}  {item['ref']}")
        for problem in item["problems"]:
            click.echo(f"  {problem['severity']}: {problem['message']}")
    click.echo(counted(report["counters"]))


@harvest.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def report(name: str, as_json: bool) -> None:  # noqa: FBT001 - click hands options over by name
    """Report the last run of the source NAME: counters, and each item that was not taken in, with its reason."""
    from catalog.actions import call

    with common.catalogue() as catalogue:
        found = call(catalogue, common.operator(), "source.report", {"name": name})
    if as_json:
        common.echo_json(found)
    else:
        print_report(found)


def _request(name: str) -> None:
    """Ask for a run in the store, which is what counts; then send its name, so that a worker need not find it by itself."""
    from catalog.actions import call
    from catalog.errors import NoRoom, QueueUnavailable
    from catalog.jobs.queue import Queue

    with common.catalogue() as catalogue:
        source = call(catalogue, common.operator(), "source.request", {"name": name})
        settings = catalogue.settings
    try:
        Queue.open(settings["QUEUE_URL"], settings.data_dir).enqueue("source.run", source["name"])
    except (QueueUnavailable, NoRoom) as error:
        click.echo(f"{source['name']}: a run is asked for; a worker finds it when the queue is back: {error}")
    else:
        click.echo(f"{source['name']}: a run is asked for; a worker takes it up (`gongkai worker`)")


def _timing(source: dict[str, Any]) -> str:
    if not source["active"]:
        return ", and switched off"
    return f"; a worker runs it at {source['schedule']} (Asia/Shanghai)" if source["schedule"] else ""


def _outlook(source: dict[str, Any]) -> list[str]:
    """What comes next for a source, a line each."""
    job = source["last_job"]
    lines = []
    if not source["active"]:
        lines.append("switched off")
    if source["schedule"]:
        lines.append(
            f"schedule: {source['schedule']}" + (f"; next {source['next_run_at']}" if source["next_run_at"] else "")
        )
    if source["requested_at"]:
        lines.append(f"asked for at {source['requested_at']}")
    if source["held_by"]:
        lines.append(f"being run by {source['held_by']}")
    elif job and job["state"] == "running":
        lines.append("cut off; a worker takes it up, or `gongkai harvest run`")
    return lines


def counted(counters: dict[str, int]) -> str:
    """The counters of a run in one line."""
    return ", ".join(f"{name} {counters[name]:,}" for name in COUNTERS if name in counters)


def print_report(report: dict[str, Any]) -> None:
    """Print a run's counters and troubles; end the command with 1 unless the run finished."""
    click.echo(f"{report['source']}: {report['state']}; {counted(report['counters'])}")
    for item in report["troubles"]:
        click.echo(f"  {item['state']}: {item['ref']}: {item['message']}")
    if report["message"]:
        click.echo(report["message"])
    if report["state"] != "finished":
        sys.exit(1)
