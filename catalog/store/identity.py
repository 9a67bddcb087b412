"""Identifiers and digests: record ids that sort by time, and the one digest of a text."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Sequence
from uuid import UUID

import orjson

from catalog.model.draft import Block

_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """A UUID of version 7 (RFC 9562, method 1): milliseconds, a counter, random bits.

    The ids of one process sort in the order in which they were made; so do those of one catalogue, which has one writer at a time.
    """
    global _last  # noqa: PLW0603  # the counter belongs to the process, as its clock does
    with _lock:
        _last = max((time.time_ns() // 1_000_000) << 12, _last + 1)
        ticks = _last
    return str(UUID(int=(ticks >> 12) << 80 | 0x7 << 76 | (ticks & 0xFFF) << 64 | 0b10 << 62 | secrets.randbits(62)))


def encode_text(blocks: Sequence[Block]) -> tuple[str, bytes]:
    """The digest of a text and the bytes that it is of: a JSON array of `[kind, text, level, anchor]`, and `page` where there is one."""
    body = orjson.dumps(
        [
            (block.kind, block.text, block.level, block.anchor)
            if block.page is None
            else (block.kind, block.text, block.level, block.anchor, block.page)
            for block in blocks
        ]
    )
    return hashlib.sha256(body).hexdigest(), body


def decode_text(body: bytes) -> list[Block]:
    """The blocks that `encode_text` made the bytes of."""
    return [Block(*row) for row in orjson.loads(body)]


def text_hash(blocks: Sequence[Block]) -> str:
    """The digest that a text is stored under: SHA-256, hexadecimal."""
    return encode_text(blocks)[0]
