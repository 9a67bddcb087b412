"""The reader's knowledge as data: YAML files in `data/` that a person without Python can correct, loaded once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def load(name: str) -> Any:
    """The content of `data/<name>.yaml`. The value is shared: callers must not change it."""
    return yaml.safe_load(files("catalog.extract").joinpath("data", f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def read(name: str) -> str:
    """The text of `data/<name>` without its comment lines (those that begin with `#`)."""
    text = files("catalog.extract").joinpath("data", name).read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("#"))
