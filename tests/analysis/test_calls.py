"""Calls: what a function does to its caller depends on where it runs, on what is open and on some arguments; recursion ends."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import HEAD, agrees, view


def test_where_a_function_runs_tells(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
def clean():
    close_old_connections()

async def wrong(request):
    await load()
    clean()  # LDB201
    await ask("hi")  # LDB101

async def right(request):
    await load()
    await sync_to_async(clean)()
    await ask("hi")
""",
    )


def test_the_alias_that_a_function_gets_tells(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.db import connections

async def first(using):
    return await Book.objects.using(using).afirst()

@sync_to_async
def close(using):
    connections[using].close()

async def closed(request):
    await first("replica")
    await close("replica")
    await ask("hi")

async def other_closed(request):
    await first("replica")
    await close("default")  # LDB205
    await ask("hi")  # LDB101
""",
    )


def test_a_foreign_thread_by_a_flag(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def run(work, sensitive):
    return await sync_to_async(work, thread_sensitive=sensitive)()  # LDB301

async def foreign(request):
    await run(titles, False)
    await ask("hi")  # LDB101
""",
    )


def test_the_own_thread_by_a_flag(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def run(work, sensitive):
    return await sync_to_async(work, thread_sensitive=sensitive)()

async def own(request):
    await run(titles, True)
    await ask("hi")  # LDB101
""",
    )


def test_what_is_open_at_a_call_tells(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time

from django.db import transaction

def fetch():
    time.sleep(5)

@sync_to_async
def outside():
    titles()
    fetch()  # LDB105

@sync_to_async
def inside():
    with transaction.atomic():
        fetch()  # LDB104

@sync_to_async
def after_atomic():
    with transaction.atomic(using="replica"):
        titles()
    fetch()  # LDB105  # LDB105

@sync_to_async
def reading():
    for book in Book.objects.iterator():
        fetch()  # LDB103
""",
    )


def test_a_call_whose_argument_never_ends_is_not_made(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def never(n=1):
    raise Refused

async def view(request):
    await load()
    await load(await never())
    await ask("hi")
""",
    )


def test_what_a_function_leaves_open_is_open_in_its_caller(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time

from django.db import transaction

@contextlib.contextmanager
def opened():
    with transaction.atomic():
        yield

@sync_to_async
def inside():
    with opened():
        time.sleep(5)  # LDB104

def rows():
    for book in Book.objects.iterator():
        yield book

@sync_to_async
def reading():
    for book in rows():
        time.sleep(5)  # LDB103

def begin():
    transaction.set_autocommit(False)

@sync_to_async
def begun():
    begin()
    titles()
    time.sleep(5)  # LDB104
""",
    )


def test_what_is_open_stays_so_past_a_call(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time

from django.db import transaction

def quick_sync():
    pass

@sync_to_async
def around():
    with transaction.atomic():
        quick_sync()
        time.sleep(5)  # LDB104

@sync_to_async
def reading_around():
    for book in Book.objects.iterator():
        quick_sync()
        time.sleep(5)  # LDB103
""",
    )


def test_a_task_goes_on_past_a_call(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def quick():
    pass

async def waits_for_it(request):
    task = asyncio.create_task(load())
    await quick()
    await task
    await ask("hi")  # LDB101

async def outlives():
    await ask("hi")
    await load()

async def leaves_it(request):
    asyncio.create_task(outlives())  # LDB302
    await quick()
""",
    )


def test_closing_a_connection_ends_its_transaction(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time

from django.db import transaction

@sync_to_async
def closed():
    transaction.set_autocommit(False)
    connection.close()  # LDB206
    titles()
    time.sleep(5)  # LDB105
""",
    )


def test_a_function_that_calls_itself_meets_what_it_opens(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time

def walk(n):
    if n:
        walk(n - 1)
    time.sleep(5)  # LDB105
    titles()

@sync_to_async
def view():
    walk(3)
""",
    )


def test_a_release_in_another_file_that_is_called_on_the_event_loop(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        f"""{HEAD}
from library.db import clean, within

async def wrong(request):
    await load()
    clean()  # LDB201
    await ask("hi")  # LDB101

async def deeper(request):
    await load()
    within()  # LDB201
    await ask("hi")  # LDB101

async def right(request):
    await load()
    await sync_to_async(within)()
    await ask("hi")
""",
        library__db="""
from django.db import close_old_connections

def clean():
    close_old_connections()

def within():
    clean()
""",
    )


def test_a_function_is_passed_on_by_helpers_that_name_it_differently(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def one(first):
    await two(first)

async def two(second):
    await three(second)

async def three(third):
    await four(third)

async def four(fourth):
    await fourth("hi")

async def page(request):
    await load()
    await one(ask)  # LDB101
""",
    )
