"""Tasks that are awaited more than once."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import agrees


def test_a_task_that_is_awaited_again_holds_over_no_wait_but_its_own(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import asyncio
from library.llm import ask
from library.models import Book

async def count_and_ask():
    async for book in Book.objects.aiterator():
        await ask(book.title)  # LDB103

async def view(request):
    task = asyncio.create_task(count_and_ask())
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        return await task

async def held_before(request):
    await Book.objects.acount()
    task = asyncio.create_task(count_and_ask())  # LDB101
    return await asyncio.shield(task)
""",
    )
