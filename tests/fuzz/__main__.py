"""`python -m tests.fuzz --minutes 10 [--reader ofd] [--seed 1]`: mutate sound documents of every reader and look for crashes, hangs, memory.

A case is made from (seed, number, reader) alone, so that a run can be done again. What is found is saved, with the command that replays it:
`python -m tests.fuzz --replay FILE --reader ofd`. The exit status is 1 when something was found.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from pathlib import Path

from catalog.errors import Refused
from tests.fuzz.case import Outcome, attempt
from tests.fuzz.mutate import mutant
from tests.fuzz.targets import Target, targets


def main() -> int:
    """Run, and print a line for each finding and a summary for each reader."""
    arguments = _arguments()
    chosen = targets()
    if arguments.reader:
        if arguments.reader not in chosen:
            print(f"no reader {arguments.reader}; there are {', '.join(chosen)}")
            return 2
        chosen = {arguments.reader: chosen[arguments.reader]}
    if arguments.replay:
        (target,) = chosen.values()
        outcome = attempt(target.run, arguments.replay.read_bytes())
        print(f"{outcome.kind} in {outcome.seconds:.2f} s, {outcome.megabytes} MB\n{outcome.said}")
        return int(outcome.kind != "ok")
    return _run(chosen, arguments)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--reader", help="only this one")
    parser.add_argument("--seed", type=int, default=1, help="another one gives other cases")
    parser.add_argument(
        "--findings", type=Path, default=Path("fuzz-findings"), help="folder for inputs that broke a reader"
    )
    parser.add_argument("--replay", type=Path, help="run one saved input; needs --reader")
    arguments = parser.parse_args()
    if arguments.replay and not arguments.reader:
        parser.error("--replay needs --reader")
    return arguments


def _run(chosen: dict[str, Target], arguments: argparse.Namespace) -> int:
    _warm(chosen)
    counts: dict[str, Counter[str]] = {name: Counter() for name in chosen}
    most: dict[str, tuple[float, int]] = dict.fromkeys(chosen, (0.0, 0))
    seen: set[str] = set()
    until = time.monotonic() + 60 * arguments.minutes
    number = 0
    while time.monotonic() < until:
        for name, target in chosen.items():
            if time.monotonic() >= until:
                break
            content = mutant(random.Random(f"{arguments.seed} {number} {name}"), target.seeds)
            outcome = attempt(target.run, content)
            counts[name][outcome.kind] += 1
            most[name] = (max(most[name][0], outcome.seconds), max(most[name][1], outcome.megabytes))
            if outcome.kind != "ok":
                _tell(name, number, content, outcome, arguments, seen)
        number += 1
    for name, count in counts.items():
        kinds = ", ".join(f"{kind} {count[kind]}" for kind in sorted(count))
        print(f"{name:12} {count.total():6} cases: {kinds}; slowest {most[name][0]:.2f} s, most {most[name][1]} MB")
    return int(any(kind != "ok" for count in counts.values() for kind in count))


def _warm(chosen: dict[str, Target]) -> None:
    """Read the sound documents once, so that the cases' processes share what is loaded at first use."""
    for target in chosen.values():
        for seed in target.seeds:
            try:
                target.run(seed)
            except Refused:  # a seed of another kind of file
                continue


def _tell(
    name: str, number: int, content: bytes, outcome: Outcome, arguments: argparse.Namespace, seen: set[str]
) -> None:
    """Save an input that broke a reader, once for each way of breaking it."""
    last = outcome.said.strip().splitlines()
    sign = f"{name} {outcome.kind} " + " ".join(line.strip() for line in last[-3:])[:300]
    if sign in seen:
        return
    seen.add(sign)
    arguments.findings.mkdir(parents=True, exist_ok=True)
    path = arguments.findings / f"{name}-{arguments.seed}-{number}.bin"
    path.write_bytes(content)
    print(
        f"{outcome.kind.upper()} in {name}, case {number} of seed {arguments.seed}: {outcome.seconds:.2f} s, {outcome.megabytes} MB"
    )
    print("   ", "\n    ".join(last[-6:]))
    print(f"    replay: python -m tests.fuzz --reader {name} --replay {path}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
