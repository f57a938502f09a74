"""What is reported on the fixtures, and where that differs from their comments."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from tests.expectations import FIXTURES, Module


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
    """Every diagnostic on `fixtures/`, in flake8's order: one run of the real command, for all tests that ask."""
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


def differences(module: Module, said: Iterable[Reported]) -> Iterator[str]:
    """Where what is said of a fixture is not what its comments claim: each code on its statement, and nothing else."""
    said = list(said)
    for claim in module.claims:
        codes = Counter(diagnostic.code for diagnostic in said if claim.covers(diagnostic.path, diagnostic.line))
        claimed = Counter(
            {other.code for other in module.claims if other.code and (other.first, other.last) == (claim.first, claim.last)}
        )
        if codes != claimed:
            yield f"{claim}: flake8 reports {', '.join(codes.elements()) or 'nothing'}; flake8 differs from the comment"
    for diagnostic in said:
        if not any(claim.covers(diagnostic.path, diagnostic.line) for claim in module.claims):
            yield f"{diagnostic}; no comment says so"
