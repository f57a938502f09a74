"""What is read to its end: by str.join, by extend, by a generator expression, by an own __await__; names that only look alike."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import agrees, view


def test_texts_and_lists_read_what_they_are_given(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
def joined():
    return ", ".join(Book.objects.values_list("title", flat=True))

def extended():
    titles = []
    titles.extend(book.title for book in Book.objects.all())
    return titles

async def texts(request):
    await sync_to_async(joined)()
    await ask("hi")  # LDB101

async def lists(request):
    await sync_to_async(extended)()
    await ask("hi")  # LDB101
""",
    )


def test_what_a_generator_expression_calls_for_each_row(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import time

from asgiref.sync import sync_to_async
from django.db import connection
from library.models import Book

def slow(book):
    time.sleep(1)
    return book.title

def rows():
    yield from Book.objects.all()

def all_rows():
    books = list(Book.objects.all())
    connection.close()
    return books

def told():
    return ", ".join(slow(book) for book in rows())  # LDB105

def counted():
    return sum(len(time.sleep(1)) for book in all_rows())

async def view(request):
    await sync_to_async(told)()

async def other(request):
    await sync_to_async(counted)()
""",
    )


def test_a_parameter_is_not_what_its_module_calls_so(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def with_book(load, prompt):
    await load(prompt)
    await ask(prompt)

async def with_model(ask):
    await load()
    await ask("hi")

async def tell(request, load=None):
    await with_book(load_and_release, "hi")
    await with_model(load)
""",
    )


def test_an_object_that_is_awaited_runs_its_own_await(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
class Given:
    def __await__(self):
        return load().__await__()

class Delegated:
    def __await__(self):
        return (yield from load_and_release().__await__())

async def given(request):
    await Given()
    await ask("hi")  # LDB101

async def delegated(request):
    await Delegated()
    await ask("hi")
""",
    )


def test_what_a_library_sends_in_parts_is_read_whole(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from google.cloud import storage

bucket = storage.Client().bucket("files")

def listed():
    Book.objects.first()
    return list(bucket.list_blobs())  # LDB105

def unpacked():
    Book.objects.first()
    return [*bucket.list_blobs()]  # LDB105

def untouched():
    Book.objects.first()
    return bool(bucket.list_blobs())

async def one(request):
    await sync_to_async(listed)()

async def two(request):
    await sync_to_async(unpacked)()

async def three(request):
    await sync_to_async(untouched)()
""",
    )


def test_what_a_generator_awaits_may_be_any_task(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from vendor import finish

def begin():
    asyncio.create_task(load())

async def lines():
    yield 1
    await finish()

async def read():
    async for line in lines():
        print(line)

async def may_have_ended(request):
    begin()
    await read()
    await release()
    await ask("hi")

async def still_under_way(request):
    begin()
    await release()
    await ask("hi")  # LDB101
""",
    )
