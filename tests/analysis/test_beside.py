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


def test_who_hears_that_one_has_raised_does_not_wait_for_the_others(tmp_path: Path) -> None:
    view(
        tmp_path,
        f"""{BODIES}
async def behind_a_wait(request):
    try:
        await asyncio.gather(load_then_release(), ask_then_count())
    except Book.DoesNotExist:
        await release()
        await ask("hi")  # LDB101

async def behind_a_query(request):
    try:
        await asyncio.gather(load(), load_twice())
    except Book.DoesNotExist:
        await release()
        await ask("hi")  # LDB101

async def behind_a_lock(request, lock):
    async def locked():
        async with lock:
            return await load()
    try:
        await asyncio.gather(load(), locked())
    except Book.DoesNotExist:
        await release()
        await ask("hi")  # LDB101

async def load_all():
    try:
        return await asyncio.gather(load(), load_twice())
    except Book.DoesNotExist:
        return []

async def caught_by_a_helper(request):
    await load_all()
    await release()
    await ask("hi")  # LDB101

async def blocks(request):
    try:
        await asyncio.gather(load(), load_then_release())
    except Book.DoesNotExist:
        await block_in_turn()  # LDB101
""",
    )


def test_what_is_done_for_sure_when_one_has_raised(tmp_path: Path) -> None:
    view(
        tmp_path,
        f"""{BODIES}
async def first_work(request):
    try:
        await asyncio.gather(load(), Author.objects.acount(), sync_to_async(titles)(), load())
    except Book.DoesNotExist:
        await release()
        await ask("hi")

async def ask_badly():
    await ask("hi")
    raise Refused

async def after_a_wait(request):
    try:
        await asyncio.gather(ask_badly(), load_twice())  # LDB101
    except Refused:
        await release()
        await ask("hi")

async def kept(request):
    await asyncio.gather(load(), load_twice(), return_exceptions=True)
    await release()
    await ask("hi")

async def not_caught(request):
    try:
        await asyncio.gather(load(), load_twice())
    finally:
        await release()
    await ask("hi")

async def load_in_group():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(load())
            group.create_task(load_twice())
    except* Book.DoesNotExist:
        return []

async def group(request):
    await load_in_group()
    await release()
    await ask("hi")
""",
    )


def test_what_a_gather_opens_behind_a_wait_is_late(tmp_path: Path) -> None:
    view(
        tmp_path,
        f"""{BODIES}
async def load_after_a_wait():
    await ask("hi")
    await asyncio.gather(load(), load())

async def view(request):
    asyncio.create_task(load_after_a_wait())  # LDB302

async def load_before_a_wait():
    await asyncio.gather(load(), load())
    await release()
    await ask("hi")

async def at_once(request):
    asyncio.create_task(load_before_a_wait())
""",
    )


def test_tasks_end_while_a_long_time_passes_for_sure(tmp_path: Path) -> None:
    view(
        tmp_path,
        f"""{BODIES}
async def perhaps_ask(request):
    if request.flag:
        await ask("hi")

async def perhaps(request):
    task = asyncio.create_task(load_twice())
    await perhaps_ask(request)  # LDB101
    await release()
    await ask("hi")  # LDB101
    await task

async def while_the_thread_is_blocked(request):
    task = asyncio.create_task(load_twice())
    await sync_to_async(time.sleep)(1)  # LDB101
    await release()
    await ask("hi")  # LDB101
    await task

async def for_sure(request):
    task = asyncio.create_task(load_twice())
    await asyncio.to_thread(time.sleep, 1)  # LDB101
    await release()
    await ask("hi")
    await task
""",
    )


def test_a_task_that_blocks_begins_before_what_is_awaited_behind_it_in_a_task(tmp_path: Path) -> None:
    view(
        tmp_path,
        f"""{BODIES}
async def limited(request):
    await load()
    task = asyncio.create_task(block_in_turn())  # LDB101
    await asyncio.wait_for(release(), 5)
    await task

async def shielded(request):
    await load()
    task = asyncio.create_task(block_in_turn())  # LDB101
    await asyncio.shield(release())
    await task

async def gathered(request):
    await load()
    task = asyncio.create_task(block_in_turn())  # LDB101
    await asyncio.gather(release())
    await task

async def in_a_task(request):
    await load()
    task = asyncio.create_task(block_in_turn())  # LDB101
    await asyncio.create_task(release())
    await task

async def behind_a_turn(request):
    await load()
    task = asyncio.create_task(block_in_turn())  # LDB101
    await asyncio.sleep(0)
    await release()
    await task

async def release_in_turn():
    await asyncio.sleep(0)
    await release()

async def behind_a_turn_of_a_helper(request):
    await load()
    task = asyncio.create_task(block_in_turn())  # LDB101
    await release_in_turn()
    await task

async def at_once(request):
    await load()
    task = asyncio.create_task(block_in_turn())
    await release()
    await task

async def before(request):
    await load()
    await release()
    task = asyncio.create_task(block_in_turn())
    await asyncio.wait_for(release(), 5)
    await task
""",
    )


def test_a_task_that_has_ended_opens_nothing_when_it_is_awaited(tmp_path: Path) -> None:
    view(
        tmp_path,
        f"""{BODIES}
async def ended(request):
    task = asyncio.create_task(load())
    await ask("hi")  # LDB101
    await release()
    await task
    await ask("hi")

async def not_released(request):
    task = asyncio.create_task(load())
    await ask("hi")  # LDB101
    await task
    await ask("hi")  # LDB101

async def waits_itself(request):
    task = asyncio.create_task(ask_then_count())
    await ask("hi")  # LDB101
    await release()
    await task
    await ask("hi")  # LDB101

async def perhaps_not(request):
    task = asyncio.create_task(load())
    if request.flag:
        await ask("hi")  # LDB101
    await release()
    await task
    await ask("hi")  # LDB101

async def made_again(request):
    for _ in request.rounds:
        task = asyncio.create_task(load())
        await task
        await ask("hi")  # LDB101
        await release()

async def a_thread_is_blocked(request):
    first = asyncio.create_task(block_in_turn())  # LDB101
    task = asyncio.create_task(load())
    await ask("hi")  # LDB101
    await release()
    await task
    await ask("hi")  # LDB101
    await first
""",
    )


def test_whoever_cancels_its_tasks_leaves_none_behind(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def audit():
    await ask("hi")
    await load()

async def cancelled(request):
    audits = [asyncio.create_task(audit()) for _ in range(3)]
    await asyncio.sleep(0)
    for task in audits:
        task.cancel()

async def left(request):
    audits = [asyncio.create_task(audit()) for _ in range(3)]  # LDB302
    await asyncio.sleep(0)
""",
    )


def test_a_task_waits_while_another_holds_for_long(tmp_path: Path) -> None:
    """However short the others hold what they give back before the task is awaited, it is not told of."""
    view(
        tmp_path,
        """
async def work():
    await load()
    await ask("hi")  # LDB101
    await release()

async def for_long(request):
    task = asyncio.create_task(ask("hi"))  # LDB101
    await work()
    await task

async def shortly(request):
    task = asyncio.create_task(ask("hi"))
    await load_and_release()
    await task

async def before(request):
    await work()
    task = asyncio.create_task(ask("hi"))
    await task
""",
    )
