"""Values: what annotations, expressions, generators and calls of libraries stand for, told by the query it makes."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import view


def test_an_annotation_names_what_a_parameter_is(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from collections.abc import Coroutine
from typing import Any, Optional, Union
from django.db.models import QuerySet

async def text(request, book: "Book"):
    await book.asave()
    await ask("hi")  # LDB101

async def optional(request, book: Optional[Book]):
    await book.asave()
    await ask("hi")  # LDB101

async def union(request, book: Union[Book, None]):
    await book.asave()
    await ask("hi")  # LDB101

async def either(request, book: "Book | None"):
    await book.asave()
    await ask("hi")  # LDB101

async def books(request, books: QuerySet[Book]):
    async for book in books:
        await ask("hi")  # LDB101

async def unreadable(request, book: "not a type("):
    await book.asave()
    await ask("hi")
""",
    )


def test_what_can_be_called_and_awaited(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import functools

class Loader:
    async def __call__(self):
        await load()

class Waiter:
    def __await__(self):
        return load().__await__()

class Shelf:
    def __getitem__(self, key) -> Book:
        return self.find(key)

@contextlib.asynccontextmanager
async def loaded():
    await load()
    yield

@loaded()
async def decorated():
    await load()

async def instance(request):
    await Loader()()
    await ask("hi")  # LDB101

async def item(request):
    shelf = Shelf()
    await shelf[1].asave()
    await ask("hi")  # LDB101

async def table(request):
    ways = (load, ask)
    await ways[0]()
    await ask("hi")  # LDB101

async def partial(request):
    await functools.partial(load)()
    await ask("hi")  # LDB101

async def by_manager(request):
    await decorated()
    await ask("hi")  # LDB101

async def handed_partial(request):
    await sync_to_async(functools.partial(titles))()
    await ask("hi")  # LDB101
""",
    )


def test_arguments_from_a_sequence_and_a_mapping(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def both(first, second):
    await first()
    await second()  # LDB101

async def positional(request):
    both_of_them = (load, ask)
    await both(*both_of_them)
    await release()

async def by_name(request):
    both_of_them = {"first": load, "second": ask}
    await both(**both_of_them)
    await release()

async def unknown(request, rest):
    await both(load, **rest)
    await ask("hi")  # LDB101
""",
    )


def test_what_expressions_denote(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from typing import TYPE_CHECKING

async def default(request, make):
    book = make() or Book()
    await book.asave()
    await ask("hi")  # LDB101

async def walrus(request):
    if (book := Book()):
        await book.asave()
        await ask("hi")  # LDB101

async def checking(request):
    await load()
    if TYPE_CHECKING:
        await ask("never")
    if not (TYPE_CHECKING or False):
        await ask("hi")  # LDB101

async def first_and_rest(request):
    first, *rest = [Book(), Book()]
    await first.asave()
    await ask("hi")  # LDB101

async def spread(request):
    ways = [*[load], ask]
    for way in ways:
        await way()  # LDB101

async def merged(request):
    ways = {**{"load": load}}
    await ways["load"]()
    await ask("hi")  # LDB101

async def target(request):
    request.books[await load()] = 1
    await ask("hi")  # LDB101
""",
    )


def test_generators_of_generators(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
def inner():
    for book in Book.objects.iterator():
        yield book

def outer():
    yield from inner()

async def pages():
    async for page in parts():
        yield page

async def parts():
    await load()
    yield 1

class Pages:
    async def __aiter__(self):
        await load()
        yield 1

@sync_to_async
def read():
    for book in outer():
        book.author.name

async def delegated(request):
    await read()
    await ask("hi")  # LDB101

async def nested(request):
    async for page in pages():
        await ask("hi")  # LDB101

async def by_class(request):
    async for page in Pages():
        await ask("hi")  # LDB101

def itself(depth):
    yield depth
    yield from itself(depth - 1)

async def recursive(request):
    await load()
    for depth in itself(3):
        await ask("hi")  # LDB101
""",
    )


def test_models_by_name(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.apps import apps
from django.contrib.auth import get_user_model

async def nested_class(request):
    class Local:
        pass
    await load()
    await ask("hi")  # LDB101

async def user(request):
    await get_user_model().objects.aget(pk=1)
    await ask("hi")  # LDB101

async def labelled(request):
    await apps.get_model("library.Book").objects.aget(pk=1)
    await ask("hi")  # LDB101

async def labelled_by_two(request):
    await apps.get_model("library", "Book").objects.aget(pk=1)
    await ask("hi")  # LDB101
""",
    )


def test_functions_of_libraries_that_call_or_give_back(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import asyncio
import concurrent.futures
import time
from typing import cast
from django.db import transaction
from django.shortcuts import render

@sync_to_async
def committed():
    transaction.on_commit(titles)
    time.sleep(5)  # LDB105

@sync_to_async
def hooked():
    transaction.on_commit(lambda: time.sleep(5))  # LDB105

@sync_to_async
def automatic():
    transaction.set_autocommit(False)
    titles()
    transaction.set_autocommit(True)
    time.sleep(5)  # LDB105

@sync_to_async
def rendered(request):
    render(request, "books.html", {"books": Book.objects.all()})
    time.sleep(5)  # LDB105

async def casted(request, thing):
    await cast(Book, thing).asave()
    await ask("hi")  # LDB101

async def submitted(request):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        pool.submit(titles)  # LDB301

async def mapped(request):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        pool.map(titles, [1])  # LDB301

async def grouped(request):
    async with asyncio.TaskGroup() as group:
        group.create_task(load())
    await ask("hi")  # LDB101

async def shielded(request):
    await asyncio.shield(load())
    await ask("hi")  # LDB101

async def timed(request):
    await asyncio.wait_for(load(), 5)
    await ask("hi")  # LDB101
""",
    )


def test_a_relation_by_name_is_fetched_when_it_is_read(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time
from django.db import models

class Node(models.Model):
    parent = models.ForeignKey("self", models.CASCADE)
    book = models.ForeignKey("library.Book", models.CASCADE)
    author = models.ForeignKey("Author", models.CASCADE)

@sync_to_async
def parent():
    node = Node.objects.get(pk=1)
    connection.close()
    node.parent
    time.sleep(5)  # LDB105

@sync_to_async
def book():
    node = Node.objects.get(pk=1)
    connection.close()
    node.book
    time.sleep(5)  # LDB105
""",
    )


def test_what_is_started_and_waited_for(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import anyio

async def started(request):
    async with anyio.create_task_group() as group:
        group.start_soon(load)
    await ask("hi")  # LDB101

async def waited(request):
    done, pending = await asyncio.wait([asyncio.create_task(load())])
    await ask("hi")  # LDB101

async def gathered(request):
    jobs = [load(), load()]
    first, second = await asyncio.gather(*jobs)
    await ask("hi")  # LDB101
""",
    )


def test_async_code_that_sync_code_runs(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from asgiref.sync import async_to_sync
import time

@sync_to_async
def back():
    async_to_sync(load)()
    time.sleep(5)  # LDB105
""",
    )


def test_how_long_a_sleep_is(tmp_path: Path) -> None:
    """Short, if all that the argument may be is short."""
    view(
        tmp_path,
        """
async def chosen(request, flag):
    await load()
    await asyncio.sleep(0.05 if flag else 0.01)

async def looped(request):
    await load()
    for delay in (0.01, 0.02):
        await asyncio.sleep(delay)

async def perhaps(request, flag):
    await load()
    await asyncio.sleep(0.05 if flag else 1)  # LDB101
""",
    )
