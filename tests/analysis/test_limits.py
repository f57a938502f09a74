"""Size and depth: what is deep is followed, what is too large is said, nothing crashes."""

from __future__ import annotations

from pathlib import Path

import pytest

from flake8_django_async.analysis import engine, interpret, summaries, world
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


def test_code_that_cannot_be_read_is_said_and_left_out(tmp_path: Path) -> None:
    """Its own function only; what it sets is not known."""
    deep = " or ".join(["request.GET"] * 1500)
    views = f"""
from library.llm import ask
from library.models import Book

class Service:
    def set(self, request):
        self.work = {deep}

    async def run(self):
        await Book.objects.acount()
        await self.work()
        await ask("hi")  # LDB101

async def unreadable(request):
    return {deep}

async def calling(request):
    await Book.objects.acount()
    await unreadable(request)
    await ask("hi")  # LDB101
"""
    found = said(tmp_path, {"views.py": views})
    assert [line for line, codes in found.items() if codes == ["LDB101"]] == [11, 19]
    assert [line for line, codes in found.items() if codes == ["LDB900"]] == [5]


def test_what_requests_of_other_files_do_has_its_limits_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes too long there is said there, and what was found before is told."""
    services = "import time\nfrom library.models import Book\n\n"
    services += "".join(f"def work{n}():\n    Book.objects.count()\n    time.sleep(5)\n\n" for n in (1, 2))
    view = "async def view{0}(request):\n{1}    await sync_to_async(work{0})()\n\n"
    views = "from asgiref.sync import sync_to_async\nfrom library.services import work1, work2\n\n"
    files = {"library/services.py": services, "views.py": views + view.format(1, "") + view.format(2, "    print()\n" * 60)}
    assert said(tmp_path / "whole", files, "library/services.py") == {6: ["LDB105"], 10: ["LDB105"]}
    monkeypatch.setattr(world, "MAX_WORK", 50)
    assert said(tmp_path / "cut", files, "library/services.py") == {6: ["LDB105"]}
    monkeypatch.setattr(engine, "MAX_WORK_OF_FILE", 0)
    assert said(tmp_path / "first", files, "library/services.py") == {6: ["LDB105"]}


def test_a_chain_that_is_too_deep_ends_in_what_is_not_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summaries, "MAX_DEPTH", 5)
    assert said(tmp_path / "short", {"views.py": chain(4)}) == {6: ["LDB101"]}
    assert said(tmp_path / "long", {"views.py": chain(9)}) == {}


def test_a_loop_is_followed_until_its_names_have_settled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or for so many rounds, as recursion is."""
    names = [f"name{n}" for n in range(9)]
    moves = "".join(f"        {left} = {right}\n" for left, right in zip(names, [*names[1:], "ask"]))
    views = (
        "from library.llm import ask\nfrom library.models import Book\n\nasync def view(request):\n    await Book.objects.acount()\n"
        f"    {' = '.join(names)} = None\n    while request.GET:\n{moves}    await name0()\n"
    )
    line = len(views.splitlines())
    assert said(tmp_path / "settled", {"views.py": views}) == {line: ["LDB101"]}
    monkeypatch.setattr(interpret, "MAX_ROUNDS", 3)
    assert said(tmp_path / "cut", {"views.py": views}) == {}


def test_recursion_is_followed_for_so_many_rounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summaries, "MAX_ROUNDS", 1)
    views = """
from library.llm import ask
from library.models import Book

async def again(n):
    await ask("hi")
    await Book.objects.acount()
    if n:
        await again(n - 1)

async def view(request):
    await Book.objects.acount()
    await again(3)
"""
    assert said(tmp_path, {"views.py": views})[12] == ["LDB101"]


def test_functions_that_call_each_other_with_ever_new_arguments_are_little_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "MAX_WORK", 200)
    views = """
import functools
from library.models import Book

async def ping(function):
    await pong(functools.partial(function, 1))

async def pong(function):
    await ping(functools.partial(function, 2))

async def view(request):
    await ping(Book.objects.aget)
"""
    assert said(tmp_path, {"views.py": views}) == {}
