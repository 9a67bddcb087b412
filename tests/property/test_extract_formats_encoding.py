"""Text that was encoded comes back, for every charset that Chinese government sites use."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalog.extract.formats.encoding import decode

COMMON = "的一是在人有中国大上个地为子年以会时要自用们生到作来政府信息公开市县人民通知办法规定条例第章根据国务院发布施行关于印发各单位"
TRADITIONAL = "的一是在人有中國大上個地為子年以會時要自用們生到作來政府資訊公開市縣人民通知辦法規定條例第章依據行政院發布施行關於函請"
ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff\ufffd"))


@settings(deadline=None)
@given(ANY)
def test_any_text_comes_back_from_utf_8(text):
    decoded = decode(text.encode("utf-8"), "utf-8")
    assert (decoded.text, decoded.damaged) == (text, 0)


@settings(deadline=None)
@given(ANY)
def test_any_text_comes_back_from_utf_16_with_its_mark(text):
    assert decode(text.encode("utf-16")).text == text


@settings(deadline=None)
@given(st.text(st.sampled_from(COMMON + "，。、《》\n0123456789AZaz"), min_size=12))
@example("联通" * 12)
def test_chinese_text_comes_back_from_gb18030_declared_or_not(text):
    content = text.encode("gb18030")
    assert decode(content, "gb2312").text == text
    if sum(character > "\x7f" for character in text) > 12:
        assert decode(content).text == text


@settings(deadline=None)
@given(st.text(st.sampled_from(TRADITIONAL + "，。、「」\n0123456789AZaz"), min_size=12))
def test_chinese_text_comes_back_from_big5_declared_or_not(text):
    content = text.encode("big5")
    assert decode(content, "big5").text == text
    if sum(character > "\x7f" for character in text) > 12:
        assert decode(content).text == text


@settings(deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([None, "utf-8", "gbk", "big5", "utf-16", "hz", "shift_jis", "iso-2022-jp", "latin1", "x"]),
)
def test_any_bytes_give_some_text_and_a_true_count_of_losses(content, declared):
    decoded = decode(content, declared)
    assert decoded.damaged == decoded.text.count("\ufffd")
