"""What all tests share: the flag that skips the measured ones, and the end of their PostgreSQL."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.analysis.saying")  # what it asserts is for people to read


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-measured", action="store_true", help="skip the tests that measure a running Django on PostgreSQL")


def pytest_configure(config: pytest.Config) -> None:
    # Workers of pytest-xdist inherit the variable: one run, one folder, one server.
    if not hasattr(config, "workerinput"):
        os.environ["LDB_TEST_RUN"] = str(Path(tempfile.gettempdir()) / f"ldb-{secrets.token_hex(4)}")


def pytest_unconfigure(config: pytest.Config) -> None:
    run = Path(os.environ["LDB_TEST_RUN"])
    if not hasattr(config, "workerinput") and run.exists():
        from tests.measured.postgres import stop

        stop(run)
