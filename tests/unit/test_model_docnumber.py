import pytest

from catalog.model.docnumber import (
    find_all,
    key_of,
    looks_like,
    own_number,
    own_numbers,
    parse,
    parse_joint,
    search_key,
)
from tests.measures.files import rows
from tests.measures.numbers import gazette, policy

CANONICAL = [
    ("云府〔2023〕67号", "云府〔2023〕67号"),
    ("豫政办 〔2017〕85号", "豫政办〔2017〕85号"),
    ("晋政发[2013]35号", "晋政发〔2013〕35号"),
    ("晋政办发(2017〕109号", "晋政办发〔2017〕109号"),
    ("\u200b粤府【２０２３】067號\u200d", "粤府〔2023〕67号"),
    ("发文字号：粤府〔2023〕67号", "粤府〔2023〕67号"),
    ("国办发明电〔2018〕15号", "国办发明电〔2018〕15号"),
    ("国发〔2015〕第12号文", "国发〔2015〕12号"),
    ("省政府令 第219号", "省政府令第219号"),
    ("国令第707号", "国令第707号"),
    ("上海市人民政府令(2019年)第21號", "上海市人民政府令〔2019〕21号"),
    ("中华人民共和国国务院令 （第743号）", "中华人民共和国国务院令第743号"),
    ("北京市人民政府第12号令", "北京市人民政府令第12号"),
    ("中华人民共和国主席令第三十一号", "中华人民共和国主席令第31号"),
    ("国家税务总局公告2019年第44号", "国家税务总局公告2019年第44号"),
    ("财政部 税务总局公告2019年第13号", "财政部税务总局公告2019年第13号"),
    ("国家发展改革委2017年第9号", "国家发展改革委2017年第9号"),
    ("豫政 第24号", "豫政第24号"),
    ("(94)聽字第0940002522號", "(94)聽字第0940002522號"),
    ("台高（二）字第0930170973B號", "台高（二）字第0930170973B號"),
    ("南主秘字第0930036253之1號", "南主秘字第0930036253之1號"),
    ("（82）伸信字第 0499 號令", "(82)伸信字第0499號"),
]


@pytest.mark.parametrize(("raw", "canonical"), CANONICAL)
def test_canonical_form(raw, canonical):
    number = parse(raw)
    assert number is not None
    assert number.canonical == canonical
    assert number.raw == raw


@pytest.mark.parametrize("raw", [
    "晋政发〔2014〕号16", "晋政办发〔2012〕18", "渝府发〔2000〕48号〔〕", "发文字号：", "", "陸秘字第0000000000號", "字號待補", "文資字第   號",
    "20201029-154517-206", "011217651/2015-20245", "附件第2号", "国办函〔2006〕69–82号", "〔202130号", "国发〔0215〕3号", "云" * 200 + "〔2020〕1号",
])  # fmt: skip
def test_what_is_damaged_or_no_number_is_not_read(raw):
    assert parse(raw) is None


@pytest.mark.parametrize(("raw", "code", "year", "serial", "kind"), [
    ("云府办〔2020〕12号", "云府办", 2020, "12", "general"),
    ("国函〔2006〕38号", "国函", 2006, "38", "letter"),
    ("国发明电〔2018〕3号", "国发明电", 2018, "3", "telegram"),
    ("沪府规〔2020〕1号", "沪府规", 2020, "1", "normative"),
    ("云政任〔2020〕3号", "云政任", 2020, "3", "appointment"),
    ("国令第707号", "国令", None, "707", "order"),
    ("财政部公告2015年第3号", "财政部公告", 2015, "3", "announcement"),
    ("〔94〕财税字第089号", "财税字", 1994, "089", "general"),
    ("（82）伸信字第 0499 號令", "伸信字", 1993, "0499", "general"),
    ("陸人字第0930022638號", "陸人字", 2004, "0930022638", "general"),
])  # fmt: skip
def test_parts(raw, code, year, serial, kind):
    number = parse(raw)
    assert (number.code, number.year, number.serial, number.kind) == (code, year, serial, kind)


SPELLINGS = ["国办发〔2015〕22号", "国办发[2015]22号", "国办发（２０１５）２２号", "国办发【2015】 22 号", "国办发2015 22", "國辦發〔2015〕22號",
             "国办发〔2015〕第22号", "国 办 发 2015 22", "国办发2015年22号"]  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_all_spellings_share_one_key(spelling):
    assert search_key(spelling) == search_key("国办发〔2015〕22号") is not None


@pytest.mark.parametrize(("one", "other"), [
    ("国令第707号", "中华人民共和国国务院令第七百零七号"),
    ("国家发展改革委2017年第9号", "国家发展改革委公告2017年第9号"),
    ("台高（二）字第0930170973B號", "台高(二)字第0930170973b号"),
    ("（82）伸信字第0499號", "(82) 伸信字第499號"),
])  # fmt: skip
def test_other_names_of_one_number_share_its_key(one, other):
    assert search_key(one) == search_key(other) is not None


@pytest.mark.parametrize(("one", "other"), [
    ("国办发〔2015〕22号", "国办发〔2015〕23号"), ("国办发〔2015〕22号", "国办函〔2015〕22号"), ("(82)伸信字第0499號", "(83)伸信字第0499號"),
])  # fmt: skip
def test_different_numbers_have_different_keys(one, other):
    assert search_key(one) != search_key(other)


@pytest.mark.parametrize("query", ["大气污染防治 2015 10", "2015 22", "北京路24号", "政府信息公开", "国发2015", ""])
def test_words_do_not_look_like_a_number(query):
    assert looks_like(query) is None


def test_the_key_of_a_parsed_number_is_that_of_its_text():
    assert key_of(parse("国办发〔2015〕22号")) == search_key("国办发2015 22")


EDGES = [
    ("按照粤办函〔2015〕248号要求", "粤办函〔2015〕248号"),
    ("见《关于公开的意见》（国办发〔2016〕80号）和国发〔2016〕55号", "国办发〔2016〕80号", "国发〔2016〕55号"),
    ("国务院办公厅国办发〔2015〕22号文件", "国办发〔2015〕22号"),
    ("关于废止云府〔2000〕27号云府办〔2005〕110号文件的决定", "云府〔2000〕27号", "云府办〔2005〕110号"),
    ("2008年1月31日中华人民共和国国务院令第517号公布", "中华人民共和国国务院令第517号"),
    ("1994年8月17日市人民政府第17号令发布", "市人民政府第17号令"),
    ("国务院、中央军事委员会令第288号公布", "国务院、中央军事委员会令第288号"),
    ("十日国家教育委员会令第10号、卫生部令第1号发布", "国家教育委员会令第10号", "卫生部令第1号"),
    ("据中华人民共和国财政部公告2015年第3号", "中华人民共和国财政部公告2015年第3号"),
    ("共和国财政部公告2015年第3号", "财政部公告2015年第3号"),
    ("据国家卫生健康委2019年第7号", "国家卫生健康委2019年第7号"),
    ("和政发〔2015〕3号", "和政发〔2015〕3号"),
    ("行政院客家委員會客會企字第09300026031號令", "客會企字第09300026031號"),
    ("司法院（九二）院台訴字第09232號令", "（九二）院台訴字第09232號"),
    ("關於全國人大四次會議第2996號建議", ),
    ("附件第2号，2015年第3号", ),
]  # fmt: skip


@pytest.mark.parametrize("case", EDGES, ids=lambda case: case[0])
def test_numbers_in_running_text_begin_where_they_begin(case):
    text, *numbers = case
    found = find_all(text)
    assert [one.number.raw for one in found] == numbers
    assert [text[one.start : one.end] for one in found] == numbers


def test_the_documents_own_number_stands_alone_on_its_line():
    lines = [
        "云江市人民政府办公室文件",
        "根据国办发〔2015〕22号精神",
        "按照粤办函〔2015〕248号",
        "（云政办发〔2020〕12号）",
        "各县人民政府：",
    ]
    assert own_number(lines).canonical == "云政办发〔2020〕12号"


def test_a_document_without_its_own_number_has_none():
    assert own_number(["关于开展检查的通知", "按照粤办函〔2015〕248号", "各单位："]) is None


def test_a_joint_act_has_several_numbers():
    assert [n.canonical for n in own_numbers(["云财〔2020〕1号", "云税〔2020〕2号"])] == [
        "云财〔2020〕1号",
        "云税〔2020〕2号",
    ]
    assert len(parse_joint("經調字第09300093080號;台財關字第09300123450號；農際字第09300567890號")) == 3
    assert parse_joint("經調字第09300093080號;字號待補") == []


def test_real_policy_numbers_are_read(shared_data):
    found = policy(shared_data)
    assert found.printed > 13_000
    assert found.unread == []


def test_real_gazette_numbers_are_read(shared_data):
    found = gazette(shared_data)
    assert found.printed > 40_000
    assert len(found.unread) / found.printed < 0.001, found.unread[:20]


def test_real_numbers_in_six_spellings_share_a_key(shared_data):
    raws = [row.get("doc_number_raw") or "" for row in rows(shared_data / "policy" / "records.jsonl.gz")]
    numbers = [number for raw in raws if (number := parse(raw)) and number.year]
    for number in numbers[::60]:
        code, year, serial = number.code, number.year, number.serial
        spellings = [f"{code}[{year}]{serial}号", f"{code}（{year}）{serial}號", f"{code} 〔{year}〕 {serial} 号", f"{code}{year} {serial}",
                     f"{code}〔{year}〕第{serial}号", f"{code}【{year}】{serial}号".translate({48 + i: 0xFF10 + i for i in range(10)})]  # fmt: skip
        assert {search_key(spelling) for spelling in spellings} == {search_key(number.raw)}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("（2012年云江市人民政府令第18号）", "云江市人民政府令第18号"),
        ("1998年2月5日云江省人民政府令第97号公布", "云江省人民政府令第97号"),
        ("1999年云政发〔1999〕12号", "云政发〔1999〕12号"),
        ("依據教育部110年3月30日臺教學（五）字第1100041234號函", "臺教學（五）字第1100041234號"),
    ],
)
def test_the_end_of_a_date_is_no_beginning_of_a_number(text: str, number: str) -> None:
    assert [found.number.raw for found in find_all(text)] == [number]
