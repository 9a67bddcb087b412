import pytest

from catalog.model.titles import kind_of, short_title, transmitted


@pytest.mark.parametrize(("title", "kind"), [
    ("云江市人民政府关于加强供水管理的通知", "notice"), ("云江市城市供水管理办法（试行）", "measures"), ("云江市供水条例(2019年修订)", "regulations"),
    ("国务院关于同意设立的批复", "reply"), ("某某实施细则", "implementing_rules"), ("中华人民共和国公司法", "law"), ("云江市人民政府令", "order"), ("今日天气", None),
])  # fmt: skip
def test_kinds(title, kind):
    assert kind_of(title) == kind


@pytest.mark.parametrize(("title", "inner"), [
    ("云江市人民政府办公室关于印发《2015年公开工作要点》的通知", "2015年公开工作要点"),
    ("国务院办公厅关于印发2015年政府信息公开工作要点的通知", "2015年政府信息公开工作要点"),
    ("财政部关于印发《关于进一步加强管理的意见》的通知", "关于进一步加强管理的意见"),
    ("云江市人民政府关于加强供水管理的通知", None),
])  # fmt: skip
def test_transmitted_documents(title, inner):
    assert transmitted(title) == inner


@pytest.mark.parametrize(("title", "short"), [
    ("中华人民共和国政府信息公开条例", "政府信息公开条例"), ("云江市城市供水管理办法（2019年修订）", "云江市城市供水管理办法"), ("《供水条例》实施细则", "《供水条例》实施细则"),
    ("通知", "通知"), ("关于印发《甲办法》的通知", "甲办法"),
])  # fmt: skip
def test_short_titles(title, short):
    assert short_title(title) == short
