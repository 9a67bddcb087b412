"""Write docs/reference/ from the code, or with `--check` refuse when it no longer says what the code does.

Everything that a user can name is listed: settings, commands, actions, interfaces, endpoints, record fields, vocabularies, error codes.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

FOLDER = Path("docs/reference")
HEAD = "<!-- Written by `make docs` from the code; change the code, not this page. -->\n\n"


def table(columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """A Markdown table; bars and line feeds in cells are made harmless."""
    columns = list(columns)
    lines = [f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}"]
    lines += [
        f"| {' | '.join(str(cell).replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in row)} |" for row in rows
    ]
    return "\n".join(lines) + "\n"


def settings_page() -> str:
    """Every setting: environment name, type, default, help."""
    from catalog.settings import PREFIX, SETTINGS

    rows = [
        (f"`{PREFIX}{s.name}`", s.kind, f"`{s.default}`" if s.default else "", s.help, "yes" if s.secret else "")
        for s in SETTINGS
    ]
    text = f"`gongkai config` shows the values in force, secrets redacted. `{PREFIX}NAME_FILE` names a file that holds the value of `{PREFIX}NAME`.\n\n"
    return "# Settings\n\n" + text + table(["name", "type", "default", "what it does", "secret"], rows)


def commands_page() -> str:
    """Every command with its help, as the command line prints it."""
    from catalog.cli import main

    parts = ["# The `gongkai` command\n"]
    for path, command in walk(main, "gongkai"):
        context = click.Context(command, info_name=path, terminal_width=100, max_content_width=100)
        parts.append(f"## `{path}`\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def walk(command: click.Command, path: str) -> Iterable[tuple[str, click.Command]]:
    """A command and all below it, depth first."""
    yield path, command
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from walk(command.commands[name], f"{path} {name}")


def actions_page() -> str:
    """Every action with its permission and parameters."""
    from catalog.actions import ACTIONS

    parts = ["# Actions\n\nAPI, pages, command line and extensions call these and nothing below them.\n"]
    for name in sorted(ACTIONS):
        found = ACTIONS[name]
        parts.append(
            f"## `{name}`\n\nPermission: `{found.permission}`\n\n{inspect.cleandoc(found.run.__doc__ or '')}\n"
        )
        rows = [
            (f"`{key}`", type(f).__name__, "yes" if f.required else "", f.metadata.get("description", ""))
            for key, f in found.schema.fields.items()
        ]
        parts.append(table(["parameter", "type", "required", "meaning"], rows) if rows else "No parameters.\n")
    return "\n".join(parts)


def interfaces_page() -> str:
    """Every interface that an extension can implement, with its methods' signatures."""
    from catalog.plugins import harvesting, interfaces
    from catalog.plugins.registry import Hooks

    parts = [
        f"# Interfaces for extensions\n\nInterface version {interfaces.INTERFACE_VERSION}. {inspect.cleandoc(interfaces.__doc__ or '')}\n"
    ]
    for kind in (
        Hooks,
        *(
            c
            for home in (interfaces, harvesting)
            for c in vars(home).values()
            if inspect.isclass(c) and c.__module__ == home.__name__
        ),
    ):
        parts.append(f"## `{kind.__name__}`\n\n{inspect.cleandoc(kind.__doc__ or '')}\n")
        methods = [
            (name, value)
            for name, value in vars(kind).items()
            if inspect.isfunction(value) and not name.startswith("_")
        ]
        parts += [
            f"- `{name}{inspect.signature(value)}`: {inspect.cleandoc(value.__doc__ or '')}" for name, value in methods
        ]
        parts.append("")
    return "\n".join(parts)


def api_page() -> str:
    """Every endpoint of the API with its parameters, from the OpenAPI description that the server gives out."""
    spec = openapi()
    parts = [f"# The API\n\nOpenAPI {spec['openapi']} at `/api/v1/openapi.json`.\n"]
    for path, methods in sorted(spec["paths"].items()):
        for method, operation in methods.items():
            if not isinstance(operation, dict):
                continue
            parts.append(
                f"## `{method.upper()} {path}`\n\n{operation.get('summary', '')}\n\n{operation.get('description', '')}\n"
            )
            rows = [
                (f"`{p['name']}`", p["in"], p.get("schema", {}).get("type", ""), p.get("description", ""))
                for p in operation.get("parameters", [])
            ]
            parts.append(table(["parameter", "in", "type", "meaning"], rows) if rows else "No parameters.\n")
    return "\n".join(parts)


def openapi() -> dict[str, Any]:
    """The OpenAPI description of an application over an empty catalogue."""
    import tempfile

    from catalog.app import create_app, create_catalogue
    from catalog.settings import read_settings

    with tempfile.TemporaryDirectory() as folder:
        app = create_app(create_catalogue(read_settings(DATA_DIR=folder)))
        spec: dict[str, Any] = app.test_client().get("/api/v1/openapi.json").get_json()
        return spec


def fields_page() -> str:
    """Every record type with its fields."""
    from catalog.plugins.registry import Plugins
    from catalog.schemas.describe import describe

    parts = ["# Record types and their fields\n"]
    for name, form in sorted(Plugins.load().record_types.items()):
        parts.append(f"## `{name}`: {form.labels['zh-Hans']}, {form.labels['en']}\n")
        rows = [
            (f"`{f.name}`", f.type, "yes" if f.mandatory else "", f.labels["zh-Hans"], f.labels["en"])
            for f in describe(form)
        ]
        parts.append(table(["field", "type", "mandatory", "中文", "English"], rows))
    return "\n".join(parts)


def errors_page() -> str:
    """Every error with its HTTP status and code."""
    from catalog.errors import HTTP

    rows = [(f"`{code}`", status, inspect.cleandoc(kind.__doc__ or "")) for kind, (status, code) in HTTP.items()]
    return "# Errors\n\nThe API answers errors as `application/problem+json`; `code` is stable.\n\n" + table(
        ["code", "status", "when"], rows
    )


PAGES: dict[str, Callable[[], str]] = {
    "settings": settings_page,
    "commands": commands_page,
    "actions": actions_page,
    "interfaces": interfaces_page,
    "api": api_page,
    "fields": fields_page,
    "errors": errors_page,
}


def main() -> int:
    """Write the pages, or compare them; 1 when one differs."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    stale = []
    for name, page in PAGES.items():
        path, text = FOLDER / f"{name}.md", HEAD + page().rstrip() + "\n"
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(str(path))
    print(
        f"no longer says what the code does: {', '.join(stale)}; run `make docs`"
        if stale
        else f"{len(PAGES)} reference pages say what the code does"
    )
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
