"""The fuzzer finds what is to be found, makes the same cases again, and finds nothing in a short run over every reader."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from catalog.errors import Refused
from tests.fuzz.case import attempt
from tests.fuzz.mutate import mutant
from tests.fuzz.targets import targets

ROOT = Path(__file__).resolve().parents[2]


def spin(_content: bytes) -> None:
    while True:
        pass


def refuse(_content: bytes) -> None:
    raise Refused("unreadable", "no")


@pytest.mark.parametrize(
    ("run", "kind", "said"),
    [
        (len, "ok", "draft"),
        (refuse, "ok", "refused: unreadable"),
        (lambda content: content.decode("ascii"), "crash", "UnicodeDecodeError"),
        (spin, "hang", "SIGXCPU"),
        (lambda content: bytearray(4 * 1024**3), "memory", "MemoryError"),
    ],
)
def test_each_way_of_breaking_is_told(run, kind, said):
    outcome = attempt(run, "云".encode(), cpu_seconds=1)
    assert outcome.kind == kind
    assert said in outcome.said


def test_cases_are_made_from_their_number_alone():
    seeds = targets()["ofd"].seeds
    assert mutant(random.Random("1 7 ofd"), seeds) == mutant(random.Random("1 7 ofd"), seeds)
    assert len({mutant(random.Random(f"1 {number} ofd"), seeds) for number in range(20)}) > 15


@pytest.mark.parametrize("name", sorted(set(targets()) - {"unread", "image", "gazette"}))
def test_seeds_are_sound(name):
    target = targets()[name]
    for seed in target.seeds[:2]:
        assert target.run(seed) is not None


def test_a_short_run_over_every_reader_finds_nothing(tmp_path):
    command = [
        sys.executable,
        "-m",
        "tests.fuzz",
        "--minutes",
        "0.33",
        "--seed",
        "5",
        "--findings",
        str(tmp_path / "found"),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=250)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ofd" in done.stdout


def test_a_saved_input_is_run_again(tmp_path):
    saved = tmp_path / "case.bin"
    saved.write_bytes(b"PK\x03\x04 torn")
    command = [sys.executable, "-m", "tests.fuzz", "--reader", "docx", "--replay", str(saved)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0
    assert "refused: unreadable" in done.stdout
