"""Streaming responses: which of them are read slowly."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import agrees

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
