"""Every row and every type names something real in the installed library, and each effect comes at the moment that its row says."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flake8_django_async.models.compile import read

ALL = "ALL_MODELS_INSTALLED"
"""Set in CI's environment of tests/models/requirements.txt: there a library that is missing fails, elsewhere it is skipped."""

ROOT = Path(__file__).parents[2]
FILES = read()


def installed(library: str) -> bool:
    try:
        return library == "python" or bool(importlib.metadata.version(library))
    except importlib.metadata.PackageNotFoundError:
        return False


@pytest.mark.parametrize("stem", FILES)
def test_rows_name_what_exists(stem: str) -> None:
    library = FILES[stem]["library"]
    if not installed(library) and ALL not in os.environ:
        pytest.skip(f"{library} is not installed")
    # A process for each: some libraries change others when they are imported.
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.models.prove", stem], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert (run.returncode, run.stdout.strip()) == (0, ""), run.stderr[-2000:]
