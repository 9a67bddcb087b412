"""What the error answers of S3 servers mean to the rest of the program: by their codes, else by their HTTP status.

Codes: "Error responses" of the Amazon S3 API reference; those that other servers add are marked.
"""

from __future__ import annotations

from http import HTTPStatus

from catalog.errors import FilesUnavailable, GongkaiError, Misconfigured, NoRoom, NotFound
from catalog.files.s3_address import S3Address

NO_ROOM = frozenset(
    {
        "QuotaExceeded",  # SeaweedFS, Versity
        "InsufficientStorage",
        "InsufficientStorageSpace",
        "XMinioStorageFull",  # MinIO
        "XMinioAdminBucketQuotaExceeded",
    }
)
TRY_AGAIN = frozenset(
    {
        "SlowDown", "Throttling", "ThrottlingException", "RequestThrottled", "TooManyRequests", "RequestLimitExceeded", "ServiceUnavailable",
        "InternalError", "OperationAborted", "RequestTimeout", "RequestTimeoutException", "IncompleteBody", "InvalidPart",
    }
)  # fmt: skip
"""The server cannot do it now; the same request may succeed later."""
TRY_AGAIN_STATUS = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
OTHER_BYTES = frozenset({"BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch"})
"""What arrived is not what was sent."""
NO_KEY = frozenset(
    {
        "AccessDenied",
        "AuthorizationHeaderMalformed",
        "ExpiredToken",
        "InvalidAccessKeyId",
        "InvalidToken",
        "SignatureDoesNotMatch",
        "XAdminUserNotFound",  # Versity, for a key that it does not know
    }
)
ABSENT = frozenset({"404", "NotFound", "NoSuchKey", "NoSuchUpload"})


def refusal(code: str, status: int, message: str, address: S3Address) -> GongkaiError:
    """The error to raise for an answer with this code, HTTP status and message."""
    told = f"{code}: {message[:200]}"
    if code in NO_ROOM or status == HTTPStatus.INSUFFICIENT_STORAGE:
        return NoRoom(f"{address} has no room left ({told}); make room there, or raise the bucket's quota")
    if code in OTHER_BYTES:
        return FilesUnavailable(
            f"other bytes came to {address} than were sent ({told}); check the network, then try again"
        )
    if code in TRY_AGAIN or status in TRY_AGAIN_STATUS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return FilesUnavailable(f"{address} cannot serve us now ({told}); check that server's log if it stays so")
    if code in ABSENT:
        return NotFound(f"{address} has no such object ({told})")
    return Misconfigured(f"{address} refuses us ({told}); {_cure(code, status)}")


def _cure(code: str, status: int) -> str:
    if code == "RequestTimeTooSkewed":
        return "the clock of this machine is wrong: set it by NTP"
    if code in NO_KEY or status == HTTPStatus.FORBIDDEN:
        return "check GONGKAI_FILES_KEY, GONGKAI_FILES_SECRET and what the key may do"
    return "check bucket, endpoint and region in GONGKAI_FILES_URL"
