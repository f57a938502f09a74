"""What is handed to a streaming response, where it is no generator function of the module's."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import view


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
