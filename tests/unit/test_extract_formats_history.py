"""The lines that tell a statute's history (DOMAIN, case 10: broken over lines, glued together, verbs lost)."""

from __future__ import annotations

import pytest

from catalog.extract.history import is_dated, name_unread, read_history
from catalog.model.draft import Draft


def told(*lines: str) -> list[tuple[str | None, tuple[str, ...]]]:
    return [(step.date, step.kinds) for step in read_history(lines).steps]


def test_an_order_that_publishes():
    (step,) = read_history(["1999年5月23日 中华人民共和国国务院令第265号发布　"]).steps
    assert (step.date, step.kinds, step.bodies) == ("1999-05-23", ("published",), ("国务院",))
    assert step.orders == ("中华人民共和国国务院令第265号",)
    assert step.raw == "1999年5月23日 中华人民共和国国务院令第265号发布"
    assert step.by is None


def test_a_decision_that_amends_is_cited_with_its_number():
    (step,) = read_history(
        ["2020年7月20日 公安部令第159号《公安部关于修改〈公安机关办理刑事案件程序规定〉的决定》修正）"]
    ).steps
    assert step.by is not None
    assert (step.by.type, step.by.number, step.by.title) == (
        "amends",
        "公安部令第159号",
        "公安部关于修改〈公安机关办理刑事案件程序规定〉的决定",
    )
    assert step.raw.endswith("修正")


def test_a_decision_without_outer_marks():
    line = "1999年7月12日 云江市第十一届人民代表大会常务委员会第十一次会议关于修改《云江市实施〈中华人民共和国教师法〉办法》的决定第一次修正"
    (step,) = read_history([line]).steps
    assert step.by is not None
    assert step.by.title == "关于修改《云江市实施〈中华人民共和国教师法〉办法》的决定"


def test_a_title_broken_over_lines_at_the_enumeration_comma():
    lines = [
        "1989年11月18日 云江市人民代表大会常务委员会《关于修改〈本市区、县及乡",
        "镇代表选举细则〉的决定》第一次修正",
    ]
    (step,) = read_history(lines).steps
    assert step.by is not None
    assert step.by.title == "关于修改〈本市区、县及乡、镇代表选举细则〉的决定"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "2011年4月12日 云江市人大常委会修订根据2016年4月21日《决定》第五次修正",
            [("2011-04-12", ("amended",)), ("2016-04-21", ("amended",))],
        ),
        (
            "1999年3月10日 海关总署发布 自1999年4月1日施行",
            [("1999-03-10", ("published",)), ("1999-04-01", ("effective",))],
        ),
        (
            "2003年4月18日 甲会议通过的《乙修正案》修正  2017年1月20日丙会议修订",
            [("2003-04-18", ("amended",)), ("2017-01-20", ("amended",))],
        ),
        ("1991年4月22日 国家工商行政管理局令第6号发布  自发布之日施行", [("1991-04-22", ("published", "effective"))]),
        (
            "2010年7月21日 国务院第120次常务会议、2010年3月29日中央军事委员会常务会议修订",
            [("2010-07-21", ("amended",))],
        ),
        ("2012年12月13日 公安部令第127号修订发布。根据", [("2012-12-13", ("amended", "published"))]),
        ("1986年2月6日 国务院批准修订", [("1986-02-06", ("amended",))]),
        ("2017年11月22日 中华人民共和国国务院令第692号", [("2017-11-22", ("published",))]),
        ("1985年12月30日", [("1985-12-30", ())]),
        ("２０１２年１２月１９日 公安部令第１２５号发布，", [("2012-12-19", ("published",))]),
        ("一九九四年十二月六日 劳动部发布", [("1994-12-06", ("published",))]),
        ("2020年5月1日 《云江市临时办法》废止", [("2020-05-01", ("repealed",))]),
        ("2020年5月1日 云江市人民政府《关于废止〈甲〉的决定》公布", [("2020-05-01", ("published",))]),
    ],
)
def test_what_happened_and_when(line, expected):
    assert told(line) == expected


@pytest.mark.parametrize(
    ("line", "bodies"),
    [
        ("2022年11月25日 云江市第十五届人民代表大会常务委员会第四十五次会议通过", ("云江市人民代表大会常务委员会",)),
        ("1991年12月21日 云江市第九届人大常委会第三十一次会议通过", ("云江市人民代表大会常务委员会",)),
        ("2006年11月17日 云江市人民政府第56次常务会议审议通过", ("云江市人民政府",)),
        ("2021年11月16日 国家互联网信息办公室2021年第20次室务会议审议通过", ("国家互联网信息办公室",)),
        ("2012年12月3日 公安部部长办公会议通过", ("公安部",)),
        ("2007年12月5日 国务院第198次常务会议通过", ("国务院",)),
        ("2017年9月27日 中华人民共和国国务院、中华人民共和国中央军事委员会令第689号公布", ("国务院", "中央军事委员会")),
        ("1990年6月4日 国家教育委员会令第10号、卫生部令第1号发布", ("国家教育委员会", "卫生部")),
        ("2003年8月18日 食品药品监管局、海关总署第4号令公布", ("食品药品监管局", "海关总署")),
        ("2016年2月6日 《国务院关于修改部分行政法规的决定》第一次修订", ()),
    ],
)
def test_who_acted(line, bodies):
    assert read_history([line]).steps[0].bodies == bodies


def test_the_sitting_that_passed_it():
    line = "2022年11月25日 云江市第十五届人民代表大会常务委员会第四十五次会议通过"
    assert read_history([line]).steps[0].sitting == "云江市第十五届人民代表大会常务委员会第四十五次会议"


def test_joint_signers_on_lines_of_their_own():
    history = read_history(
        [
            "1980年12月9日 国务院批准",
            "1980年12月27日 国家经济委员会",
            "国家科学技术委员会",
            "国家档案局发布",
            "发布之日施行",
        ]
    )
    assert [step.bodies for step in history.steps] == [
        ("国务院",),
        ("国家经济委员会", "国家科学技术委员会", "国家档案局"),
    ]
    assert history.steps[1].kinds == ("published", "effective")
    history = read_history(["1981年10月13日 国务院批准", "文化部", "海关总署发布"])
    assert [(step.date, step.kinds, step.bodies) for step in history.steps] == [
        ("1981-10-13", ("enacted",), ("国务院",)),
        ("1981-10-13", ("published",), ("文化部", "海关总署")),
    ]


def test_a_second_adoption_is_an_amendment():
    lines = [
        "1992年2月14日 云江市人民代表大会通过",
        "1997年4月16日 云江市人民代表大会通过",
        "2003年12月5日 云江市人民代表大会修订",
    ]
    assert told(*lines) == [("1992-02-14", ("enacted",)), ("1997-04-16", ("amended",)), ("2003-12-05", ("amended",))]


def test_a_covering_letter_is_handed_back_word_for_word():
    lines = [
        "劳部发〔1994〕489号",
        "各省、自治区劳动厅（局）：",
        "现印发给你们，请遵照执行。",
        "劳动部",
        "一九九四年十二月六日",
        "1995年1月1日 执行",
    ]
    history = read_history(lines)
    assert history.rest == lines[:4]
    assert [(step.date, step.kinds) for step in history.steps] == [("1994-12-06", ()), ("1995-01-01", ("effective",))]


def test_a_history_that_breaks_off_says_so():
    assert read_history(["2009年2月20日 国务院令第550号公布", "2016年2月6日 《国务院决定》第一次修订  根据"]).broken
    assert not read_history(["2010年12月23日 甲会议修订  根据", "2018年11月22日 乙会议《决定》修正"]).broken
    assert read_history([]).steps == []


def test_lines_that_are_dated():
    assert is_dated("2020年10月7日 国务院令第731号修订）")
    assert is_dated("（1999年5月23日 发布）")
    assert not is_dated("第一条 1999年5月23日")
    assert not is_dated("2020年工作要点")


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("2020年5月1日 云江市人民政府决定暂停施行", ("suspended",)),
        ("2021年5月1日 云江市人民政府决定恢复施行", ("revived",)),
        ("2022年3月1日 云江市人民政府公布继续有效", ("confirmed", "published")),
        ("2022年3月1日 云江市人民政府宣布失效", ("expired",)),
        ("2025年3月1日 云江市人民政府决定延长有效期", ("prolonged",)),
    ],
)
def test_what_happens_late_in_a_life(line, kinds):
    assert told(line)[0][1] == kinds


def test_a_line_without_a_verb_is_named():
    history = read_history(["1985年12月30日", "1986年2月6日 国务院批准修订"])
    assert history.unknown() == ["1985年12月30日"]
    draft = Draft("regulation")
    name_unread(draft, history)
    assert draft.flags == ("unknown_history",)
    assert "1985年12月30日" in draft.problems[0].message


def test_the_cause_and_the_articles_belong_to_the_change_and_the_bodies_to_all():
    (step,) = read_history(["2012年12月13日 公安部令第127号修订发布"]).steps
    events = read_history(["2012年12月13日 公安部令第127号修订发布"]).events()
    assert step.kinds == ("amended", "published")
    assert [event.by is not None for event in events] == [True, False]
    assert {event.bodies for event in events} == {("公安部",)}
