"""File storage: one content once, whole or not at all, and nothing outside its root. Every implementation passes the same tests."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest

from catalog.errors import Damaged, InvalidInput, NotFound
from catalog.files import Stored, open_files

CONTENT = "云江市人民政府公报\n".encode() * 5000


def digest(content):
    return hashlib.sha256(content).hexdigest()


def folder(request):
    """A folder, and how to spoil what is in it."""
    path = request.getfixturevalue("tmp_path") / "files"
    files = open_files("", folder=path)

    def spoil(sha256, content):
        files.path(sha256).chmod(0o644)
        files.path(sha256).write_bytes(content)

    yield files, spoil, {"url": "", "folder": str(path)}
    files.close()


def bucket(request):
    """A bucket of a real server, and how to spoil what is in it."""
    server = request.getfixturevalue("s3_server")
    name = server.bucket()
    address = {"url": f"s3://{name}/some/where?{server.files_url(name).partition('?')[2]}", "folder": "unused"}
    account = {"key": server.key, "secret": server.secret}
    files = open_files(**address, **account)
    client = server.client()

    def spoil(sha256, content):
        key = f"some/where/{sha256[:2]}/{sha256[2:4]}/{sha256}"
        client.head_object(Bucket=name, Key=key)  # it lies where it is said to lie
        client.put_object(Bucket=name, Key=key, Body=content)

    yield files, spoil, address | account
    files.close()
    client.close()


@pytest.fixture(params=[folder, pytest.param(bucket, marks=pytest.mark.network)], ids=["folder", "s3"])
def storage(request):
    yield from request.param(request)


@pytest.fixture
def files(storage):
    return storage[0]


@pytest.fixture
def spoil(storage):
    """Put other bytes in the place of a content, behind the storage's back."""
    return storage[1]


def read(files, *arguments):
    with files.open(*arguments) as file:
        return file.read()


def test_several_contents_are_kept_together(files, spoil):
    """New ones, one that is there, one that was cut short, and one twice in the same call: each is whole afterwards."""
    contents = [CONTENT, b"new", b"", b"short", b"new", *(f"{number}".encode() for number in range(70))]
    files.put(CONTENT)
    files.put(b"short")
    spoil(digest(b"short"), b"sh")
    assert files.put_all(contents) == [Stored(digest(content), len(content)) for content in contents]
    for content in contents:
        assert read(files, digest(content)) == content
    assert sorted(files.digests()) == sorted({digest(content) for content in contents})
    assert files.put_all([]) == []


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


def test_a_content_that_breaks_off_leaves_nothing(files):
    def broken():
        yield CONTENT
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        files.put(broken())
    assert list(files.digests()) == []
    assert not files.exists(digest(CONTENT))


def flipped(content):
    return content[:4321] + bytes([content[4321] ^ 1]) + content[4322:]


def test_verify_detects_a_flipped_byte(files, spoil):
    stored = files.put(CONTENT)
    spoil(stored.sha256, flipped(CONTENT))
    with pytest.raises(Damaged, match=stored.sha256):
        files.verify(stored.sha256)


@pytest.mark.parametrize("left", [CONTENT[:100], b"", CONTENT + b"x"], ids=["cut", "empty", "longer"])
def test_a_file_of_another_length_is_written_anew(files, spoil, left):
    stored = files.put(CONTENT)
    spoil(stored.sha256, left)
    with pytest.raises(Damaged):
        files.verify(stored.sha256)
    assert files.put(CONTENT) == stored
    files.verify(stored.sha256)


def test_many_digests_are_listed_each_once(files):
    put = {files.put(b"%d" % number).sha256 for number in range(30)}
    listed = list(files.digests())
    assert len(listed) == len(put)
    assert set(listed) == put


def test_a_storage_says_that_it_is_well_and_keeps_nothing_of_a_probe(files):
    files.ping()
    files.probe()
    assert list(files.digests()) == []


def test_a_reading_that_is_given_up_holds_nothing_back(files):
    stored = files.put(CONTENT)
    for _ in range(40):  # more than there are connections
        with files.open(stored.sha256) as file:
            assert file.read(10) == CONTENT[:10]
    assert read(files, stored.sha256) == CONTENT


def test_many_threads_read_and_write_at_once(files):
    contents = [b"%d" % number * 1000 for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        stored = list(pool.map(files.put, contents))
        assert list(pool.map(lambda one: read(files, one.sha256), stored)) == contents


def test_a_child_process_uses_connections_of_its_own(files):
    stored = files.put(CONTENT)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = 0 if read(files, stored.sha256) == CONTENT and files.put(b"of the child") else 1
        finally:
            os._exit(code)
    assert read(files, stored.sha256) == CONTENT
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert files.exists(digest(b"of the child"))


WRITER = """
import json, sys
from pathlib import Path
from catalog.files import open_files
options = json.loads(sys.argv[1])
files = open_files(options.pop("url"), folder=Path(options.pop("folder")), **options)
def chunks(number):
    yield b"%d" % number
    for _ in range(50):
        yield b"x" * 10_000
for number in range(100_000):
    print(files.put(chunks(number)).sha256, flush=True)
"""


@pytest.mark.crash
def test_a_killed_writer_leaves_only_whole_files(files, storage):
    reported = []
    for life in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, orjson.dumps(storage[2])], stdout=subprocess.PIPE, text=True
        ) as writer:
            reported.append(writer.stdout.readline().strip())
            time.sleep(0.02 + 0.03 * life)
            writer.send_signal(signal.SIGKILL)
            reported += [line.strip() for line in writer.stdout if line.endswith("\n")]
    kept = set(files.digests())
    assert set(reported) <= kept
    for sha256 in kept:
        files.verify(sha256)


def test_no_reader_ever_sees_a_part(files):
    """While one content is written again and again under new digests, whatever can be read is whole."""
    ended = threading.Event()
    seen = 0

    def write():
        for number in range(20):
            files.put(b"%d" % number + CONTENT)
        ended.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not ended.is_set():
        for sha256 in files.digests():
            files.verify(sha256)
            seen += 1
    writer.join()
    assert seen
    assert len(list(files.digests())) == 20
