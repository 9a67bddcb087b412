import pytest

from catalog.model.script import fold, fold_signature, script_of, to_simplified, to_traditional


@pytest.mark.parametrize(("text", "folded"), [
    ("國務院辦公廳", "国务院办公厅"), ("ＡＢＣ２０１５", "abc2015"), ("答覆 明瞭 計畫", "答复 明了 计划"), ("〔2015〕[2015]【2015】（2015）", "(2015)(2015)(2015)(2015)"),
    ("二○一五", "二〇一五"), ("索\u00a0引\u3000号", "索 引 号"), ("第一行\n第二行", "第一行\n第二行"),
])  # fmt: skip
def test_fold(text, folded):
    assert fold(text) == folded


def test_drawing_and_planning_are_one_in_search():
    assert fold("動畫") == fold("动画")
    assert fold("計畫") == fold("计划")


@pytest.mark.parametrize(
    ("text", "script"), [("國務院辦公廳", "Hant"), ("国务院办公厅", "Hans"), ("ABC 2015", "Zyyy"), ("", "Zyyy")]
)
def test_script(text, script):
    assert script_of(text) == script


def test_terms_are_only_replaced_on_request():
    assert to_simplified("檔案法") == "档案法"
    assert to_simplified("規範性檔案", terms=True) == "规范性文件"
    assert to_traditional("国务院") == "國務院"


def test_the_signature_is_the_same_each_time():
    assert fold_signature() == fold_signature()
    assert len(fold_signature()) == 12
