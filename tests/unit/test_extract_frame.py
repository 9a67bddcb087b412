"""What surrounds a text: boilerplate, repeats, noise; and the frame as a whole."""

from __future__ import annotations

import pytest

from catalog.extract import boilerplate, noise
from catalog.extract.frame import take_frame_off
from catalog.extract.lines import Line
from catalog.extract.repeats import cleaner, find_repeat, fold_repeats

PROSE = "为进一步规范全市农村公路养护管理工作，明确各级责任，提高养护质量，现就有关事项通知如下，请认真贯彻执行。"
OTHER = "各县（区）人民政府是本行政区域内农村公路养护的责任主体，要把养护资金列入本级财政预算，并建立增长机制。"
THIRD = "市交通运输局要会同有关部门每半年组织一次检查，检查结果向社会公布，接受群众监督，对落实不力的予以通报。"


def lines(*texts: str) -> list[Line]:
    return [Line(text) for text in texts]


def kept(*texts: str) -> list[str]:
    cut = boilerplate.find(lines(*texts))
    return [text for place, text in enumerate(texts) if place not in cut.dropped]


@pytest.mark.parametrize(
    "tail",
    [
        ["扫一扫在手机打开当前页"],
        ["责任编辑: 刘洋"],
        ["【字体：大 中 小】", "打印", "关闭窗口"],
        ["主办单位：云江市人民政府办公室", "云ICP备05000001号", "手机版 电脑版"],
        ["相關詞條", "熱門詞條", "聯絡我們"],
        ["上一篇：关于召开会议的通知", "下一篇：没有了"],
        ["分享到：", "微信", "微博"],
        ["【打印此页】 【关闭窗口】"],
        ["版权所有：云江市人民政府", "技术支持：云江市大数据中心"],
    ],
)
def test_furniture_at_the_end_goes(tail: list[str]):
    assert kept("标题的一行", PROSE, "云江市人民政府", "2020年1月2日", *tail) == [
        "标题的一行",
        PROSE,
        "云江市人民政府",
        "2020年1月2日",
    ]


def test_furniture_at_the_head_goes():
    assert kept("当前位置：首页 > 政务公开", "首页>>政策文件", "打印 字号：大 中 小", "云江市公告", PROSE) == [
        "云江市公告",
        PROSE,
    ]


@pytest.mark.parametrize(
    "content",
    [
        "我的分享到这里，谢谢大家。",
        "分享到了改革发展的成果，各族群众的获得感、幸福感、安全感不断增强，社会和谐稳定。",
        "责任编辑制度、版权所有登记制度等做法值得推广，各单位要相互学习。",
        "扫一扫政务服务二维码即可查看办事指南，足不出户就能办理六十项便民服务事项。",
        "网站无障碍建设要纳入年度考核。",
    ],
)
def test_the_same_words_in_a_sentence_stay(content: str):
    assert content in kept(PROSE, content, OTHER)


def test_what_the_document_says_behind_a_marker_stays():
    assert kept(PROSE, "责任编辑：王晓", "（此件公开发布）", "抄送：市委办公室。")[-2:] == [
        "（此件公开发布）",
        "抄送：市委办公室。",
    ]


def test_a_page_is_never_emptied():
    cut = boilerplate.find(lines("扫一扫在手机打开当前页", "分享到：微信", "主办单位：云江市人民政府办公室"))
    assert cut.only_boilerplate
    assert not cut.dropped
    assert "boilerplate_only" in take_frame_off(lines("扫一扫在手机打开当前页")).flags
    assert take_frame_off([]).flags == []


def test_a_page_printed_twice_is_kept_once():
    page = lines("云江市人民政府关于加强养护的通知", PROSE, OTHER, THIRD, "云江市人民政府", "2020年1月2日")
    folded, found = fold_repeats([*page, *page])
    assert found
    assert folded == page
    assert fold_repeats(page) == (page, False)


def test_a_copy_that_lacks_a_line_and_one_that_repeats_only_the_end():
    page = lines(
        "云江市人民政府关于加强养护的通知", "【字体", PROSE, OTHER, THIRD, OTHER[::-1], THIRD[::-1], "一、要点"
    )
    assert fold_repeats([*page, page[0], *page[2:]]) == (page, True)
    assert fold_repeats([*page, *page[2:]]) == (page, True)


def test_of_two_copies_the_cleaner_line_is_kept():
    noisy = THIRD.replace("半年", "半鞏朽鞏棵年")
    more = [PROSE[::-1], OTHER[::-1]]
    folded, _ = fold_repeats(lines("标题一行文字在此", PROSE, OTHER, noisy, *more, PROSE, OTHER, THIRD, *more))
    assert [line.text for line in folded] == ["标题一行文字在此", PROSE, OTHER, THIRD, *more]
    assert cleaner(Line(THIRD[:-8], "list_item"), Line(THIRD)) == Line(THIRD, "list_item")


def test_lists_of_like_lines_are_no_repeat():
    form = [f"{number}.申请人姓名、住址、联系方式" for number in range(30)] + [
        "联系人：　　电话：",
        "联系人：　　电话：",
    ] * 5
    assert find_repeat(lines(*form)) is None


def test_noise_is_flagged_when_several_runs_stand_in_running_text():
    texts = [
        PROSE.replace("全市", "全乃鑽鑽迎市"),
        OTHER.replace("资金", "资霸夜駝金"),
        THIRD.replace("检查", "检鞏朽鞏棵查", 1),
    ]
    assert noise.flags(texts) == ["injected_noise"]
    assert noise.flags([PROSE, OTHER, THIRD]) == []


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("國辦(ban)公廳印發", "injected_noise"),
        ("印發(fā)通知", "injected_noise"),
        ("请各校??认真落实", "damaged_text"),
        ("请各\ufffd认真落实", "damaged_text"),
        ("云江教发〔202130号", "damaged_number"),
    ],
)
def test_damage_is_flagged(text: str, flag: str):
    assert noise.flags([text]) == [flag]


@pytest.mark.parametrize(
    "text", ["每人每月补助(元)", "是否同意?", "组长:韩某(副市长)", "云江教发〔2021〕30号", "（一）总则"]
)
def test_ordinary_text_is_not_damaged(text: str):
    assert noise.flags([text]) == []


def test_terms_that_a_converter_put_in_are_flagged():
    assert noise.flags(["清理規範性檔案，通過入口網站公布。"]) == ["converted_terms"]
    assert noise.flags(["依檔案法及本會資料庫規定。"]) == []


def test_the_frame_keeps_the_order_and_hands_on_the_header():
    framed = take_frame_off(
        lines("• 索引号：1/2020-1", "• 发文机关：云江市教育局", "2020-01-02 来源：市教育局", "标题一行", PROSE)
    )
    assert [line.text for line in framed.lines] == ["标题一行", PROSE]
    assert [pair.label.field for pair in framed.pairs] == ["index_number", "issuing_body", "source_text"]
    assert framed.loose == ["2020-01-02"]
