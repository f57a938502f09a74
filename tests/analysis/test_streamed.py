"""What is streamed: objects, generators and sync content, and when each queries."""

from __future__ import annotations

import re
from pathlib import Path

from flake8_django_async.check import check
from tests.analysis.saying import HEAD, agrees, said, view

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


def test_a_generator_expression_queries_when_it_is_read(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.http import StreamingHttpResponse

async def titles(request):
    return StreamingHttpResponse(book.title async for book in Book.objects.all())  # LDB102

async def named(request):
    rows = (book.title async for book in Book.objects.all() if book.title)  # LDB102
    return StreamingHttpResponse(rows, content_type="text/plain")

async def words():
    yield await ask("hi")

async def of_words(request):
    return StreamingHttpResponse(word.upper() async for word in words())

async def asks_first(request):
    rows = (book.title async for book in Book.objects.all())
    await ask("hi")
    return [row async for row in rows]
""",
    )


def test_a_generator_that_passes_on_what_another_one_queries(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.http import StreamingHttpResponse

async def titles():
    count = await Book.objects.acount()
    for number in range(count):
        yield str(number)

async def released_titles():
    titles = [book.title async for book in Book.objects.all()]
    await release()
    for title in titles:
        yield title

async def as_events(texts):
    async for text in texts:
        yield f"data: {text}"  # LDB102

async def as_released_events(texts):
    async for text in texts:
        yield f"data: {text}"

async def at_once(texts):
    found = [text async for text in texts]
    await release()
    yield " ".join(found)

async def held(request):
    return StreamingHttpResponse(as_events(titles()))

async def free(request):
    return StreamingHttpResponse(as_released_events(released_titles()))

async def collected(request):
    return StreamingHttpResponse(at_once(titles()))
""",
    )


def test_objects_that_stream_in_other_ways(tmp_path: Path) -> None:
    """By `__iter__`, by the steps of another object, by nothing that is seen; by an attribute that is set."""
    view(
        tmp_path,
        """
from django.http import StreamingHttpResponse

class Sync:
    def __iter__(self):
        yield from Book.objects.all()

class Steps:
    async def __anext__(self):
        return await ask("hi")  # LDB101

class ByOther:
    def __aiter__(self):
        return Steps()

class Blind:
    def __aiter__(self):
        return self

class Table:
    def __aiter__(self):
        return [1, 2]

async def lines():
    yield await ask("hi")  # LDB101

async def sync(request):
    await load()
    return StreamingHttpResponse(Sync())

async def by_steps(request):
    await load()
    return StreamingHttpResponse(ByOther())  # LDB102

async def blind(request):
    await load()
    return StreamingHttpResponse(Blind())

async def table(request):
    await load()
    return StreamingHttpResponse(Table())

async def by_attribute(request):
    await load()
    response = StreamingHttpResponse()
    response.streaming_content = lines()  # LDB102
    return response
""",
    )


def test_an_iterator_over_a_generator_streams_it(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.http import StreamingHttpResponse

async def lines():
    yield await ask("hi")  # LDB101

async def page(request):
    return StreamingHttpResponse(aiter(lines()))

async def reading(request):
    await load()
    return StreamingHttpResponse(aiter(lines()))  # LDB102
""",
    )


def test_what_a_generator_expression_iterates_is_named_as_it_is_spelled(tmp_path: Path) -> None:
    body = """
from django.http import StreamingHttpResponse

async def streamed(request):
    return StreamingHttpResponse(book.title async for book in Book.objects.filter(pk=1).all())

async def named(request):
    books = Book.objects.all()
    return StreamingHttpResponse(book.title async for book in books)

async def read(request):
    async for title in (book.title async for book in Book.objects.all()):
        await ask(title)
"""
    said(tmp_path, {"views.py": HEAD + body})
    messages = [finding.message for finding in check(str(tmp_path / "views.py"))]
    opened = [match[1] for match in map(re.compile("opened by '(.*?)'").search, messages) if match]
    assert opened == ["Book.objects.filter(...).all", "books", "Book.objects.all"]


def test_streams_that_are_nested_in_views(tmp_path: Path) -> None:
    """One that nobody is seen to hand on, and that does not wait, may be read at once."""
    view(
        tmp_path,
        """
from django.http import StreamingHttpResponse

async def page(request):
    async def lines():
        await load()
        yield "a"  # LDB102
    return StreamingHttpResponse(lines())

async def unseen(request):
    async def lines():
        await load()
        yield "a"
    return lines
""",
    )
