"""Streaming responses: which of them are read slowly."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import agrees, view

ASGI = 'SECRET_KEY = "x"\nASGI_APPLICATION = "asgi.application"\n'


def test_a_response_class_that_iterates_sync_content_itself_streams_it(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from library.models import Book

class InPieces(StreamingHttpResponse):
    async def __aiter__(self):
        content = iter(self.streaming_content)
        while (part := await sync_to_async(next)(content, None)) is not None:
            yield part

class Closing(StreamingHttpResponse):
    def close(self):
        super().close()

def rows():
    for number in range(9):
        yield str(number)

def pieces(request):
    Book.objects.get(pk=1)
    return InPieces(rows())  # LDB102

def closing(request):
    Book.objects.get(pk=1)
    return Closing(rows())

def of_nothing(request):
    return InPieces(rows())

def given(request, content):
    Book.objects.get(pk=1)
    return InPieces(content)  # LDB102

def empty(request):
    Book.objects.get(pk=1)
    return InPieces("")
""",
        settings=ASGI,
    )


def test_a_mixin_of_views_has_handlers_of_views(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import time
from library.models import Book
from rest_framework import viewsets
from rest_framework.decorators import action

class Exports:
    @action(detail=True)
    def export(self, request):
        book = self.get_object()
        time.sleep(3)  # LDB105
        return book

class Books(Exports, viewsets.ModelViewSet):
    queryset = Book.objects.all()

class Shelf:
    def list(self):
        Book.objects.get(pk=1)
        time.sleep(3)

class WoodenShelf(Shelf):
    pass
""",
        settings=ASGI,
    )


def test_two_responses_of_one_statement_and_a_query_behind_them(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import asyncio
from django.http import StreamingHttpResponse
from library.models import Book

async def slow():
    await asyncio.sleep(1)  # LDB101
    yield b"slow"

async def slower():
    await asyncio.sleep(2)  # LDB101
    yield b"slower"

async def view(request, patient):
    response = StreamingHttpResponse(slower() if patient else slow())  # LDB102
    await Book.objects.aget(pk=1)
    return response
""",
    )


def test_a_stream_is_sent_when_the_view_has_returned(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.http import StreamingHttpResponse

async def tokens():
    yield await ask("hi")

def events():
    response = StreamingHttpResponse(tokens())
    response["X-Accel-Buffering"] = "no"
    return response

async def released_later(request):
    await load()
    response = StreamingHttpResponse(tokens())
    await release()
    return response

async def released_on_the_way_out(request):
    await load()
    try:
        return StreamingHttpResponse(tokens())
    finally:
        await release()

async def released_after_the_helper(request):
    await load()
    response = events()
    await release()
    return response
""",
    )


def test_a_stream_that_a_helper_makes_is_held_by_its_caller(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.http import StreamingHttpResponse

async def tokens():
    yield await ask("hi")  # LDB101

def events():
    return StreamingHttpResponse(tokens())

async def page(request):
    await load()
    return events()  # LDB102
""",
    )


def test_objects_that_are_streamed(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.http import StreamingHttpResponse

class Steps:
    def __aiter__(self):
        return self
    async def __anext__(self):
        return await ask("hi")  # LDB101

class Tokens:
    async def __aiter__(self):
        yield await ask("hi")  # LDB101

class Events(StreamingHttpResponse):
    def __init__(self, texts):
        super().__init__(self.formatted(texts), content_type="text/event-stream")
    async def formatted(self, texts):
        for text in texts:
            yield await ask(text)  # LDB101

async def by_steps(request):
    await load()
    return StreamingHttpResponse(Steps())  # LDB102

async def by_generator(request):
    await load()
    return StreamingHttpResponse(Tokens())  # LDB102

async def by_class(request):
    await load()
    return Events(["a"])  # LDB102

async def by_class_released(request):
    await load()
    await release()
    return Events(["a"])
""",
    )


def test_sync_content_is_read_before_it_is_sent(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time
from django.http import StreamingHttpResponse

def tokens():
    time.sleep(1)  # LDB105
    yield "a"

def rows():
    for book in Book.objects.all():
        yield book.title

async def slow(request):
    await load()
    return StreamingHttpResponse(tokens())  # LDB105

async def slow_released(request):
    await load()
    await release()
    return StreamingHttpResponse(tokens())

async def quick(request):
    await load()
    return StreamingHttpResponse(rows())
""",
    )


DECORATORS = """
import asyncio
from functools import wraps
from asgiref.sync import sync_to_async
from django.db import close_old_connections
from library.models import Book

def counted(view):
    @wraps(view)
    async def wrapper(request):
        response = await view(request)
        await Book.objects.acount()
        return response
    return wrapper

def released(view):
    @wraps(view)
    async def wrapper(request):
        response = await view(request)
        await Book.objects.acount()
        await sync_to_async(close_old_connections)()
        return response
    return wrapper

def waiting(view):
    @wraps(view)
    async def wrapper(request):
        await Book.objects.acount()
        await asyncio.sleep(1)
        return await view(request)
    return wrapper
"""


def test_what_a_decorator_of_another_file_queries_behind_the_view_is_held_while_its_stream_is_sent(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import asyncio
from django.http import JsonResponse, StreamingHttpResponse
from django.contrib.auth.models import User
from library.decorators import counted, released, waiting

async def words():
    await asyncio.sleep(1)  # LDB101
    yield "a"

@counted
async def held(request):
    return StreamingHttpResponse(words())  # LDB102

@released
async def free(request):
    return StreamingHttpResponse(words())

@counted
async def querying(request):
    await User.objects.aget(pk=1)
    return StreamingHttpResponse(words())  # LDB102

@waiting
async def behind_a_wait(request):
    return StreamingHttpResponse(words())  # LDB102

@counted
async def no_stream(request):
    return JsonResponse({})
""",
        library__decorators=DECORATORS,
    )


def test_a_yield_in_a_handler_is_not_the_first_of_the_way_without_an_exception(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.http import StreamingHttpResponse

async def words():
    try:
        await Book.objects.aget(pk=1)
    except Book.DoesNotExist:
        yield "none"  # LDB102
        return
    yield "a"  # LDB102
    yield "b"

async def page(request):
    return StreamingHttpResponse(words())
""",
    )
