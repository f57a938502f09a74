"""Size and depth: what is deep is followed, what is too large is said, nothing crashes."""

from __future__ import annotations

from pathlib import Path

import pytest

from flake8_django_async.analysis import engine, world
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
    monkeypatch.setattr(world, "MAX_WORK", 3)
    views = "from library.models import Book\n\n" + "".join(
        f"async def view{n}(request):\n" + "    await Book.objects.aget(pk=1)\n" * 9 + "\n" for n in range(2)
    )
    assert said(tmp_path, {"views.py": views}) == {3: ["LDB900"]}


def test_work_with_large_values_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few statements may join, compare and hash values of hundreds of parts, round after round."""
    monkeypatch.setattr(world, "MAX_WORK", 40)
    views = """
from library.models import Book

async def view(request, a, b):
    a = {}, {}
    b = {}, {}
    a = a, b
    b = a, a
    await Book.objects.aget(pk=1)
"""
    assert said(tmp_path, {"views.py": views.replace("{}", "1")}) == {}
    assert said(tmp_path, {"views.py": views.replace("{}", "(lambda: a, lambda: b, [lambda: a] or [lambda: b])")}) == {
        3: ["LDB900"]
    }


def test_rounds_of_loops_without_statements_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world, "MAX_WORK", 40)
    views = "from library.models import Book\n\nasync def view(request):\n    return [await Book.objects.aget(pk=1) {}]\n"
    clauses = " ".join(f"for x{n} in request" for n in range(18))
    assert said(tmp_path, {"views.py": views.format("for x in request")}) == {}
    assert said(tmp_path, {"views.py": views.format(clauses)}) == {3: ["LDB900"]}


def test_a_file_of_many_large_functions_comes_to_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MAX_WORK_OF_FILE", 30)
    views = "from library.models import Book\n\n" + "".join(
        f"async def view{n}(request):\n" + "    await Book.objects.aget(pk=1)\n" * 9 + "\n" for n in range(9)
    )
    assert said(tmp_path, {"views.py": views}) == {47: ["LDB900"]}


def test_what_follows_a_function_that_takes_too_long_is_looked_at_as_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decorator of the second is followed before the second is: with a budget of its own."""
    monkeypatch.setattr(world, "MAX_WORK", 12)
    views = """
import asyncio
from library.models import Book

def plain(f):
    return f

async def first(request):
    while True:
        await Book.objects.aget(pk=1)
        await Book.objects.aget(pk=1)
        await Book.objects.aget(pk=1)
        await Book.objects.aget(pk=1)
        await Book.objects.aget(pk=1)
        await Book.objects.aget(pk=1)
        await Book.objects.aget(pk=1)

@plain
async def second(request):
    await Book.objects.aget(pk=1)
    await asyncio.sleep(5)
"""
    assert said(tmp_path, {"views.py": views}) == {7: ["LDB900"], 20: ["LDB101"]}


@pytest.mark.parametrize("odd", ["transaction.atomic()()", "contextlib.suppress(ValueError)(view)", "asyncio.timeout(1)(view)"])
def test_calls_of_context_managers_that_make_no_sense(tmp_path: Path, odd: str) -> None:
    views = f"""
import asyncio, contextlib
from django.db import transaction
from library.models import Book

async def view(request):
    made = {odd}
    await made()
    made()
    await Book.objects.aget(pk=1)
    await asyncio.sleep(5)
"""
    assert said(tmp_path, {"views.py": views}) == {10: ["LDB101"]}


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


def test_a_middleware_that_takes_too_long_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world, "MAX_WORK", 20)
    middleware = "from library.models import Author\n\ndef heavy(get_response):\n    def middleware(request):\n"
    middleware += "        Author.objects.first()\n" * 30 + "        return get_response(request)\n    return middleware\n"
    views = "from library.llm import ask\n\nasync def view(request):\n    await ask('hi')\n"
    files = {"views.py": views, "library/middleware.py": middleware, "settings.py": 'MIDDLEWARE = ["library.middleware.heavy"]\n'}
    assert said(tmp_path, files) == {}
