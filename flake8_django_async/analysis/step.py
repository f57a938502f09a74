"""A step of the way to an effect. It stands alone: a run that finds everything in the cache needs no more of the analysis."""

from __future__ import annotations

from typing import NamedTuple


class Step(NamedTuple):
    """One call on the way to an effect: file, line (1-based), column (0-based), the call as written."""

    path: str
    line: int
    column: int
    name: str
