"""Document numbers: what is printed in any of the forms is read back, alone and in running text; what is damaged never becomes a number."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from catalog.model.docnumber import find_all, key_of, parse, parse_joint, search_key

REGIONS = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
COUNTIES = "将依向如即从自原于日项同文和并中要岚汝濮睢"
"""First characters of counties' codes, those among them that are also words."""
TAILS = ["政发", "政办发", "政函", "府办函", "政办规", "政任", "政复", "府发", "办发电", "政字"]
BODIES = [
    "云江市人民政府",
    "国务院",
    "财政部",
    "河南省人民政府",
    "海关总署",
    "国家税务总局",
    "云江市人民代表大会常务委员会",
]
WORDS = [
    "按照",
    "根据",
    "依据《云江条例》和",
    "现将",
    "《关于供水的通知》（",
    "已经",
    "并按",
    "贯彻落实",
    "，",
    "：",
    "\n",
    "见",
]
OPEN_CLOSE = st.sampled_from(["〔〕", "[]", "()", "（）", "【】", "〔]", "（]", "﹝﹞", "[〕"])
GAPS = st.sampled_from(["", " ", "\u3000", "\u200b", "\ufeff", "\u00a0"])
YEARS = st.integers(1950, 2049)
SERIALS = st.integers(1, 99_999)
WIDE = {48 + digit: 0xFF10 + digit for digit in range(10)}
DIGITS = "〇一二三四五六七八九"


@st.composite
def codes(draw):
    """Codes of a region's or a county's body."""
    return draw(st.sampled_from(REGIONS + COUNTIES)) + draw(st.sampled_from(TAILS))


@st.composite
def numbers(draw):
    """(as printed in some form, canonical, search key)."""
    year, serial, body = draw(YEARS), draw(SERIALS), draw(st.sampled_from(BODIES))
    left, right = draw(OPEN_CLOSE)
    gap, mark = draw(GAPS), draw(st.sampled_from("号號"))
    form = draw(
        st.sampled_from(["code", "order", "dated order", "announcement", "counted announcement", "chinese year"])
    )
    code = draw(codes())
    if form == "code":
        printed = f"{code}{gap}{left}{year}{right}{draw(st.sampled_from(['', '第']))}{gap}{serial:0{draw(st.integers(1, 6))}}{mark}"
        return printed, f"{code}〔{year}〕{serial}号"
    if form == "chinese year":
        spelled = "".join(DIGITS[int(digit)] for digit in str(year))
        return f"{code}〔{spelled}〕{serial}号", f"{code}〔{year}〕{serial}号"
    if form == "order":
        printed = draw(
            st.sampled_from(
                [f"{body}令{gap}第{serial}{mark}", f"{body}令（第{serial}{mark}）", f"{body}第{serial}{mark}令"]
            )
        )
        return printed, f"{body}令第{serial}号"
    if form == "dated order":
        return f"{body}令{left}{year}{right}第{serial}{mark}", f"{body}令〔{year}〕{serial}号"
    if form == "announcement":
        return f"{body}公告{year}年第{serial}{mark}", f"{body}公告{year}年第{serial}号"
    return f"{body}公告{gap}第{serial}{mark}", f"{body}公告第{serial}号"


@settings(max_examples=300, deadline=None)
@given(numbers(), st.booleans())
def test_what_is_printed_in_any_form_is_read(number, wide):
    printed, canonical = number
    read = parse(printed.translate(WIDE) if wide else printed)
    assert read is not None, printed
    assert read.canonical == canonical
    again = parse(canonical)
    assert again is not None
    assert (again.canonical, key_of(again)) == (canonical, key_of(read))
    assert search_key(printed) == search_key(canonical)


@settings(max_examples=300, deadline=None)
@given(numbers(), st.sampled_from(WORDS), st.sampled_from(["", "要求", "）", "，", "和", "文件"]))
def test_in_running_text_a_number_has_its_own_left_edge(number, before, after):
    printed, canonical = number
    assume(
        not (before.endswith("见") and printed.startswith("于"))
    )  # 见于 is a word: nobody could tell 见 from 见于 here
    text = f"{before}{printed}{after}"
    found = find_all(text)
    assert [one.number.canonical for one in found] == [canonical], text
    assert all(text[one.start : one.end] == one.number.raw for one in found)


@settings(deadline=None)
@given(codes(), YEARS, st.lists(st.integers(1, 999), min_size=2, max_size=5, unique=True), st.booleans())
def test_several_numbers_of_one_code_are_several(code, year, serials, shared):
    rows = "、".join(map(str, serials))
    text = f"{code}〔{year}〕{rows}号" if shared else "、".join(
        f"{code if not place else ''}〔{year}〕{serial}号" for place, serial in enumerate(serials)
    )  # fmt: skip
    wanted = [f"{code}〔{year}〕{serial}号" for serial in serials]
    assert [one.number.canonical for one in find_all(f"根据{text}")] == wanted
    if shared:
        assert [one.canonical for one in parse_joint(text)] == wanted


@settings(deadline=None)
@given(codes(), YEARS, st.integers(1, 999), st.sampled_from([
    "{code}〔{year}〕号{serial}", "{code}〔{year}〕{serial}", "{code}〔{year}〕{serial}号〔〕", "〔{year}{serial}号", "{code}〔{year}〕号",
    "发文字号：", "{code}〔〕{serial}号", "{code}〔{year}〕000号", "〔{year}〕{serial}号",
]))  # fmt: skip
def test_what_is_damaged_is_not_repaired(code, year, serial, form):
    assert parse(form.format(code=code, year=year, serial=serial)) is None


@settings(deadline=None)
@given(st.text(alphabet="国发办函〔〕[]()（）第号號令字年公告之-、0123456789一二十 \n粤政府财", max_size=120))
def test_any_text_is_read_without_harm(text):
    found = find_all(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert [one.start for one in found] == sorted(one.start for one in found)
    assert parse(text) is None or parse(text).raw == text


@settings(deadline=None)
@given(
    st.sampled_from(["臺會規", "檔徵", "經調", "台高（二）", "院臺內", "華總一義"]),
    st.integers(83, 113), st.integers(0, 9_999_999), st.sampled_from(["", "A", "B", "-1", "之1"]),
)  # fmt: skip
def test_numbers_of_the_republic_keep_their_digits(code, year, serial, tail):
    printed = f"{code}字第{year:03}{serial:07}{tail}號"
    read = parse(printed)
    assert read is not None
    assert (read.canonical, read.year) == (printed, 1911 + year)
    assert [one.number.canonical for one in find_all(f"業經本部以{printed}令發布")] == [printed]
