"""Fields of the real pages and seeds through the real door: `gongkai load`, `gongkai export`, then the measuring program beside the data."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

COMMAND = (sys.executable, "-m", "catalog.cli")
FIELDS = {
    "govcn": "title,issuing_body,doc_number,index_number,date_written,date_published,category,subject_words",
    "seeds": "title,issuing_body,doc_number,index_number,date_written,date_published,category,record_type,"
    "embedded_document,script,lang,addressees,cc",
}
"""What is compared of each set with gold."""
FLOOR = 0.99
TOTAL = re.compile(r"(\d+) of (\d+) fields right, .*, (\d+) of (\d+) records found")


@dataclass(frozen=True, slots=True)
class Fields:
    """Fields that are as in gold, of all; records that were found, of all; `wrong`: the lines that tell of the others; `output`: all lines."""

    right: int
    fields: int
    found: int
    records: int
    wrong: list[str]
    output: str

    @property
    def share(self) -> float:
        """Right fields of all."""
        return self.right / self.fields


def exported(data: Path, folder: Path) -> Path:
    """The records of the 40 pages and the four seeds, loaded into and exported from a catalogue in `folder`: a file of JSON lines."""
    texts = folder / "seeds"
    texts.mkdir()
    for path in (data / "seeds").glob("*.txt"):
        (texts / path.name).write_bytes(path.read_bytes())
    for place in (data / "govcn" / "pages", texts):
        _run(folder, "load", str(place))
    file = folder / "records.jsonl"
    _run(folder, "export", "-o", str(file))
    return file


def _run(folder: Path, *words: str) -> None:
    environment = {"GONGKAI_DATA_DIR": str(folder / "var"), "GONGKAI_LOG_LEVEL": "warning", "PATH": "/usr/bin:/bin"}
    done = subprocess.run([*COMMAND, *words], env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, f"gongkai {' '.join(words)}: exit code {done.returncode}\n{done.stdout}{done.stderr}"


def compared(data: Path, records: Path, gold: str) -> Fields:
    """Exported records beside one set of gold, by `checks/fields.py` beside the data."""
    return _read(_checked(data, records, gold))


def _checked(data: Path, records: Path, gold: str) -> Sequence[str]:
    program = data.parent / "checks" / "fields.py"
    command = [sys.executable, str(program), str(data / gold / "gold.jsonl"), str(records), "--fields", FIELDS[gold]]
    done = subprocess.run(
        [*command, "--floor", str(FLOOR), "--show", "1000"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip(), done.stderr
    return done.stdout.splitlines()


def _read(lines: Sequence[str]) -> Fields:
    total = TOTAL.fullmatch(lines[-1])
    assert total is not None, lines[-1]
    right, fields, found, records = map(int, total.groups())
    wrong = [line.strip() for line in lines if line.startswith("  ")]
    return Fields(right, fields, found, records, wrong, "\n".join(lines))
