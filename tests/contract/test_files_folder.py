"""What holds for files in a folder alone: how they lie on the disk, what a crash leaves there, and what the file system's errors mean."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest

from catalog.errors import FilesUnavailable, Misconfigured, NoRoom
from catalog.files import LocalFiles, open_files

CONTENT = "云江市人民政府公报\n".encode() * 5000


@pytest.fixture
def files(tmp_path):
    return LocalFiles(tmp_path / "files")


def left(files):
    return [path for path in files.root.rglob("*") if path.is_file()]


def test_no_setting_and_a_file_address_are_folders(tmp_path):
    assert open_files("", folder=tmp_path / "a").root == tmp_path / "a"
    assert open_files(f"file://{tmp_path}/b%20c", folder=tmp_path / "a").root == tmp_path / "b c"


@pytest.mark.parametrize("url", ["ftp://host/x", "file://host/x", "file:", "nonsense", "/var/files"])
def test_an_address_of_nothing_known_is_refused(tmp_path, url):
    with pytest.raises(Misconfigured, match="GONGKAI_FILES_URL must be"):
        open_files(url, folder=tmp_path)


def test_a_content_that_breaks_off_leaves_no_file(files):
    def broken():
        yield CONTENT
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        files.put(broken())
    assert left(files) == []


def test_a_crash_at_any_step_leaves_all_or_nothing(files, monkeypatch):
    """Each system call that matters fails once; what can be read afterwards is whole, and the next attempt succeeds."""
    steps = 0
    for name in ("fsync", "replace", "chmod", "mkdir"):

        def fail(*arguments, **options):
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(os, name, fail)
            try:
                files.put(CONTENT)
            except NoRoom:
                steps += 1
        for sha256 in files.digests():
            files.verify(sha256)
        assert list((files.root / "incoming").glob("*")) == []
    assert steps >= 3
    files.put(CONTENT)
    files.verify(hashlib.sha256(CONTENT).hexdigest())


def test_a_crash_while_several_are_kept_leaves_each_whole_or_away(files, monkeypatch):
    """The n-th call of each step fails, for every n; nothing that can be read is cut short, and nothing is left aside."""
    contents = [bytes([number]) * 1000 for number in range(4)]
    failed = 0
    for name in ("fsync", "replace", "chmod", "mkdir"):
        for last in range(4):
            calls = iter(range(1000))
            real = getattr(os, name)

            def fail(*arguments, calls=calls, last=last, real=real, **options):
                if next(calls) >= last:
                    raise OSError(errno.ENOSPC, "No space left on device")
                return real(*arguments, **options)

            with monkeypatch.context() as patched:
                patched.setattr(os, name, fail)
                try:
                    files.put_all(contents)
                except NoRoom:
                    failed += 1
            for sha256 in files.digests():
                files.verify(sha256)
            assert list((files.root / "incoming").glob("*")) == []
            shutil.rmtree(files.root, ignore_errors=True)
    assert failed >= 12
    files.put_all(contents)
    assert len(list(files.digests())) == len(contents)


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (errno.ENOSPC, NoRoom, "make room"),
        (errno.EDQUOT, NoRoom, "quota"),
        (errno.EROFS, Misconfigured, "GONGKAI_FILES_URL"),
        (errno.EACCES, Misconfigured, "GONGKAI_FILES_URL"),
        (errno.EIO, FilesUnavailable, "check the disk or the mount"),
        (errno.ESTALE, FilesUnavailable, "check the disk or the mount"),
    ],
)
def test_errors_of_the_file_system_say_what_to_do(files, monkeypatch, code, kind, words):
    files.put(b"before")

    def fail(*_, **__):
        raise OSError(code, os.strerror(code), str(files.root))

    monkeypatch.setattr(os, "fsync", fail)
    for write in (lambda: files.put(CONTENT), lambda: files.put(iter([CONTENT])), files.probe):
        with pytest.raises(kind, match=words) as caught:
            write()
        assert str(files.root) in str(caught.value)
    assert list((files.root / "incoming").glob("*")) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_is_no_room(files, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "mkstemp", lambda **_: (os.open("/dev/full", os.O_WRONLY), str(tmp_path / "made")))
    with pytest.raises(NoRoom, match="full"):
        files.put(CONTENT)
    assert left(files) == []


def test_a_folder_that_may_not_be_written_is_told_at_once(tmp_path):
    for folder in (tmp_path, *tmp_path.parents[:2]):  # pytest's own, for its user only
        folder.chmod(0o755)
    (tmp_path / "files").mkdir(mode=0o555)
    child = os.fork()
    if child == 0:
        told = ""
        try:
            if os.geteuid() == 0:
                os.setuid(65534)  # root may write everywhere, nobody may not
            LocalFiles(tmp_path / "files").ping()
        except Misconfigured as error:
            told = str(error)
        finally:
            os._exit(0 if "give the folder to the user" in told else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_file_in_the_folders_place_is_told_at_once(tmp_path):
    (tmp_path / "files").write_text("not a folder")
    for ask in (LocalFiles(tmp_path / "files").ping, LocalFiles(tmp_path / "files").probe):
        with pytest.raises((Misconfigured, FilesUnavailable), match="files"):
            ask()


def test_what_a_killed_writer_left_is_cleared_a_day_later(tmp_path):
    incoming = tmp_path / "files" / "incoming"
    incoming.mkdir(parents=True)
    old, young = incoming / "tmpold", incoming / "tmpyoung"
    old.write_bytes(b"left")
    young.write_bytes(b"being written")
    os.utime(old, (time.time() - 2 * 86400, time.time() - 2 * 86400))
    LocalFiles(tmp_path / "files").put(iter([b"new"]))
    assert not old.exists()
    assert young.exists()


def test_files_cannot_be_written_over_by_accident(files):
    stored = files.put(CONTENT)
    assert files.path(stored.sha256).stat().st_mode & 0o777 == 0o440


def test_a_folder_offers_no_links(files):
    stored = files.put(CONTENT)
    assert files.link(stored.sha256, disposition="attachment", media_type="text/plain", seconds=60) is None
