"""A catalogue with two gazette issues from files, and two of their documents as a web site prints them."""

from __future__ import annotations

from pathlib import Path

from catalog.actions import Actor, Catalogue, call
from catalog.app import create_catalogue
from catalog.settings import read_settings
from tests.gazette_samples import ARTICLES, issue_text

OPERATOR = Actor("test", "operator")
WEB = """云江市户外广告管理办法
云政发〔2021〕3号
各县（区）人民政府：
第一条　户外广告应当经过批准。
第四条　申请应当在三十日内答复。
云江市人民政府
2021年2月1日
"""
PARK = (
    ARTICLES[0]
    .replace(
        "云江市人民政府关于印发\n云江市城市公园管理办法的通知", "云江市人民政府关于印发云江市城市公园管理办法的通知"
    )
    .replace("市园林局负责", "市住建局负责")
)


def build(root: Path) -> Catalogue:
    """Make it below `root`; close its store after use."""
    (root / "issues").mkdir()
    (root / "issues" / "2021-03.txt").write_text(issue_text(), "utf-8")
    big = "".join(
        f"云江市人民政府关于植树第{number}号工程的通知\n云政发〔2020〕{number}号\n各县（区）人民政府：\n请植树{number}棵。\n"
        for number in range(1, 231)
    )
    (root / "issues" / "2020-12.txt").write_text("云江市人民政府公报\n2020年第12期\n" + big, "utf-8")
    (root / "web").mkdir()
    (root / "web" / "ads.txt").write_text(WEB, "utf-8")
    (root / "web" / "park.txt").write_text(PARK, "utf-8")
    made = create_catalogue(read_settings(DATA_DIR=str(root / "var")))
    sources = [
        {
            "name": "web",
            "kind": "folder",
            "title": "Web",
            "config": {"paths": [str(root / "web")], "publisher": "云江市人民政府"},
        },
        {
            "name": "gazette",
            "kind": "gazette",
            "title": "Gazette",
            "config": {"paths": [str(root / "issues")], "publisher": "云江市人民政府办公室"},
        },
    ]
    for source in sources:
        call(made, OPERATOR, "source.add", source)
        report = call(made, OPERATOR, "source.run", {"name": source["name"]})
        assert report["state"] == "finished", report
        assert report["counters"]["created"] == report["counters"]["listed"], report
    return made
