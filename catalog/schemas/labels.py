"""What fields are called for people. The labels are data (`data/fields.yaml`)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml

from catalog.model.script import to_traditional


@cache
def label(field: str, lang: str) -> str:
    """The label of a field in `zh-Hans`, `zh-Hant` or `en`; empty for a field that has none."""
    names = _labels().get(field)
    if names is None:
        return ""
    if lang == "en":
        return names[1]
    return to_traditional(names[0]) if lang == "zh-Hant" else names[0]


@cache
def _labels() -> dict[str, list[str]]:
    text = files("catalog.schemas").joinpath("data/fields.yaml").read_text(encoding="utf-8")
    loaded: dict[str, list[str]] = yaml.safe_load(text)
    return loaded
