"""The long run: `python -m tests.differential --functions 100000 --seed 1`.

Prints how many functions were generated, missed alarms with what reproduces them, false alarms by cause. `--show SEED:NUMBER`
prints one program with its marks, `--shrink SEED:NUMBER` the smallest part of it that still fails.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings

from tests.differential.causes import TOO_MANY
from tests.differential.compare import Batch, compare, generate, reported
from tests.differential.generate import Program
from tests.differential.long_run import long_run
from tests.differential.run import Place
from tests.differential.shrink import shrink


def show(program: Program) -> None:
    """Print a program with what is reported, missed and false on its lines."""
    batch = Batch([program])
    verdict = compare([program], budget=1000)[0]
    marks: dict[Place, str] = {}
    for name, wanted in (("MISSED", verdict.missed), ("ELSEWHERE", verdict.elsewhere)):
        for places in wanted:
            for place in places:
                marks.setdefault(place, name)
    for place, why in zip(verdict.false, verdict.causes):
        marks[place] = f"FALSE ({why})"
    for place, code in reported(batch.texts):
        marks[place] = f"{marks.get(place, '')} {code}".strip()
    for path, first, last in batch.spans[program.number]:
        for line, text in enumerate(batch.texts[path].splitlines()[:last], 1):
            if line >= first and text.strip():
                mark = marks.get(Place(path, line))
                print(f"{path:20} {text}" + (f"  # {mark}" if mark else ""))


def fails(program: Program) -> bool:
    verdict = compare([program], budget=400, settle=False)[0]
    return bool(verdict.missed)


def fails_falsely(program: Program) -> bool:
    verdict = compare([program], budget=1500)[0]
    return any(why in verdict.causes for why in ("not explained", TOO_MANY))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.differential", description=__doc__)
    parser.add_argument("--functions", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--settle", type=int, default=10, help="examine the false alarms of each n-th batch")
    parser.add_argument("--show", metavar="SEED:NUMBER")
    parser.add_argument("--shrink", metavar="SEED:NUMBER")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if options.show or options.shrink:
        seed, _, number = (options.show or options.shrink).partition(":")
        program = generate(int(seed), int(number))
        if options.shrink:
            failing = next((test for test in (fails, fails_falsely) if test(program)), None)
            program = shrink(program, failing) if failing else program
        show(program)
        return 0
    return 1 if long_run(options.seed, options.functions, options.jobs, options.settle).missed else 0


if __name__ == "__main__":
    sys.exit(main())
