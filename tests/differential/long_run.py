"""Many programs, in several processes: what they add up to."""

from __future__ import annotations

import multiprocessing
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.differential.causes import TOO_MANY
from tests.differential.compare import Verdict, compare, generate
from tests.differential.generate import Program

BATCH = 20


@dataclass(slots=True)
class Tally:
    """The sum of many comparisons."""

    programs: int = 0
    functions: int = 0
    runs: int = 0
    alarms: int = 0
    settled: int = 0
    settled_alarms: int = 0
    elsewhere: int = 0
    unsettled: int = 0
    broken: int = 0
    missed: list[str] = field(default_factory=list)
    causes: Counter[str] = field(default_factory=Counter)
    unexplained: list[str] = field(default_factory=list)

    def add(self, seed: int, verdict: Verdict) -> None:
        name = f"{seed}:{verdict.program.number}"
        self.programs += 1
        self.functions += functions(verdict.program)
        self.runs += verdict.runs
        self.alarms += verdict.alarms
        self.settled += verdict.settled
        self.settled_alarms += verdict.alarms if verdict.settled else 0
        self.elsewhere += len(verdict.elsewhere)
        self.unsettled += len(verdict.unsettled)
        self.broken += bool(verdict.broken)
        self.causes.update(verdict.causes)
        if verdict.missed:
            self.missed.append(name)
        if "not explained" in verdict.causes or TOO_MANY in verdict.causes:
            self.unexplained.append(name)

    def report(self, seconds: float) -> None:
        print(f"{self.functions} functions in {self.programs} programs, {self.runs} paths, {self.alarms} alarms, {seconds:.0f} s")
        print(f"missed alarms: {len(self.missed)} {' '.join(self.missed)}")
        print(f"missed in a module of their own, for what only a caller elsewhere does: {self.elsewhere}")
        print(f"false alarms: {sum(self.causes.values())} of the {self.settled_alarms} in {self.settled} programs examined for them")
        for cause, count in self.causes.most_common():
            print(f"  {count:5}  {cause}")
        print(
            f"reported, not all paths executed: {self.unsettled}; broken programs: {self.broken}; unexplained: {' '.join(self.unexplained) or 'none'}",
            flush=True,
        )


def functions(program: Program) -> int:
    return (program.helpers + program.views).count("def ")


def work(task: tuple[int, int, bool]) -> list[Verdict]:
    """One batch of programs, in a process of its own."""
    seed, start, settle = task
    warnings.simplefilter("ignore")
    return compare([generate(seed, number) for number in range(start, start + BATCH)], settle=settle)


def tasks(seed: int, share: int) -> Iterator[tuple[int, int, bool]]:
    start = 0
    while True:
        yield seed, start, start // BATCH % share == 0
        start += BATCH


def long_run(seed: int, wanted: int, jobs: int, share: int) -> Tally:
    tally, began, said = Tally(), time.monotonic(), 0
    with multiprocessing.get_context("spawn").Pool(jobs, maxtasksperchild=100) as pool:
        for verdicts in pool.imap(work, _until(tally, tasks(seed, share), wanted)):
            for verdict in verdicts:
                tally.add(seed, verdict)
            if tally.functions // 5000 > said:
                said = tally.functions // 5000
                tally.report(time.monotonic() - began)
            if tally.functions >= wanted:
                pool.terminate()
                break
    tally.report(time.monotonic() - began)
    return tally


def _until(tally: Tally, source: Iterator[tuple[int, int, bool]], wanted: int) -> Iterator[tuple[int, int, bool]]:
    """Tasks for as long as functions are wanted: about three in a program."""
    for task in source:
        if task[1] * 2 > wanted and tally.functions >= wanted:
            return
        while task[1] > tally.programs + 40 * BATCH and tally.functions < wanted:
            time.sleep(0.05)
        yield task
