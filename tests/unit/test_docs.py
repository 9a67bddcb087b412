"""The documents say what is there: commands exist with the options shown, links lead somewhere, decisions are dated."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from catalog.cli import main

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "examples").rglob("*.md")])
COMMAND = re.compile(r"^\s*(?:\$ )?gongkai ((?:[a-z]+ )*[a-z]+)(.*)$", re.MULTILINE)
FREE = {"search", "export"}
"""Commands that take any search parameter as an option."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_exist_with_the_options_shown(page):
    for words, rest in COMMAND.findall(page.read_text(encoding="utf-8")):
        command: click.Command = main
        for word in words.split():
            if not isinstance(command, click.Group):
                break
            assert word in command.commands, f"{page.name} shows `gongkai {words}`"
            command = command.commands[word]
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)} | {
            "--help"
        }
        if command.name not in FREE:
            shown = set(re.findall(r"(?<=\s)(--[a-z-]+)", rest.split("#")[0]))
            assert shown <= known, f"{page.name} shows `gongkai {words}` with {shown - known}"


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_two_commands_stand_at_the_top(name):
    top = "\n".join((ROOT / name).read_text(encoding="utf-8").splitlines()[:14])
    assert "make demo" in top
    assert "make test" in top


def test_the_readmes_show_the_same_commands():
    shown = [
        re.findall(r"^(?:make|gongkai) [a-z ]+", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
        for name in ("README.md", "README.zh-CN.md")
    ]
    assert shown[0] == shown[1]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_example_files_that_are_named_exist(page):
    for name in re.findall(r"\bexamples/[\w./-]+\.ya?ml", page.read_text(encoding="utf-8")):
        assert (ROOT / name).exists(), f"{page.name} names {name}"


def test_decisions_are_dated():
    headings = re.findall(r"^## (.*)$", (ROOT / "DECISIONS.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings
    assert all(re.match(r"\d{4}-\d\d-\d\d · ", heading) for heading in headings)
