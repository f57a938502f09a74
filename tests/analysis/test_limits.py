"""Size and depth: what is deep is followed, what is too large is said, nothing crashes."""

from __future__ import annotations

from pathlib import Path

import pytest

from flake8_django_async.analysis import world
from tests.analysis.saying import said


def chain(length: int) -> str:
    """A view that waits at the end of a chain of helpers, callers first."""
    calls = "".join(f"async def step{n}():\n    await step{n - 1}()\n\n" for n in range(length, 0, -1))
    return (
        "from library.llm import ask\nfrom library.models import Book\n\n"
        f"async def view(request):\n    await Book.objects.aget(pk=1)\n    await step{length}()\n\n{calls}"
        "async def step0():\n    await ask('hi')\n"
    )


@pytest.mark.parametrize("length", [1, 10, 100])
def test_a_wait_is_found_at_the_end_of_a_chain(tmp_path: Path, length: int) -> None:
    assert said(tmp_path, {"views.py": chain(length)}) == {6: ["LDB101"]}


def test_mutual_recursion_comes_to_an_end(tmp_path: Path) -> None:
    views = """
from library.llm import ask
from library.models import Book

async def ping(n):
    if n:
        await pong(n - 1)
    await Book.objects.aget(pk=1)

async def pong(n):
    if n:
        await ping(n - 1)
    await ask("hi")

async def view(request):
    await ping(3)
    await pong(3)
"""
    found = said(tmp_path, {"views.py": views})
    assert found[16] == ["LDB101"]
    assert found[12] == ["LDB101"], "pong queried through ping before it waits"


def test_what_takes_too_long_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world, "MAX_STATEMENTS", 3)
    views = "from library.models import Book\n\n" + "".join(
        f"async def view{n}(request):\n" + "    await Book.objects.aget(pk=1)\n" * 9 + "\n" for n in range(2)
    )
    assert said(tmp_path, {"views.py": views}) == {3: ["LDB900"]}


def test_import_cycles_are_followed(tmp_path: Path) -> None:
    views = (
        "from other import load\nfrom library.llm import ask\n\nasync def view(request):\n    await load()\n    await ask('hi')\n"
    )
    other = "import views\nfrom library.models import Book\n\nasync def load():\n    await Book.objects.aget(pk=1)\n"
    assert said(tmp_path, {"views.py": views, "other.py": other}) == {6: ["LDB101"]}


def test_closures_that_capture_each_other_stay_small(tmp_path: Path) -> None:
    """As in strawberry-django: each round of a loop makes functions that hold those of the round before."""
    views = """
from library.llm import ask
from library.models import Book

async def view(request, names):
    for name in names:
        async def first(n):
            return await first(n) if n else await second(first)

        async def second(n):
            await ask("hi")
            return await second(n) if n else await first(second)

    await Book.objects.aget(pk=1)
    await first(1)
"""
    assert said(tmp_path, {"views.py": views}) == {14: ["LDB101"]}
