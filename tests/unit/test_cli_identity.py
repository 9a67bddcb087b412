"""The commands on identity and reading again, over a catalogue of two small sources."""

from __future__ import annotations

import orjson
import pytest
import yaml
from click.testing import CliRunner

from catalog.cli import main
from tests.integration.identity_papers import MAP, NOTICE, rows_file


@pytest.fixture
def gongkai(tmp_path, monkeypatch):
    """Runs a command over a catalogue with one notice from two sources; its output."""
    monkeypatch.setenv("GONGKAI_DATA_DIR", str(tmp_path / "var"))
    (tmp_path / "map.yaml").write_text(yaml.safe_dump(MAP, allow_unicode=True), "utf-8")

    def run(*words, code=0):
        result = CliRunner().invoke(main, [str(word) for word in words])
        assert result.exit_code == code, result.output
        return result.output

    for name, publisher in (("city", "云江市人民政府"), ("county", "海陵县人民政府")):
        path = rows_file(tmp_path / name / f"{name}.jsonl", [{**NOTICE, "publisher": publisher}])
        run("load", path, "--map", tmp_path / "map.yaml", "--source", name)
    return run


def test_why_split_and_join(gongkai):
    listed = gongkai("identity", "list")
    assert "reposts: number_and_text, number same, title 1.0, issuer same, date same, text 1.0" in listed
    name = listed.split()[0]
    shown = gongkai("identity", "show", name)
    assert "1  city  city.jsonl#L1  (gives the record)" in shown
    assert "2  county  county.jsonl#L1  (reposts:" in shown
    split = gongkai("identity", "split", name, "2", "--reason", "cut short")
    assert split.startswith("county.jsonl#L1 is now ")
    other = split.split()[3].rstrip(",")
    assert "no place was joined" in gongkai("identity", "list")
    assert "kept apart" in gongkai("identity", "show", other)
    assert gongkai("identity", "join", name, other) == f"{other} is now a place of {name}\n"
    assert "by_hand" in gongkai("identity", "list")
    assert (
        orjson.loads(gongkai("identity", "show", name, "--json"))["places"][1]["joined"]["reason"]
        == "the same document"
    )
    assert "no place is called 9" in gongkai("identity", "split", name, "9", code=1)


def test_reread_shows_and_writes_to_a_file(gongkai, tmp_path):
    output = gongkai("reread", "--source", "city", "--out", tmp_path / "out.jsonl")
    assert "1 places read again" in output
    assert "1 unchanged" in output
    assert "nothing was written" in output
    assert (tmp_path / "out.jsonl").read_bytes() == b""
    assert orjson.loads(gongkai("reread", "--since-parser", "99", "--apply", "--json"))["applied"] is True
    assert "say what to read again" in gongkai("reread", code=2)
