import pytest

from catalog.cli import common
from catalog.errors import InvalidInput


@pytest.mark.parametrize(
    ("words", "given", "options"),
    [
        ("校车 安全", ["校车", "安全"], []),
        ("校车 --year 2020", ["校车"], ["--year", "2020"]),
        ("2020 --year 2020 规划", ["2020", "规划"], ["--year", "2020"]),
        ("--year=2020 校车 -年报", ["校车", "-年报"], ["--year=2020"]),
        ("校车 --year", ["校车"], ["--year"]),
    ],
)
def test_words_and_options_are_told_apart_by_their_place(words, given, options):
    assert common.split_words(words.split()) == (given, options)


def test_parameters_in_all_their_forms():
    assert common.parameters(["--date-from", "2020", "--type=dataset", "type=regulation"]) == {
        "date_from": ["2020"],
        "type": ["dataset", "regulation"],
    }


@pytest.mark.parametrize("words", [["校车"], ["--year"], ["year="]])
def test_what_is_no_parameter_is_named(words):
    with pytest.raises(InvalidInput, match=words[0]):
        common.parameters(words)
