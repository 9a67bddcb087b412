"""Records of any number for the benchmarks: titles and numbers are made up, texts are sentences of real statutes where these are at hand."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import records_of

LAWS_READ = 400
"""Statutes whose sentences are used: some 60,000 sentences, as varied as the words of the real thing."""
MEDIAN_CHARS, SPREAD = 700, 0.8
"""Length of a text in characters: log-normal, as the texts of normative documents are; one in a hundred has more than 4,500."""
_SENTENCE = re.compile(r"[^。；\n]{8,120}[。；]")
_SUBJECTS = ("河道", "校车", "燃气", "养老机构", "历史建筑", "农村公路", "政务数据", "生活垃圾", "食品摊贩", "古树名木")
_DUTIES = (
    "应当加强监督管理工作",
    "负责组织实施本办法",
    "依法予以公开",
    "不得违反有关规定",
    "会同有关部门制定具体办法",
    "接受社会监督",
)


def sentences(data: Path | None) -> list[str]:
    """Sentences to make texts of."""
    if data is None:
        return [f"{subject}管理部门{duty}。" for subject in _SUBJECTS for duty in _DUTIES]
    found: list[str] = []
    with gzip.open(data / "laws" / "mainland.jsonl.gz", "rt", encoding="utf-8") as file:
        for number, line in enumerate(file):
            if number == LAWS_READ:
                break
            found += _SENTENCE.findall(json.loads(line)["markdown"])
    return found


def made_records(number: int, data: Path | None) -> Iterator[dict[str, object]]:
    """Records in the catalogue's own field names, the same ones each time."""
    dice, pool = random.Random(20151123), sentences(data)
    for row in records_of(number):
        wanted = int(dice.lognormvariate(0, SPREAD) * MEDIAN_CHARS)
        lines: list[str] = []
        while wanted > 0:
            lines.append("".join(dice.choices(pool, k=4)))
            wanted -= len(lines[-1])
        yield {**row, "text": "\n".join(lines)}


def write_records(path: Path, number: int, data: Path | None) -> None:
    """The records as a JSONL file."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in made_records(number, data))
