"""The 沿革 of statutes of the Republic of China: entries broken over lines, several acts in one, days of effect."""

from __future__ import annotations

import pytest

from catalog.extract.history_roc import put_history, read_roc_history
from catalog.extract.roc_clauses import articles_of, third_day, until_of
from catalog.model.draft import Draft


def one(text: str, title: str = ""):
    (step, *_) = read_roc_history("1." + text, title=title).steps
    return step


def told(text: str, title: str = "") -> list[tuple[str | None, tuple[str, ...]]]:
    return [(step.date, step.kinds) for step in read_roc_history(text, title=title).steps]


BROKEN = (
    "1.中華民國九十二年五月十五日雲江部雲經字第 0920026367 號令訂定\r\n  發布全文 20 條；並自九十二年三月一日施行\r\n"
    "2.中華民國九十四年四月二十二日雲江部雲經字第 0940084079 號令發 \r\n  布廢止"
)


def test_entries_are_put_together_and_the_day_of_effect_is_an_event_of_its_own():
    assert told(BROKEN) == [
        ("2003-05-15", ("enacted", "published")),
        ("2003-03-01", ("effective",)),
        ("2005-04-22", ("repealed",)),
    ]
    history = read_roc_history(BROKEN)
    assert history.steps[0].orders == ("雲經字第0920026367號",)
    assert history.steps[0].bodies == ("雲江部",)
    assert history.steps[2].by is not None
    assert (history.steps[2].by.type, history.steps[2].by.number) == ("repeals", "雲經字第0940084079號")
    assert history.unread == []


def test_what_an_amendment_changed_and_from_when():
    step = read_roc_history(
        "1.中華民國五十年一月一日總統令制定公布全文 20 條\r\n"
        "2.中華民國九十年一月四日總統（90）華總一義字第 9000007510 號令修正公布第 3、5～7、11-1 條條文；刪除第 9 條條文；並自九十年七月一日施行"
    ).steps[1]
    assert step.kinds == ("amended", "published")
    assert step.articles == ("art-3", "art-5", "art-6", "art-7", "art-11-1", "art-9")
    assert (step.date, step.effective) == ("2001-01-04", "2001-07-01")
    assert step.bodies == ("總統",)
    assert step.orders == ("（90）華總一義字第9000007510號",)


def test_a_statute_in_force_from_its_publication_takes_effect_on_the_third_day():
    assert third_day("2020-02-28") == "2020-03-01"
    assert third_day("1969-01-01") == "1969-01-01"  # before the rule
    assert told("1.中華民國一百零九年二月二十八日雲江部雲字第 1 號令訂定發布全文 3 條；並自發布日施行")[1] == (
        "2020-03-01",
        ("effective",),
    )


def test_joint_orders():
    step = one(
        "中華民國九十九年四月一日內政部內社字第 0990717575 號令、行政院衛生署衛署照字第 0990006662 號令會銜修正發布第 4 條條文"
    )
    assert step.bodies == ("內政部", "行政院衛生署")
    assert step.orders == ("內社字第0990717575號", "衛署照字第0990006662號")


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("中華民國八十年十月九日雲江部令發布廢止", ("repealed",)),
        ("中華民國九十五年十月五日雲江館館字第 3 號函發布自即日起停止適用", ("repealed",)),
        ("中華民國九十八年九月三十日施行期間屆滿，當然廢止", ("repealed",)),
        ("中華民國八十一年一月十五日雲江部雲字第 1 號令合併「甲規則」及「乙規則」修正為「丙規則」", ("repealed",)),
        (
            "中華民國八十一年一月十五日雲江部雲字第 1 號令修正發布第 3 條條文；另第 4 條規定於八十二年一月一日失其效力",
            ("amended", "published"),
        ),
        ("中華民國九十年一月四日雲江部雲字第 1 號令修正發布第 2 條補充圖例，原圖例停止適用", ("amended", "published")),
        ("中華民國九十年一月四日總統令制定公布全文 3 條；施行期間屆滿，得經立法院同意延長之", ("enacted", "published")),
        ("中華民國九十年一月四日立法院決議施行期限延長至九十二年二月四日", ("prolonged",)),
        ("中華民國一百零五年六月三十日雲江院雲字第 9 號令廢止原定自同年七月四日施行之發布", ("order_withdrawn",)),
        ("中華民國一百十二年三月二十一日交通部交路字第 1125000645 號函勘誤第 2 條條文之附表", ("corrected",)),
        (
            "中華民國一百零一年二月三日行政院院臺規字第 1 號公告第 5 條所列屬「甲處」之權責事項，自一百零一年二月六日起改由「乙處」管轄",
            ("competence_moved",),
        ),
        ("中華民國四十九年三月一日國民大會第三次會議決議沿用本規程", ("confirmed",)),
        ("中華民國六十四年四月四日司法院（64）院台參字第 290 號函准予備查", ("filed",)),
        ("中華民國三十七年六月二十四日施行", ("effective",)),
        ("中華民國一百十年五月十八日雲江院雲字第 4 號令發布定自一百十年八月一日施行", ("effective",)),
        ("中華民國三十六年七月訂定發布", ("enacted", "published")),
        ("民國二十年五月五日施行", ("effective",)),
    ],
)
def test_what_happened(line, kinds):
    assert one(line).kinds == kinds


def test_its_own_name_holds_no_verb():
    title = "雲江館籌備處暫行組織規程施行要點"
    assert one(f"中華民國九十三年二月二十四日立法院決議廢止{title}", title).kinds == ("repealed",)


def test_a_statute_that_is_made_again_after_its_repeal():
    text = (
        "1.中華民國八十五年六月十九日雲江部令訂定發布全文 14 條\r\n2.中華民國八十八年八月二十五日雲江部雲字第 1 號令發布廢止\r\n"
        "1.中華民國八十八年八月二十五日雲江部雲字第 1 號令訂定發布全文 15 條；並自發布日起施行"
    )
    assert [kinds for _, kinds in told(text)] == [
        ("enacted", "published"),
        ("repealed",),
        ("enacted", "published"),
        ("effective",),
    ]


def test_a_day_that_an_order_sets_belongs_to_the_making_or_to_the_last_change():
    text = (
        "1.中華民國九十年一月四日總統令制定公布全文 9 條；施行日期，由雲江院定之\r\n  中華民國九十年三月一日雲江院雲字第 2 號令發布定自九十年四月一日施行\r\n"
        "2.中華民國九十五年一月四日總統令修正公布第 2 條條文；施行日期，由雲江院定之\r\n  中華民國九十五年三月一日雲江院雲字第 3 號令發布定自九十五年四月一日施行"
    )
    assert [(day, kinds) for day, kinds in told(text) if "effective" in kinds[0]] == [
        ("2001-04-01", ("effective",)),
        ("2006-04-01", ("partly_effective",)),
    ]


def test_articles_with_a_day_of_their_own():
    steps = read_roc_history(
        "1.中華民國一百零九年八月十二日總統華總一義字第 10900091091 號令制定公布全文 113 條；除第 17～18 條自公布日施行，第 5 條自一百十五年一月一日施行外，其餘條文自一百十二年一月一日施行"
    ).steps
    assert [(step.date, step.kinds, step.articles) for step in steps[1:]] == [
        ("2023-01-01", ("effective",), ()),
        ("2020-08-14", ("partly_effective",), ("art-17", "art-18")),
        ("2026-01-01", ("partly_effective",), ("art-5",)),
    ]


def test_a_term():
    assert until_of("制定公布全文10條；並自公布日施行，施行至九十八年九月三十日止") == "2009-09-30"
    assert until_of("本條施行期限至一百零一年十二月三十一日止") is None


def test_long_lists_are_bounded():
    assert articles_of("修正第 1～99999 條條文") == ("art-1",)
    assert len(articles_of("修正第 " + "、".join(map(str, range(1, 9000))) + " 條條文")) <= 2000


def test_what_says_nothing_is_named_and_kept():
    text = "1.\r\n2.中華民國七十六年七月十四日總統令\r\n3.中華民國七十七年一月一日雲江部令修正發布"
    history = read_roc_history(text)
    assert history.unread == ["1.", "中華民國七十六年七月十四日總統令"]
    draft = Draft("regulation")
    put_history(draft, text, title="雲江規則")
    assert draft.flags == ("unknown_history",)
    assert [problem.code for problem in draft.problems] == ["unknown_history", "unknown_history"]
    assert "七十六年七月十四日" in draft.problems[1].message


def test_the_fields_of_the_making():
    draft = Draft("regulation")
    put_history(
        draft,
        BROKEN + "\r\n3.中華民國九十五年四月二十二日雲江部令修正發布名稱（原名稱：雲江舊規則；新名稱：雲江規則）",
        title="雲江規則",
    )
    assert draft.fields["date_promulgated"] == "2003-05-15"
    assert draft.fields["date_effective"] == "2003-03-01"
    assert draft.fields["issuing_body"] == ["雲江部"]
    assert draft.fields["order_number"] == "雲經字第0920026367號"
    assert draft.fields["alt_titles"] == ["雲江舊規則"]
    assert set(draft.fields) == set(draft.readings)


def test_hostile_lines_cost_no_time():
    for text in (
        "1.中華民國" + "九" * 50_000,
        "（" * 50_000,
        "第" * 50_000,
        "1.中華民國九十年一月一日" + "字第1號、" * 20_000,
    ):
        read_roc_history(text)
