"""The child program that makes pictures of the pages of a PDF or of an image file; run by `pictures`, never imported by what serves.

PDFium and image decoders are native code on untrusted bytes, so each file gets a process of its own with limits of the operating system.

Standard input: a line of JSON (`kind`: pdf or image, `bytes`, `dpi`, `pixels`, `decoded`, `pages`: numbers from 1, or null for all, `most_pages`,
`page_seconds`, `memory`), then the bytes. Standard output: for each page a line of JSON `{"page": n, "width": w, "height": h, "bytes": b}` and
its pixels (blue, green, red); `{"pages": total}` at the end, or `{"error": code, "message": text}`. It imports nothing of the catalogue.
"""

from __future__ import annotations

import io
import json
import math
import resource
import signal
import sys
from collections.abc import Iterator
from typing import Any

POINTS = 72
"""Points in an inch."""


def main() -> int:
    """Answer one request; the exit status is 0 also when the file is refused (the output says why)."""
    request = json.loads(sys.stdin.buffer.readline())
    resource.setrlimit(resource.RLIMIT_AS, (request["memory"], request["memory"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = sys.stdin.buffer.read(request["bytes"])
    signal.setitimer(signal.ITIMER_PROF, request["page_seconds"])
    try:
        pages = 0
        for total, picture in (_pdf if request["kind"] == "pdf" else _image)(content, request):
            pages = total
            if picture is not None:
                _put(*picture)
            signal.setitimer(signal.ITIMER_PROF, request["page_seconds"])
        _say({"pages": pages})
    except _Refused as refusal:
        _say({"error": refusal.code, "message": str(refusal)})
    return 0


Shown = tuple[int, int, int, bytes]
"""Page, width, height, pixels."""


class _Refused(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
    sys.stdout.buffer.flush()


def _put(page: int, width: int, height: int, pixels: bytes) -> None:
    _say({"page": page, "width": width, "height": height, "bytes": len(pixels)})
    sys.stdout.buffer.write(pixels)
    sys.stdout.buffer.flush()


def _wanted(request: dict[str, Any], total: int) -> Iterator[int]:
    numbers = request["pages"] if request["pages"] is not None else range(1, total + 1)
    return (number for number in numbers if 1 <= number <= min(total, request["most_pages"]))


def _pdf(content: bytes, request: dict[str, Any]) -> Iterator[tuple[int, Shown | None]]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise _Refused("encrypted" if "password" in str(error).lower() else "unreadable", str(error)) from error
    total = len(document)
    for number in _wanted(request, total):
        page = document[number - 1]
        width, height = page.get_size()
        scale = request["dpi"] / POINTS
        scale *= min(1.0, math.sqrt(request["pixels"] / max(1.0, width * height * scale * scale)))
        bitmap = page.render(scale=scale)
        yield total, (number, bitmap.width, bitmap.height, _packed(bitmap))
        bitmap.close()
        page.close()
    yield total, None


def _packed(bitmap: Any) -> bytes:
    """The pixels of a bitmap, three bytes each and without what stands between its rows."""
    stride, channels, width = bitmap.stride, bitmap.n_channels, bitmap.width
    pixels = bytes(bitmap.buffer)
    if channels == 1:
        grey = b"".join(pixels[at * stride : at * stride + width] for at in range(bitmap.height))
        out = bytearray(3 * len(grey))
        out[0::3] = out[1::3] = out[2::3] = grey
        return bytes(out)
    if channels == 4:
        out = bytearray(3 * width * bitmap.height)
        rows = b"".join(pixels[at * stride : at * stride + 4 * width] for at in range(bitmap.height))
        for channel in range(3):
            out[channel::3] = rows[channel::4]
        return bytes(out)
    if stride == 3 * width:
        return pixels
    return b"".join(pixels[at * stride : at * stride + 3 * width] for at in range(bitmap.height))


def _image(content: bytes, request: dict[str, Any]) -> Iterator[tuple[int, Shown | None]]:
    try:
        from PIL import Image
    except ModuleNotFoundError as error:
        raise _Refused("no_pillow", "images need Pillow, which pip install 'gongkai[ocr]' brings") from error

    Image.MAX_IMAGE_PIXELS = request["decoded"]
    try:
        image = Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP"))
        total = getattr(image, "n_frames", 1)
        for number in _wanted(request, total):
            if total > 1:
                image.seek(number - 1)
            if image.width * image.height > request["decoded"]:
                raise _Refused("too_large", f"picture {number} has {image.width} × {image.height} pixels")
            yield total, _frame(image, number, request["pixels"])
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        code = "too_large" if "Bomb" in type(error).__name__ else "unreadable"
        raise _Refused(code, str(error)) from error
    yield total, None


def _frame(image: Any, number: int, most: int) -> Shown:
    """One picture, upright, on white, not larger than `most` pixels."""
    from PIL import Image, ImageOps

    shown = ImageOps.exif_transpose(image)
    if shown.mode in ("RGBA", "LA", "PA") or "transparency" in shown.info:
        shown = Image.alpha_composite(Image.new("RGBA", shown.size, "white"), shown.convert("RGBA"))
    shown = shown.convert("RGB")
    if shown.width * shown.height > most:
        share = math.sqrt(most / (shown.width * shown.height))
        size = max(1, int(shown.width * share)), max(1, int(shown.height * share))
        shown = shown.resize(size, Image.Resampling.BILINEAR)
    return number, shown.width, shown.height, shown.tobytes("raw", "BGR")


if __name__ == "__main__":
    sys.exit(main())
