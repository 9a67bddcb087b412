"""Engines: which is chosen, what is said where there is none; the real ones on made-up pages; pictures with their limits."""

from __future__ import annotations

import importlib.util
import io
import os
import shutil
import socket
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from catalog.errors import Misconfigured, Refused
from catalog.extract.ocr import engines, pictures
from catalog.extract.ocr.engines import Engine, choose
from catalog.extract.ocr.pictures import Pictures
from catalog.extract.ocr.reading import lines_of
from catalog.extract.ocr.words import Picture, Word, WordPage, confidence
from catalog.extract.reader import read_lines
from tests.extract_format_samples import pdf

SAMPLES = Path(__file__).resolve().parents[1] / "ocr"
RED_HEAD = (SAMPLES / "red_head.png").read_bytes()
VERTICAL = (SAMPLES / "vertical.png").read_bytes()
ONE = "一二三四五六七八九十"


def need(name: str) -> Engine:
    """The engine of a name; a machine without it skips, unless REQUIRE_SERVERS=1 says that it must be there."""
    there = importlib.util.find_spec(name) if name == "rapidocr" else shutil.which(name)
    if not there:
        if os.environ.get("REQUIRE_SERVERS") == "1":
            pytest.fail(f"REQUIRE_SERVERS=1, but {name} is not installed: {engines.MISSING}")
        pytest.skip(f"{name} is not installed")
    found = choose(name)
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def no_memory_of_engines():
    engines._engine.cache_clear()
    yield
    engines._engine.cache_clear()


def recognised(engine: Engine, content: bytes) -> list[WordPage]:
    return [engine.recognise(picture) for picture in Pictures(content, "image", name="扫描.png")]


def test_rapidocr_reads_a_red_head_page_without_the_network(monkeypatch):
    def no_network(*_args, **_options):
        raise AssertionError("the engine opened a socket")

    engine = need("rapidocr")
    monkeypatch.setattr(socket.socket, "connect", no_network)
    pages = recognised(engine, RED_HEAD)
    draft = read_lines(lines_of(pages))
    assert draft.fields["title"] == "云江市人民政府关于印发推进公共数据开放若干规定的通知"
    assert draft.fields["doc_number"]["canonical"] == "云政发〔2021〕35号"
    assert draft.fields["date_written"] == "2021-07-14"
    assert confidence(pages).low_pages == ()
    assert all(word.right > word.left and word.bottom > word.top for row in pages[0].rows for word in row)


def test_rapidocr_reads_vertical_columns_and_the_order_is_from_the_right():
    found = lines_of(recognised(need("rapidocr"), VERTICAL))
    assert "".join(line.text for line in found) == (
        "行政院公報第三卷第五期令各省政府教育部呈請修正大學規程第七條條文應准照辦除令行外合行令仰該省政府知照並轉飭所屬一體遵照此令"
        "中華民國三十年五月十日"
    )


def test_rapidocr_finds_nothing_on_a_white_page():
    engine = need("rapidocr")
    assert engine.recognise(Picture(1, 200, 100, b"\xff" * 60_000)).rows == ()


def test_tesseract_reads_a_page():
    pages = recognised(need("tesseract"), RED_HEAD)
    text = "".join(line.text for line in lines_of(pages)).replace(" ", "")
    assert "2021年7月14日" in text
    assert "云江市人民政府" in text
    mean = confidence(pages).mean
    assert mean is not None
    assert 0.5 < mean <= 1


def test_models_that_are_missing_are_never_fetched(tmp_path):
    from catalog.extract.ocr.rapid import RapidEngine

    need("rapidocr")
    with pytest.raises(Misconfigured, match=r"comes without PP-OCRv6_det_small\.onnx"):
        RapidEngine(tmp_path, "3.10.0").recognise(Picture(1, 1, 1, b"\0\0\0"))


def test_auto_takes_what_is_there(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert choose("auto") is None
    assert choose("none") is None
    for name in ("rapidocr", "tesseract"):
        with pytest.raises(
            Misconfigured, match=rf"GONGKAI_OCR_ENGINE: {name} is not there.*pip install 'gongkai\[ocr\]'"
        ):
            choose(name)
    with pytest.raises(Misconfigured, match=r"'best' is none of auto, rapidocr, tesseract, none"):
        choose("best")


def page_of(*rows: tuple[str, float, float, float, float]) -> WordPage:
    return WordPage(1, 1400, 2000, tuple((Word(*row, 0.9),) for row in rows))


def test_words_in_two_columns_are_read_column_by_column():
    rows = []
    for at in range(8):
        rows.append((ONE * 2, 100, 200 + 50 * at, 600, 225 + 50 * at))
        rows.append((ONE[::-1] * 2, 700, 200 + 50 * at, 1200, 225 + 50 * at))
    text = "".join(line.text for line in lines_of([page_of(*rows)]))
    assert text == ONE * 16 + ONE[::-1] * 16


def test_words_far_apart_in_one_row_are_cells():
    rows = tuple(
        (Word("市财政局", 100, top, 260, top + 40, 0.9), Word("预算", 700, top, 780, top + 40, 0.9))
        for top in (300, 360, 420)
    )
    (line,) = lines_of([WordPage(1, 1400, 2000, rows)])
    assert (line.kind, line.text) == ("table", "市财政局\t预算\n市财政局\t预算\n市财政局\t预算")


def test_pages_that_were_not_recognised_are_counted():
    page = page_of(("云江市人民政府公报", 100, 300, 500, 340))
    lines = lines_of([WordPage(3, page.width, page.height, page.rows)])
    assert [(line.page, line.text) for line in lines] == [(3, "云江市人民政府公报")]
    assert lines_of([]) == []


def png(width: int, height: int) -> bytes:
    """The header of a picture that would be that large, with next to no bytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    body = zlib.compress(b"\0" * 10_000)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (png(50_000, 50_000), "image", "too_large"),
        (png(12_000, 11_000), "image", "too_large"),
        (RED_HEAD[:9_000], "image", "unreadable"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 200, "image", "unreadable"),
        (b"GIF", "image", "unreadable"),
        (b"%PDF-1.7\nx", "pdf", "unreadable"),
    ],
    ids=["bomb", "too many pixels", "cut off", "broken", "no image", "no pdf"],
)
def test_what_cannot_be_drawn_is_refused(content, kind, code):
    with pytest.raises(Refused) as caught:
        list(Pictures(content, kind, name="坏.png"))
    assert caught.value.code == code
    assert str(caught.value).startswith("坏.png: ")


def test_a_page_that_takes_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(pictures, "PAGE_SECONDS", 0.05)
    heavy = pdf([[(72, 700, 8, "云江" * 40)] * 20_000])
    with pytest.raises(Refused, match="drawing its pages ended early"):
        list(Pictures(heavy, "pdf", name="慢.pdf"))


def test_pages_of_a_pdf_are_drawn_at_the_stated_density_and_only_those_asked_for():
    content = pdf([[(72, 700, 20, "甲")], [(72, 700, 20, "乙")], [(72, 700, 20, "丙")]])
    drawn = Pictures(content, "pdf", name="三页.pdf", pages={1, 3})
    found = [(one.number, one.width, one.height) for one in drawn]
    assert [number for number, _, _ in found] == [1, 3]
    assert all(abs(width - 595 * pictures.RENDER_DPI / 72) < 2 for _, width, _ in found)
    assert drawn.total == 3


def test_a_huge_page_is_drawn_smaller(monkeypatch):
    monkeypatch.setattr(pictures, "PAGE_PIXELS", 100_000)
    (one,) = Pictures(pdf([[(72, 700, 20, "甲")]]), "pdf", name="大.pdf")
    assert 80_000 < one.width * one.height <= 101_000
    (two,) = Pictures(RED_HEAD, "image", name="大.png")
    assert 80_000 < two.width * two.height <= 101_000


def test_the_frames_of_a_tiff_are_pages_and_colours_are_blue_green_red():
    first, second = Image.new("RGB", (4, 2), (255, 0, 0)), Image.new("1", (3, 3), 1)
    held = io.BytesIO()
    first.save(held, "TIFF", save_all=True, append_images=[second])
    found = list(Pictures(held.getvalue(), "image", name="两页.tif"))
    assert found[0] == Picture(1, 4, 2, b"\x00\x00\xff" * 8)
    assert found[1] == Picture(2, 3, 3, b"\xff" * 27)


def test_a_photograph_is_turned_upright_and_what_is_clear_is_white():
    image = Image.new("RGB", (40, 20), "white")
    exif = image.getexif()
    exif[0x0112] = 6
    held = io.BytesIO()
    image.save(held, "JPEG", exif=exif)
    (one,) = Pictures(held.getvalue(), "image", name="a.jpg")
    assert (one.width, one.height) == (20, 40)
    clear = io.BytesIO()
    Image.new("RGBA", (2, 2), (0, 0, 0, 0)).save(clear, "PNG")
    (two,) = Pictures(clear.getvalue(), "image", name="b.png")
    assert two.pixels == b"\xff" * 12
