"""Archives: names that lead nowhere and can be read, limits of count, size and ratio, what is no archive; and what lies beside a scan."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile

import pytest

from catalog.errors import Refused
from catalog.extract.formats import container
from catalog.extract.formats.container import Budget, is_container, is_tar, open_container, safe_name
from catalog.extract.formats.sniff import media_type
from catalog.extract.registry import attachment_blocks
from catalog.harvesters.sidecars import beside, fingerprint
from tests.extract_format_samples import archive, docx, p
from tests.fuzz.targets import tar


def names(content: bytes) -> list[str]:
    with open_container(content, "包") as opened:
        return [member.name for member in opened.members]


def refusal(content: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        names(content)
    return caught.value


def gbk_zip(*listed: str) -> bytes:
    """A ZIP as old Chinese programs write it: names in GBK, and no word of that."""
    raw = [name.encode("gb18030") for name in listed]
    stand_ins = [chr(ord("a") + at) * len(one) for at, one in enumerate(raw)]
    content = archive(dict.fromkeys(stand_ins, "x"))
    for stand_in, one in zip(stand_ins, raw, strict=True):
        content = content.replace(stand_in.encode(), one)
    return content


def test_files_are_read_one_by_one():
    for content in (
        archive({"a/甲.txt": "一", "b.txt": "二"}),
        tar({"a/甲.txt": "一".encode(), "b.txt": "二".encode()}),
        tar({"a/甲.txt": "一".encode(), "b.txt": "二".encode()}, "w:gz"),
    ):
        with open_container(content, "包") as opened:
            assert [(member.name, member.read().decode()) for member in opened.members] == [
                ("a/甲.txt", "一"),
                ("b.txt", "二"),
            ]


def test_names_in_gbk_are_decoded_together():
    assert names(gbk_zip("关于春耕的通知.doc", "附件/云江市任务清单.xls")) == [
        "关于春耕的通知.doc",
        "附件/云江市任务清单.xls",
    ]
    info = tarfile.TarInfo("关于春耕工作的通知.txt")
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", encoding="gb18030", format=tarfile.GNU_FORMAT) as packed:
        packed.addfile(info, io.BytesIO())
    assert names(made.getvalue()) == ["关于春耕工作的通知.txt"]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "etc/passwd"), ("/etc/passwd", "etc/passwd"), ("C:\\Windows\\a.doc", "Windows/a.doc"), ("a//./b", "a/b"),
        ("..", "unnamed"), ("甲\x00\u202e乙.txt", "甲乙.txt"), ("x" * 5000, "x" * 1000),
    ],
)  # fmt: skip
def test_names_lead_nowhere(name, safe):
    assert safe_name(name) == safe


def test_two_files_of_one_name_stay_two():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("a.txt", "1")
        with pytest.warns(UserWarning, match="Duplicate"):
            packed.writestr("a.txt", "2")
    assert names(made.getvalue()) == ["a.txt", "a.txt (2)"]


def test_only_files_are_members_of_a_tar():
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as packed:
        for name, kind in (
            ("folder", tarfile.DIRTYPE),
            ("link", tarfile.SYMTYPE),
            ("device", tarfile.CHRTYPE),
            ("a.txt", tarfile.REGTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            packed.addfile(info)
    assert names(made.getvalue()) == ["a.txt"]


def test_limits_of_count_size_and_ratio(monkeypatch):
    assert refusal(tar({"a": bytes(9 * 1024 * 1024)}, "w:gz")).code == "zip_bomb"
    assert refusal(archive({"a": bytes(9 * 1024 * 1024)})).code == "zip_bomb"
    with pytest.raises(Refused) as caught:
        open_container(archive({"a": "1", "b": "2"}), "包", Budget(members=1))
    assert caught.value.code == "zip_bomb"
    assert str(caught.value).startswith("包")
    monkeypatch.setattr(container, "MAX_MEMBER", 3)
    with open_container(archive({"a": "1234"}), "包") as opened, pytest.raises(Refused) as caught:
        opened.members[0].read()
    assert caught.value.code == "too_large"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 torn", "unreadable"), (b"\x1f\x8b torn", "unreadable"), (gzip.compress(b"plain text"), "wrong_media_type"), (b"text", "wrong_media_type"),
        (gzip.compress(b"x" * 100)[:-9], "unreadable"), (b"", "wrong_media_type"),
    ],
)  # fmt: skip
def test_what_is_no_archive_is_refused(content, code):
    assert refusal(content).code == code


def test_a_locked_file_of_an_archive_is_refused_alone():
    content = bytearray(archive({"a.txt": "x", "b.txt": "y"}))
    content[content.find(b"PK\x01\x02") + 8] |= 1
    with open_container(bytes(content), "包") as opened:
        assert opened.members[1].read() == b"y"
        with pytest.raises(Refused) as caught:
            opened.members[0].read()
    assert caught.value.code == "encrypted"
    assert str(caught.value).startswith("包!/a.txt")


def test_archives_are_told_by_name_and_bytes():
    assert [is_container(name) for name in ("a.zip", "A.TAR.GZ", "a.tgz", "a.tar", "a.gz", "a.docx", "zip")] == [
        True
    ] * 4 + [False] * 3
    assert media_type(tar({"a": b"x"}), None, "a.tar") == "application/x-tar"
    assert media_type(tar({"a": b"x"}, "w:gz"), None, "a.tar.gz") == "application/gzip"
    old = bytearray(tar({"a": b"x"})[:512])
    old[257:265] = bytes(8)  # a tar from before POSIX has no mark, only a checksum
    old[148:156] = b"%06o\x00 " % (sum(old[:148]) + sum(old[156:512]) + 256)
    assert is_tar(bytes(old))
    assert not is_tar(bytes(512))


def test_an_attached_archive_gives_the_text_of_its_files():
    content = archive(
        {"一.docx": docx(p("正文甲")), "二.txt": "正文乙", "三.bin": b"\x00\x01", "四.zip": archive({"x.txt": "深处"})}
    )
    assert [block.text for block in attachment_blocks(content, filename="附件.zip")] == [
        "一.docx",
        "正文甲",
        "二.txt",
        "正文乙",
        "三.bin",
        "四.zip",
    ]


HEADS = {"b.xml": b"<?xml?><alto>", "c.html": b"<html><p>", "d.html": b"<div class='ocr_page'>", "e.xml": b"<rss/>"}


def test_what_lies_beside_a_scan_is_told_by_name_and_by_what_it_says_of_itself():
    listed = [
        "a.pdf",
        "a.txt",
        "b.tif",
        "b.xml",
        "c.pdf",
        "c.html",
        "d.png",
        "d.html",
        "e.pdf",
        "e.xml",
        "f.JPG",
        "f.alto.xml",
        "f.hocr",
        "g.txt",
        "x/a.txt",
        "h.docx",
        "h.txt",
    ]
    assert beside(listed, lambda name: HEADS[name]) == {
        "a.pdf": ("a.txt",), "b.tif": ("b.xml",), "d.png": ("d.html",), "f.JPG": ("f.alto.xml", "f.hocr"),
    }  # fmt: skip


def test_a_scan_and_what_lies_beside_it_have_one_sign_of_change():
    signs = {
        fingerprint(b"1", [("a.txt", b"x")]),
        fingerprint(b"2", [("a.txt", b"x")]),
        fingerprint(b"1", [("a.txt", b"y")]),
        fingerprint(b"1", [("b.txt", b"x")]),
        fingerprint(b"1", []),
    }
    assert len(signs) == 5
    assert fingerprint(b"1", [("a.txt", b"x")]) in signs


def test_a_directory_of_too_many_entries_is_refused_before_it_is_read(monkeypatch):
    content = archive({f"{at}.txt": "" for at in range(20)})
    monkeypatch.setattr(container, "MAX_DIRECTORY", 500)
    assert refusal(content).code == "zip_bomb"
    monkeypatch.setattr(container, "MAX_DIRECTORY", 5_000)
    assert len(names(content)) == 20
