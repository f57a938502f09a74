"""No text makes the check crash or hang: a short run; the long one is `python -m tests.fuzz`."""

from __future__ import annotations

import random
import sysconfig
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzz.attempt import attempt, project
from tests.fuzz.mutations import MUTATIONS
from tests.fuzz.programs import programs
from tests.fuzz.shapes import shapes
from tests.fuzz.values import values

SEED, FILES, SMALL = 1, 12, 40_000


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with project() as made:
        yield made


def real_files() -> list[Path]:
    """Some files of the standard library, not the largest."""
    paths = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py")) + sorted(
        Path(sysconfig.get_path("stdlib"), "asyncio").glob("*.py")
    )
    return random.Random(SEED).sample([path for path in paths if path.stat().st_size < SMALL], FILES)


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_real_files_changed(folder: Path, mutation: str) -> None:
    warnings.simplefilter("ignore")
    for path in real_files():
        text = MUTATIONS[mutation](random.Random(f"{SEED}:{path.name}:{mutation}"), path.read_text("utf-8"))
        assert not attempt(folder, path.name, text).trouble


@pytest.mark.parametrize("name, text", [pytest.param(name, text, id=name) for name, text in shapes(200)])
def test_extreme_shapes(folder: Path, name: str, text: str) -> None:
    tried = attempt(folder, name, text)
    assert not tried.trouble
    assert tried.seconds < 60


def test_programs_of_hypothesmith(folder: Path) -> None:
    pytest.importorskip("hypothesmith")
    warnings.simplefilter("ignore")
    for name, text in programs(24, SEED):
        tried = attempt(folder, name, text)
        assert not tried.trouble, text


def test_values_that_grow(folder: Path) -> None:
    for name, text in values(20, SEED):
        tried = attempt(folder, name, text)
        assert not tried.trouble, text
