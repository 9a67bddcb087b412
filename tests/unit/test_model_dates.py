import pytest

from catalog.model.dates import bounds, find_all, is_iso, parse


@pytest.mark.parametrize(("raw", "iso", "time"), [
    ("2015年7月14 日", "2015-07-14", None),
    ("二○一一年七月二十八日", "2011-07-28", None),
    ("二OO八年五月二十三日", "2008-05-23", None),
    ("二O一一年5月16日", "2011-05-16", None),
    ("二〇一九年二月廿八日", "2019-02-28", None),
    ("2015-12-24", "2015-12-24", None),
    ("2016年08月25日 16时19分", "2016-08-25", "16:19"),
    ("2020-10-10 19:48:26", "2020-10-10", "19:48:26"),
    ("2021-08-01-06:08:00", "2021-08-01", "06:08:00"),
    ("2021-3-4 3:05:06 PM", "2021-03-04", "15:05:06"),
    ("2021-3-4 12:05 AM", "2021-03-04", "00:05"),
    ("2021年3月4日下午3时05分", "2021-03-04", "15:05"),
    ("中華民國94年1月3日", "2005-01-03", None),
    ("中華民國三十六年一月一日", "1947-01-01", None),
    ("民國81年", "1992", None),
    ("民國元年", "1912", None),
    ("二〇一五年十二月三\r\n  十日", "2015-12-30", None),
    ("2023/09/25", "2023-09-25", None),
    ("2018.5.3", "2018-05-03", None),
    ("20180503", "2018-05-03", None),
    ("２０１５年７月", "2015-07", None),
    ("2015-07", "2015-07", None),
    ("二零一五年", "2015", None),
    ("2015年7月14日（星期二）", "2015-07-14", None),
])  # fmt: skip
def test_printed_forms(raw, iso, time):
    date = parse(raw)
    assert (date.text, date.time, date.raw) == (iso, time, raw)
    assert date.precision == {4: "year", 7: "month", 10: "day"}[len(iso)]


@pytest.mark.parametrize("raw", [
    "2021926", "20201029-154517-206", "011217651/2015-20245", "2018-02-30", "2016-13-01", "20180532", "0000-00-00", "8月31日", "2019年2月29日",
    "2015年7月14日印发", "2016年8月25日至8月31日", "二〇一五年七月十四", "2020-10-10 25:00", "", "null", "第94年", "2015-7-14-3",
])  # fmt: skip
def test_what_is_no_day_is_not_read(raw):
    assert parse(raw) is None


def test_dates_in_running_text():
    text = "征求意见时间为2016年8月25日至8月31日，索引号20201029-154517-206、011217651/2015-20245，二〇一五年 十二月三十日印发，2015年第3号。"
    assert [one.date.text for one in find_all(text)] == ["2016-08-25", "2015-12-30"]
    assert [one.date.text for one in find_all(text, year=2016)] == ["2016-08-25", "2016-08-31", "2015-12-30"]
    assert all(text[one.start : one.end] == one.date.raw for one in find_all(text, year=2016))


def test_what_a_partial_date_may_mean():
    assert bounds("2016-02") == ("2016-02-01", "2016-02-29")
    assert bounds("2016") == ("2016-01-01", "2016-12-31")
    assert bounds("2016-02-03") == ("2016-02-03", "2016-02-03")


def test_iso_text_is_told_from_other_forms():
    assert [is_iso(text) for text in ("2015", "2015-07", "2015-07-14", "2015/07/14", "20150714", "2015-02-30")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]
