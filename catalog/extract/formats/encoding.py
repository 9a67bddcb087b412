"""Bytes to text: which charset a document is really in, whatever was said of it.

What is said is believed in the order byte order mark, HTTP header, `<meta>` or XML declaration, as long as it decodes without loss into
something that makes sense; else it loses to the charset that does, and `Decoded.flags` says so. Nothing is guessed away: characters that
no charset can read stay U+FFFD and are counted. Sense is measured by the share of common characters (`data/common_characters.txt`),
because gb18030 decodes nearly any bytes and being decodable proves little.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from charset_normalizer import from_bytes

CharsetWhere = Literal["bom", "header", "meta", "detected", "default"]

META_BYTES = 4096
"""How far into a document a charset is looked for (HTML asks for 1024; real pages put styles before it)."""
SAMPLE_CHARACTERS = 4000
"""How many characters are looked at to see whether a reading makes sense."""
DETECTION_BYTES = 32 * 1024
"""How much of an unknown document the general detector gets; it takes about 1 ms a kilobyte."""
MAKES_SENSE = 0.30
"""Share of common characters that a right reading has at least (real texts: 0.60 and more; wrong readings: 0.10 and less)."""
ENOUGH = 12
"""With fewer characters beyond ASCII than this, their share says nothing and what was declared stands."""

_META = re.compile(
    rb"""<meta[^>]{0,512}?charset\s*=\s*["']?\s*([\w.:-]{2,40})|<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})""",
    re.IGNORECASE,
)
# no UTF-32: its mark is also UTF-16 text that begins with NUL, and no site uses it (nor does the WHATWG standard)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)
_LOST = "\ufffd"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A document's text and how it was found. `charset` is the name used (gb2312 and gbk appear as gb18030), `where` what named it,
    `damaged` the number of characters lost (U+FFFD), here (`lossy`) or before, `refuted` the charset that was declared and proved wrong.
    """

    text: str
    charset: str
    where: CharsetWhere
    damaged: int = 0
    refuted: str | None = None
    lossy: bool = False

    @property
    def flags(self) -> tuple[str, ...]:
        """Quality flags: `wrong_charset` when the declared charset was wrong or no charset fits, `damaged_text` for lost characters."""
        wrong = ("wrong_charset",) if self.lossy or self.refuted else ()
        return (*wrong, "damaged_text") if self.damaged else wrong


@dataclass(frozen=True, slots=True)
class _Charset:
    """One row of `data/charsets.tsv`."""

    name: str
    codec: str
    weak: bool
    repair: dict[int, str]

    def read(self, content: bytes, errors: str = "strict") -> str:
        """The text. Raises `UnicodeDecodeError` in strict mode."""
        text = content.decode(self.codec, errors)
        return text.translate(self.repair) if self.repair else text


@dataclass(frozen=True, slots=True)
class _Trial:
    """One charset tried on the document; `worth` orders trials (higher is better)."""

    charset: _Charset
    where: CharsetWhere
    text: str
    worth: float
    lossy: bool


@cache
def _charsets() -> dict[str, _Charset]:
    """Label (lower case) to charset, from `data/charsets.tsv`; a charset's own name is among its labels."""
    table: dict[str, _Charset] = {}
    for line in _data("charsets.tsv").splitlines():
        if line and not line.startswith("#"):
            name, codec, weak, repair, labels = line.split("\t")
            pairs = {ord(pair[0]): pair[1] for pair in repair.split()}
            charset = _Charset(name, codec, bool(weak), pairs)
            table.update(dict.fromkeys((name, *labels.split()), charset))
    return table


@cache
def _common() -> frozenset[str]:
    """The characters that real texts are mostly made of, with the full-width punctuation that goes with them."""
    lines = [line for line in _data("common_characters.txt").splitlines() if not line.startswith("#")]
    return frozenset("".join(lines) + "，。、；：“”《》（）〔〕—－　○〇「」")


def _data(name: str) -> str:
    return (files("catalog.extract") / "data" / name).read_text("utf-8")


def canonical_charset(label: str | None) -> str | None:
    """The charset that a label means (`GB2312` → `gb18030`, `charset="utf8"` → `utf-8`); `None` for no label or one unknown here."""
    charset = _known(label)
    return charset.name if charset else None


def _known(label: str | None) -> _Charset | None:
    if not label:
        return None
    bare = label.rpartition("=")[2].strip("\"' ;\t\r\n").lower()
    return _charsets().get(bare.replace("_", "-")) or _charsets().get(bare)


def sense(text: str) -> float:
    """How much a text looks like one that was read with the right charset, from 0 to 1; 1 when it is (nearly) plain ASCII.

    Common Chinese characters count fully, kana and Hangul half, accented and Cyrillic letters a little: so a Chinese reading wins
    whenever it is one, and other scripts still beat noise. Lost characters count against it.
    """
    beyond = [character for character in text[:SAMPLE_CHARACTERS] if character > "\x7f"]
    if not beyond:
        return 1.0
    common = _common()
    points = 0.0
    for character in beyond:
        if character in common:
            points += 1
        elif "\u3040" <= character <= "\u30ff" or "\uac00" <= character <= "\ud7a3":
            points += 0.5
        elif "\u00c0" <= character <= "\u024f" or "\u0400" <= character <= "\u04ff":
            points += 0.35
        elif character == _LOST:
            points -= 1
    return max(0.0, points / len(beyond))


def decode(content: bytes, declared_charset: str | None = None) -> Decoded:
    """The text of a document. `declared_charset` is what the HTTP header said, with or without `charset=`; it may be wrong."""
    mark = next(((bom, name) for bom, name in _BOMS if content.startswith(bom)), None)
    body = content[len(mark[0]) :] if mark else content
    claims = _claims(body, mark[1] if mark else None, declared_charset)
    refuted: str | None = None
    for charset, where in claims:
        text = _believable(body, charset, where)
        if text is not None:
            return Decoded(text, charset.name, where, text.count(_LOST), refuted)
        refuted = refuted or charset.name
    return _detect(body, claims, refuted)


def _claims(body: bytes, mark: str | None, header: str | None) -> list[tuple[_Charset, CharsetWhere]]:
    """What is said of the charset, strongest first, each charset once, defaults that nobody chose left out."""
    said: list[tuple[_Charset | None, CharsetWhere]] = [(_known(mark), "bom"), (_known(header), "header")]
    found = _META.search(body, 0, META_BYTES)
    if found:
        inner = _known((found[1] or found[2]).decode("ascii", "replace"))
        # a document whose declaration can be read as ASCII is not in UTF-16 (WHATWG encoding standard)
        said.append((_known("utf-8") if inner and inner.name.startswith("utf-16") else inner, "meta"))
    claims: list[tuple[_Charset, CharsetWhere]] = []
    for charset, where in said:
        if charset and not charset.weak and all(charset.name != known.name for known, _ in claims):
            claims.append((charset, where))
    return claims


def _believable(body: bytes, charset: _Charset, where: CharsetWhere) -> str | None:
    """The text if the claim holds: it decodes without loss, and no other charset makes much more sense of the bytes."""
    try:
        text = charset.read(body)
    except UnicodeDecodeError:
        return None
    if charset.name == "utf-8" or where == "bom" or text.isascii():
        return text
    worth = sense(text)
    if worth >= MAKES_SENSE:
        return text
    rivals = ("utf-8", "gb18030", "big5") if _beyond_ascii(text) >= ENOUGH else ("utf-8",)
    return None if _reads_better(body, worth, rivals) else text


def _reads_better(body: bytes, worth: float, names: tuple[str, ...]) -> bool:
    """Whether one of these charsets decodes the bytes without loss into text that makes sense, and three times as much."""
    for name in names:
        try:
            other = sense(_charsets()[name].read(body))
        except UnicodeDecodeError:
            continue
        if other >= max(MAKES_SENSE, 3 * worth):
            return True
    return False


def _beyond_ascii(text: str) -> int:
    return sum(character > "\x7f" for character in text[:SAMPLE_CHARACTERS])


def _detect(body: bytes, claims: list[tuple[_Charset, CharsetWhere]], refuted: str | None) -> Decoded:
    """No claim held: UTF-8 if the bytes are that, else whichever reading makes most sense with least damage."""
    if b"\x00" not in body[:META_BYTES]:
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return Decoded(text, "utf-8", "default" if text.isascii() else "detected", text.count(_LOST), refuted)
    names = ["utf-8", "gb18030", "big5"]
    if b"\x00" in body[:META_BYTES]:
        names += ["utf-16le", "utf-16be"]
    trials = [_trial(body, charset, where) for charset, where in claims]
    trials += [_trial(body, _charsets()[name], "detected") for name in names]
    best = max(trials, key=lambda trial: trial.worth)
    if best.worth < MAKES_SENSE:
        best = max((best, *_general(body)), key=lambda trial: trial.worth)
    refuted = None if best.charset.name == refuted else refuted
    return Decoded(best.text, best.charset.name, best.where, best.text.count(_LOST), refuted, best.lossy)


def _trial(body: bytes, charset: _Charset, where: CharsetWhere) -> _Trial:
    """One charset tried, losses allowed: worth is its sense less four times the share of lost characters."""
    try:
        text, lossy = charset.read(body), False
    except UnicodeDecodeError:
        text, lossy = charset.read(body, "replace"), True
    lost = text.count(_LOST)
    share = lost / max(1, sum(character > "\x7f" for character in text)) if lost else 0.0
    return _Trial(charset, where, text, sense(text) - 4 * share, lossy)


def _general(body: bytes) -> list[_Trial]:
    """What the general detector takes a bounded sample for: for documents that are not Chinese."""
    best = from_bytes(body[:DETECTION_BYTES]).best()
    charset = _known(best.encoding) if best else None
    return [_trial(body, charset or _charsets()["windows-1252"], "detected")]
