"""What holds for files in a bucket alone, on a real S3 server: sums, parts, conditions, links, lost connections, a server that dies."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import socket
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest

from catalog.api.downloads import disposition
from catalog.errors import Damaged, FilesUnavailable, InvalidInput, Misconfigured, NoRoom, NotFound
from catalog.files import open_files, resuming, s3_upload, spool
from catalog.files.s3 import S3Files
from catalog.files.s3_address import S3Address
from catalog.files.s3_answers import refusal

pytestmark = pytest.mark.network

CONTENT = "云江市人民政府公报\n".encode() * 5000
MIB = 1024 * 1024
LARGE = b"".join(hashlib.sha256(b"%d" % number).digest() for number in range(12 * MIB // 32)) + b"end"
"""Three parts at the least length that S3 takes; no two of its pieces are alike."""


def digest(content):
    return hashlib.sha256(content).hexdigest()


class Bucket:
    """A bucket of a server, the storage over it, and a client to look at what the storage did."""

    def __init__(self, server):
        self.server = server
        self.name = server.bucket()
        self.client = server.client()
        self.opened = []
        self.files = self.open()

    def open(self, *, key=None, secret=None, address=None, **options):
        found = address or S3Address.parse(self.server.files_url(self.name))
        options = {"multipart_from": 6 * MIB, "part_bytes": 5 * MIB} | options
        made = S3Files(found, key=key or self.server.key, secret=secret or self.server.secret, **options)
        self.opened.append(made)
        return made

    def key(self, sha256):
        return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def uploads(self):
        return self.client.list_multipart_uploads(Bucket=self.name).get("Uploads", [])

    def close(self):
        for files in self.opened:
            files.close()
        self.client.close()


@pytest.fixture
def bucket(s3_server):
    made = Bucket(s3_server)
    yield made
    made.close()


@pytest.fixture
def own_bucket(own_s3):
    made = Bucket(own_s3)
    yield made
    made.close()


def read(files, *arguments):
    with files.open(*arguments) as file:
        return file.read()


# what can be set


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("s3://files", S3Address("files", "", None, "us-east-1")),
        ("s3://files/", S3Address("files", "", None, "us-east-1")),
        ("s3://files/a/b/", S3Address("files", "a/b/", None, "us-east-1")),
        (
            "s3://my.files-1/a?endpoint=https://s3.example:9000&region=cn-east",
            S3Address("my.files-1", "a/", "https://s3.example:9000", "cn-east"),
        ),
    ],
)
def test_addresses(url, expected):
    assert S3Address.parse(url) == expected


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("s3://", "no name of a bucket"),
        ("s3://UPPER", "no name of a bucket"),
        ("s3://key:secret@files", "GONGKAI_FILES_KEY"),
        ("s3://files/a b", "'a b' in the prefix"),
        ("s3://files/../x", "'..' in the prefix"),
        ("s3://files?endpont=https://x", "it has no 'endpont'"),
        ("s3://files?endpoint=x:9000", "does not begin with http"),
        ("s3://files?region=a&region=b", "names 'region' twice"),
        ("s3://files?region", "GONGKAI_FILES_URL must be"),
    ],
)
def test_addresses_that_cannot_be_used(url, words, tmp_path):
    with pytest.raises(Misconfigured, match="GONGKAI_FILES_URL") as caught:
        open_files(url, folder=tmp_path)
    assert words in str(caught.value)
    assert "secret@" not in str(caught.value)


def test_half_a_key_is_refused(tmp_path):
    with pytest.raises(Misconfigured, match="belong together"):
        open_files("s3://files", folder=tmp_path, key="only")


def test_a_bucket_needs_the_extra(tmp_path, monkeypatch):
    import builtins

    honest = builtins.__import__

    def without(name, *arguments, **options):
        if name.startswith("catalog.files.s3") and name != "catalog.files.s3_address":
            raise ModuleNotFoundError("No module named 'boto3'", name="boto3")
        return honest(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(Misconfigured, match=r"pip install 'gongkai\[s3\]'"):
        open_files("s3://files", folder=tmp_path)


# what the server refuses


def test_a_wrong_secret_is_refused_by_every_question(bucket):
    forged = bucket.open(secret="wrong")
    asks = (
        forged.ping,
        forged.probe,
        lambda: forged.put(CONTENT),
        lambda: forged.exists(digest(b"")),
        forged.digests().__next__,
    )
    for ask in asks:
        with pytest.raises(Misconfigured, match="GONGKAI_FILES_KEY"):
            ask()
    assert list(bucket.files.digests()) == []


def test_an_unknown_key_is_not_taken_for_an_absent_file(bucket):
    stored = bucket.files.put(CONTENT)
    stranger = bucket.open(key="nobody", secret="nothing")
    for ask in (stranger.exists, stranger.size, stranger.open):
        with pytest.raises(Misconfigured, match="GONGKAI_FILES_KEY"):
            ask(stored.sha256)


def test_a_bucket_that_is_not_there_is_not_taken_for_an_empty_one(bucket):
    other = bucket.open(address=S3Address.parse(bucket.server.files_url("bucket-of-nobody")))
    asks = (
        other.ping,
        other.probe,
        lambda: other.put(CONTENT),
        lambda: other.exists(digest(CONTENT)),
        other.digests().__next__,
    )
    for ask in asks:
        with pytest.raises(Misconfigured, match="GONGKAI_FILES_URL"):
            ask()


def test_bytes_that_changed_on_their_way_are_refused_and_not_kept(bucket, monkeypatch):
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    monkeypatch.setattr(s3_upload, "checksum", lambda _: wrong)
    for content in (CONTENT, LARGE):
        with pytest.raises(FilesUnavailable, match="other bytes"):
            bucket.files.put(content)
        assert not bucket.files.exists(digest(content))
    assert bucket.uploads() == []


def test_a_server_that_kept_something_else_is_caught(bucket, monkeypatch):
    honest = S3Files._tell

    def lying(self, operation, **parameters):
        answer = honest(self, operation, **parameters)
        if operation in {"put_object", "complete_multipart_upload"}:
            answer["ChecksumSHA256"] = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
        return answer

    monkeypatch.setattr(S3Files, "_tell", lying)
    files = bucket.open()
    for content in (CONTENT, LARGE):
        with pytest.raises(Damaged, match="did not keep"):
            files.put(content)
    monkeypatch.undo()
    assert list(bucket.files.digests()) == []


def test_a_server_that_tells_no_sum_is_held_to_the_length(bucket, monkeypatch):
    honest = S3Files._tell

    def silent(self, operation, **parameters):
        return {
            name: value for name, value in honest(self, operation, **parameters).items() if name != "ChecksumSHA256"
        }

    monkeypatch.setattr(S3Files, "_tell", silent)
    files = bucket.open()
    for content in (CONTENT, LARGE):
        files.verify(files.put(content).sha256)


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("SlowDown", 503, FilesUnavailable),
        ("InternalError", 500, FilesUnavailable),
        ("502", 502, FilesUnavailable),
        ("429", 429, FilesUnavailable),
        ("RequestTimeout", 400, FilesUnavailable),
        ("InsufficientStorage", 507, NoRoom),
        ("QuotaExceeded", 403, NoRoom),
        ("NoSuchKey", 404, NotFound),
        ("404", 404, NotFound),
        ("NoSuchBucket", 404, Misconfigured),
        ("XAdminUserNotFound", 404, Misconfigured),
        ("403", 403, Misconfigured),
        ("PermanentRedirect", 301, Misconfigured),
        ("RequestTimeTooSkewed", 403, Misconfigured),
    ],
)
def test_what_answers_mean(code, status, kind):
    assert type(refusal(code, status, "message", S3Address("files", "", None, "us-east-1"))) is kind


# parts


@pytest.mark.parametrize(
    "content", [LARGE, iter([LARGE[:7], LARGE[7 : 9 * MIB], LARGE[9 * MIB :]])], ids=["whole", "chunks"]
)
def test_a_large_content_goes_up_in_parts(bucket, content):
    stored = bucket.files.put(content)
    assert (stored.sha256, stored.size) == (digest(LARGE), len(LARGE))
    head = bucket.client.head_object(Bucket=bucket.name, Key=bucket.key(stored.sha256), ChecksumMode="ENABLED")
    assert head["ChecksumSHA256"].endswith("-3")
    assert head["ContentLength"] == len(LARGE)
    assert bucket.uploads() == []
    bucket.files.verify(stored.sha256)
    assert read(bucket.files, stored.sha256, 5 * MIB - 3, 5 * MIB + 3) == LARGE[5 * MIB - 3 : 5 * MIB + 3]


def test_parts_grow_with_the_content_so_that_their_number_is_bounded(bucket, monkeypatch):
    monkeypatch.setattr(s3_upload, "MOST_PARTS", 2)
    stored = bucket.files.put(LARGE)
    head = bucket.client.head_object(Bucket=bucket.name, Key=bucket.key(stored.sha256), ChecksumMode="ENABLED")
    assert head["ChecksumSHA256"].endswith("-2")
    bucket.files.verify(stored.sha256)


def test_an_upload_that_fails_is_taken_back(bucket, monkeypatch):
    honest, parts = S3Files._tell, []

    def failing(self, operation, **parameters):
        if operation == "upload_part":
            parts.append(len(parameters["Body"]))
            if len(parts) == 2:
                raise FilesUnavailable("gone")
        return honest(self, operation, **parameters)

    monkeypatch.setattr(S3Files, "_tell", failing)
    files = bucket.open()
    with pytest.raises(FilesUnavailable, match="gone"):
        files.put(LARGE)
    assert bucket.uploads() == []
    assert not files.exists(digest(LARGE))
    assert max(parts) == 5 * MIB  # no more than a part is in memory
    files.verify(files.put(LARGE).sha256)


def test_what_a_killed_writer_left_is_cleared_by_a_later_one(bucket, monkeypatch):
    name = bucket.key(digest(LARGE))
    for key in (name, "some/one/elses"):
        begun = bucket.client.create_multipart_upload(Bucket=bucket.name, Key=key)
        bucket.client.upload_part(
            Bucket=bucket.name, Key=key, UploadId=begun["UploadId"], PartNumber=1, Body=b"x" * 5 * MIB
        )
    bucket.open().put(b"young uploads may still be going on")
    assert len(bucket.uploads()) == 2
    monkeypatch.setattr(s3_upload, "STALE", timedelta(seconds=-5))
    bucket.open().put(b"another")
    assert [upload["Key"] for upload in bucket.uploads()] == ["some/one/elses"]


def test_a_completion_whose_answer_was_lost_is_found_done(bucket, monkeypatch):
    honest = S3Files._tell

    def deaf(self, operation, **parameters):
        answer = honest(self, operation, **parameters)
        if operation == "complete_multipart_upload":
            raise NotFound("no such upload")  # what the repetition of the lost request is told
        return answer

    monkeypatch.setattr(S3Files, "_tell", deaf)
    files = bucket.open()
    files.verify(files.put(LARGE).sha256)


# one content, many writers


@pytest.mark.parametrize("content", [CONTENT, LARGE], ids=["one request", "parts"])
def test_the_first_of_several_writers_wins_and_the_others_see_it(bucket, content, monkeypatch):
    """All of them find nothing there, and then upload at once: the server's condition lets one through."""
    starting = threading.Barrier(4)
    honest, told = S3Files._call, []

    def together(self, client, operation, parameters):
        last = "complete_multipart_upload" if content is LARGE else "put_object"
        if operation == last:
            starting.wait(20)
        try:
            answer = honest(self, client, operation, parameters)
        except Exception as error:
            if operation == last:
                told.append(type(error).__name__)
            raise
        if operation == last:
            told.append("made")
        return answer

    monkeypatch.setattr(S3Files, "_call", together)
    writers = [bucket.open() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        stored = set(pool.map(lambda files: files.put(content), writers))
    assert [one.sha256 for one in stored] == [digest(content)]
    assert sorted(told) == ["TakenError"] * 3 + ["made"]
    assert bucket.uploads() == []
    bucket.files.verify(digest(content))


def test_a_damaged_object_is_written_over_also_in_parts(bucket):
    stored = bucket.files.put(LARGE)
    bucket.client.put_object(Bucket=bucket.name, Key=bucket.key(stored.sha256), Body=LARGE[:1000])
    assert bucket.files.put(LARGE) == stored
    bucket.files.verify(stored.sha256)


# a whole reading is a true one


def test_a_damaged_object_is_never_given_out_to_its_end(bucket):
    stored = bucket.files.put(CONTENT)
    damaged = bytes([CONTENT[0] ^ 1]) + CONTENT[1:]
    bucket.client.put_object(Bucket=bucket.name, Key=bucket.key(stored.sha256), Body=damaged)
    got = bytearray()
    with bucket.files.open(stored.sha256) as file, pytest.raises(Damaged, match=stored.sha256):
        got.extend(piece for _ in range(len(CONTENT)) for piece in file.read(1000))
    assert len(got) < len(CONTENT)


# links


def fetched(address, **headers):
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=10) as answer:
        return answer.status, answer.read(), answer.headers


def test_a_link_gives_the_content_under_its_name(bucket):
    stored = bucket.files.put(CONTENT)
    said = disposition("attachment", "云江市公报 (第一期)+%.html")
    link = bucket.files.link(stored.sha256, disposition=said, media_type="text/html; charset=utf-8", seconds=60)
    status, content, headers = fetched(link)
    assert (status, content) == (200, CONTENT)
    assert headers["Content-Disposition"] == said
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    status, content, headers = fetched(link, Range="bytes=28-55")
    assert (status, content, headers["Content-Range"]) == (206, CONTENT[28:56], f"bytes 28-55/{len(CONTENT)}")
    assert bucket.server.secret not in link


def test_a_link_ends_and_cannot_be_bent(bucket):
    stored, other = bucket.files.put(CONTENT), bucket.files.put(b"another content")
    options = {"disposition": "attachment", "media_type": "text/plain"}
    lasting = bucket.files.link(stored.sha256, **options, seconds=60)
    assert fetched(lasting)[0] == 200
    link = bucket.files.link(stored.sha256, **options, seconds=1)
    time.sleep(2.1)
    bent = (
        link,
        lasting.replace(stored.sha256, other.sha256),
        lasting.replace("attachment", "inline"),
        lasting.partition("?")[0],
    )
    for address in bent:
        with pytest.raises(urllib.error.HTTPError) as caught:
            fetched(address)
        caught.value.close()
        assert caught.value.code == 403
    with pytest.raises(InvalidInput):
        bucket.files.link("../secret", **options, seconds=60)


# connections that are lost


class Proxy:
    """Passes bytes on to a server, and cuts a connection after it has passed on so many bytes of answers, as often as told.

    With `method` only answers to such requests are cut.
    """

    def __init__(self, port, *, cut_after, cuts, method=b""):
        self._target = ("127.0.0.1", port)
        self._cut_after = cut_after
        self._method = method
        self.left = cuts
        self.cut = 0
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in list(self._threads):
            thread.join(10)

    def _accept(self):
        while True:
            try:
                ours, _ = self._listener.accept()
            except OSError:
                return
            theirs = socket.create_connection(self._target)
            asked = threading.Event()
            for source, sink, answers in ((ours, theirs, False), (theirs, ours, True)):
                thread = threading.Thread(target=self._pass, args=(source, sink, answers, asked))
                self._threads.append(thread)
                thread.start()

    def _pass(self, source, sink, answers, asked):
        passed = 0
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                passed += len(data)
                if not answers and data.startswith(self._method):
                    asked.set()
                if answers and asked.is_set() and passed > self._cut_after and self._cuts():
                    break
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _cuts(self):
        with self._lock:
            if self.left == 0:
                return False
            self.left -= 1
            self.cut += 1
            return True


@pytest.fixture
def through(bucket):
    """Opens the bucket's storage behind a proxy that cuts."""
    with contextlib.ExitStack() as ends:

        def make(**options):
            proxy = Proxy(bucket.server.port, **options)
            ends.callback(proxy.close)
            there = S3Address.parse(f"s3://{bucket.name}?endpoint=http://127.0.0.1:{proxy.port}")
            files = bucket.open(address=there)
            ends.callback(files.close)
            return files, proxy

        yield make


@pytest.mark.parametrize(("start", "end"), [(0, None), (1000, None), (1000, 11 * MIB)])
def test_a_reading_that_is_cut_goes_on_where_it_stopped(bucket, through, start, end):
    stored = bucket.files.put(LARGE)
    files, proxy = through(cut_after=2 * MIB, cuts=3)
    assert read(files, stored.sha256, start, end) == LARGE[start:end]
    assert proxy.cut == 3


def test_a_reading_that_is_cut_again_and_again_is_given_up(bucket, through):
    stored = bucket.files.put(LARGE)
    files, proxy = through(cut_after=600_000, cuts=1000)
    with files.open(stored.sha256) as file, pytest.raises(FilesUnavailable, match="check that it runs"):
        file.read()
    assert proxy.cut == resuming.RESUMES + 1


def test_a_writing_that_is_cut_is_done_again_by_itself(bucket, through):
    """The answer is lost; the client repeats the request, and meets what the lost one has made."""
    files, proxy = through(cut_after=0, cuts=2, method=b"PUT ")
    files.verify(files.put(CONTENT).sha256)
    assert proxy.cut == 2


# a server that dies


def test_a_server_that_is_away_is_unavailable_and_then_well_again(own_bucket):
    stored = own_bucket.files.put(CONTENT)
    own_bucket.server.kill()
    files = own_bucket.open(request_seconds=2.0)
    asks = (
        files.ping,
        files.probe,
        lambda: files.exists(stored.sha256),
        lambda: files.open(stored.sha256),
        lambda: files.verify(stored.sha256),
        files.digests().__next__,
        lambda: files.put(b"x"),
    )
    for ask in asks:
        began = time.monotonic()
        with pytest.raises(FilesUnavailable, match="check that it runs"):
            ask()
        assert time.monotonic() - began < 20
    own_bucket.server.restart()
    files.ping()
    files.verify(stored.sha256)
    assert not files.exists(digest(b"x"))
    files.verify(files.put(b"x").sha256)


def test_a_server_that_does_not_answer_costs_no_more_than_the_budget(bucket):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        there = S3Address.parse(f"s3://{bucket.name}?endpoint=http://127.0.0.1:{deaf.getsockname()[1]}")
        files = bucket.open(address=there, request_seconds=2.0)
        began = time.monotonic()
        with pytest.raises(FilesUnavailable):
            files.exists(digest(CONTENT))
        assert time.monotonic() - began < 2 + 1.5  # the pause between the two attempts is the client's own


def test_a_server_killed_in_the_middle_of_an_upload_leaves_nothing_half_visible(own_bucket, monkeypatch):
    honest, parts = S3Files._tell, []

    def dying(self, operation, **parameters):
        if operation == "upload_part":
            parts.append(1)
            if len(parts) == 2:
                own_bucket.server.kill()
        return honest(self, operation, **parameters)

    monkeypatch.setattr(S3Files, "_tell", dying)
    files = own_bucket.open()
    with pytest.raises(FilesUnavailable):
        files.put(LARGE)
    own_bucket.server.restart()
    assert not files.exists(digest(LARGE))
    assert list(files.digests()) == []
    with pytest.raises(NotFound):
        files.open(digest(LARGE))
    assert len(own_bucket.uploads()) == 1  # nobody could take it back; a later writer will
    monkeypatch.setattr(s3_upload, "STALE", timedelta(seconds=-5))
    later = own_bucket.open()
    later.verify(later.put(LARGE).sha256)
    assert own_bucket.uploads() == []


def test_a_server_killed_again_and_again_while_many_write_keeps_only_whole_files(own_bucket):
    """Whatever a writer was told is kept is there and whole, and nothing else can be read that is not."""
    told, ended = [], threading.Event()

    def write(number):
        files = own_bucket.open(request_seconds=2.0)
        serial = 0
        while not ended.is_set():
            serial += 1
            content = b"%d-%d" % (number, serial) + (LARGE if serial % 4 == 0 else CONTENT)
            with contextlib.suppress(FilesUnavailable):
                told.append(files.put(content).sha256)

    with ThreadPoolExecutor(3) as pool:
        writers = [pool.submit(write, number) for number in range(3)]
        try:
            for pause in (0.3, 0.5, 0.2):
                time.sleep(pause)
                own_bucket.server.kill()
                own_bucket.server.restart()
        finally:
            ended.set()
        for writer in writers:
            writer.result(60)
    kept = set(own_bucket.files.digests())
    assert told
    assert set(told) <= kept
    for sha256 in kept:
        own_bucket.files.verify(sha256)


# the temporary copy


def test_a_small_content_stays_in_memory_and_a_large_one_goes_to_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr(spool.tempfile, "tempdir", str(tmp_path))
    for content, rolled in ((CONTENT, False), (LARGE, True)):
        with spool.spooled(iter(partial(io.BytesIO(content).read, MIB), b"")) as made:
            assert made.file._rolled is rolled
            assert made.file.read() == content
            assert (made.stored.sha256, made.stored.size) == (digest(content), len(content))
    assert list(tmp_path.iterdir()) == []


def test_a_full_temporary_folder_is_no_room(monkeypatch):
    class Full(io.BytesIO):
        def write(self, _):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(spool.tempfile, "SpooledTemporaryFile", lambda **_: Full())
    with pytest.raises(NoRoom, match="TMPDIR"), spool.spooled(iter([CONTENT])):
        pass
