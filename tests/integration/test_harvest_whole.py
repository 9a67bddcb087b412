"""From bytes to a search hit with everything real: extractors, store, index; bad input among the good."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.actions import ANONYMOUS, Actor, Catalogue, call
from catalog.app import create_catalogue
from catalog.settings import read_settings
from catalog.store.rows import Source
from tests.integration.harvest_server import Site, serving

pytestmark = pytest.mark.network
OPERATOR = Actor("test", "operator")


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = create_catalogue(read_settings(DATA_DIR=str(tmp_path / "var")))
    yield made
    made.store.close()


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        running.pages["/robots.txt"] = ""
        yield running


def document(title: str, number: str, *, charset: str = "utf-8", end: str = "</body></html>") -> str:
    return (
        f'<html><head><meta charset="{charset}"><title>{title}</title></head><body><h1>{title}</h1>'
        f"<table><tr><td>发文字号：</td><td>{number}</td><td>发布日期：</td><td>2021年3月1日</td></tr>"
        f"<tr><td>发文机关：</td><td>云江市人民政府</td><td>公开属性：</td><td>主动公开</td></tr></table>"
        f"<div class='content'><p>各县（区）人民政府，市政府各部门：</p><p>为做好老旧小区电梯加装工作，现将有关事项通知如下，请认真贯彻执行。</p>"
        f"<p align='right'>云江市人民政府</p><p align='right'>2021年2月26日</p></div>{end}"
    )


def test_good_and_bad_pages_end_as_they_must_and_are_found(site: Site, catalogue: Catalogue) -> None:
    bad = {
        "/empty.html": b"",
        "/untitled.html": "<html><body><p>正在维护。</p></body></html>",
        "/zip.pdf": (200, {"Content-Type": "application/pdf"}, b"PK\x05\x06" + b"\0" * 18),
    }
    good = {
        "/plain.html": document("云江市人民政府关于加装电梯的通知", "云政发〔2021〕1号"),
        "/broken.html": document(
            "云江市人民政府关于电梯安全的通知", "云政发〔2021〕2号", end="<p>尾巴<table><tr><td>"
        ).replace("</p>", ""),
        "/charset.html": (200, {}, document("云江市人民政府关于电梯维护的通知", "云政发〔2021〕3号").encode("gb18030")),
    }
    site.pages.update({**bad, **good})
    site.pages["/index.html"] = "<ul>" + "".join(f'<li><a href="{path}"></a></li>' for path in (*bad, *good)) + "</ul>"
    config = {"start": site.url("/index.html"), "items": "li", "allow_hosts": [site.host], "rate": 10_000}
    call(catalogue, OPERATOR, "source.add", {"name": "yunjiang", "kind": "site", "config": config})
    preview = call(catalogue, OPERATOR, "source.preview", {"name": "yunjiang"})
    report = call(catalogue, OPERATOR, "source.run", {"name": "yunjiang"})
    counters = {name: count for name, count in report["counters"].items() if count}
    assert counters == {"listed": 6, "created": 3, "quarantined": 3}
    assert {name: count for name, count in preview["counters"].items() if count} == counters
    found = call(catalogue, ANONYMOUS, "record.search", {"parameters": {"q": ["云政发[2021]3"]}})
    assert found["items"][0]["title"] == "云江市人民政府关于电梯维护的通知"
    assert call(catalogue, ANONYMOUS, "record.search", {"parameters": {"q": ["老旧小区电梯"]}})["total"] == 3
    checked = catalogue.search.check()
    assert (checked.records, checked.indexed, checked.missing, checked.stale, checked.extra) == (3, 3, 0, 0, 0)
    site.pages["/plain.html"] = document("云江市人民政府关于加装电梯的补充通知", "云政发〔2021〕1号")
    report = call(catalogue, OPERATOR, "source.run", {"name": "yunjiang"})
    assert (report["counters"]["updated"], report["counters"]["unchanged"]) == (1, 2)
    found = call(catalogue, ANONYMOUS, "record.search", {"parameters": {"q": ["加装电梯的补充通知"]}})
    assert found["items"][0]["title"] == "云江市人民政府关于加装电梯的补充通知"


def test_real_metadata_loads_with_the_map_that_we_ship(catalogue: Catalogue, shared_data: Path) -> None:
    maps = Path(__file__).resolve().parents[2] / "examples" / "maps"
    params = {"paths": [str(shared_data / "policy" / "records.jsonl.gz")], "map": str(maps / "policy.yaml")}
    report = call(catalogue, OPERATOR, "source.load", params)
    assert {name: count for name, count in report["counters"].items() if count} == {
        "listed": 14005,
        "created": 14002,
        "quarantined": 3,
    }
    assert {trouble["code"] for trouble in report["troubles"]} == {"required"}
    again = call(catalogue, OPERATOR, "source.load", params)
    assert {name: count for name, count in again["counters"].items() if count} == {
        "listed": 14005,
        "unchanged": 14002,
        "quarantined": 3,
    }


@pytest.mark.parametrize(
    ("file", "name", "count"),
    [
        ("laws/taiwan.jsonl.gz", "laws-taiwan", 2695),
        ("laws/mainland.jsonl.gz", "laws-mainland", 1132),
        ("gazettes/ey-issues.jsonl.gz", "ey-issues", 1651),
    ],
)
def test_real_records_are_read_without_a_loss(
    catalogue: Catalogue, shared_data: Path, file: str, name: str, count: int
) -> None:
    maps = Path(__file__).resolve().parents[2] / "examples" / "maps"
    config = catalogue.harvest.check("folder", {"paths": [str(shared_data / file)], "map": str(maps / f"{name}.yaml")})
    with catalogue.store.write(actor="test", reason="source") as work:
        work.add_source(Source("s", "real", "folder", "real", config))
    with catalogue.store.read() as reader:
        source = reader.source("real")
    preview = catalogue.harvest.preview(catalogue, source, limit=count + 1, progress=None)
    assert {state: number for state, number in preview["counters"].items() if number} == {
        "listed": count,
        "created": count,
    }
