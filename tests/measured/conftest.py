"""The running project that measured tests ask, one for each pytest process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import OperationalError, connect

from tests.measured import postgres
from tests.measured.measure import Laboratory, Measurements
from tests.measured.project import laboratory


@pytest.fixture(scope="session")
def database_server(request: pytest.FixtureRequest) -> dict[str, str]:
    """libpq variables of the PostgreSQL to measure on; a test that asks fails with one line when there is none."""
    if request.config.getoption("--no-measured"):
        pytest.skip("--no-measured")
    if url := os.environ.get("LDB_TEST_DATABASE_URL"):
        if why := unreachable(url):
            pytest.fail(f"LDB_TEST_DATABASE_URL: {why}", pytrace=False)
        return postgres.from_url(url)
    try:
        return postgres.start(Path(os.environ["LDB_TEST_RUN"]))
    except (postgres.CannotStart, OSError) as error:
        why = str(error)
    pytest.fail(why, pytrace=False)  # outside the handler: one line, no chain of causes


def unreachable(url: str) -> str:
    """Why no server answers at `url`, in one line; empty when one does."""
    try:
        connect(url).close()
    except OperationalError as error:
        return str(error).splitlines()[0]
    return ""


@pytest.fixture(scope="session")
def library(database_server: dict[str, str]) -> Iterator[Laboratory]:
    with laboratory(database_server) as running:
        yield running


@pytest.fixture(scope="session")
def measurements(library: Laboratory) -> Measurements:
    return Measurements(library)
