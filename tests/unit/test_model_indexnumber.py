import pytest

from catalog.model import dates
from catalog.model.indexnumber import check_credit_code, check_org_code, parse


@pytest.mark.parametrize(("raw", "family", "check"), [
    ("011217651/2015-20245", "org_code", "ok"),
    ("000014349/2018-00222", "org_code", "ok"),
    ("01527918X-2020-153077", "org_code", "ok"),
    ("011217652/2015-20245", "org_code", "bad"),
    ("11341702486344515H/202110-00013", "credit_code", "ok"),
    ("11341702486344515J/202110-00013", "credit_code", "bad"),
    ("6107280000/2024-001005", "region", "na"),
    ("20201029-154517-206", "cms_clock", "na"),
    ("GA001-03-2008-0012", "local_code", "na"),
    ("330200-B01-02-03-20200101-001", "six_parts", "na"),
    ("530000010203202000123", "digits_21", "na"),
    ("XYZ 2020", "other", "na"),
])  # fmt: skip
def test_families(raw, family, check):
    number = parse(raw)
    assert (number.family, number.check) == (family, check)


def test_label_and_spaces_are_dropped():
    assert parse("索\u00a0\u00a0引\u00a0\u00a0号：011217651/2015-20245").text == "011217651/2015-20245"


@pytest.mark.parametrize("raw", ["", "-", "null", "索引号：", "无", "1" * 200])
def test_empty_values_are_none(raw):
    assert parse(raw) is None


@pytest.mark.parametrize("raw", ["20201029-154517-206", "011217651/2015-20245", "01527918X-2020-153077"])
def test_an_index_number_is_never_a_date(raw):
    assert dates.parse(raw) is None
    assert dates.find_all(raw) == []


def test_one_wrong_digit_fails_the_check():
    assert check_org_code("000014349")
    assert not any(check_org_code(f"00001434{digit}") for digit in "012345678X")
    assert check_credit_code("11341702486344515H")
    assert not check_credit_code("11341702486344514H")
