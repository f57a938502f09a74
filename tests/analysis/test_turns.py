"""Turns of the loop: a task begins at the first one behind its making, be that in a helper or in a generator, and again with each round."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import view


def test_a_release_that_a_helper_or_a_generator_shields_comes_behind_a_task_that_blocks(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time

block = sync_to_async(time.sleep)

async def shielded():
    await asyncio.shield(release())

async def lines():
    await asyncio.shield(release())
    yield 1

async def at_once():
    await release()
    yield 1

async def by_helper(request):
    await load()
    task = asyncio.create_task(block(1))  # LDB101
    await shielded()
    await task

async def by_generator(request):
    await load()
    task = asyncio.create_task(block(1))  # LDB101
    [line async for line in lines()]
    await task

async def in_another_generator(request):
    async def outer():
        async for line in lines():
            yield line

    await load()
    task = asyncio.create_task(block(1))  # LDB101
    [line async for line in outer()]
    await task

async def released_at_once(request):
    await load()
    task = asyncio.create_task(block(1))
    [line async for line in at_once()]
    await task
""",
    )


def test_a_task_of_a_generator_releases_nothing_that_its_consumer_has_taken_since(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def lines():
    task = asyncio.create_task(release())
    yield 1
    await task
    await ask("hi")
    yield 2

async def quick():
    task = asyncio.create_task(release())
    await task
    await ask("hi")
    yield 2

async def consumer(request):
    await load()
    async for line in lines():  # LDB101
        await ask("hi")  # LDB101
        await load()

async def free(request):
    await load()
    async for line in quick():
        pass
""",
    )


def test_a_task_of_the_next_round_runs_beside_what_the_last_one_left(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def ask_then_count():
    await ask("hi")
    return await Book.objects.acount()

async def rounds(request):
    for _ in range(2):
        task = asyncio.create_task(ask_then_count())  # LDB101
        await task

async def released(request):
    for _ in range(2):
        task = asyncio.create_task(ask_then_count())
        await task
        await release()
""",
    )


def test_a_task_begins_at_the_second_block_that_may_wait(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time
from vendor import lock

block = sync_to_async(time.sleep)

async def at_once():
    with lock:
        await release()

async def twice():
    async with lock:
        pass
    async with lock:
        pass

async def released_at_once(request):
    await load()
    task = asyncio.create_task(block(1))
    await at_once()
    await task

async def released_later(request):
    await load()
    task = asyncio.create_task(block(1))  # LDB101
    await twice()
    await release()
    await task
""",
    )


def test_a_task_that_waits_first_may_query_after_a_long_time(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time

async def try_and_release():
    with contextlib.suppress(Exception):
        await load()
    await release()

async def rows():
    await try_and_release()
    yield 1

async def work_later():
    await ask("hi")
    await try_and_release()

async def work_at_once():
    async for row in rows():
        print(row)

async def may_be_at_it(request):
    task = asyncio.create_task(work_later())
    await asyncio.sleep(5)
    await sync_to_async(time.sleep)(5)  # LDB101
    await task

async def is_over(request):
    task = asyncio.create_task(work_at_once())
    await asyncio.sleep(5)
    await sync_to_async(time.sleep)(5)
    await task
""",
    )
