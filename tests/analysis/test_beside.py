"""What goes on beside: tasks that block the request's thread, members of a gather when one of them has raised."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import view

BODIES = """
import time

async def load_then_release():
    try:
        await load()
    finally:
        await release()

async def load_twice():
    await load()
    return await load()

async def ask_then_count():
    await ask("hi")
    return await Book.objects.acount()

def block():
    time.sleep(1)

block_in_turn = sync_to_async(block)
"""


def test_a_task_that_blocks_may_have_done_so_before_another_released(tmp_path: Path) -> None:
    view(
        tmp_path,
        f"""{BODIES}
async def view(request):
    first = asyncio.create_task(load_then_release())
    second = asyncio.create_task(block_in_turn())  # LDB101
    await asyncio.to_thread(time.sleep, 1)
    await second
    await first

async def released_by_the_view(request):
    first = asyncio.create_task(load())
    second = asyncio.create_task(block_in_turn())  # LDB101
    await asyncio.to_thread(time.sleep, 1)  # LDB101
    await release()
    await second
    await first

async def made_after_a_wait(request):
    first = asyncio.create_task(load_then_release())
    await asyncio.to_thread(time.sleep, 1)
    second = asyncio.create_task(block_in_turn())
    await second
    await first

async def its_own(request):
    task = asyncio.create_task(load_then_release())
    await asyncio.to_thread(time.sleep, 1)
    await task
    await ask("hi")
""",
    )
