from dataclasses import dataclass

import pytest

from catalog.errors import Misconfigured
from catalog.plugins import registry
from catalog.plugins.registry import Plugins, hookimpl


@dataclass
class Kind:
    kind: str


class Tape:
    def harvesters(self):
        return [Kind("tape")]


class Late:
    @hookimpl(trylast=True)
    def harvesters(self):
        return [Kind("late")]


def test_a_plugin_needs_no_import_of_ours():
    plugins = Plugins([("tape", Tape())])
    assert list(plugins.harvesters) == ["tape"]
    assert plugins.answering() == [("tape", ("harvesters",))]


def test_a_class_is_called():
    assert list(Plugins([("tape", Tape)]).harvesters) == ["tape"]


def test_two_of_one_name_are_refused():
    with pytest.raises(Misconfigured, match="two plugins offer the harvester tape"):
        Plugins([("one", Tape()), ("two", Tape())])


def test_an_unknown_name_is_refused_with_what_there_is():
    with pytest.raises(Misconfigured, match="nosuch.*installed:"):
        Plugins.load(["nosuch"])


@dataclass
class Point:
    name: str
    plugin: object
    dist: object = None
    value: str = "some.module:thing"

    def load(self):
        if isinstance(self.plugin, Exception):
            raise self.plugin
        return self.plugin


def test_an_extension_is_off_until_named(monkeypatch):
    monkeypatch.setattr(registry, "entry_points", lambda group: [Point("tape", Tape())])
    assert not Plugins.load([]).harvesters
    assert list(Plugins.load(["tape"]).harvesters) == ["tape"]


def test_a_plugin_that_does_not_load_is_named(monkeypatch):
    monkeypatch.setattr(registry, "entry_points", lambda group: [Point("tape", ImportError("no reel"))])
    with pytest.raises(Misconfigured, match="tape .*no reel"):
        Plugins.load(["tape"])


def test_the_cores_own_parts_come_in_like_any_plugin():
    plugins = Plugins.load()
    assert {"site", "folder"} <= set(plugins.harvesters)
    assert {"regulation", "normative_document", "gazette_issue", "gazette_article", "dataset"} <= set(
        plugins.record_types
    )
    assert plugins.facets
    assert plugins.text_extractors
    assert "site" not in Plugins.load(["-harvesters"]).harvesters
