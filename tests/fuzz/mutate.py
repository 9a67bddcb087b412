"""Mutations of a document's bytes: of the bytes themselves, and of the parts inside a ZIP, where plain flips would only break checksums."""

from __future__ import annotations

import io
import random
import warnings
import zipfile

INTERESTING = (
    b"\x00", b"\xff", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\x00", b"<", b">", b'"', b"&#0;", b"%00", b"\r", b"\n\n\n", b"\t" * 64,
    b"9" * 40, b"-1", b"-" * 3000, b" " * 3000, b"(" * 3000, b"1e308", b"nan", "第".encode() * 500, "〔".encode() * 300, "《".encode() * 300,
    "一、".encode() * 300, b"<div>" * 300, b"{" * 300, b"\\'" * 100, b"\xe7\xac\xac\xe4\xb8\x80\xe6\x9d\xa1 ", b"../" * 50,
)  # fmt: skip
MAX_BYTES = 2_000_000
"""A mutant is at most this long, so that time budgets mean the same for all."""


def mutant(random_: random.Random, seeds: list[bytes]) -> bytes:
    """One of the seeds, changed in one to eight places, or inside its ZIP parts."""
    seed = random_.choice(seeds)
    if seed.startswith(b"PK") and random_.random() < 0.8:
        return _inside(random_, seed)
    return _changed(random_, seed, random_.choice(seeds))[:MAX_BYTES]


def _inside(random_: random.Random, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        members = {info.filename: source.read(info) for info in source.infolist()}
    target = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        warnings.simplefilter("ignore")  # two files of one name are meant
        chosen = random_.choice(sorted(members))
        for name, held in members.items():
            data = _changed(random_, held, random_.choice(list(members.values()))) if name == chosen else held
            if random_.random() > 0.03:
                packed.writestr(name, data[:MAX_BYTES])
            if random_.random() < 0.02:
                packed.writestr(name, data[:MAX_BYTES])
    return target.getvalue()


def _changed(random_: random.Random, content: bytes, other: bytes) -> bytes:
    data = bytearray(content)
    for _ in range(random_.choice((1, 1, 2, 3, 8))):
        at = random_.randrange(len(data) + 1)
        match random_.randrange(8):
            case 0 if data:
                data[at % len(data)] ^= 1 << random_.randrange(8)
            case 1:
                data[at:at] = random_.choice(INTERESTING)
            case 2:
                size = random_.randrange(1, 64)
                data[at : at + size] = random_.choice(INTERESTING)
            case 3:
                del data[at : at + random_.randrange(1, 200)]
            case 4:
                del data[at:]
            case 5:
                start = random_.randrange(len(other) + 1)
                data[at:at] = other[start : start + random_.randrange(1, 400)]
            case 6:
                piece = bytes(data[at : at + random_.randrange(1, 100)])
                data[at:at] = piece * random_.randrange(2, 60)
            case _ if len(data) >= 4:
                at = min(at, len(data) - 4)
                data[at : at + 4] = random_.choice(
                    (b"\xff" * 4, b"\x00" * 4, random_.randbytes(4), b"\xff\xff\xff\x7f")
                )
    return bytes(data[:MAX_BYTES])
