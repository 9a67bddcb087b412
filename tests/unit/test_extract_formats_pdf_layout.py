"""PDF: the order of reading. Columns, furniture, vertical pages, turned pages, tables, hyphens; and the page that a line begins on."""

from __future__ import annotations

import pytest

from catalog.extract.formats.pdf import pdf_text
from catalog.extract.formats.pdf_layout import Page, Row, layout
from tests.extract_format_samples import Placed, pdf

LEFT = "为了规范公共数据开放和利用保障公民法人和其他组织依法获取政府信息提高工作透明度促进数字经济发展根据有关法律法规结合本市实际制定本规定凡本市行政区域内的数据开放活动适用本规定"
RIGHT = "市数据主管部门负责统筹协调指导监督全市公共数据开放工作各区人民政府应当加强对本行政区域内开放工作的领导各部门按照职责做好本部门数据的采集编目更新和安全管理并接受社会公众的监督"
THIRD = "公共数据开放分为无条件开放有条件开放和不予开放三类涉及国家秘密商业秘密个人隐私的数据不予开放其余数据应当按照目录及时开放并保证其完整准确更新的周期由提供数据的部门在目录中载明"


def column(text: str, left: float, top: float, *, width: int = 16, size: float = 12) -> list[Placed]:
    """A column of full lines, its last one short."""
    return [(left, top - 18 * at, size, text[at * width : (at + 1) * width]) for at in range(-(-len(text) // width))]


def texts(content: bytes) -> list[str]:
    return [line.text for line in pdf_text(content).lines]


@pytest.mark.parametrize("by_line", [True, False], ids=["drawn line by line", "drawn column by column"])
def test_two_columns_under_a_headline_are_read_one_after_the_other(by_line):
    left, right = column(LEFT, 72, 700), column(RIGHT, 310, 700)
    rows = [row for pair in zip(left, right, strict=False) for row in pair] if by_line else [*left, *right]
    headline = (150, 760, 20, "云江市公共数据开放若干规定")
    assert texts(pdf([[headline, *rows]])) == [headline[3], LEFT, RIGHT]


def test_three_columns():
    columns = [column(text, left, 700, width=11) for text, left in ((LEFT, 60), (RIGHT, 225), (THIRD, 390))]
    rows = [row for line in zip(*columns, strict=False) for row in line]
    assert "".join(texts(pdf([rows]))) == LEFT + RIGHT + THIRD


def test_a_headline_between_columns_parts_them():
    above = [row for pair in zip(column(LEFT, 72, 760), column(RIGHT, 310, 760), strict=False) for row in pair]
    below = [row for pair in zip(column(RIGHT, 72, 560), column(THIRD, 310, 560), strict=False) for row in pair]
    headline = (150, 610, 20, "第二章数据的目录和更新办法")
    assert "".join(texts(pdf([[*above, headline, *below]]))) == LEFT + RIGHT + headline[3] + RIGHT + THIRD


def test_a_table_of_short_cells_is_no_pair_of_columns():
    names = ["市财政局", "市教育局", "市卫生健康委员会", "市生态环境局", "市交通运输局", "市水利局"]
    rows = [
        row
        for at, name in enumerate(names)
        for row in ((72, 700 - 20 * at, 12, name), (310, 700 - 20 * at, 12, f"目录{at}项"))
    ]
    (line,) = pdf_text(pdf([rows])).lines
    assert (line.kind, line.text) == ("table", "\n".join(f"{name}\t目录{at}项" for at, name in enumerate(names)))


def test_ruled_lines_across_the_white_space_make_a_table():
    rows = [
        Row(text, left, left + 12 * len(text), 700 - 20 * at, 688 - 20 * at, 12, bold=False)
        for at in range(6)
        for text, left in ((LEFT[16 * at : 16 * at + 16], 72.0), (RIGHT[16 * at : 16 * at + 16], 310.0))
        if text
    ]
    rules = tuple((60.0, 520.0, 703.0 - 20 * at, 702.5 - 20 * at) for at in range(7))
    ruled = layout([Page(842, tuple(rows), 595, rules)])
    assert [line.kind for line in ruled] == ["table"]
    assert {line.kind for line in layout([Page(842, tuple(rows), 595)])} == {"paragraph"}


def test_an_empty_cell_keeps_its_place():
    rows = [
        (72, 700, 12, "序号"), (150, 700, 12, "公开事项"), (300, 700, 12, "责任单位"),
        (72, 680, 12, "1"), (300, 680, 12, "市财政局"),
        (72, 660, 12, "2"), (150, 660, 12, "规划"), (300, 660, 12, "市发改委"),
    ]  # fmt: skip
    (line,) = pdf_text(pdf([rows])).lines
    assert line.text == "序号\t公开事项\t责任单位\n1\t\t市财政局\n2\t规划\t市发改委"


def body(page: int) -> list[Placed]:
    return [(72, 720 - 24 * at, 14, (LEFT + RIGHT)[page + at : page + at + 32]) for at in range(20)]


@pytest.mark.parametrize(
    "foot", ["— {} —", "- {} -", "第{}页", "第 {} 页 共 6 页", "{}/6", "{}", "·{}·", "Page {} of 6", "共6页 第{}页"]
)
def test_page_numbers_are_not_text_but_places(foot):
    lines = pdf_text(pdf([[*body(page), (290, 40, 9, foot.format(page))] for page in range(1, 7)])).lines
    joined = "".join(line.text for line in lines)
    assert joined == "".join(row[3] for page in range(1, 7) for row in body(page))
    assert {line.page for line in lines} <= set(range(1, 7))


def test_running_heads_that_alternate_are_not_text():
    heads = {1: (72, 800, 9, "云江市人民政府公报"), 0: (400, 800, 9, "规范性文件")}
    pages = [[heads[page % 2], *body(page), (72 if page % 2 else 500, 40, 9, str(page))] for page in range(1, 8)]
    joined = "".join(texts(pdf(pages)))
    assert "公报" not in joined
    assert "规范性文件" not in joined


def test_a_heading_at_the_top_of_one_page_is_text():
    pages = [[*body(page)] for page in range(1, 6)]
    pages[2].insert(0, (72, 800, 14, "第三章　监督"))
    assert any("第三章" in text for text in texts(pdf(pages)))


def test_a_number_in_the_text_is_no_page_number():
    assert "2021" in texts(pdf([[(72, 700, 12, "年份"), (72, 500, 12, "2021"), (72, 300, 12, "说明")]]))


def test_every_line_tells_the_page_on_which_it_begins():
    first = [(72, 760, 14, "第一页的标题"), (100, 700, 14, LEFT[:30]), *[(72, 676, 14, LEFT[30:62])]]
    second = [(72, 760, 14, LEFT[62:70]), (100, 700, 14, "第二页的一段。")]
    lines = pdf_text(pdf([first, [], second])).lines
    assert [(line.page, line.text[:4]) for line in lines] == [(1, "第一页的"), (1, LEFT[:4]), (3, "第二页的")]


def test_words_parted_at_the_end_of_a_line_are_joined():
    rows = [
        (72, 700, 12, "Each department shall publish the infor-"),
        (72, 685, 12, "mation that it holds within thirty days."),
    ]
    assert texts(pdf([rows])) == ["Each department shall publish the information that it holds within thirty days."]


def test_lines_of_letters_that_end_unevenly_are_one_paragraph():
    rows = [
        (72, 700, 12, "The administrator shall publish information"),
        (72, 685, 12, "concerning rulemaking within thirty days of"),
        (72, 670, 12, "receipt, including documentation."),
        (72, 640, 12, "Another paragraph begins here."),
    ]
    assert texts(pdf([rows])) == [" ".join(row[3] for row in rows[:3]), rows[3][3]]


COLUMNS = [
    "行政院公報第三卷第五期",
    "令各省政府教育部呈請修正大學規程",
    "第七條條文應准照辦除令行外合行令",
    "仰該省政府知照並轉飭所屬一體遵照",
    "此令",
]


def test_vertical_columns_are_read_from_the_right():
    rows = [
        (500 - 30 * number, 760 - 20 * at, 16, char)
        for number, text in enumerate(COLUMNS)
        for at, char in enumerate(text)
    ]
    found = texts(pdf([rows]))
    assert found[0] == COLUMNS[0]
    assert "".join(found) == "".join(COLUMNS)


def test_vertical_columns_drawn_from_the_left_are_read_from_the_right():
    rows = [
        (500 - 30 * number, 760 - 20 * at, 16, char)
        for number, text in reversed(list(enumerate(COLUMNS)))
        for at, char in enumerate(text)
    ]
    assert "".join(texts(pdf([rows]))) == "".join(COLUMNS)


def test_a_heading_over_vertical_columns_comes_first():
    rows: list[Placed] = [(200, 800, 18, "行政院公報")]
    rows += [
        (500 - 30 * number, 740 - 20 * at, 16, char)
        for number, text in enumerate(COLUMNS)
        for at, char in enumerate(text)
    ]
    assert texts(pdf([rows]))[0] == "行政院公報"


@pytest.mark.parametrize(
    ("turn", "matrix"), [(90, b"0 1 -1 0 %g %g Tm"), (270, b"0 -1 1 0 %g %g Tm"), (180, b"-1 0 0 -1 %g %g Tm")]
)
def test_turned_pages_are_read_like_upright_ones(turn, matrix):
    rows = [(72, 500, 14, LEFT[:32]), (72, 476, 14, LEFT[32:64]), (72, 452, 14, "完。")]
    content = pdf([rows])
    for x, y, _, _ in rows:
        place = {90: (595 - y, x), 270: (y, 842 - x), 180: (595 - x, 842 - y)}[turn]
        content = content.replace(b"1 0 0 1 %g %g Tm" % (x, y), matrix % place)
    turned = content.replace(b"/MediaBox", b"/Rotate %d/MediaBox" % turn)
    assert texts(turned) == [LEFT[:64] + "完。"]
    assert texts(content) == [LEFT[:64] + "完。"]


def test_a_watermark_on_every_page_is_not_text():
    pages = [[*body(page), (200, 400, 40, "云江样本")] for page in range(1, 5)]
    content = pdf(pages).replace(b"1 0 0 1 200 400 Tm", b"0.7 0.7 -0.7 0.7 200 400 Tm")
    assert "云江样本" not in "".join(texts(content))


def test_text_across_the_page_that_stands_once_is_kept():
    content = pdf([[*body(1), (200, 400, 40, "作废")], body(2)]).replace(
        b"1 0 0 1 200 400 Tm", b"0.7 0.7 -0.7 0.7 200 400 Tm"
    )
    assert "作废" in texts(content)


def test_many_short_pieces_take_no_time():
    rows = tuple(
        Row("云江市公报", 10.0 * (at % 50), 10.0 * (at % 50) + 9, 800 - at % 700, 790 - at % 700, 9, bold=False)
        for at in range(20_000)
    )
    assert layout([Page(842, rows, 595)])


def test_a_centred_document_number_is_no_part_of_a_title_as_wide_as_the_line():
    body = [
        Row("为进一步规范云江市政府信息公开工作，制定本办法如下", 72, 520, 600 - 20 * at, 586 - 20 * at, 14, False)
        for at in range(9)
    ]
    title = Row("云江市人民政府关于进一步做好政府信息公开工作的若干意见", 72, 520, 680, 666, 14, True)
    number = Row("云政发〔2026〕3 号", 246, 346, 656, 642, 14, False)
    lines = layout([Page(842.0, (title, number, *body), 595.0)])
    assert [line.text for line in lines[:2]] == [title.text, number.text]


def test_a_running_head_goes_from_a_page_of_two_rows_too():
    head = Row("云江市人民政府公报", 250, 340, 800, 790, 10, False)
    full = [
        Row("为进一步规范云江市政府信息公开工作，制定本办法如下", 72, 520, 740 - 20 * at, 726 - 20 * at, 14, False)
        for at in range(20)
    ]
    short = [Row("云江市人民政府办公厅印发", 72, 300, 740, 726, 14, False)]
    lines = layout([Page(842.0, (head, *rows), 595.0) for rows in (full, full, full, short)])
    assert not any(head.text in line.text for line in lines)
    assert lines[-1].text.endswith(short[0].text)


def test_what_stands_within_the_text_is_kept_though_a_tall_row_beside_it_reaches_the_edge():
    rows = (
        Row("-", 100, 110, 173, 113, 60, False),
        Row("-", 50, 60, 144, 84 - 1, 60, False),
        Row("1", 80, 90, 147, 127, 20, False),
    )
    assert "1" in "".join(line.text for line in layout([Page(842.0, rows)]))
