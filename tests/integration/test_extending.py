"""The extension of docs/extending.md works as it stands there: taken from the page, turned on by its name, used through the actions."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from catalog.actions import ANONYMOUS, Actor, call
from catalog.app import create_catalogue
from catalog.errors import InvalidInput
from catalog.plugins import registry
from catalog.settings import read_settings
from tests.conftest import records_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "extending.md"


class Point:
    """An entry point of another distribution."""

    name = "decade"
    value = "my_package:DecadePlugin"
    dist = None

    def load(self) -> object:
        code = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
        assert code
        names: dict[str, object] = {}
        exec(compile(code[1], str(PAGE), "exec"), names)  # noqa: S102 - the page's own example is what is tested
        return names["DecadePlugin"]


@pytest.fixture
def with_extension(monkeypatch: pytest.MonkeyPatch) -> None:
    real = registry.entry_points
    monkeypatch.setattr(registry, "entry_points", lambda group: [*real(group=group), Point()])


@pytest.mark.usefixtures("with_extension")
def test_the_pages_extension_filters_and_counts(tmp_path: Path) -> None:
    catalogue = create_catalogue(read_settings(DATA_DIR=str(tmp_path / "var"), PLUGINS=["decade"]))
    path = tmp_path / "made.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in records_of(25)), encoding="utf-8")
    call(catalogue, Actor("tester", "operator"), "source.load", {"paths": [str(path)]})
    found = call(catalogue, ANONYMOUS, "record.search", {"parameters": {"decade": ["2010"], "facets": ["decade"]}})
    assert found["total"] == 10
    assert {row["value"]: row["count"] for row in found["facets"]["decade"]} == {"2000": 10, "2010": 10, "2020": 5}
    catalogue.store.close()


@pytest.mark.usefixtures("with_extension")
def test_it_is_off_until_it_is_named(tmp_path: Path) -> None:
    catalogue = create_catalogue(read_settings(DATA_DIR=str(tmp_path / "var")))
    with pytest.raises(InvalidInput, match="unknown parameter decade"):
        call(catalogue, ANONYMOUS, "record.search", {"parameters": {"decade": ["2010"]}})
    catalogue.store.close()
