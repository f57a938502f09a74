"""Transactions within transactions."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import agrees, view


def test_the_end_of_an_inner_transaction_leaves_the_outer_one_open(tmp_path: Path) -> None:
    """What spares connections in an open transaction releases nothing there."""
    agrees(
        tmp_path,
        """
import time

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connections, transaction

def close_idle():
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()

@transaction.atomic
def save():
    pass

def by_block():
    with transaction.atomic():
        with transaction.atomic():
            pass
        close_idle()
        time.sleep(1)  # LDB104

def by_items():
    with transaction.atomic(), transaction.atomic():
        pass
    close_idle()
    time.sleep(1)

def by_decorator():
    with transaction.atomic():
        save()
        close_idle()
        time.sleep(1)  # LDB104

async def view(request):
    await sync_to_async(by_block)()
    await sync_to_async(close_old_connections)()
    await sync_to_async(by_items)()
    await sync_to_async(close_old_connections)()
    await sync_to_async(by_decorator)()
""",
    )


def test_a_cursor_ends_where_its_loop_is_left(tmp_path: Path) -> None:
    """By a `return` too, also where another function is told to have left it so: what remains is an ordinary hold."""
    agrees(
        tmp_path,
        """
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from library.llm import ask
from library.models import Book

def first_title():
    for book in Book.objects.iterator():
        if book.title:
            return book.title

async def first():
    async for book in Book.objects.aiterator():
        return book

async def by_sync_code(request):
    await sync_to_async(first_title)()
    await ask("hi")  # LDB101

async def by_async_code(request):
    await first()
    await ask("hi")  # LDB101

async def released(request):
    await database_sync_to_async(first_title)()
    await ask("hi")

async def by_an_exception(request):
    try:
        async for book in Book.objects.aiterator():
            raise ValueError
    except ValueError:
        await ask("hi")  # LDB101
""",
    )


def test_what_a_helper_gives_to_a_commit_runs_behind_its_callers_transaction(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time
from django.db import transaction

def later(function):
    with transaction.atomic():  # LDB105
        transaction.on_commit(function)

def maybe(flag):
    if flag:
        transaction.on_commit(lambda: connection.close())

@sync_to_async
def slow():
    with transaction.atomic():  # LDB105
        later(lambda: time.sleep(1))
        Book.objects.create(title="A")

@sync_to_async
def at_once():
    later(lambda: time.sleep(1))

@transaction.atomic
def decorated():
    later(lambda: time.sleep(1))

@sync_to_async
def calling():
    decorated()  # LDB105

@sync_to_async
def closing():
    with transaction.atomic():
        later(lambda: connection.close())
        Book.objects.create(title="A")

@sync_to_async
def perhaps(request):
    with transaction.atomic():
        maybe(request.flag)
        Book.objects.create(title="A")

async def waits(request):
    await slow()

async def released(request):
    await closing()
    await ask("hi")

async def held(request):
    await perhaps(request)
    await ask("hi")  # LDB101
""",
    )


def test_what_a_generator_gives_to_a_commit_runs_behind_its_consumers_transaction(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time
from django.db import transaction

def rows():
    transaction.on_commit(lambda: time.sleep(1))
    yield 1

@sync_to_async
def consumer():
    with transaction.atomic():  # LDB105
        for _ in rows():
            Book.objects.create(title="A")
""",
    )


def test_what_a_commit_calls_runs_behind_the_transaction(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time
from django.db import transaction

@sync_to_async
def slow():
    with transaction.atomic():  # LDB105
        Book.objects.create(title="A")
        transaction.on_commit(lambda: time.sleep(1))

@sync_to_async
def closing():
    with transaction.atomic():
        with transaction.atomic():
            transaction.on_commit(lambda: connection.close())
        Book.objects.create(title="A")

async def waits(request):
    await slow()

async def released(request):
    await closing()
    await ask("hi")
""",
    )


def test_what_waits_for_the_commit_of_a_caller_is_not_inside(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import time

from asgiref.sync import sync_to_async
from django.db import transaction

def later():
    transaction.on_commit(lambda: time.sleep(1))

def at_once():
    time.sleep(1)

@transaction.atomic
def save():
    transaction.on_commit(lambda: time.sleep(1))

def by_block():
    with transaction.atomic():  # LDB105
        later()

def inside():
    with transaction.atomic():
        at_once()  # LDB104

async def decorated(request):
    await sync_to_async(save)()  # LDB101

async def around(request):
    await sync_to_async(by_block)()

async def within(request):
    await sync_to_async(inside)()
""",
    )


def test_what_a_commit_calls_may_raise_and_may_be_given_on_some_ways_only(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.db import transaction

def fail():
    raise ValueError

def give_and_fail(function):
    transaction.on_commit(function)
    raise ValueError

def maybe(flag):
    if flag:
        transaction.on_commit(close_old_connections)

@sync_to_async
def failing():
    try:
        transaction.on_commit(fail)
    except ValueError:
        close_old_connections()

@sync_to_async
def given_in_vain():
    with transaction.atomic():
        try:
            give_and_fail(close_old_connections)
        except ValueError:
            pass
        transaction.on_commit()

@transaction.atomic
def decorated(flag):
    maybe(flag)

async def released(request):
    await failing()
    await ask("hi")

async def held(request):
    await given_in_vain()
    await ask("hi")  # LDB101

async def perhaps(request):
    await sync_to_async(decorated)(request.flag)
    await ask("hi")  # LDB101
""",
    )


def test_a_transaction_is_of_the_database_that_it_is_given(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time
from django.db import connections, transaction

@sync_to_async
def inside():
    with transaction.atomic(using="replica"):
        time.sleep(5)  # LDB104

@sync_to_async
def released():
    with transaction.atomic(using="replica"):
        pass
    connections["replica"].close()
    time.sleep(5)
""",
    )


def test_what_a_commit_calls_is_called_for_sure_and_not_awaited(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.db import transaction

@sync_to_async
def unawaited():
    with transaction.atomic():
        Book.objects.create(title="A")
        transaction.on_commit(release)

@sync_to_async
def two():
    with transaction.atomic():
        Book.objects.create(title="A")
        transaction.on_commit(connection.close)
        transaction.on_commit(print)

async def held(request):
    await unawaited()
    await ask("hi")  # LDB101

async def free(request):
    await two()
    await ask("hi")
""",
    )


def test_what_may_be_given_to_a_commit_may_not_be_called(tmp_path: Path) -> None:
    """In a transaction that no `with` of its own has opened."""
    view(
        tmp_path,
        """
import time
from django.db import transaction

def maybe(flag):
    if flag:
        transaction.on_commit(close_old_connections)

@sync_to_async
def perhaps(flag):
    with contextlib.ExitStack() as stack:
        stack.enter_context(transaction.atomic())
        titles()
        maybe(flag)
        time.sleep(5)  # LDB104

async def held(request):
    await perhaps(request.flag)
    await ask("hi")  # LDB101
""",
    )
