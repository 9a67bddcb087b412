import pytest

from catalog.model.numerals import whole
from catalog.model.statute import article, heading, references


@pytest.mark.parametrize(("line", "anchor", "rest"), [
    ("第三十三条 为了", "art-33", "为了"), ("第三十三条之一　本办法", "art-33-1", "本办法"), ("第 9-1 條", "art-9-1", ""), ("第33条　各级", "art-33", "各级"),
    ("　　第二十条　（一）本条", "art-20", "（一）本条"), ("第一百零二条公民应当", "art-102", "公民应当"),
])  # fmt: skip
def test_articles(line, anchor, rest):
    found = article(line)
    assert found.anchor == anchor
    assert line[found.end :] == rest


@pytest.mark.parametrize(
    "line", ["第三条规定的行为", "第三条第二款", "第三条的规定", "依照第三条办理", "第三条、第四条", "本办法"]
)
def test_a_mention_opens_no_article(line):
    assert article(line) is None


@pytest.mark.parametrize(("line", "unit", "number", "title", "level"), [
    ("第一章 总 则", "章", 1, "总 则", 2), ("第 一 章 總綱", "章", 1, "總綱", 2), ("第二编", "编", 2, "", 1), ("第一节 一般规定", "节", 1, "一般规定", 3),
])  # fmt: skip
def test_headings(line, unit, number, title, level):
    found = heading(line)
    assert (found.unit, found.number, found.title, found.level) == (unit, number, title, level)


def test_a_sentence_is_no_heading():
    assert heading("第三章的规定。") is None


def test_references_come_once_and_in_order():
    assert references("违反第十条第二款、第九条之一的，依照第十条处罚") == ["art-10", "art-9-1"]


@pytest.mark.parametrize(("text", "number"), [("二○一一", 2011), ("二OO八", 2008), ("十", 10), ("廿八", 28), ("三百二十一", 321), ("一千零五", 1005), ("15", 15),
                                            ("十二百", None), ("", None), ("之一", None)])  # fmt: skip
def test_numerals(text, number):
    assert whole(text) == number
