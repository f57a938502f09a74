"""The screen skips work and changes no verdict."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from flake8_django_async.analysis.engine import analyse
from flake8_django_async.check import world_of
from flake8_django_async.project.modules import Project
from tests.trial import lay_out

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
FILES = sorted(path for path in FIXTURES.rglob("*.py"))


def both(path: Path) -> tuple[list[object], list[object]]:
    """What is found with the screen and without, each by a process of its own as far as it goes."""
    found: list[list[object]] = []
    for screened in (True, False):
        project = Project.for_file(str(path))
        project.generation += 1  # another world: nothing that the other run has read
        found.append(list(analyse(world_of(project, str(path)), project.module(str(path)), screened=screened)))
    return found[0], found[1]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FIXTURES).as_posix())
def test_fixtures(path: Path) -> None:
    screened, whole = both(path)
    assert screened == whole


SHAPES = {
    "decorated for a thread": """
        @sync_to_async
        def ask():
            Book.objects.get(pk=1)
            time.sleep(5)
    """,
    "decorated by the project": """
        def threaded(function):
            return sync_to_async(function)

        @threaded
        def ask():
            Book.objects.get(pk=1)
            time.sleep(5)
    """,
    "decorated by an item of a dict": """
        KINDS = {"thread": sync_to_async}

        @KINDS["thread"]
        def ask():
            Book.objects.get(pk=1)
            time.sleep(5)
    """,
    "a factory": """
        def make():
            async def ask():
                await Book.objects.aget(pk=1)
                await asyncio.sleep(5)
            return ask
    """,
    "a property": """
        class Asker:
            @property
            def book(self):
                Book.objects.get(pk=1)
                time.sleep(5)
    """,
    "nothing to do": """
        async def ask():
            pass

        async def ask_again(book: int = 5) -> None:
            return None
    """,
}


@pytest.mark.parametrize("text", SHAPES.values(), ids=list(SHAPES))
def test_shapes(tmp_path: Path, text: str) -> None:
    header = "import asyncio, time\nfrom asgiref.sync import sync_to_async\nfrom django.contrib.auth.models import User as Book\n"
    lay_out(tmp_path, {"shop/__init__.py": "", "manage.py": "", "shop/asking.py": header + textwrap.dedent(text)})
    screened, whole = both(tmp_path / "shop" / "asking.py")
    assert screened == whole
