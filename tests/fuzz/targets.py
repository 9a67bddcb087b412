"""What is fuzzed: every extractor that the plugin offers, attachments, archives, files beside scans, the splitter of gazettes; with seeds.

Extractors are found by the hook, so that a new one is fuzzed as soon as it is offered: a kind of file without a seed of its own begins from
all seeds.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from catalog.extract.formats.container import open_container
from catalog.extract.gazette import flat
from catalog.extract.plugin import ExtractorsPlugin
from catalog.extract.registry import attachment_blocks, extract
from catalog.extract.statute import structure
from catalog.model.draft import RawDocument
from catalog.plugins.interfaces import ITextExtractor
from tests import extract_format_samples as samples
from tests import notice_in_formats as notice

Run = Callable[[bytes], object]
GAZETTE = (
    "云江市人民政府公报\n2021年第3期\n目 录\n云江市人民政府关于春耕的通知……（1）\n云江市人民政府办公室关于防汛的通知……（3）\n"
    "云江市人民政府关于春耕的通知\n云政发〔2021〕3号\n各区县人民政府：\n请做好春耕工作。\n云江市人民政府\n2021年3月5日\n"
    "云江市人民政府办公室关于防汛的通知\n云政办发〔2021〕4号\n各区县人民政府：\n请做好防汛工作。\n更正：第2期第3页“2020年”应为“2021年”。\n"
)


@dataclass(frozen=True)
class Target:
    """One reader, and the sound documents that its mutants are made from."""

    name: str
    run: Run
    seeds: list[bytes]


def targets() -> dict[str, Target]:
    """All readers by name."""
    seeds = _seeds()
    every = [one for held in seeds.values() for one in held]
    found = [
        Target(one.name, partial(_by, one), seeds.get(one.name) or every)
        for one in ExtractorsPlugin().text_extractors()
    ]
    found += [
        Target("any", lambda content: extract(RawDocument(content)), every),
        Target("attachment", attachment_blocks, every),
        Target("container", _unpack, [*seeds["zip"], *seeds["tar"], samples.archive({"内.zip": seeds["zip"][0]})]),
        Target("gazette", lambda content: flat.split(content.decode("utf-8", "replace")), [GAZETTE.encode()]),
    ]
    scans = seeds["pdf"][0]
    beside = {
        "alto": ("scan.alto.xml", _ALTO),
        "hocr": ("scan.hocr", _HOCR),
        "text_beside": ("scan.txt", notice.text()),
    }
    found += [Target(name, partial(_beside, scans, file), [seed]) for name, (file, seed) in beside.items()]
    return {one.name: one for one in found}


def _by(extractor: ITextExtractor, content: bytes) -> object:
    draft = extractor.extract(RawDocument(content, filename=""))
    return structure(draft.blocks)


def _beside(scan: bytes, name: str, content: bytes) -> object:
    return extract(RawDocument(scan, filename="scan.pdf", sidecars=((name, content),)))


def _unpack(content: bytes) -> object:
    with open_container(content, "archive") as container:
        return [len(member.read()) for member in container.members[:100]]


def _seeds() -> dict[str, list[bytes]]:
    """Sound documents by the name of the extractor that reads them."""
    held = {one: content for one, (content, _name) in notice.in_all_formats().items()}
    files = {one: (notice.SAMPLES / f"table.{one}").read_bytes() for one in ("xlsx", "xls", "ods")}
    scan = samples.pdf([[]])
    return {
        "html": [held["html"], _PAGE],
        "plain_text": [held["txt"], notice.text()[::2], GAZETTE.encode()],
        "markdown": [samples.STATUTE.encode()],
        "pdf": [scan, held["pdf"]],
        "docx": [held["docx"]],
        "doc": [held["doc"]],
        "odt": [held["odt"]],
        "rtf": [held["rtf"]],
        "ofd": [held["ofd"]],
        "sheets": list(files.values()),
        "csv": ['序号,名称,备注\n1,"甲,乙",无\n2,丙,\n'.encode("gb18030"), b"a;b\n1;2\n"],
        "image": [_PNG],
        "zip": [samples.archive({"一/通知.html": held["html"], "二/办法.docx": held["docx"], "三.txt": held["txt"]})],
        "tar": [tar({"一/通知.html": held["html"], "三.txt": held["txt"]}), tar({"三.txt": held["txt"]}, mode="w:gz")],
    }


def tar(members: dict[str, bytes], mode: str = "w") -> bytes:
    """A tar archive with these files."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as packed:  # type: ignore[call-overload]
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            packed.addfile(info, io.BytesIO(content))
    return target.getvalue()


_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)
_PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="ArticleTitle" content="关于春耕的通知"><title>关于春耕的通知_云江市</title></head>
<body><table><tr><td>索引号：</td><td>0001</td><td>发文字号：</td><td>云政发〔2021〕3号</td></tr></table><div class="TRS_Editor"><h1>云江市人民政府关于春耕的通知</h1>
<p>各区县人民政府：</p><p>一、总体要求</p><p>（一）抓好备耕。根据《云江市农业条例》第十三条，2021年3月5日前完成。</p><table><tr><th>县</th><th>亩</th></tr><tr><td>甲</td><td>1</td></tr></table>
<p style="text-align:right">云江市人民政府</p><p>2021年3月5日</p></div><a href="a.pdf">附件</a></body></html>""".encode()
_ALTO = """<?xml version="1.0"?><alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Layout><Page ID="p1" WIDTH="2480" HEIGHT="3508" PHYSICAL_IMG_NR="1"><PrintSpace>
<TextBlock ID="b1"><TextLine HPOS="300" VPOS="300" WIDTH="900" HEIGHT="60"><String CONTENT="云江市人民政府关于春耕的通知" HPOS="300" VPOS="300" WIDTH="900" HEIGHT="60" WC="0.95"/></TextLine>
<TextLine HPOS="300" VPOS="500" WIDTH="900" HEIGHT="60"><String CONTENT="请做好春耕工作。" HPOS="300" VPOS="500" WIDTH="600" HEIGHT="60" WC="0.4"/></TextLine></TextBlock></PrintSpace></Page></Layout></alto>""".encode()
_HOCR = """<html><head><meta name="ocr-system" content="x"></head><body><div class="ocr_page" title="bbox 0 0 2480 3508; ppageno 0"><span class="ocr_line" title="bbox 300 300 1200 360">
<span class="ocrx_word" title="bbox 300 300 1200 360; x_wconf 95">云江市人民政府关于春耕的通知</span></span><span class="ocr_line" title="bbox 300 500 900 560"><span class="ocrx_word" title="bbox 300 500 900 560; x_wconf 40">请做好春耕工作。</span></span></div></body></html>""".encode()
