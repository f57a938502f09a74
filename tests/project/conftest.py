"""Projects of a few files, laid out in a temporary folder."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from flake8_django_async.project.modules import Project

LayOut: TypeAlias = Callable[[dict[str, str]], Path]


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    Project.forget_all()
    yield
    Project.forget_all()


@pytest.fixture
def lay_out(tmp_path: Path) -> LayOut:
    """Write files (path to text; a path that ends in "/" is a folder) and return their top folder."""

    def write(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / name
            if name.endswith("/"):
                path.mkdir(parents=True, exist_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return tmp_path.resolve()

    return write
