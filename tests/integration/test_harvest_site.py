"""Harvesting web sites that are served for real: paging, loops, redirects, attachments, gazettes, datasets, bad pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.actions.context import Catalogue
from catalog.errors import InvalidInput
from tests.integration.harvest_parts import add_source, codes, make_catalogue, nonzero, records, run, titles
from tests.integration.harvest_server import Site, serving

pytestmark = pytest.mark.network


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        running.pages["/robots.txt"] = "User-agent: *\nDisallow: /private/\n"
        yield running


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path)
    yield made
    made.store.close()


def page(title: str, *more: str) -> str:
    return (
        f"<html><head><title>x</title></head><body><h1>{title}</h1><p>云江市的正文。</p>{''.join(more)}</body></html>"
    )


def listing(*entries: tuple[str, str], after: str = "") -> str:
    lines = "".join(
        f'<li><a href="{href}">{title}</a><span>2021-03-0{n}</span></li>' for n, (href, title) in enumerate(entries, 1)
    )
    return f'<html><body><div class="nav"><a href="/about.html">关于我们的网站</a></div><ul class="list">{lines}</ul>{after}</body></html>'


def config(site: Site, start: str = "/index.html", **more) -> dict:
    return {"start": site.url(start), "items": "ul.list li", "allow_hosts": [site.host], "rate": 10_000, **more}


def test_next_links_are_followed_to_the_end(site: Site, catalogue: Catalogue) -> None:
    site.pages["/index.html"] = listing(
        ("a/1.html", "关于甲的通知"), ("a/2.html", "关于乙的通知"), after='<a href="index_2.html">下一页</a>'
    )
    site.pages["/index_2.html"] = listing(
        ("a/3.html", "关于丙的通知"), after='<a href="index.html">上一页</a><span>下一页</span>'
    )
    for number, title in enumerate(("关于甲的通知", "关于乙的通知", "关于丙的通知"), 1):
        site.pages[f"/a/{number}.html"] = page(title)
    source = add_source(catalogue, "site", config(site, publisher="云江市人民政府", level="municipal"))
    assert nonzero(run(catalogue, source)) == {"listed": 3, "created": 3}
    found = records(catalogue)
    assert sorted(found) == ["关于丙的通知", "关于乙的通知", "关于甲的通知"]
    first = found["关于甲的通知"]
    assert first["metadata"]["date_published"] == "2021-03-01"
    assert first["readings"]["date_published"] == {"raw": "2021-03-01", "where": "list", "confidence": 0.6}
    assert (first["metadata"]["publisher"], first["metadata"]["level"], first["metadata"]["url"]) == (
        "云江市人民政府",
        "municipal",
        site.url("/a/1.html"),
    )
    assert catalogue.search.caught_up == 1
    asked = len(site.log)
    assert nonzero(run(catalogue, source)) == {"listed": 3, "unchanged": 3}
    assert len(site.log) - asked == 6  # robots.txt, two list pages, three documents, nothing else


def test_pages_by_script_constants(site: Site, catalogue: Catalogue) -> None:
    for at, name in enumerate(("index.html", "index_1.html", "index_2.html")):
        script = f'<script>createPageHTML(3, {at}, "index", "html");</script>'
        site.pages[f"/zwgk/{name}"] = listing((f"t{at}.html", f"第{at}号通知文件"), after=script)
        site.pages[f"/zwgk/t{at}.html"] = page(f"第{at}号通知文件")
    source = add_source(catalogue, "site", config(site, "/zwgk/index.html"))
    assert nonzero(run(catalogue, source)) == {"listed": 3, "created": 3}


def test_pages_by_pattern_end_where_there_are_none(site: Site, catalogue: Catalogue) -> None:
    site.pages["/index.html"] = listing(("1.html", "关于甲的通知"))
    site.pages["/list?p=2"] = listing(("2.html", "关于乙的通知"))
    site.pages["/1.html"], site.pages["/2.html"] = page("关于甲的通知"), page("关于乙的通知")
    source = add_source(catalogue, "site", config(site, pages="/list?p={page}"))
    report = run(catalogue, source)
    assert (nonzero(report), report["message"]) == ({"listed": 2, "created": 2}, "")


def test_lists_and_next_pages_of_unknown_make_are_found(site: Site, catalogue: Catalogue) -> None:
    site.pages["/index.html"] = (
        '<div class="menu"><a href="/x.html">政府信息公开指南</a></div><table><tr><td><a href="1.html" title="云江市人民政府关于甲的通知">'
        '云江市人民政府关于…</a></td><td>2021-03-01</td></tr><tr><td><a href="2.html">云江市人民政府关于乙的通知</a></td><td>2021年3月2日</td></tr>'
        '</table><div><a href="p2.html">下一页 &gt;</a></div><div class="footer"><a href="/y.html">关于我们的版权声明</a></div>'
    )
    site.pages["/p2.html"] = (
        '<table><tr><td><a href="3.html">云江市人民政府关于丙的通知</a></td><td>2021-03-03</td></tr></table>'
    )
    for number, name in enumerate("甲乙丙", 1):
        site.pages[f"/{number}.html"] = page(f"云江市人民政府关于{name}的通知")
    settings = config(site)
    del settings["items"]
    source = add_source(catalogue, "site", settings)
    assert nonzero(run(catalogue, source)) == {"listed": 3, "created": 3}
    found = records(catalogue)
    assert found["云江市人民政府关于甲的通知"]["metadata"]["date_published"] == "2021-03-01"
    assert found["云江市人民政府关于乙的通知"]["metadata"]["date_published"] == "2021-03-02"


def test_a_list_that_goes_in_a_circle_ends_and_is_told(site: Site, catalogue: Catalogue) -> None:
    site.pages["/index.html"] = listing(("1.html", "关于甲的通知"), after='<a href="index_2.html">下一页</a>')
    site.pages["/index_2.html"] = listing(("2.html", "关于乙的通知"), after='<a href="index.html">下一页</a>')
    site.pages["/1.html"], site.pages["/2.html"] = page("关于甲的通知"), page("关于乙的通知")
    report = run(catalogue, add_source(catalogue, "site", config(site)))
    assert nonzero(report) == {"listed": 3, "created": 2, "quarantined": 1}
    (trouble,) = report["troubles"]
    assert trouble["ref"] == site.url("/index_2.html")
    assert "circle" in trouble["message"]
    with catalogue.files.open(trouble["sha256_raw"]) as kept:
        assert "关于乙的通知" in kept.read().decode()
    assert "not complete" in report["message"]


def test_a_list_that_shows_the_same_entries_under_new_addresses_ends(site: Site, catalogue: Catalogue) -> None:
    def endless(handler) -> None:
        number = int(handler.path.rpartition("=")[2] or 1)
        body = listing(("1.html", "关于甲的通知"), after=f'<a href="/l?p={number + 1}">下一页</a>').encode()
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(body)

    site.pages.update({f"/l?p={number}": endless for number in range(1, 9)})
    site.pages["/1.html"] = page("关于甲的通知")
    report = run(catalogue, add_source(catalogue, "site", config(site, "/l?p=1")))
    assert nonzero(report) == {"listed": 2, "created": 1, "quarantined": 1}
    assert site.asked("/l?p=3") == 0


@pytest.mark.parametrize("sign", ['<a href="index.html">尾页</a>', "<span>第1页/共1页</span>"])
def test_a_last_page_that_leads_to_itself_is_no_circle(site: Site, catalogue: Catalogue, sign: str) -> None:
    site.pages["/index.html"] = listing(("1.html", "关于甲的通知"), after=f'<a href="index.html">下一页</a>{sign}')
    site.pages["/1.html"] = page("关于甲的通知")
    assert nonzero(run(catalogue, add_source(catalogue, "site", config(site)))) == {"listed": 1, "created": 1}


def test_every_bad_page_ends_with_its_reason_and_the_run_goes_on(site: Site, catalogue: Catalogue) -> None:
    def cut(handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"<h1>half of a page")

    with serving() as other:
        bad = {
            "empty.html": b"",
            "untitled.html": "<html><body><p>没有标题的正文。</p></body></html>",
            "huge.html": (200, {}, b"x" * 2_000_000),
            "zip.pdf": (200, {"Content-Type": "application/pdf"}, b"PK\x05\x06" + b"\0" * 18),
            "crash.html": page("CRASH"),
            "hostile.html": page("REFUSE"),
            "away.html": (302, {"Location": other.url("/x")}, b""),
            "inner.html": (302, {"Location": "http://10.0.0.7/"}, b""),
            "cut.html": cut,
            "lost.html": (404, {}, b"gone"),
            "broken.html": (500, {}, b"sorry"),
            "private/a.html": page("内部"),
        }
        entries = [(f"/{name}", "") for name in bad]
        site.pages.update({f"/{name}": answer for name, answer in bad.items()})
        site.pages["/good.html"] = page("关于甲的通知")
        site.pages["/index.html"] = listing(*entries, ("/good.html", "关于甲的通知"))
        source = add_source(catalogue, "site", config(site, hosts=["10.0.0.7"]))
        report = run(catalogue, source)
        assert other.log == []
    assert nonzero(report) == {"listed": 13, "created": 1, "skipped": 1, "failed": 2, "quarantined": 9}
    assert codes(report) == {
        "empty.html": "empty",
        "untitled.html": "required",
        "huge.html": "too_large",
        "zip.pdf": "wrong_media_type",
        "crash.html": "crashed",
        "hostile.html": "hostile_markup",
        "away.html": "other_host",
        "inner.html": "private_address",
        "cut.html": "cut_off",
        "lost.html": "source_failed",
        "broken.html": "source_failed",
        "a.html": "robots",
    }
    kept = {trouble["ref"].rsplit("/", 1)[-1]: trouble["sha256_raw"] for trouble in report["troubles"]}
    for name in ("untitled.html", "zip.pdf", "crash.html", "hostile.html", "cut.html"):
        assert catalogue.files.exists(kept[name]), name
    with catalogue.files.open(kept["cut.html"]) as half:
        assert half.read() == b"<h1>half of a page"
    assert titles(catalogue) == ["关于甲的通知"]
    site.pages["/lost.html"] = page("关于乙的通知")
    assert nonzero(run(catalogue, source))["created"] == 1


def test_a_list_page_that_fails_in_the_middle_is_told(site: Site, catalogue: Catalogue) -> None:
    site.pages["/index.html"] = listing(("1.html", "关于甲的通知"), after='<a href="index_2.html">下一页</a>')
    site.pages["/index_2.html"] = (500, {}, b"")
    site.pages["/1.html"] = page("关于甲的通知")
    report = run(catalogue, add_source(catalogue, "site", config(site)))
    assert nonzero(report) == {"listed": 2, "created": 1, "quarantined": 1}
    assert report["state"] == "finished"


def test_a_site_that_does_not_answer_fails_the_run(site: Site, catalogue: Catalogue) -> None:
    site.pages["/index.html"] = (500, {}, b"")
    report = run(catalogue, add_source(catalogue, "site", config(site)))
    assert report["state"] == "failed"
    assert "500" in report["message"]


def test_attachments_are_fetched_checked_and_kept(site: Site, catalogue: Catalogue) -> None:
    links = "".join(
        f'<a href="{name}">{title}</a>'
        for name, title in (
            ("1.pdf", "分工表"),
            ("2.pdf", "假的"),
            ("3.pdf", "没有"),
            ("http://far.example/4.pdf", "远处"),
        )
    )
    site.pages["/index.html"] = listing(("/d/1.html", "关于甲的通知"))
    site.pages["/d/1.html"] = page("关于甲的通知", links)
    site.pages["/d/1.pdf"] = (200, {"Content-Type": "application/pdf"}, b"%PDF-1.4 table")
    site.pages["/d/2.pdf"] = (200, {"Content-Type": "application/pdf"}, "<html>出错了</html>".encode())
    source = add_source(catalogue, "site", config(site))
    assert nonzero(run(catalogue, source)) == {"listed": 1, "created": 1}
    record = records(catalogue)["关于甲的通知"]
    attachments = {one["title"]: one for one in record["metadata"]["attachments"]}
    assert {title: one["content_present"] for title, one in attachments.items()} == {
        "分工表": True,
        "假的": False,
        "没有": False,
        "远处": False,
    }
    assert attachments["分工表"]["bytes"] == 14
    assert attachments["分工表"]["format"] == "PDF"
    assert "missing_attachment" in record["metadata"]["quality_flags"]
    with catalogue.store.read() as reader:
        files = {file.role: file for file in reader.files([record["id"]])[record["id"]]}
        (job,) = reader.jobs(source.id)
        (item,) = reader.objects(job.id)
    assert files["attachment"].name == "分工表.pdf"
    assert files["attachment"].sha256 == attachments["分工表"]["sha256"]
    with catalogue.files.open(files["attachment"].sha256) as file:
        assert file.read() == b"%PDF-1.4 table"
    with catalogue.files.open(files["original"].sha256) as file:
        assert "关于甲的通知" in file.read().decode()
    assert {problem.code for problem in item.problems if problem.field == "attachments"} == {
        "wrong_media_type",
        "source_failed",
        "other_host",
    }


def test_a_document_whose_attachment_failed_is_read_again(site: Site, catalogue: Catalogue) -> None:
    site.pages["/index.html"] = listing(("/1.html", "关于甲的通知"))
    site.pages["/1.html"] = page("关于甲的通知", '<a href="1.pdf">表</a>')
    source = add_source(catalogue, "site", config(site))
    run(catalogue, source)
    site.pages["/1.pdf"] = b"%PDF-1.4"
    assert nonzero(run(catalogue, source)) == {"listed": 1, "updated": 1}
    assert records(catalogue)["关于甲的通知"]["metadata"]["attachments"][0]["content_present"] is True
    assert nonzero(run(catalogue, source)) == {"listed": 1, "unchanged": 1}
    assert site.asked("/1.pdf") == 2


def test_a_gazette_lists_issues_and_their_articles(site: Site, catalogue: Catalogue) -> None:
    site.pages["/gb/index.html"] = listing(("/gb/1.html", "云江市人民政府公报2021年第1期（总第55期）"))
    site.pages["/gb/1.html"] = page(
        "云江市人民政府公报",
        "<table><tr><th>刊名</th><td>云江市人民政府公报</td><th>出版日期</th><td>2021年2月1日</td></tr></table>",
        '<div class="mulu"><li><a href="1/a.html">关于甲的通知</a></li><li><a href="1/b.html">关于乙的意见</a></li></div>',
    )
    site.pages["/gb/1/a.html"] = page(
        "关于甲的通知", "<table><tr><th>栏目</th><td>市政府文件</td><th>页码</th><td>3-5</td></tr></table>"
    )
    site.pages["/gb/1/b.html"] = page("关于乙的意见")
    source = add_source(
        catalogue,
        "site",
        config(site, "/gb/index.html", articles={"items": ".mulu li"}, publisher="云江市人民政府办公室"),
    )
    assert nonzero(run(catalogue, source)) == {"listed": 3, "created": 3}
    assert site.asked("/gb/1.html") == 1
    found = records(catalogue)
    issue = found["云江市人民政府公报"]
    assert issue["type"] == "gazette_issue"
    assert {name: issue["metadata"][name] for name in ("gazette", "date_published", "article_count")} == {
        "gazette": "云江市人民政府公报",
        "date_published": "2021-02-01",
        "article_count": 2,
    }
    article = found["关于甲的通知"]
    assert article["type"] == "gazette_article"
    assert article["metadata"]["text_authority"] == "gazette_standard"
    assert {name: article["metadata"][name] for name in ("issue", "order", "section", "page_from", "page_to")} == {
        "issue": "云江市人民政府公报2021年第1期（总第55期）",
        "order": 1,
        "section": "市政府文件",
        "page_from": 3,
        "page_to": 5,
    }
    with catalogue.store.read() as reader:
        (relation,) = reader.relations(article["id"])
    assert (relation.type, relation.target_id) == ("published_in", issue["id"])


def test_a_data_portal_gives_datasets_with_resources(site: Site, catalogue: Catalogue) -> None:
    site.pages["/data/list.html"] = listing(("/data/1.html", "公共厕所名录"))
    rows = "".join(
        f"<tr><th>{label}</th><td>{value}</td></tr>"
        for label, value in (
            ("数据集编号", "YJ-001"),
            ("数据提供方", "云江市城市管理局"),
            ("开放属性", "1"),
            ("更新周期", "每季度"),
            ("关键字", "厕所，环卫"),
            ("数据领域", "城建环境"),
        )
    )
    columns = (
        "<tr><th>数据项名称</th><th>数据类型</th><th>描述</th></tr><tr><td>名称</td><td>字符</td><td>厕所名称</td></tr>"
    )
    site.pages["/data/1.html"] = page(
        "公共厕所名录", f"<table>{rows}</table><table>{columns}</table>", '<a href="toilets.csv">下载CSV</a>'
    )
    site.pages["/data/toilets.csv"] = (200, {"Content-Type": "text/csv"}, "名称\n一号\n".encode())
    source = add_source(
        catalogue, "site", config(site, "/data/list.html", type="dataset", values={"open_type": {"1": "有条件开放"}})
    )
    assert nonzero(run(catalogue, source)) == {"listed": 1, "created": 1}
    record = records(catalogue)["公共厕所名录"]
    fields = record["metadata"]
    assert record["type"] == "dataset"
    assert (fields["identifier"], fields["publisher"], fields["open_type"], fields["update_frequency"]) == (
        "YJ-001",
        "云江市城市管理局",
        "conditional",
        "quarterly",
    )
    assert (fields["keywords"], fields["theme"], fields["open_type_raw"]) == (["厕所", "环卫"], ["城建环境"], "1")
    assert fields["fields"] == [{"name": "名称", "type": "字符", "description": "厕所名称"}]
    (resource,) = fields["resources"]
    assert (resource["title"], resource["format"], resource["content_present"], resource["bytes"]) == (
        "下载CSV",
        "CSV",
        True,
        14,
    )
    with catalogue.store.read() as reader:
        roles = {file.role for file in reader.files([record["id"]])[record["id"]]}
    assert roles == {"original", "resource"}


def test_columns_have_their_own_types_and_share_the_rest(site: Site, catalogue: Catalogue) -> None:
    for name, title in (("gz", "云江市公园条例实施办法"), ("jd", "《办法》解读")):
        site.pages[f"/{name}/"] = listing((f"/{name}/1.html", title))
        site.pages[f"/{name}/1.html"] = page(title, '<span class="no">云政令第5号</span>')
    shared = config(site)
    del shared["start"]
    columns = [
        {"start": site.url("/gz/"), "type": "regulation", "fields": {"order_number": "span.no"}},
        {"start": site.url("/jd/"), "type": "interpretation"},
    ]
    run(catalogue, add_source(catalogue, "site", {**shared, "columns": columns}))
    found = records(catalogue)
    assert {title: record["type"] for title, record in found.items()} == {
        "云江市公园条例实施办法": "regulation",
        "《办法》解读": "interpretation",
    }
    assert found["云江市公园条例实施办法"]["metadata"]["order_number"] == "云政令第5号"


def test_a_document_that_two_columns_list_is_one(site: Site, catalogue: Catalogue) -> None:
    site.pages["/a/"] = listing(("/1.html", "关于甲的通知"))
    site.pages["/b/"] = listing(("/1.html", "关于甲的通知"))
    site.pages["/1.html"] = page("关于甲的通知")
    shared = config(site)
    shared["start"] = [site.url("/a/"), site.url("/b/")]
    assert nonzero(run(catalogue, add_source(catalogue, "site", shared))) == {"listed": 1, "created": 1}
    assert site.asked("/1.html") == 1


def test_the_same_document_at_two_sources_is_one_record_with_two_places(site: Site, catalogue: Catalogue) -> None:
    site.pages["/index.html"] = listing(("/1.html", "关于甲的通知"))
    site.pages["/1.html"] = page("关于甲的通知")
    run(catalogue, add_source(catalogue, "site", config(site), name="first"))
    run(catalogue, add_source(catalogue, "site", config(site), name="second"))
    (record,) = records(catalogue).values()
    with catalogue.store.read() as reader:
        assert len(reader.provenances([record["id"]])[record["id"]]) == 2


def test_old_pages_in_chinese_charsets_are_listed(site: Site, catalogue: Catalogue) -> None:
    site.pages["/index.html"] = (
        200,
        {"Content-Type": "text/html"},
        listing(("1.html", "关于甲的通知")).encode("gb18030"),
    )
    site.pages["/1.html"] = (200, {"Content-Type": "text/html; charset=gb2312"}, page("关于囧的通知").encode("gb18030"))
    source = add_source(catalogue, "site", config(site, encoding="gb18030"))
    run(catalogue, source)
    assert titles(catalogue) == ["关于囧的通知"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"strat": "http://x.example/"}, "strat"),
        ({}, "start"),
        ({"start": "ftp://x.example/"}, "start"),
        ({"start": "http://x.example/", "items": "li["}, "items"),
        ({"start": "http://x.example/", "detail": "("}, "detail"),
        ({"start": "http://x.example/", "pages": "index_2.html"}, "{page}"),
        ({"start": "http://x.example/", "type": "regulations"}, "regulations"),
        ({"start": "http://x.example/", "type": "regulation", "fields": {"order_numbr": "b"}}, "order_number"),
        ({"columns": [{"items": "li"}]}, "columns.0.start"),
        ({"start": "http://x.example/", "missing": "delete"}, "missing"),
    ],
)
def test_a_half_configured_site_fails_at_once_with_the_name(catalogue: Catalogue, wrong: dict, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        catalogue.harvest.check("site", wrong)


def test_a_private_host_is_reached_only_when_an_operator_names_it(site: Site, tmp_path: Path) -> None:
    site.pages["/index.html"] = listing(("1.html", "关于甲的通知"))
    site.pages["/1.html"] = page("关于甲的通知")
    asked = config(site)
    del asked["allow_hosts"]
    closed = make_catalogue(tmp_path / "closed")
    report = run(closed, add_source(closed, "site", asked))
    assert (report["state"], site.log) == ("failed", [])
    assert f"allows {site.host} by name" in report["message"]
    opened = make_catalogue(tmp_path / "opened", ALLOW_HOSTS=[site.host])
    assert nonzero(run(opened, add_source(opened, "site", asked))) == {"listed": 1, "created": 1}
    closed.store.close()
    opened.store.close()


def test_a_kind_that_nobody_offers_is_told(catalogue: Catalogue) -> None:
    with pytest.raises(InvalidInput, match="did you mean site"):
        catalogue.harvest.check("sites", {})
