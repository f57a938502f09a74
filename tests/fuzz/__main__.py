"""The long run: `python -m tests.fuzz --folder PATH --mutations 2 --seed 1`, `--shapes 20000`, `--hypothesmith 2000`.

Checks every file below the folders, as it is and changed, or with `--in-place` where it lies, among its neighbours; prints how
many, what crashed or hung, the slowest, and the most memory that was used.
"""

from __future__ import annotations

import argparse
import itertools
import random
import resource
import sys
import time
import warnings
from collections import Counter
from pathlib import Path

from tests.fuzz.attempt import Attempt, attempt, in_place, project
from tests.fuzz.mutations import MUTATIONS
from tests.fuzz.programs import programs
from tests.fuzz.shapes import shapes
from tests.fuzz.values import values


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--folder", action="append", default=[], type=Path)
    parser.add_argument(
        "--mutations", type=int, default=2, help="changed versions of each file, beside itself, async, and with effects"
    )
    parser.add_argument("--files", type=int, default=0, help="so many files, drawn at random; 0 for all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", default="1/1", help="n/m: the n-th of m parts, for several processes")
    parser.add_argument("--in-place", action="store_true", help="each file only as it is and where it lies, among its neighbours")
    parser.add_argument("--hypothesmith", type=int, default=0, help="so many programs of hypothesmith, which must be installed")
    parser.add_argument("--values", type=int, default=0, help="so many programs that build large values")
    parser.add_argument("--seconds", type=int, default=0, help="begin no file after so long; 0 for all files")
    parser.add_argument("--shapes", type=int, default=0, help="the size of programs of extreme shape")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(1000)
    began = time.monotonic()
    made = itertools.chain(
        shapes(options.shapes) if options.shapes else (),
        programs(options.hypothesmith, options.seed) if options.hypothesmith else (),
        values(options.values, options.seed),
    )
    done: list[Attempt] = []
    with project() as folder:
        for name, text in made:
            done.append(attempt(folder, name, text))
            say(done[-1])
        for path in chosen(options.folder, options.files, options.seed, options.part):
            if options.seconds and time.monotonic() - began > options.seconds:
                break
            if options.in_place:
                done.append(in_place(path))
                say(done[-1])
                continue
            try:
                text = path.read_text("utf-8")
            except (OSError, UnicodeDecodeError):
                continue
            for mutation in drawn(path, options.seed, options.mutations):
                chance = random.Random(f"{options.seed}:{path.name}:{mutation}")
                done.append(attempt(folder, f"{path} ({mutation})", MUTATIONS[mutation](chance, text)))
                say(done[-1])
    summary(done)
    return 1 if any(tried.trouble for tried in done) else 0


def chosen(folders: list[Path], files: int, seed: int, part: str) -> list[Path]:
    paths = sorted(path for folder in folders for path in folder.rglob("*.py") if path.is_file())
    if files:
        paths = random.Random(seed).sample(paths, min(files, len(paths)))
    which, _, parts = part.partition("/")
    return paths[int(which) - 1 :: int(parts)]


def drawn(path: Path, seed: int, count: int) -> list[str]:
    always = ["as it is", "async", "effects"]
    rest = [name for name in MUTATIONS if name not in always]
    return always + random.Random(f"{seed}:{path.name}").sample(rest, min(count, len(rest)))


def say(tried: Attempt) -> None:
    if tried.trouble or tried.seconds > 10:
        print(f"{tried.name}: {tried.seconds:.1f} s {tried.trouble}", flush=True)


def summary(done: list[Attempt]) -> None:
    slowest = sorted(done, key=lambda tried: -tried.seconds)[:5]
    codes = Counter(code for tried in done for code in tried.codes)
    print(
        f"{len(done)} texts, {sum(tried.seconds for tried in done):.0f} s, troubles: {sum(bool(tried.trouble) for tried in done)}, "
        f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB"
    )
    print("reported: " + ", ".join(f"{code} {count}" for code, count in sorted(codes.items())))
    for tried in slowest:
        print(f"  {tried.seconds:6.2f} s  {tried.name} {' '.join(sorted(set(tried.codes)))}")


if __name__ == "__main__":
    sys.exit(main())
