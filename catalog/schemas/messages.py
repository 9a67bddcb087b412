"""What is said of a wrong value, in Chinese and English. The texts are data (`data/messages.yaml`)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

SHOWN = 180
"""Characters of a wrong value that a message repeats."""


def say(code: str, **values: Any) -> str:
    """The message of a code, Chinese first, with the values filled in and cut to a length that can be read."""
    texts = _messages()[code]
    shown = {"near": "", "known": "", "input": "", **{name: _short(value) for name, value in values.items()}}
    return f"{texts['zh'].format(**shown)} / {texts['en'].format(**shown)}"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


@cache
def _messages() -> dict[str, dict[str, str]]:
    text = files("catalog.schemas").joinpath("data/messages.yaml").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, str]] = yaml.safe_load(text)
    return loaded
