import pytest

from catalog.model.vocabularies import LANGUAGES, NAMES, language_tag, topic, vocabulary


@pytest.mark.parametrize("name", NAMES)
def test_every_concept_has_a_label_in_every_language(name):
    for concept in vocabulary(name):
        assert all(concept.labels[tag].strip() for tag in LANGUAGES), concept.id


@pytest.mark.parametrize("name", NAMES)
def test_every_label_finds_its_concept(name):
    words = vocabulary(name)
    for concept in words:
        assert words.match(concept.id).id == concept.id
        assert words.match(concept.labels["zh-Hans"]).id == concept.id
        assert words.match(concept.labels["zh-Hant"]).id == concept.id


@pytest.mark.parametrize(("name", "raw", "concept"), [
    ("disclosure", "公开方式:公开", "active"), ("disclosure", "（此件公开发布）", "active"), ("disclosure", "主動公開", "active"),
    ("disclosure", "依申请公开", "on_request"), ("disclosure", "不予公开", "withheld"),
    ("validity", "现行有效", "in_force"), ("validity", "廢", "repealed"), ("validity", "已被修改", "amended"),
    ("document_kind", "复函", "letter"), ("document_kind", "实施细则", "implementing_rules"),
    ("open_type", "非开放", "not_open"), ("open_type", "CONDITIONAL", "conditional"),
    ("update_frequency", "R/P1D", "daily"), ("update_frequency", "每季度", "quarterly"), ("update_frequency", "ANNUAL_2", "semiannual"),
])  # fmt: skip
def test_printed_words_find_their_concept(name, raw, concept):
    assert vocabulary(name).match(raw).id == concept


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("open_type", "0"),
        ("open_type", "01"),
        ("disclosure", "限制公开"),
        ("validity", "有效吗"),
        ("topic", "鄂州政办函"),
    ],
)
def test_other_words_find_none(name, raw):
    assert vocabulary(name).match(raw) is None


def test_a_printed_category_keeps_its_second_level():
    for raw in ("市场监管、安全生产监管\\工商", "市场监管、安全生产监管\\\\工商"):
        assert (topic(raw).concept.id, topic(raw).second) == ("9", "工商")
    assert (topic("其他").concept.id, topic("其他").second) == ("22", None)
    assert topic("鄂州政办函") is None


def test_a_renamed_topic_has_the_label_of_its_time_and_both_names_find_it():
    words = vocabulary("topic")
    assert words.label("17") == "民政、乡村振兴、救灾"
    assert words.label("17", year=2018) == "民政、扶贫、救灾"
    assert topic("民政、扶贫、救灾\\社团管理").concept.id == "17"


def test_language_tags_of_pages():
    assert [language_tag(tag) for tag in ("zh-CN", "zh_TW", "zh-HK", "en-GB", "fr")] == [
        "zh-Hans",
        "zh-Hant",
        "zh-Hant",
        "en",
        "zh-Hans",
    ]


def test_an_unknown_name_is_told_with_the_known_ones():
    with pytest.raises(ValueError, match="disclosure"):
        vocabulary("colour")


def test_an_unknown_value_is_shown_as_it_is():
    assert vocabulary("topic").label("health/dental", "en") == "health/dental"
