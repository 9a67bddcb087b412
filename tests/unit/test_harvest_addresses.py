"""Addresses and file names in one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.harvesters.addresses import NAME_MAX, absolute, canonical, ending, file_name


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("HTTP://WWW.Gov.CN:80/zhengce/a.htm#p1", "https://www.gov.cn/zhengce/a.htm"),
        ("https://www.gov.cn/zhengce/a.htm", "https://www.gov.cn/zhengce/a.htm"),
        ("http://x.example", "https://x.example/"),
        ("http://x.example:8080/a?b=公告&c=1", "https://x.example:8080/a?b=%E5%85%AC%E5%91%8A&c=1"),
        ("http://x.example/%E5%85%AC/公", "https://x.example/%E5%85%AC/%E5%85%AC"),
        ("http://[2001:db8::1]:80/a", "https://[2001:db8::1]/a"),
        ("ftp://x.example/", None),
        ("/zhengce/a.htm", None),
        ("http://x.example:port/", None),
        ("", None),
    ],
)
def test_spellings_of_one_address_meet(url: str, form: str | None) -> None:
    assert canonical(url) == form


@given(st.from_regex(r"https?://[a-z]{1,8}\.example(:[0-9]{1,4})?/[ -~\u4e00-\u4e20]{0,30}", fullmatch=True))
def test_the_form_of_a_form_is_itself(url: str) -> None:
    form = canonical(url)
    assert form is not None
    assert canonical(form) == form


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("b.html", "http://x.example/a/b.html"),
        ("../c/ d.html\n", "http://x.example/c/d.html"),
        ("//y.example/e?q=公", "http://y.example/e?q=%E5%85%AC"),
        ("b.html#top", "http://x.example/a/b.html"),
        ("#top", None),
        ("", None),
        ("javascript:void(0)", None),
        ("mailto:a@x.example", None),
        ("http://[broken", None),
    ],
)
def test_links_become_addresses(link: str, url: str | None) -> None:
    assert absolute("http://x.example/a/index.html", link) == url


@pytest.mark.parametrize(
    ("title", "given", "address", "name"),
    [
        ("分工表", None, "http://x.example/P02015.pdf", "分工表.pdf"),
        ("分工表.PDF", None, "http://x.example/P02015.pdf", "分工表.PDF"),
        (None, "附件1：表.docx", "http://x.example/download?id=1", "附件1：表.docx"),
        (None, None, "http://x.example/%E8%A1%A8.xls", "表.xls"),
        ("a/b\\c:d\u202e", None, "http://x.example/1.pdf", "a b c d.pdf"),
        (None, None, "http://x.example/", "file"),
        ("..", "..", "..", "file"),
    ],
)
def test_files_get_a_name_that_is_safe_to_offer(title: str | None, given: str | None, address: str, name: str) -> None:
    assert file_name(title, given, address) == name


@given(st.text(max_size=400), st.text(max_size=30))
def test_no_name_leads_elsewhere(title: str, address: str) -> None:
    name = file_name(title, None, address)
    assert 0 < len(name) <= NAME_MAX
    assert not set(name) & set('/\\:*?"<>|\0\n')
    assert name not in {".", ".."}


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("http://x/a.PDF?x=1", "pdf"),
        ("a.tar.gz", "gz"),
        ("a", ""),
        ("http://x.example/", ""),
        ("http://[broken/a.pdf", "pdf"),
        ("http://x.example", ""),
        ("v1.2 说明", ""),
    ],
)
def test_the_ending_of_a_name(name: str, end: str) -> None:
    assert ending(name) == end
