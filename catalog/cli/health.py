"""`gongkai health`: ask a server whether it can be used. What a container's health check or a load balancer's script runs; needs no curl."""

from __future__ import annotations

import sys
from http import HTTPStatus

import click

SECONDS = 4.0
"""Longest wait for the answer: the server gives its parts two, and container engines allow five."""
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not listened on
"""Where to ask a server that listens on all addresses."""


@click.command()
@click.argument("url", required=False)
@click.option("--live", is_flag=True, help="Ask only whether the process answers, not its parts.")
def health(url: str | None, live: bool) -> None:  # noqa: FBT001 - click hands options over by name
    """Ask the server at URL (http://host:port; default: where `gongkai serve` listens) how it is. Exit code 0 when it can be used."""
    import requests

    path = "/healthz/live" if live else "/healthz/ready"
    address = (url or _own()).rstrip("/") + path
    try:
        answer = requests.get(address, timeout=SECONDS, allow_redirects=False)
    except requests.RequestException as error:
        click.echo(f"gongkai: {address} does not answer ({type(error).__name__})", err=True)
        sys.exit(1)
    if live:
        click.echo(str(answer.status_code))
        sys.exit(0 if answer.status_code == HTTPStatus.OK else 1)
    try:
        told = answer.json()
        away = [f"{name}: {part['reason']}" for name, part in told["parts"].items() if part["status"] != "ok"]
        click.echo("; ".join([told["status"], *away]))
    except (ValueError, KeyError, TypeError):
        click.echo(f"gongkai: {address} answers {answer.status_code}, but not as a catalogue does", err=True)
        sys.exit(1)
    sys.exit(0 if answer.status_code == HTTPStatus.OK else 1)


def _own() -> str:
    from catalog.settings import read_settings

    settings = read_settings()
    host = EVERYWHERE.get(settings["HOST"], settings["HOST"])
    return f"http://[{host}]:{settings['PORT']}" if ":" in host else f"http://{host}:{settings['PORT']}"
