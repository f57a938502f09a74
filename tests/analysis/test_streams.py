"""Streaming responses: which of them are read slowly."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import agrees, view

ASGI = 'SECRET_KEY = "x"\nASGI_APPLICATION = "asgi.application"\n'


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


ANSWERED = """
import functools
from django.http import JsonResponse, StreamingHttpResponse

def counted(view):
    @functools.wraps(view)
    async def wrapper(request):
        return await view(request)
    return wrapper
"""


def test_a_stream_is_held_by_what_is_open_on_its_own_way_out_of_the_call_that_made_it(tmp_path: Path) -> None:
    view(
        tmp_path,
        ANSWERED
        + """
async def tokens():
    yield await ask("hi")

@counted
async def page(request):
    book = await load()
    if book is None:
        return JsonResponse({})
    await release()
    return StreamingHttpResponse(tokens())

async def events(request):
    if request.GET:
        return JsonResponse({})
    await release()
    return StreamingHttpResponse(tokens())

async def given_back(request):
    await load()
    return await events(request)
""",
    )


def test_a_stream_is_held_by_what_is_opened_behind_the_call_that_made_it(tmp_path: Path) -> None:
    view(
        tmp_path,
        ANSWERED
        + """
async def tokens():
    yield await ask("hi")  # LDB101

async def page(request):
    book = await load()
    if book is None:
        return JsonResponse({})
    await release()
    return StreamingHttpResponse(tokens())

async def queries(request):
    response = await page(request)  # LDB102
    await load()
    return response
""",
    )


def test_a_stream_that_a_helper_keeps_is_held_by_what_that_leaves_open(tmp_path: Path) -> None:
    view(
        tmp_path,
        ANSWERED
        + """
async def tokens():
    yield await ask("hi")  # LDB101

async def open_stream(request):
    await load()
    request.response = StreamingHttpResponse(tokens())

async def page(request):
    await open_stream(request)  # LDB102
    return request.response
""",
    )
