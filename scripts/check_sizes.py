"""Refuse modules over 400 lines and functions over 60: whoever opens a file should see the whole of it soon."""

from __future__ import annotations

import ast
import statistics
import sys
from pathlib import Path

MODULE_LINES, FUNCTION_LINES = 400, 60


def main() -> int:
    """Print what is too long and the medians; 1 when anything is too long."""
    modules: list[int] = []
    functions: list[int] = []
    long: list[str] = []
    for path in sorted(Path("catalog").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        modules.append(text.count("\n"))
        if modules[-1] > MODULE_LINES:
            long.append(f"{path}: {modules[-1]} lines, at most {MODULE_LINES}; split it by what its parts are about")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                functions.append((node.end_lineno or node.lineno) - node.lineno + 1)
                if functions[-1] > FUNCTION_LINES:
                    long.append(f"{path}:{node.lineno} {node.name}: {functions[-1]} lines, at most {FUNCTION_LINES}")
    print("\n".join(long) or "no module or function is too long")
    tenth = statistics.quantiles(functions, n=10)[-1]
    print(
        f"modules: {len(modules)}, median {statistics.median(modules):.0f} lines; "
        f"functions: {len(functions)}, median {statistics.median(functions):.0f}, p90 {tenth:.0f}",
    )
    return 1 if long else 0


if __name__ == "__main__":
    sys.exit(main())
