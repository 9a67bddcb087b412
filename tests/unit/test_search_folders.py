"""The folder of the embedded index: which generation is current and which is kept, whatever crash came between; full disks."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from catalog.errors import NoRoom, SearchUnavailable
from catalog.search.engines import folders
from catalog.search.engines.embedded import EmbeddedEngine
from catalog.search.engines.folders import IndexFolder, written


@pytest.fixture
def folder(tmp_path: Path) -> IndexFolder:
    made = IndexFolder(tmp_path)
    for name in (made.create(), made.create(), made.create()):
        made.switch(name)
    return made


def test_a_switch_remembers_the_one_before(folder: IndexFolder) -> None:
    assert (folder.current(), folder.previous()) == ("g000003", "g000002")
    folder.switch("g000002")
    assert (folder.current(), folder.previous()) == ("g000002", "g000003")
    folder.switch("g000002")
    assert (folder.current(), folder.previous()) == ("g000002", "g000003")


def test_a_crash_between_the_two_files_is_harmless(folder: IndexFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = folders.replace_file

    def crash(path: Path, content: bytes) -> None:
        if path.name == "CURRENT":
            raise KeyboardInterrupt
        replace(path, content)

    monkeypatch.setattr(folders, "replace_file", crash)
    with pytest.raises(KeyboardInterrupt):
        folder.switch("g000001")
    assert (folder.current(), folder.previous()) == ("g000003", None)
    monkeypatch.undo()
    folder.switch("g000001")
    assert (folder.current(), folder.previous()) == ("g000001", "g000003")


def test_a_previous_one_that_is_gone_is_none(folder: IndexFolder) -> None:
    folder.remove("g000002")
    assert (folder.previous(), folder.current()) == (None, "g000003")


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
        OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)),
        ValueError("An IO error occurred: 'No space left on device (os error 28)'"),
    ],
)
def test_a_full_disk_is_told_from_other_faults(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(NoRoom, match="full"), written(tmp_path):
        raise error
    with pytest.raises(SearchUnavailable, match="cannot be written"), written(tmp_path):
        raise ValueError("something else")


def test_a_full_disk_that_a_thread_met_is_known_by_its_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "ROOM", 2**63)
    with pytest.raises(NoRoom), written(tmp_path):
        raise ValueError("An error occurred in a thread: 'Worker thread failed.'")


def test_a_second_writer_is_refused_in_our_own_words(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path, values={})
    generation = engine.create()
    with engine.writer(generation), pytest.raises(SearchUnavailable, match="written"), engine.writer(generation):
        pass
