"""What flake8 reports on the fixtures: one run of the real command, for all tests that ask."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from functools import cache

from tests.expectations import FIXTURES


@dataclass(frozen=True, slots=True)
class Reported:
    """One diagnostic; `path` is relative to `fixtures/`."""

    path: str
    line: int
    code: str
    text: str

    def __str__(self) -> str:
        return f"fixtures/{self.path}:{self.line}: {self.code} {self.text}"


@cache
def reported() -> tuple[Reported, ...]:
    """Every diagnostic on `fixtures/`, in flake8's order."""
    command = [
        sys.executable,
        "-m",
        "flake8",
        "--isolated",
        "--select=LDB",
        "--format=%(path)s\t%(row)d\t%(code)s\t%(text)s",
        "fixtures/",
    ]
    run = subprocess.run(command, check=False, cwd=FIXTURES.parent, capture_output=True, text=True)
    if run.returncode not in (0, 1) or run.stderr:
        raise RuntimeError(f"flake8 ended with {run.returncode}: {run.stderr.strip()[-500:]}")
    rows = (row.split("\t") for row in run.stdout.splitlines())
    return tuple(Reported(path.removeprefix("fixtures/"), int(line), code, text) for path, line, code, text in rows)
