"""What messages name: the first query, the block that has opened a connection, the call that has opened what a release leaves."""

from __future__ import annotations

from pathlib import Path

from flake8_django_async.check import check
from tests.analysis.saying import HEAD, said


def opened_by(folder: Path, views: str) -> list[str]:
    """What the messages say of views has opened connections."""
    said(folder, {"views.py": f"{HEAD}\n{views}"})
    messages = [diagnostic.message for diagnostic in check(str(folder / "views.py"))]
    return [message.partition("opened by '")[2].partition("'")[0] for message in messages]


def test_a_block_is_named_by_what_makes_its_manager(tmp_path: Path) -> None:
    views = """
@contextlib.asynccontextmanager
async def reading():
    yield await load()

async def view(request):
    async with reading():
        await ask("hi")
"""
    assert opened_by(tmp_path, views) == ["reading"]


def test_what_a_helpers_release_leaves_is_named_by_its_caller(tmp_path: Path) -> None:
    views = """
from django.db import connections

def close():
    connections["replica"].close()

async def view(request):
    await load()
    await sync_to_async(close)()
"""
    assert opened_by(tmp_path, views) == ["load"]


def test_of_many_queries_the_first_is_named(tmp_path: Path) -> None:
    views = """
async def view(request):
    await Book.objects.alast()
    await Book.objects.afirst()
    await Book.objects.acount()
    await Book.objects.aexists()
    await Book.objects.aget(pk=1)
    await Book.objects.alatest("pk")
    await Book.objects.aearliest("pk")
    await ask("hi")
"""
    assert opened_by(tmp_path, views) == ["Book.objects.alast"]
