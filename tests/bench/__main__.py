"""`make bench`: prints load rates, search times beside the bare engine's, ranking quality and HTTP times of this machine.

Real data is read from the folder beside the checkout (GONGKAI_SHARED); without it, made-up records of the same number and shape are
loaded, and the lines say so. Everything runs in a temporary folder.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.bench import engines, loading, machine, pages, ranking_run, reading, rebuilding, searching, serving
from tests.conftest import SHARED

PARTS = {
    "load": loading.run,
    "pages": pages.run,
    "reading": reading.run,
    "search": searching.run,
    "http": serving.run,
    "ranking": ranking_run.run,
    "engines": engines.run,
    "rebuild": rebuilding.run,
}


def main() -> None:
    """Run the parts that the command line names, or all; each prints its own lines."""
    wanted = _options() or list(PARTS)
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        sys.exit(f"no such part: {', '.join(unknown)}; there are: {', '.join(PARTS)}")
    print(machine.describe())
    data = SHARED / "data" if (SHARED / "data").is_dir() else None
    print(
        f"data: {'real, from the folder beside the checkout' if data else 'made up, since no real data is beside the checkout'}"
    )
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-") as folder:
        os.environ["GONGKAI_LOG_LEVEL"] = "warning"
        for name in wanted:
            print(f"\n== {name}")
            PARTS[name](Path(folder), data)


def _options() -> list[str]:
    """The parts that the command line names; its options go where the parts look for them."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one of {', '.join(PARTS)}; all of them without any")
    parser.add_argument("--records", type=int, help="records of the parts that make any number of them (100000)")
    parser.add_argument(
        "--engine", choices=("embedded", "elasticsearch"), help="engines, rebuild: this engine, not both"
    )
    parser.add_argument("--database", help="rebuild: the URL of an empty database, in place of an SQLite file")
    parser.add_argument(
        "--quick", action="store_const", const="1", help="reading: without the 40,518 articles of the gazette"
    )
    given = vars(parser.parse_args())
    parts: list[str] = given.pop("parts")
    os.environ |= {f"BENCH_{name.upper()}": str(value) for name, value in given.items() if value is not None}
    return parts


if __name__ == "__main__":
    main()
