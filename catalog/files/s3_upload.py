"""Uploads to an S3 server: in one PUT, or in parts; each with its sums, under the condition that nothing be there yet, and compared after."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import structlog

from catalog.errors import Damaged, FilesUnavailable, GongkaiError, Misconfigured, NotFound
from catalog.files.s3_address import S3Address
from catalog.files.spool import Spool
from catalog.files.storage import DIGEST

MULTIPART_FROM = 64 * 1024 * 1024
"""Bytes from which on a content goes up in parts: a connection that breaks then costs one part."""
PART_BYTES = 16 * 1024 * 1024
"""Bytes of a part, which are held in memory while it is sent. S3 takes no part below 5 MiB but the last."""
MOST_PARTS = 10_000
"""S3's own limit of parts; parts of a bigger content are bigger."""
STALE = timedelta(days=1)
"""Age at which an unfinished upload belongs to a writer that was killed; the longest upload is far shorter."""
TRIES = 3
"""How often an upload is tried that meets another writer's of the same content, or that the server did not keep."""

log = structlog.get_logger()


class TakenError(Exception):
    """Another writer was first, or is at it: the server refused the condition under which an object was to be made."""


class Tell(Protocol):
    """One writing request. Raises the program's own errors, and `TakenError`."""

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """The answer to an operation of boto3's client, in this bucket."""


class Uploads:
    """Makes objects of one bucket. `length` gives the size of an object, `None` where there is none."""

    def __init__(
        self,
        address: S3Address,
        tell: Tell,
        length: Callable[[str], int | None],
        *,
        multipart_from: int,
        part_bytes: int,
    ) -> None:
        self._address = address
        self._tell = tell
        self._length = length
        self._multipart_from = multipart_from
        self._part_bytes = part_bytes
        self._cleared = False

    def upload(self, name: str, spool: Spool, *, replaces: bool) -> None:
        """Make the object, unless another writer makes it meanwhile. Only a damaged one is written over."""
        put = self._put_whole if spool.stored.size < self._multipart_from else self._put_parts
        failure: GongkaiError = FilesUnavailable(f"other writers of {name} did not come to an end; try again")
        for _ in range(TRIES):
            try:
                answer, expected = put(name, spool, {} if replaces else {"IfNoneMatch": "*"})
            except TakenError:
                held = self._length(name)
                if held == spool.stored.size:
                    return
                replaces = held is not None
            else:
                if self._is_kept(name, spool.stored.size, answer, expected):
                    return
                self._tell("delete_object", Key=name)
                failure = Damaged(
                    f"{self._address} did not keep {name} as it was sent, and nothing of it was left there; check its storage"
                )
        raise failure

    def _is_kept(self, name: str, size: int, answer: Mapping[str, Any], expected: bytes) -> bool:
        """Whether the server has what was sent, as it says itself: by the sum, where it tells one, and by the length.

        The length of what was put together from parts is always asked for: Versity 1.8.0, killed while it completes an upload, answers
        the repeated request with 200 and no sum, and has nothing.
        """
        told = str(answer.get("ChecksumSHA256") or "").partition("-")[0]
        if told and told != checksum(expected):
            return False
        return (bool(told) and size < self._multipart_from) or self._length(name) == size

    def _put_whole(self, name: str, spool: Spool, condition: Mapping[str, str]) -> tuple[dict[str, Any], bytes]:
        """Upload in one request; the answer, and the sum that it should tell."""
        digest = bytes.fromhex(spool.stored.sha256)
        spool.file.seek(0)
        answer = self._tell("put_object", Key=name, Body=spool.file, ChecksumSHA256=checksum(digest), **condition)
        return answer, digest

    def _put_parts(self, name: str, spool: Spool, condition: Mapping[str, str]) -> tuple[dict[str, Any], bytes]:
        """Upload in parts and complete; the answer, and the sum of the parts' sums that it should tell."""
        begun = self._tell("create_multipart_upload", Key=name, ChecksumAlgorithm="SHA256", ChecksumType="COMPOSITE")
        upload = {"Key": name, "UploadId": begun["UploadId"]}
        try:
            parts = list(self._parts(spool, upload))
            expected = hashlib.sha256(b"".join(base64.b64decode(part["ChecksumSHA256"]) for part in parts)).digest()
            return self._complete(upload, parts, condition, spool.stored.size), expected
        except BaseException:
            # whatever ended this, the server must not keep the parts; the failure itself is what is to be told
            with suppress(GongkaiError):
                self._tell("abort_multipart_upload", **upload)
            raise

    def _parts(self, spool: Spool, upload: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        length = max(self._part_bytes, -(-spool.stored.size // MOST_PARTS))
        spool.file.seek(0)
        number = 0
        while data := spool.file.read(length):
            number += 1
            told = checksum(hashlib.sha256(data).digest())
            answer = self._tell("upload_part", **upload, PartNumber=number, Body=data, ChecksumSHA256=told)
            yield {"PartNumber": number, "ETag": answer["ETag"], "ChecksumSHA256": told}

    def _complete(
        self, upload: Mapping[str, str], parts: list[dict[str, Any]], condition: Mapping[str, str], size: int
    ) -> dict[str, Any]:
        try:
            return self._tell("complete_multipart_upload", **upload, MultipartUpload={"Parts": parts}, **condition)
        except NotFound:
            # the first answer was lost on its way, and its repetition finds no upload any more
            if self._length(upload["Key"]) != size:
                raise FilesUnavailable(f"the upload of {upload['Key']} was ended by someone else; try again") from None
            return {}

    def clear_unfinished(self) -> None:
        """Once a process: remove what killed writers left. A server that does not let us is no reason not to write."""
        if self._cleared:
            return
        oldest = datetime.now(UTC) - STALE
        try:
            left = self._tell("list_multipart_uploads", Prefix=self._address.prefix).get("Uploads", ())
            for upload in left:
                if upload["Initiated"] < oldest and DIGEST.fullmatch(upload["Key"].rpartition("/")[2]):
                    with suppress(NotFound):  # another process clears them too
                        self._tell("abort_multipart_upload", Key=upload["Key"], UploadId=upload["UploadId"])
        except Misconfigured as error:
            log.warning("unfinished_uploads_not_cleared", reason=str(error))
        self._cleared = True


def checksum(digest: bytes) -> str:
    """A digest as S3 writes sums."""
    return base64.b64encode(digest).decode()
