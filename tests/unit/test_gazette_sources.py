"""A source of gazettes: the four forms in which issues come, each read to one issue and its articles."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from catalog.errors import Refused
from catalog.extract.gazette import markup, tables
from catalog.harvesters.gazette import GazetteConfig, GazetteHarvester
from catalog.harvesters.gazette_files import content_of, places
from catalog.model.issues import issue_key, issue_names
from tests.extract_format_samples import pdf
from tests.gazette_parts import Read, Session, read_all
from tests.gazette_samples import ARTICLES, GENERIC, REGISTER, issue_text

TITLE = "云江市人民政府公报2021年第3期"


def plain(blocks: object) -> str:
    return "".join("".join(block.text.split()) for block in blocks)  # type: ignore[attr-defined]


def one(found: list[Read], name: str) -> list[object]:
    return [item.metadata.get(name) if item.metadata else "refused" for item in found]


def test_a_long_text_becomes_an_issue_and_its_articles(tmp_path: Path) -> None:
    (tmp_path / "2021-03.txt").write_text(issue_text(), "utf-8")
    issue, *articles = read_all(paths=[str(tmp_path)], publisher="云江市人民政府办公室", level="municipal")
    assert issue.metadata is not None
    assert issue.metadata["title"] == TITLE
    assert [issue.metadata[name] for name in ("gazette", "year", "number_in_year", "running_number")] == [
        "云江市人民政府公报", 2021, "3", "87",
    ]  # fmt: skip
    assert issue.metadata["date_published"] == "2021-03-31"
    assert one(articles, "date_published") == ["2021-03-31"] * 5
    assert issue.metadata["articles"] == [item.reference.external_id for item in articles]
    assert (issue.metadata["article_count"], issue.metadata["coverage"]) == (5, "text")
    assert "编辑出版" in plain(issue.draft.blocks)
    assert one(articles, "issue") == [TITLE] * 5
    assert one(articles, "order") == [1, 2, 3, 4, 5]
    assert one(articles, "page_from") == [3, 6, 8, 10, 11]
    assert [number and number["canonical"] for number in one(articles, "doc_number")] == [
        "云政发〔2021〕5号", "云政发〔2021〕6号", "云政办发〔2021〕9号", None, None,
    ]  # fmt: skip
    assert one(articles, "issuing_body")[:4] == [["云江市人民政府"]] * 2 + [["云江市人民政府办公室"]] + [
        ["云江市人民政府"]
    ]
    assert one(articles, "date_written")[:2] == ["2021-03-02", "2021-03-08"]
    assert set(one(articles, "text_authority")) == {"gazette_standard"}
    for item in articles:
        link = item.draft.citations[0]
        assert (link.type, link.title) == ("published_in", TITLE)


def test_nothing_of_an_article_is_lost_on_the_way_to_its_blocks(tmp_path: Path) -> None:
    (tmp_path / "2021-03.txt").write_text(issue_text(), "utf-8")
    _, *articles = read_all(paths=[str(tmp_path)])
    for item, text in zip(articles, ARTICLES, strict=True):
        said = plain(item.draft.blocks) + "".join(str(value) for value in item.draft.fields.values())
        for line in text.splitlines():
            assert "".join(line.split()) in said or line in (
                "2021年3月2日",
                "2021年3月8日",
                "2021年3月15日",
                "2021年3月20日",
                "2021年3月25日",
            ), line


def test_a_correction_says_what_it_corrects(tmp_path: Path) -> None:
    (tmp_path / "2021-03.txt").write_text(issue_text(), "utf-8")
    correction = read_all(paths=[str(tmp_path)])[-1]
    assert correction.metadata is not None
    assert correction.metadata["article_class"] == "更正"
    found = [citation for citation in correction.draft.citations if citation.type == "corrects"]
    assert [citation.number for citation in found] == ["云政发〔2021〕3号"]


def test_a_boundary_that_is_not_sure_is_flagged(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("云江市人民政府公报2021年第5期\n" + "".join(ARTICLES[:4]), "utf-8")
    flags = [item.draft.flags for item in read_all(paths=[str(tmp_path)])]
    assert ["uncertain_boundary" in one for one in flags] == [False, False, False, False, True]


def test_xml_of_a_known_gazette_is_read_by_its_profile(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "2021-03-01.xml.gz", "wt", encoding="utf-8") as file:
        file.write(REGISTER)
    issue, first, second = read_all(paths=[str(tmp_path)])
    assert issue.metadata is not None
    assert first.metadata is not None
    assert second.metadata is not None
    assert issue.metadata["title"] == "Federal Register, Volume 9, Number 12, Monday, March 1, 2021"
    assert issue.metadata["date_published"] == "2021-03-01"
    assert first.metadata["unified_number"] == "2021-00011"
    assert (first.metadata["page_from"], first.metadata["page_to"]) == (1203, 1204)
    assert "Gardens open at eight." in [block.text for block in first.draft.blocks]
    assert second.metadata["corrects"] == "FR Doc. 2021-00011"
    assert [one.title for one in second.draft.citations if one.type == "corrects"] == ["FR Doc. 2021-00011"]
    assert "FR Doc. 2021-00011" in first.metadata["alt_titles"]


def test_the_same_register_as_flat_text_gives_the_same_articles(tmp_path: Path) -> None:

    (tmp_path / "a.txt").write_text(re.sub(r"<[^>]+>", "\n", REGISTER), "utf-8")
    issue, first, second = read_all(paths=[str(tmp_path)])
    assert issue.metadata is not None
    assert first.metadata is not None
    assert issue.metadata["gazette"] == "Federal Register"
    assert first.metadata["unified_number"] == "2021-00011"
    assert [one.title for one in second.draft.citations if one.type == "corrects"] == ["FR Doc. 2021-00011"]


def test_xml_of_any_gazette_is_read_by_common_names(tmp_path: Path) -> None:
    (tmp_path / "2021-04.xml").write_text(GENERIC, "utf-8")
    issue, first, second = read_all(paths=[str(tmp_path)])
    assert issue.metadata is not None
    assert first.metadata is not None
    assert second.metadata is not None
    assert (issue.metadata["year"], issue.metadata["number_in_year"]) == (2021, "4")
    assert issue.metadata["title"] == "云江市人民政府公报2021年第4期"
    assert [block.text for block in issue.draft.blocks][-1] == "本期发布两件文件。"
    assert first.reference.key.endswith("2021-04.xml#a1")
    assert second.metadata["joint_numbers"] == ["云民发〔2021〕4号"]
    assert second.metadata["issuing_body"] == ["云江市财政局", "云江市民政局"]
    assert [block.text for block in second.draft.blocks] == ["救助标准为每月六百元。"]


def folder(tmp_path: Path) -> Path:
    made = tmp_path / "2021-06"
    made.mkdir()
    (made / "issue.yaml").write_text("刊名: 云江市人民政府公报\n年: 2021\n期: 6\ndate_published: 2021-06-30\n", "utf-8")
    (made / "articles.csv").write_text(
        "序号,题名,文号,发文机关,页码,文件\n2,云江市人民政府关于植树的通知,云政发〔2021〕21号,云江市人民政府,5-7,b.txt\n"
        "1,云江市人民政府关于养鱼的决定,,云江市人民政府,3-4,a.txt\n3,云江市人民政府关于晒谷的公告,,,8,lost.txt\n",
        "utf-8",
    )
    (made / "a.txt").write_text("云江市人民政府关于养鱼的决定\n各县：\n养鱼很好。\n", "utf-8")
    (made / "b.txt").write_text("云江市人民政府关于植树的通知\n云政发〔2021〕21号\n植树很好。\n", "utf-8")
    (made / "c.txt").write_text("关于表外文件的通知\n表里没有我。\n", "utf-8")
    (made / "p001.jpg").write_bytes(b"\xff\xd8\xff")
    return made


def test_a_folder_with_a_table_is_one_issue(tmp_path: Path) -> None:
    folder(tmp_path)
    issue, *articles = read_all(paths=[str(tmp_path)])
    assert issue.metadata is not None
    assert issue.metadata["title"] == "云江市人民政府公报2021年第6期"
    assert one(articles, "order") == [1, 2, 3, 4]
    assert one(articles, "title")[:3] == [
        "云江市人民政府关于养鱼的决定",
        "云江市人民政府关于植树的通知",
        "云江市人民政府关于晒谷的公告",
    ]
    assert [(item.metadata or {}).get("page_to") for item in articles] == [4, 7, 8, None]
    assert "missing_attachment" in articles[2].draft.flags
    assert "植树很好。" in [block.text for block in articles[1].draft.blocks]
    assert one(articles, "title")[3] == "关于表外文件的通知"


def test_the_files_of_a_folder_are_kept_with_what_they_belong_to(tmp_path: Path) -> None:
    folder(tmp_path)
    harvester, session = GazetteHarvester(), Session({"paths": [str(tmp_path)]})
    kept = {}
    for reference in harvester.list(session, None):
        fetched = harvester.fetch(session, reference)
        draft = harvester.read(session, fetched)
        kept[reference.key] = [(one.attachment.title, one.role) for one in harvester.attached(session, fetched, draft)]
    issue, *articles = kept.values()
    assert issue == [("issue.yaml", "original"), ("p001.jpg", "page_image")]
    assert articles[:2] == [[("a.txt", "original")], [("b.txt", "original")]]


def test_scans_without_text_are_said_to_be_scans(tmp_path: Path) -> None:
    made = tmp_path / "1956-01"
    made.mkdir()
    (made / "issue.yaml").write_text("gazette: 云江县公报\nyear: 1956\nnumber_in_year: '1'\n", "utf-8")
    (made / "p1.tif").write_bytes(b"II*\0")
    issue = read_all(paths=[str(tmp_path)])[0]
    assert issue.metadata is not None
    assert issue.metadata["coverage"] == "scans"


def test_a_listing_goes_on_where_it_was_cut_off(tmp_path: Path) -> None:
    (tmp_path / "2021-03.txt").write_text(issue_text(), "utf-8")
    (tmp_path / "2021-04.xml").write_text(GENERIC, "utf-8")
    session = Session({"paths": [str(tmp_path)]})
    listed = list(GazetteHarvester().list(session, None))
    for at in range(len(listed) - 1):
        rest = list(GazetteHarvester().list(session, listed[at].position))
        assert [item.key for item in rest] == [item.key for item in listed[at + 1 :]]
    keys = [item.key for item in listed]
    assert len(set(keys)) == len(keys) == 9


def test_what_is_no_issue_is_told_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<root><nothing/></root>")
    (tmp_path / "b.xml").write_text("<root><broken>")
    (tmp_path / "c.exe").write_bytes(b"MZ")
    (tmp_path / "d.xml").write_text('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    (tmp_path / "e.xml.gz").write_bytes(gzip.compress(b"<a/>")[:10])
    harvester, session = GazetteHarvester(), Session({"paths": [str(tmp_path)]})
    codes = []
    for reference in harvester.list(session, None):
        with pytest.raises(Refused) as caught:
            harvester.fetch(session, reference)
        codes.append(caught.value.code)
    assert codes == ["not_a_gazette", "unreadable", "unsupported_type", "unreadable", "unreadable"]


def test_a_packed_issue_that_unpacks_too_far_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.harvesters.gazette_files.MAX_BYTES", 10_000)
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"\0" * 100_000))
    with pytest.raises(Refused, match="unpacks to more"):
        content_of(next(places([str(tmp_path)])).path)


def test_a_description_with_aliases_is_refused() -> None:
    with pytest.raises(Refused, match="aliases"):
        tables.issue_of(b"a: &x [1, 2]\nb: [*x, *x]\n", "issue.yaml")


def test_a_profile_of_ones_own_names_elements_and_fields(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<i><nr>7</nr><art><t>关于植树的通知</t><b>植树。</b></art></i>", "utf-8")
    profile = {
        "articles": ["art"],
        "text": ["b"],
        "map": {"type": "gazette_article", "fields": {"title": "t"}},
        "issue_map": {
            "type": "gazette_issue",
            "fields": {"number_in_year": "nr"},
            "constants": {"gazette": "云江公报", "year": 2020},
        },
    }
    issue, article = read_all(paths=[str(tmp_path)], profile=profile)
    assert issue.metadata is not None
    assert article.metadata is not None
    assert issue.metadata["title"] == "云江公报2020年第7期"
    assert article.metadata["title"] == "关于植树的通知"


def test_a_profile_must_exist() -> None:
    errors = GazetteConfig().validate({"paths": ["x"], "profile": "moon"})
    assert "executive_yuan" in str(errors["profile"])


def test_names_and_keys_of_issues() -> None:
    fields = {"gazette": "云江市公报", "year": 2021, "number_in_year": "3", "supplement": True}
    assert issue_names(fields) == ["云江市公报2021年第3期增刊"]
    assert issue_key(fields) != issue_key({**fields, "supplement": False})
    assert issue_key({"gazette": "《云江市公報》", "year": 2021, "number_in_year": "3"}) == issue_key(
        {"gazette": "云江市公报", "year": "2021", "number_in_year": "3"}
    )
    assert issue_names({"gazette": "Gazette", "year": 2021, "number_in_year": "2317/06", "part": "I"}) == [
        "Gazette, 2021, No. 2317/06, Part I"
    ]
    assert issue_key({"gazette": "x"}) is None


def test_deep_xml_is_bounded() -> None:
    deep = b"<a>" * 500 + b"</a>" * 500
    with pytest.raises(Refused) as caught:
        markup.read(deep, "deep.xml")
    assert caught.value.code == "zip_bomb"


def test_an_issue_as_pdf_keeps_its_pages(tmp_path: Path) -> None:
    pages = [
        ["云江市人民政府公报", "2021年第3期"],
        ARTICLES[1].splitlines(),
        ARTICLES[3].splitlines(),
    ]
    placed = [[(90.0, 760.0 - 30 * at, 16.0, text) for at, text in enumerate(lines)] for lines in pages]
    (tmp_path / "2021-03.pdf").write_bytes(pdf(placed))
    issue, first, second = read_all(paths=[str(tmp_path)])
    assert issue.metadata is not None
    assert first.metadata is not None
    assert second.metadata is not None
    assert issue.metadata["title"] == TITLE
    assert issue.metadata["pages"] == 3
    assert (first.metadata["page_from"], first.metadata["page_to"]) == (2, 2)
    assert first.metadata["title"] == "云江市人民政府关于表彰2020年度护林工作先进集体的决定"
    assert {block.page for block in first.draft.blocks} == {2}
    assert (second.metadata["page_from"], second.metadata["page_to"]) == (3, 3)


def test_the_readme_of_the_sources_names_every_key() -> None:
    text = (Path(__file__).resolve().parents[2] / "examples" / "sources" / "README.md").read_text("utf-8")
    part = text.split("## kind: gazette")[1]
    rows = re.findall(r"^\| (`.+?) \|", part, flags=re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)} == set(GazetteConfig().fields)
