"""Task groups: what goes on beside them, and what comes of their errors."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import view


def test_a_task_from_outside_of_a_group_does_not_end_with_it(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
def begin():
    asyncio.create_task(load())

async def still_under_way(request):
    begin()
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.sleep(0))
    await release()
    await ask("hi")  # LDB101
""",
    )


def test_the_tasks_of_a_group_that_has_failed_are_over(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def patient():
    with contextlib.suppress(Exception):
        await ask("hi")

async def cancelled(request):
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(patient())
            raise ValueError
    except ExceptionGroup:
        pass
    await load()
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.sleep(0))
    await release()
""",
    )


def test_a_group_raises_a_group(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def grouped(request):
    try:
        async with asyncio.TaskGroup():
            await load()
            raise ValueError
    except ExceptionGroup:
        await ask("hi")  # LDB101
""",
    )


def test_a_group_that_is_cancelled_raises_no_group(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def cancelled(request):
    try:
        async with asyncio.TaskGroup():
            await load()
            await asyncio.sleep(5)  # LDB101
    except Exception:
        await release()
    except BaseException:
        await ask("hi")  # LDB101
        raise

async def raised(request):
    try:
        async with asyncio.TaskGroup():
            with contextlib.suppress(BaseException):
                await load()
            raise ValueError
    except Exception:
        await release()
    except BaseException:
        await ask("hi")
        raise
""",
    )


def test_the_tasks_of_a_group_are_over_when_one_of_them_has_failed(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def failed(request):
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(ask("hi"))
    except ExceptionGroup:
        pass
    await load()
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.sleep(0))
    await release()
""",
    )
