"""Files in a bucket of an S3 server: `prefix/ab/cd/abcd…`, each written in one step that the server checks by SHA-256.

The only module that knows boto3. An object becomes visible whole or not at all, because S3 makes it so: in one PUT, or when a multipart
upload is completed. Every upload carries the sums of what it sends, asks that nothing be there yet (If-None-Match), and is compared with
the sum that the server answers. What a killed writer left unfinished is cleared by a later one.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Self, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError
from urllib3.exceptions import HTTPError

from catalog.errors import Damaged, FilesUnavailable, GongkaiError, Misconfigured, NotFound
from catalog.files.resuming import Body, Resuming
from catalog.files.s3_address import S3Address
from catalog.files.s3_answers import refusal
from catalog.files.s3_upload import MULTIPART_FROM, PART_BYTES, TakenError, Uploads, checksum
from catalog.files.spool import spooled
from catalog.files.storage import DIGEST, Stored, absent, checked, place, window

READ_ATTEMPTS, WRITE_ATTEMPTS = 2, 4
"""Requests for one answer: few where a person waits, more where a document would have to wait."""
WRITE_CONNECT_SECONDS, WRITE_SECONDS = 5, 60
"""A server may think for long about the completion of a big upload."""
CONNECTIONS = 32
"""Connections a process keeps at most: more than a server process has threads."""
CHUNK = 256 * 1024
TAKEN = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412"})


@dataclass(frozen=True, slots=True)
class _Clients:
    """The connections of one process."""

    reading: Any
    writing: Any


class S3Files:
    """A `FileStorage` in a bucket. `request_seconds` bounds how long one question waits for its answer.

    Raises `Misconfigured` for a key without its secret, or a secret without its key.
    """

    def __init__(
        self,
        address: S3Address,
        *,
        key: str = "",
        secret: str = "",
        request_seconds: float = 10.0,
        multipart_from: int = MULTIPART_FROM,
        part_bytes: int = PART_BYTES,
    ) -> None:
        if bool(key) != bool(secret):
            raise Misconfigured("GONGKAI_FILES_KEY and GONGKAI_FILES_SECRET belong together; set both or neither")
        self.address = address
        self._key = key
        self._secret = secret
        self._request_seconds = request_seconds
        self._uploads = Uploads(address, self._tell, self._length, multipart_from=multipart_from, part_bytes=part_bytes)
        self._clients: dict[int, _Clients] = {}
        self._bucket_is_there = False

    def put(self, content: bytes | Iterable[bytes]) -> Stored:
        """See `FileStorage.put`."""
        with spooled(content) as spool:
            name = self._name(spool.stored.sha256)
            held = self._length(name)
            if held != spool.stored.size:
                self._uploads.clear_unfinished()
                self._uploads.upload(name, spool, replaces=held is not None)
            return spool.stored

    def put_all(self, contents: Sequence[bytes]) -> list[Stored]:
        """See `FileStorage.put_all`; a bucket takes them one by one."""
        return [self.put(content) for content in contents]

    def open(self, sha256: str, start: int = 0, end: int | None = None) -> BinaryIO:
        """See `FileStorage.open`. A whole content is compared with its digest while it is read."""
        name = self._name(sha256)
        if start == 0 and end is None:
            answer = self._get(name, sha256, None)
            size = int(answer["ContentLength"])
            body: Body = _Answer(self.address, answer["Body"])
            raw = Resuming(self._asking(name, sha256, size), body, 0, size, digest=sha256)
            return io.BufferedReader(raw, CHUNK)
        start, stop = window(sha256, start, end, self.size(sha256))
        if start == stop:
            return io.BytesIO()
        ask = self._asking(name, sha256, stop)
        return io.BufferedReader(Resuming(ask, ask(start), start, stop), CHUNK)

    def exists(self, sha256: str) -> bool:
        """See `FileStorage.exists`."""
        return self._length(self._name(sha256)) is not None

    def size(self, sha256: str) -> int:
        """See `FileStorage.size`."""
        length = self._length(self._name(sha256))
        if length is None:
            raise absent(sha256)
        return length

    def verify(self, sha256: str) -> None:
        """See `FileStorage.verify`: reading it whole compares it."""
        with self.open(sha256) as file:
            while file.read(CHUNK):
                pass

    def digests(self) -> Iterator[str]:
        """See `FileStorage.digests`. A page of the listing is asked for when it is needed."""
        more: dict[str, str] = {}
        while True:
            answer = self._ask("list_objects_v2", Prefix=self.address.prefix, **more)
            for found in answer.get("Contents", ()):
                sha256 = str(found["Key"]).rpartition("/")[2]
                if DIGEST.fullmatch(sha256) and found["Key"] == self._name(sha256):
                    yield sha256
            if not answer.get("IsTruncated"):
                return
            more = {"ContinuationToken": answer["NextContinuationToken"]}

    def link(self, sha256: str, *, disposition: str, media_type: str, seconds: int) -> str | None:
        """See `FileStorage.link`: a pre-signed GET, made without asking the server."""
        parameters = {
            "Bucket": self.address.bucket,
            "Key": self._name(sha256),
            "ResponseContentDisposition": disposition,
            "ResponseContentType": media_type,
        }
        try:
            signed = self._process().reading.generate_presigned_url("get_object", Params=parameters, ExpiresIn=seconds)
        except BotoCoreError as error:
            raise unanswered(error, self.address) from error
        return str(signed)

    def ping(self) -> None:
        """See `FileStorage.ping`: ask whether the bucket is there and ours."""
        try:
            self._ask("head_bucket")
        except NotFound:
            raise self._no_bucket() from None
        self._bucket_is_there = True

    def probe(self) -> None:
        """See `FileStorage.probe`."""
        content = secrets.token_bytes(32)
        name = f"{self.address.prefix}probe-{content[:8].hex()}"
        self._tell("put_object", Key=name, Body=content, ChecksumSHA256=checksum(hashlib.sha256(content).digest()))
        try:
            with _Answer(self.address, self._ask("get_object", Key=name)["Body"]) as body:
                found = body.read(CHUNK)
        finally:
            self._tell("delete_object", Key=name)
        if found != content:
            raise Damaged(f"{self.address} gave back other bytes than were written; check the storage behind it")

    def close(self) -> None:
        """See `FileStorage.close`."""
        clients = self._clients.pop(os.getpid(), None)
        if clients is not None:
            clients.reading.close()
            clients.writing.close()

    def _name(self, sha256: str) -> str:
        return f"{self.address.prefix}{place(checked(sha256))}"

    def _length(self, name: str) -> int | None:
        """The size of an object; `None` where there is none, and surely a bucket that could hold it."""
        try:
            return int(self._ask("head_object", Key=name)["ContentLength"])
        except NotFound:
            # this answer has no body to say which of both is missing, or that the key is not known
            if not self._bucket_is_there:
                self.ping()
            return None

    def _get(self, name: str, sha256: str, span: str | None) -> dict[str, Any]:
        try:
            return self._ask("get_object", Key=name, **({"Range": span} if span else {}))
        except NotFound:
            raise absent(sha256) from None

    def _asking(self, name: str, sha256: str, stop: int) -> Callable[[int], Body]:
        return lambda at: _Answer(self.address, self._get(name, sha256, f"bytes={at}-{stop - 1}")["Body"])

    def _ask(self, operation: str, **parameters: Any) -> dict[str, Any]:
        return self._call(self._process().reading, operation, parameters)

    def _tell(self, operation: str, **parameters: Any) -> dict[str, Any]:
        return self._call(self._process().writing, operation, parameters)

    def _call(self, client: Any, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """One request. Raises the program's own errors; `TakenError` for a condition that did not hold."""
        try:
            return cast("dict[str, Any]", getattr(client, operation)(Bucket=self.address.bucket, **parameters))
        except ClientError as error:
            told, status = error.response["Error"], int(error.response["ResponseMetadata"]["HTTPStatusCode"])
            code = str(told.get("Code", status))
            if code in TAKEN:
                raise TakenError from error
            raise refusal(code, status, str(told.get("Message", "")), self.address) from error
        except (BotoCoreError, HTTPError, OSError) as error:
            raise unanswered(error, self.address) from error

    def _no_bucket(self) -> Misconfigured:
        return Misconfigured(
            f"{self.address} has no bucket {self.address.bucket}, or does not know the key; check GONGKAI_FILES_URL, "
            f"GONGKAI_FILES_KEY and GONGKAI_FILES_SECRET, and make the bucket if it is not there yet"
        )

    def _process(self) -> _Clients:
        """The clients of this process: a parent's sockets must not be used by its children."""
        process = os.getpid()
        found = self._clients.get(process)
        if found is None:
            # two threads may both make them here; neither has connected yet, and both use those that were kept
            found = self._clients.setdefault(process, self._connect())
        return found

    def _connect(self) -> _Clients:
        session = boto3.Session(
            aws_access_key_id=self._key or None,
            aws_secret_access_key=self._secret or None,
            region_name=self.address.region,
        )
        share = self._request_seconds / READ_ATTEMPTS
        reading = _config(self.address, connect=share / 3, read=share * 2 / 3, attempts=READ_ATTEMPTS)
        writing = _config(self.address, connect=WRITE_CONNECT_SECONDS, read=WRITE_SECONDS, attempts=WRITE_ATTEMPTS)
        try:
            return _Clients(
                session.client("s3", endpoint_url=self.address.endpoint, config=reading),
                session.client("s3", endpoint_url=self.address.endpoint, config=writing),
            )
        except (BotoCoreError, ValueError) as error:
            raise Misconfigured(f"GONGKAI_FILES_URL or GONGKAI_FILES_KEY cannot be used: {error}") from error


class _Answer:
    """The body of an answer, whose breaks are `FilesUnavailable`."""

    def __init__(self, address: S3Address, body: Any) -> None:
        self._address = address
        self._body = body

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, amount: int) -> bytes:
        """See `resuming.Body`."""
        try:
            return cast("bytes", self._body.read(amount))
        except (BotoCoreError, HTTPError, OSError) as error:
            raise unanswered(error, self._address) from error

    def close(self) -> None:
        """See `resuming.Body`."""
        self._body.close()


def unanswered(error: Exception, address: S3Address) -> GongkaiError:
    """The error to raise when there was no answer, or not all of one."""
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return Misconfigured(f"no key for {address}: {error}; set GONGKAI_FILES_KEY and GONGKAI_FILES_SECRET")
    return FilesUnavailable(
        f"{address} does not answer, or broke off ({error}); check that it runs and that its endpoint is right"
    )


def _config(address: S3Address, *, connect: float, read: float, attempts: int) -> Config:
    return Config(
        signature_version="s3v4",
        s3={"addressing_style": "path" if address.endpoint else "auto"},
        connect_timeout=connect,
        read_timeout=read,
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=CONNECTIONS,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
