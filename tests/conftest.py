"""Fixtures that every kind of test uses."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

from tests.server_fixtures import (
    elasticsearch_server,
    own_elasticsearch,
    own_postgres,
    own_redis,
    own_s3,
    postgres,
    pytest_terminal_summary,
    redis_server,
    s3_server,
)

__all__ = [
    "elasticsearch_server",
    "own_elasticsearch",
    "own_postgres",
    "own_redis",
    "own_s3",
    "postgres",
    "pytest_terminal_summary",
    "redis_server",
    "s3_server",
]

# everywhere else the property tests look at new examples each time; a build must not fail by chance
hypothesis.settings.register_profile("build", derandomize=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("build")

SHARED = Path(os.environ.get("GONGKAI_SHARED", Path(__file__).resolve().parents[2] / "shared"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout; a clone without it skips what measures against real data, and says so."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip(
            f"real data is not beside this checkout ({folder}); set GONGKAI_SHARED to the folder that holds data/"
        )
    return folder


@pytest.fixture(scope="session")
def shared_checks() -> Path:
    """The folder of measuring programs beside the checkout, skipped like `shared_data`."""
    folder = SHARED / "checks"
    if not folder.is_dir():
        pytest.skip(f"no measuring programs beside this checkout ({folder}); set GONGKAI_SHARED")
    return folder


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--kills", type=int, default=6, help="how often the crash tests kill a harvest or load (`make crash`: 50)"
    )


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a `gongkai` process whose data lies in the test's own folder; nothing of the caller's settings leaks in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GONGKAI_")}
    return kept | {"GONGKAI_DATA_DIR": str(tmp_path / "var"), "GONGKAI_LOG_LEVEL": "warning"}


def records_of(number: int) -> list[dict[str, object]]:
    """Made-up records in the catalogue's own field names, each with a number, a text and a citation of the one before."""
    subjects = ("河道管理", "校车安全", "数据开放", "养老服务", "垃圾分类", "燃气经营", "历史建筑保护", "农村公路养护")
    return [
        {
            "record_type": "normative_document",
            "external_id": f"made-{serial}",
            "url": f"http://www.yunjiang.example/doc/{serial}.html",
            "title": f"云江市人民政府关于加强{subjects[serial % len(subjects)]}工作的通知（{serial}）",
            "doc_number": f"云江政发〔{2000 + serial % 25}〕{serial}号",
            "issuing_body": ["云江市人民政府"],
            "publisher": "云江市人民政府",
            "date_written": f"{2000 + serial % 25}-03-0{1 + serial % 9}",
            "disclosure": "active",
        }
        for serial in range(1, number + 1)
    ]
