"""Ways out of blocks: return, break and continue take along what is held."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analysis.saying import view

BLOCKS = {
    "if": "if request.flag:\n{}",
    "match": "match request.kind:\n            case _:\n    {}",
    "try": "try:\n{}\n        except KeyError:\n            pass",
    "try else": "try:\n            pass\n        except KeyError:\n            pass\n        else:\n{}",
    "finally": "try:\n{}\n        finally:\n            request.close()",
    "atomic": "with opened():\n{}",
    "suppress": "with contextlib.suppress(KeyError):\n{}",
    "timeout": "async with asyncio.timeout(5):\n{}",
    "context manager": "async with Logged():\n{}",
    "generator": "async with logged():\n{}",
}
MANAGERS = """
class Logged:
    async def __aenter__(self):
        pass
    async def __aexit__(self, *exc):
        pass

@contextlib.asynccontextmanager
async def logged():
    yield

@contextlib.contextmanager
def opened():
    yield
"""


@pytest.mark.parametrize("way", ["return", "break", "continue"])
@pytest.mark.parametrize("block", BLOCKS.values(), ids=list(BLOCKS))
def test_what_a_block_is_left_with(tmp_path: Path, block: str, way: str) -> None:
    body = block.format(f"            await load(){chr(10)}            {'    ' if 'case' in block else ''}{way}")
    view(
        tmp_path,
        f"""{MANAGERS}
async def work(request):
    while request.more():
        {body}
        await release()

async def view(request):
    await work(request)
    await ask("hi")  # LDB101
""",
    )


@pytest.mark.parametrize("way", ["return", "break", "continue"])
def test_every_way_out_goes_through_finally(tmp_path: Path, way: str) -> None:
    view(
        tmp_path,
        f"""
async def work(request):
    while request.more():
        try:
            await load()
            {way}
        finally:
            await release()

async def view(request):
    await work(request)
    await ask("hi")
""",
    )


@pytest.mark.parametrize("way", ["return", "break", "continue"])
def test_a_block_leaves_earlier_ways_out_as_they_were(tmp_path: Path, way: str) -> None:
    view(
        tmp_path,
        f"""
async def work(request):
    while request.more():
        if request.flag:
            await load()
            {way}
        try:
            request.read()
        except KeyError:
            {way}
        await release()
    else:
        await ask("again"){"  # LDB101" if way == "continue" else ""}

async def view(request):
    await work(request)
    await ask("hi")  # LDB101
""",
    )


def test_an_exception_in_a_task_group_cancels_what_its_tasks_would_release(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def cancelled(request):
    await load()
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(release())
            raise Refused
    except Refused:
        await ask("hi")  # LDB101

async def in_an_exception_group(request):
    await load()
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(release())
            raise Refused
    except Refused:
        pass
    except Exception:
        await ask("hi")  # LDB101

async def released_behind(request):
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(load())
            raise Refused
    except Refused:
        await release()
        await ask("hi")

async def awaited(request):
    await load()
    async with asyncio.TaskGroup() as group:
        group.create_task(release())
    await ask("hi")
""",
    )


def test_a_generator_that_is_closed_ends_by_what_it_raises(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def rows():
    try:
        await load()
        yield 1
    except GeneratorExit:
        await release()
        raise GeneratorExit

async def closed(request):
    books = rows()
    await anext(books)
    await books.aclose()
    await ask("hi")
""",
    )


def test_a_generator_that_is_closed_may_raise_again_what_closed_it(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def rows_again():
    try:
        await load()
        yield 1
    except GeneratorExit:
        await release()
        raise

async def closed_again(request):
    books = rows_again()
    await anext(books)
    await books.aclose()
    await ask("hi")
""",
    )
