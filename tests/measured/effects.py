"""What happens on a line that is no wait: exceptions that pass it, connections it gives back or does not.

A trace function over the fixtures' frames only, in all threads, notes what is checked out at each line.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from tests.expectations import FIXTURES, Claim
from tests.measured.pool import Out


@dataclass(frozen=True, slots=True)
class Step:
    """The state when a frame comes to a line, or leaves (`line` 0)."""

    frame: int
    path: str
    line: int
    out: frozenset[int]
    in_transaction: frozenset[int]


@dataclass(slots=True)
class Trace:
    out: Out
    steps: list[Step] = field(default_factory=list)
    raised: set[tuple[str, int, str]] = field(default_factory=set)

    @contextmanager
    def recorded(self) -> Iterator[None]:
        before: Any = sys.gettrace()
        threading.settrace(self._enter)
        sys.settrace(self._enter)
        try:
            yield
        finally:
            sys.settrace(before)
            threading.settrace(before)

    def _enter(self, frame: FrameType, event: str, argument: Any) -> Any:
        return self._event if frame.f_code.co_filename.startswith(_ROOT) else None

    def _event(self, frame: FrameType, event: str, argument: Any) -> Any:
        path = Path(frame.f_code.co_filename).relative_to(FIXTURES).as_posix()
        if event == "exception":
            self.raised.add((path, frame.f_lineno, argument[0].__name__))
        if event in ("line", "exception"):
            self.steps.append(Step(id(frame), path, frame.f_lineno, self.out.now(), self.out.in_transaction()))
        return self._event

    def shows(self, claim: Claim) -> bool:
        """Whether the effect that `claim` names was seen on its statement."""
        effect, _, name = claim.effect.partition(" ")
        if effect == "raises":
            return any(claim.covers(path, line) and raised == name for path, line, raised in self.raised)
        pairs = list(self._around(claim))
        if effect == "closes":
            return bool(pairs) and all(before.out and before.out <= after.out for before, after in pairs)
        return any(before.in_transaction - after.out for before, after in pairs)

    def _around(self, claim: Claim) -> Iterator[tuple[Step, Step]]:
        """The steps onto the claim's statement, each with the next step of anything after it."""
        for index, step in enumerate(self.steps):
            if claim.covers(step.path, step.line):
                rest = (later for later in self.steps[index + 1 :] if not claim.covers(later.path, later.line))
                after = next((later for later in rest if later.frame == step.frame), None)
                if after is not None:
                    yield step, after


_ROOT = f"{FIXTURES}/"
