import gzip
import json

import pytest

from catalog.model.organisations import complete, issuers_from_title, level_of, region_chain, split_joint


@pytest.mark.parametrize(("name", "context", "full"), [
    ("市人民政府办公室", {"publisher": "鄂州市政府"}, "鄂州市人民政府办公室"),
    ("市人民政府办公室", {"region": "鄂州市"}, "鄂州市人民政府办公室"),
    ("市人民政府办公室", {"site": "鄂州市人民政府门户网站"}, "鄂州市人民政府办公室"),
    ("省政府办公厅", {"region": "四川省"}, "四川省人民政府办公厅"),
    ("县政府办公室", {"region": "清水县"}, "清水县人民政府办公室"),
    ("县政府办公室", {"publisher": "天水市清水县人民政府"}, "清水县人民政府办公室"),
    ("区政府", {"region": "广州市天河区"}, "广州市天河区人民政府"),
    ("自治区人民政府办公厅", {"region": "宁夏回族自治区"}, "宁夏回族自治区人民政府办公厅"),
    ("市场监督管理局", {"region": "鄂州市"}, "鄂州市市场监督管理局"),
    ("鄂州市政府", {}, "鄂州市人民政府"),
    ("市政府办", {"region": "云江市"}, "云江市人民政府办公室"),
    ("市人民政府辦公室", {"region": "黃岡市"}, "黃岡市人民政府辦公室"),
])  # fmt: skip
def test_names_are_completed(name, context, full):
    assert complete(name, context=context) == full


@pytest.mark.parametrize(("name", "context"), [
    ("国务院办公厅", {"region": "鄂州市"}), ("财政部", {"region": "鄂州市"}), ("省政府办公厅", {"region": "鄂州市"}), ("市人民政府办公室", {}),
    ("鄂州市政府采购中心", {}), ("香港特别行政区政府", {}),
])  # fmt: skip
def test_what_the_context_does_not_tell_stays_as_printed(name, context):
    assert complete(name, context=context) == name


@pytest.mark.parametrize(("name", "bodies"), [
    ("国务院、中央军委", ["国务院", "中央军委"]),
    ("广东省人民政府办公厅 广东省财政厅", ["广东省人民政府办公厅", "广东省财政厅"]),
    ("国家发展改革委,财政部，公安部", ["国家发展改革委", "财政部", "公安部"]),
    ("河南省人民政府中国气象局", ["河南省人民政府", "中国气象局"]),
    ("财政部（会计、税务）、司法部", ["财政部（会计、税务）", "司法部"]),
    ("国务院 办公厅", ["国务院办公厅"]),
    ("国家发展改革委", ["国家发展改革委"]),
])  # fmt: skip
def test_joint_issuers_are_split_between_bodies_only(name, bodies):
    assert split_joint(name) == bodies


@pytest.mark.parametrize(("title", "bodies"), [
    ("国务院办公厅关于开展治理工作的通知", ["国务院办公厅"]),
    ("国务院、中央军委关于同意的批复", ["国务院", "中央军委"]),
    ("广东省人民政府办公厅 广东省财政厅关于印发办法的通知", ["广东省人民政府办公厅", "广东省财政厅"]),
    ("国务院办公厅转发民政部关于清理整顿社会团体意见的通知", ["国务院办公厅"]),
    ("对外贸易经济合作部关于进口的通知", ["对外贸易经济合作部"]),
    ("行政院大陸委員會令：修正「辦法」", ["行政院大陸委員會"]),
    ("关于印发方案的通知", []), ("转发省财政厅关于决算的通知", []), ("2020年云江市政务公开工作实施方案", []), ("云江市供水条例", []),
])  # fmt: skip
def test_issuers_in_titles(title, bodies):
    assert issuers_from_title(title) == bodies


@pytest.mark.parametrize(("name", "level"), [
    ("国务院办公厅", "national"), ("财政部", "national"), ("广东省人民政府", "provincial"), ("北京市人民政府", "provincial"), ("省政府办公厅", "provincial"),
    ("湖北省鄂州市人民政府", "municipal"), ("清水县人民政府", "county"), ("广州市天河区人民政府", "county"), ("云江市白沙镇人民政府", "township"), ("某某公司", None),
])  # fmt: skip
def test_levels(name, level):
    assert level_of(name) == level


def test_region_chain():
    assert region_chain("湖北省鄂州市政府") == ("湖北省", "鄂州市")
    assert region_chain("国家市场监督管理总局") == ()


def test_real_titles_name_believable_issuers(shared_data):
    with gzip.open(shared_data / "policy/records.jsonl.gz") as lines:
        titles = [json.loads(line).get("title", "") for line in lines]
    found = [bodies for title in titles if (bodies := issuers_from_title(title))]
    assert len(found) / len(titles) > 0.8
    expected = ("国务院", "办公厅", "人民政府", "军委")
    assert sum(bodies[0].endswith(expected) for bodies in found) / len(found) > 0.99


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("雲港市政府", "雲港市政府"),
        ("屏東縣政府", "屏東縣政府"),
        ("新竹市政府", "新竹市政府"),
        ("云江市政府", "云江市人民政府"),
        ("黃岡市人民政府辦公室", "黃岡市人民政府辦公室"),
    ],
)
def test_governments_of_taiwan_are_called_as_they_are_printed(name: str, whole: str) -> None:
    assert complete(name) == whole


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("云江市住房和城乡建设局", "municipal"),
        ("石桥县城乡规划局", "county"),
        ("云江市城镇管理局", "municipal"),
        ("古城镇人民政府", "township"),
        ("石桥县新城乡人民政府", "township"),
    ],
)
def test_towns_and_country_in_a_bodys_name_are_no_township(name: str, level: str) -> None:
    assert level_of(name) == level
