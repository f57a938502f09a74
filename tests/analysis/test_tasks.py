"""Tasks and threads beside the request."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import agrees, view


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


def test_a_foreign_thread_may_release_before_its_own_work(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from asgiref.sync import sync_to_async
from django.db import close_old_connections
from library.models import Book

def cleanly(function):
    def wrapper(*args):
        close_old_connections()
        try:
            return function(*args)
        finally:
            close_old_connections()
    return sync_to_async(wrapper, thread_sensitive=False)

def titles():
    return [book.title for book in Book.objects.all()]

async def view(request, unknown):
    await Book.objects.acount()
    return await cleanly(titles)(), await cleanly(unknown)()

async def misplaced(request):
    await Book.objects.acount()
    await sync_to_async(close_old_connections, thread_sensitive=False)()  # LDB202
""",
    )


def test_a_foreign_threads_own_query_is_held_while_it_waits_for_another_thread(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import asyncio
import time

from asgiref.sync import async_to_sync
from django.db import close_old_connections
from library.models import Book

def titles():
    return list(Book.objects.all())

async def ask_in_thread():
    await asyncio.to_thread(time.sleep, 1)

def load_then_ask():
    titles()
    async_to_sync(ask_in_thread)()  # LDB105

def release_then_ask():
    titles()
    close_old_connections()
    async_to_sync(ask_in_thread)()

async def view(request):
    await asyncio.to_thread(load_then_ask)  # LDB301

async def released(request):
    await asyncio.to_thread(release_then_ask)
""",
    )


def test_a_generators_task_runs_beside_what_its_consumer_queries(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import asyncio

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from library.llm import ask
from library.models import Book

async def load():
    return await Book.objects.aget(pk=1)

async def load_and_release():
    await load()
    await sync_to_async(close_old_connections)()

async def answers():
    task = asyncio.create_task(ask("hi"))
    yield 1
    await task

async def queries(request):
    async for _ in answers():  # LDB101
        await load()

async def releases(request):
    async for _ in answers():
        await load_and_release()
""",
    )


def test_awaitables_that_were_put_into_a_list_are_gathered(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def appended(request):
    await load()
    calls = []
    for prompt in request.GET:
        calls.append(ask(prompt))
    await asyncio.gather(*calls)  # LDB101

async def named_first(request):
    await load()
    calls = []
    for prompt in request.GET:
        call = ask(prompt)
        if prompt:
            calls.append(call)
    await asyncio.gather(*calls, return_exceptions=True)  # LDB101

async def extended(request):
    await load()
    calls = set()
    calls.update(ask(prompt) for prompt in request.GET)
    await asyncio.wait(calls)  # LDB101

async def by_key(request):
    await load()
    calls = {}
    for prompt in request.GET:
        calls[prompt] = ask(prompt)
    await asyncio.gather(*calls.values())  # LDB101

async def awaited_one_by_one(request):
    await load()
    calls = []
    calls.append(ask("hi"))
    for call in calls:
        await call  # LDB101

async def quick(request):
    await load()
    calls = []
    for prompt in request.GET:
        calls.append(release())
    await asyncio.gather(*calls)
    calls = []
    await asyncio.gather(*calls)

async def of_a_task(request):
    await load()
    calls = []
    for prompt in request.GET:
        calls.append(asyncio.create_task(ask(prompt)))  # LDB101
    await asyncio.gather(*calls)

async def unknown(request, calls):
    await load()
    calls.append(request)
    await asyncio.gather(*calls)
""",
    )


def test_tasks_query_before_or_behind_work_in_the_request_thread_never_within_it(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import asyncio
import time

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from library.llm import ask
from library.models import Book

@sync_to_async
def release_and_block():
    close_old_connections()
    time.sleep(1)

async def release_and_ask():
    await release_and_block()
    await ask("hi")

async def within(request):
    await asyncio.gather(release_and_block(), Book.objects.acount())

async def behind(request):
    await asyncio.gather(release_and_ask(), Book.objects.acount())  # LDB101
""",
    )


def test_blocking_work_in_the_request_thread_comes_before_the_release_of_a_task_beside_it(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import asyncio
import time

from asgiref.sync import async_to_sync, sync_to_async
from channels.db import database_sync_to_async
from django.db import close_old_connections
from library.llm import ask
from library.models import Book

block = sync_to_async(time.sleep)

@database_sync_to_async
def titles():
    return list(Book.objects.all())

async def release():
    await sync_to_async(close_old_connections)()

async def load_and_release():
    await Book.objects.aget(pk=1)
    await release()

async def release_then_ask():
    await release()
    await ask("hi")

async def gathered(request):
    await asyncio.gather(load_and_release(), block(1))  # LDB101

async def grouped(request):
    async with asyncio.TaskGroup() as group:
        group.create_task(load_and_release())
        group.create_task(block(1))  # LDB101

async def by_a_loop_of_its_own(request):
    await asyncio.gather(load_and_release(), sync_to_async(async_to_sync(ask))("hi"))  # LDB101

async def task_queries(request):
    task = asyncio.create_task(load_and_release())
    await block(1)  # LDB101
    await task

async def task_blocks(request):
    task = asyncio.create_task(block(1))  # LDB101
    await load_and_release()
    await task

async def held_when_it_runs(request):
    await Book.objects.acount()
    task = asyncio.create_task(block(1))  # LDB101
    await Book.objects.acount()
    await release()
    await task

async def released_before_it_runs(request):
    await Book.objects.acount()
    task = asyncio.create_task(block(1))
    await release()
    await task

async def does_not_block(request):
    await asyncio.gather(load_and_release(), ask("hi"), asyncio.to_thread(time.sleep, 1))

async def releases_at_once(request):
    await asyncio.gather(titles(), block(1))

async def blocks_later(request):
    await asyncio.gather(load_and_release(), load_and_release())
    await block(1)
    task = asyncio.create_task(load_and_release())
    await task
    await block(1)
    await load_and_release()
    task = asyncio.create_task(block(1))
    await task
""",
    )


def test_work_that_is_given_to_the_request_thread_first_comes_before_what_is_gathered_behind_it(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import asyncio
import time

from asgiref.sync import sync_to_async
from library.models import Book

block = sync_to_async(time.sleep)

async def first(request):
    await asyncio.gather(block(1), Book.objects.acount())

async def last(request):
    await asyncio.gather(Book.objects.acount(), block(1))  # LDB101

async def any_number(request, books):
    await asyncio.gather(*(sync_to_async(block_and_count)(book) for book in books))  # LDB101

def block_and_count(book):
    time.sleep(1)
    return Book.objects.count()
""",
    )


def test_a_task_that_is_made_on_many_ways_begins_anew_on_each(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import asyncio

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from library.llm import ask
from library.models import Book

async def release():
    await sync_to_async(close_old_connections)()

async def view(request, unknown):
    try:
        unknown()
    except LookupError:
        await Book.objects.acount()
    finally:
        await asyncio.create_task(release())
        await ask("hi")
""",
    )


def test_a_release_in_a_task_is_complained_of_once(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
def clean():
    close_old_connections()

async def view(request):
    await load()
    task = asyncio.create_task(asyncio.to_thread(clean))  # LDB202
    await task
    await ask("hi")  # LDB101
""",
    )
