"""A short run of the differential test; the long one is `python -m tests.differential`."""

from __future__ import annotations

import time
import warnings

import pytest

from tests.differential.compare import compare, generate
from tests.differential.long_run import functions

SEED, SECONDS = 2024, 8


def test_no_held_wait_is_missed() -> None:
    """Programs that are executed on their paths hold nothing over a wait that is not reported."""
    warnings.simplefilter("ignore")
    missed: list[str] = []
    began, start, count = time.monotonic(), 0, 0
    while time.monotonic() - began < SECONDS:
        for verdict in compare([generate(SEED, number) for number in range(start, start + 20)], settle=False):
            count += functions(verdict.program)
            if verdict.missed:
                missed.append(f"{SEED}:{verdict.program.number} {verdict.missed}")
        start += 20
    assert count > 20
    if missed:
        pytest.fail("\n".join(["python -m tests.differential --shrink SEED:NUMBER shows each", *missed]))


def test_a_program_is_the_same_every_time() -> None:
    first, second = generate(7, 3), generate(7, 3)
    assert (first.helpers, first.views, first.roots) == (second.helpers, second.views, second.roots)
