"""What flake8 finds in a checkout, and how two such lists differ."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.ecosystem.projects import Failure


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One finding. `path` is relative to the checkout; line and column are 1-based."""

    path: str
    line: int
    column: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Run:
    """One run of flake8, and its seconds of the clock."""

    findings: tuple[Finding, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Difference:
    """What one run found and the other did not. `changed` are pairs of what became of what: moved, or with other words."""

    added: tuple[Finding, ...]
    removed: tuple[Finding, ...]
    changed: tuple[tuple[Finding, Finding], ...]
    unchanged: int

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def lint(python: Path, checkout: Path, limit: float) -> Run:
    """flake8 with our codes only, on all of a checkout, with no configuration and an empty cache.

    Raises Failure when flake8 does, or takes more seconds than `limit`.
    """
    # -I: flake8 must not import modules of the checkout. -j1: what has no children can be ended; projects are run side by side.
    command = [str(python), "-I", "-X", "utf8", "-W", "ignore", "-m", "flake8", "--isolated", "--select=LDB", "--exit-zero", "-j1"]
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as empty:
        try:
            done = subprocess.run(
                [*command, "--format=%(path)s\t%(row)d\t%(col)d\t%(code)s\t%(text)s", "."],
                check=False,
                cwd=checkout,
                env={**os.environ, **dict.fromkeys(("HOME", "XDG_CACHE_HOME", "LOCALAPPDATA"), empty)},
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=limit,
            )
        except subprocess.TimeoutExpired:
            raise Failure(f"flake8 took more than {limit:.0f} s") from None
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    if done.returncode or any(len(row) != 5 for row in rows):
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise Failure(f"flake8 ended with {done.returncode}: {said[-1] if said else 'it said nothing'}")
    found = (Finding(Path(path).as_posix(), int(line), int(column), code, message) for path, line, column, code, message in rows)
    return Run(tuple(sorted(found)), time.perf_counter() - start)


def compare(base: Sequence[Finding], head: Sequence[Finding]) -> Difference:
    """What became of the findings of `base`. A rule that gives way to another one has lost a finding."""
    same = Counter(base) & Counter(head)
    removed = sorted((Counter(base) - same).elements())
    added = sorted((Counter(head) - same).elements())
    changed: list[tuple[Finding, Finding]] = []
    for key in (_place, _words):
        for old in list(removed):
            new = next((new for new in added if key(new) == key(old)), None)
            if new is not None:
                changed.append((old, new))
                removed.remove(old)
                added.remove(new)
    return Difference(tuple(added), tuple(removed), tuple(sorted(changed)), same.total())


def _place(finding: Finding) -> tuple[object, ...]:
    return finding.path, finding.line, finding.code


def _words(finding: Finding) -> tuple[object, ...]:
    return finding.path, finding.message, finding.code
