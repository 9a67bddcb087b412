"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import catalog


def describe() -> str:
    """Processor, cores, memory, Python and version in one line."""
    cpu = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 2**20
    return f"gongkai {catalog.__version__}, Python {platform.python_version()}, {len(os.sched_getaffinity(0))} cores of {cpu}, {memory:.0f} GiB"
