"""File storage: one content once, whole or not at all, and nothing outside its root. Every implementation passes the same tests."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from catalog.errors import Damaged, InvalidInput, NotFound
from catalog.files import LocalFiles, Stored

CONTENT = "云江市人民政府公报\n".encode() * 5000


def digest(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def files(tmp_path):
    return LocalFiles(tmp_path / "files")


def read(files, *arguments):
    with files.open(*arguments) as file:
        return file.read()


@pytest.mark.parametrize("content", [b"", b"x", CONTENT], ids=["empty", "short", "long"])
def test_what_is_put_can_be_read(files, content):
    stored = files.put(content)
    assert stored == Stored(digest(content), len(content))
    assert read(files, stored.sha256) == content
    assert files.exists(stored.sha256)
    assert files.size(stored.sha256) == len(content)
    files.verify(stored.sha256)


def test_chunks_are_put_like_the_whole(files):
    chunks = (CONTENT[start : start + 1000] for start in range(0, len(CONTENT), 1000))
    assert files.put(chunks) == files.put(CONTENT)
    assert list(files.digests()) == [digest(CONTENT)]


def test_what_was_never_put_is_not_found(files):
    absent = digest(b"absent")
    assert not files.exists(absent)
    for ask in (files.open, files.size, files.verify):
        with pytest.raises(NotFound, match=absent):
            ask(absent)
    assert list(files.digests()) == []


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a",
        "../../../etc/passwd",
        "/etc/passwd",
        "0" * 63,
        "0" * 65,
        "0" * 63 + "G",
        "A" * 64,
        "0" * 64 + "\n",
        "../" + "0" * 61,
        "０" * 64,
        "0" * 63 + "\x00",
    ],
)
def test_nothing_but_a_digest_names_a_file(files, name):
    for ask in (files.open, files.exists, files.size, files.verify):
        with pytest.raises(InvalidInput, match="64 lowercase hexadecimal digits"):
            ask(name)


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, None), (0, 10), (5, 10), (5, None), (0, 0), (len(CONTENT), None), (len(CONTENT) - 1, len(CONTENT))],
)
def test_ranges(files, start, end):
    stored = files.put(CONTENT)
    assert read(files, stored.sha256, start, end) == CONTENT[start:end]


@pytest.mark.parametrize(("start", "end"), [(-1, None), (0, len(CONTENT) + 1), (len(CONTENT) + 1, None), (10, 5)])
def test_ranges_outside_the_content_are_refused(files, start, end):
    stored = files.put(CONTENT)
    with pytest.raises(InvalidInput, match="not within"):
        files.open(stored.sha256, start, end)


def test_a_range_is_read_in_pieces_and_lines(files):
    stored = files.put(CONTENT)
    with files.open(stored.sha256, 0, 84) as file:
        assert file.readline() == CONTENT[:28]
        assert file.read(10) == CONTENT[28:38]
        assert file.read() == CONTENT[38:84]
        assert file.read() == b""
        assert file.closed is False


def test_concurrent_puts_of_one_content_keep_it_once(files):
    with ThreadPoolExecutor(8) as pool:
        stored = set(pool.map(lambda number: files.put(CONTENT if number % 2 else io.BytesIO(CONTENT)), range(32)))
    assert stored == {Stored(digest(CONTENT), len(CONTENT))}
    assert list(files.digests()) == [digest(CONTENT)]
    files.verify(digest(CONTENT))


def test_a_content_that_breaks_off_leaves_nothing(files, tmp_path):
    def broken():
        yield CONTENT
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        files.put(broken())
    assert list(files.digests()) == []
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def test_verify_detects_a_flipped_byte(files):
    stored = files.put(CONTENT)
    path = files.path(stored.sha256)
    path.chmod(0o644)
    damaged = bytearray(CONTENT)
    damaged[4321] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(Damaged, match=stored.sha256):
        files.verify(stored.sha256)


def test_a_file_that_was_cut_is_written_anew(files):
    stored = files.put(CONTENT)
    path = files.path(stored.sha256)
    path.chmod(0o644)
    path.write_bytes(CONTENT[:100])
    with pytest.raises(Damaged):
        files.verify(stored.sha256)
    assert files.put(CONTENT) == stored
    files.verify(stored.sha256)


WRITER = """
import os, sys
from pathlib import Path
from catalog.files import LocalFiles
files = LocalFiles(Path(sys.argv[1]))
def chunks(number):
    yield b"%d" % number
    for _ in range(50):
        yield b"x" * 10_000
for number in range(100_000):
    print(files.put(chunks(number)).sha256, flush=True)
"""


@pytest.mark.crash
def test_a_killed_writer_leaves_only_whole_files(files, tmp_path):
    reported = []
    for life in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path / "files")], stdout=subprocess.PIPE, text=True
        ) as writer:
            reported.append(writer.stdout.readline().strip())
            time.sleep(0.02 + 0.03 * life)
            writer.send_signal(signal.SIGKILL)
            reported += [line.strip() for line in writer.stdout if line.endswith("\n")]
    kept = set(files.digests())
    assert set(reported) <= kept
    for sha256 in kept:
        files.verify(sha256)


def test_a_crash_at_any_step_leaves_all_or_nothing(files, monkeypatch):
    """Each system call that matters fails once; what can be read afterwards is whole, and the next attempt succeeds."""
    steps = 0
    for name in ("fsync", "replace", "chmod", "mkdir"):
        real = getattr(os, name)

        def fail(*arguments, real=real, **options):
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(os, name, fail)
            try:
                files.put(CONTENT)
            except OSError:
                steps += 1
        for sha256 in files.digests():
            files.verify(sha256)
        assert list((files.root / "incoming").glob("*")) == []
    assert steps >= 3
    files.put(CONTENT)
    files.verify(digest(CONTENT))


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
