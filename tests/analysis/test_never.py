"""What never comes back, for it always raises: nothing behind it is reached, and what handles it goes on from there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analysis.saying import agrees, view

NEVER = """
import contextlib
import time
from typing import TYPE_CHECKING
from asgiref.sync import async_to_sync
from inspect import iscoroutinefunction

def never(*values):
    raise Refused
"""


@pytest.mark.parametrize(
    "statement",
    [
        "never().name",
        "never()[0]",
        "never().name.title = 1",
        "books[never()] = 1",
        "(book := never())",
        "[each for each in never()]",
        "[never() for each in (1, 2)]",
        "[each for each in (1, 2) if never()]",
        "[one for one in (1, 2) for each in never()]",
        "for each in never(): pass",
        "for each in (1, 2): never()",
        "with never(): pass",
        "with open('a'), never(): pass",
        "match never():\n        case 1: pass\n        case _: pass",
        "async_to_sync(never)()",
        "if TYPE_CHECKING and connection.in_atomic_block: never()\n    else: never()",
        "if TYPE_CHECKING and iscoroutinefunction(load): never()\n    else: never()",
    ],
)
def test_nothing_comes_behind_it(tmp_path: Path, statement: str) -> None:
    view(
        tmp_path,
        f"""{NEVER}
async def view(request, books):
    await load()
    {statement}
    await ask("hi")

async def caught(request, books):
    await load()
    try:
        {statement.replace(chr(10), chr(10) + "    ")}
    except Refused:
        pass
    await ask("hi")  # LDB101
""",
    )


def test_what_a_block_does_at_its_end_stops_there(tmp_path: Path) -> None:
    """The callbacks of a stack come last first; a transaction and a group end without what was to come behind it."""
    view(
        tmp_path,
        f"""{NEVER}
from django.db import connections, transaction

class Shut:
    def __enter__(self):
        raise Refused
    def __exit__(self, *exception):
        pass

@sync_to_async
def stacked():
    with contextlib.suppress(Refused):
        with contextlib.ExitStack() as stack:
            stack.callback(connections.close_all)
            stack.callback(never)
            titles()
    time.sleep(5)  # LDB105

@sync_to_async
def entered():
    with Shut(), open("a"):
        time.sleep(5)

async def cannot_be_entered(request):
    await load()
    await entered()

async def end_of_a_stack(request):
    await stacked()
""",
    )


def test_what_streams_steps_and_threads_do(tmp_path: Path) -> None:
    view(
        tmp_path,
        f"""{NEVER}
from channels.db import database_sync_to_async
from django.http import StreamingHttpResponse

async def refused():
    raise Refused

class Broken:
    def __aiter__(self):
        raise Refused

def lines():
    yield never()
    yield "more"

def nothing():
    raise Refused
    yield

def either(request):
    return nothing() if request.GET else lines()

async def streamed(request):
    await load()
    return StreamingHttpResponse(Broken())

async def set_later(request):
    await load()
    response = StreamingHttpResponse()
    response.streaming_content = Broken()
    await ask("hi")

async def between_releases(request):
    await load()
    await database_sync_to_async(never)()
    await ask("hi")

async def by_a_task(request):
    await load()
    async with asyncio.TaskGroup():
        pass
    await asyncio.create_task(refused())
    await ask("hi")

async def in_a_foreign_thread(request):
    await load()
    await asyncio.to_thread(never)
    await ask("hi")

async def by_a_step(request):
    await load()
    next(lines())
    await ask("hi")

async def one_of_two(request):
    await load()
    list(either(request))
    await ask("hi")
""",
    )


def test_hooks_that_refuse_everything(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
        from asgiref.sync import sync_to_async
        from django import forms
        from library.llm import ask
        from library.models import Book
        from rest_framework import serializers

        class Closed(serializers.Serializer):
            title = serializers.CharField()

            def validate_title(self, value):
                raise serializers.ValidationError("closed")

            def validate(self, attrs):
                return Book.objects.count()

        class ClosedForm(forms.ModelForm):
            class Meta:
                model = Book
                fields = "__all__"

            def clean_title(self):
                raise forms.ValidationError("closed")

            def clean(self):
                return Book.objects.count()

        async def serializer(request):
            await Book.objects.acount()
            await sync_to_async(Closed(data=request.POST).is_valid)()
            await ask("hi")

        async def form(request):
            await Book.objects.acount()
            await sync_to_async(ClosedForm(request.POST).is_valid)()
            await ask("hi")
        """,
    )


def test_receivers_behind_one_that_raises(tmp_path: Path) -> None:
    """A plain `send` stops there; a robust one goes on."""
    agrees(
        tmp_path,
        """
        from django.dispatch import Signal, receiver
        from library.llm import ask
        from library.models import Book

        bought = Signal()

        @receiver(bought)
        def refuse(sender, **options):
            raise ValueError

        @receiver(bought)
        def count(sender, **options):
            Book.objects.count()

        @receiver(bought)
        async def acount(sender, **options):
            await Book.objects.acount()

        async def plain(request):
            try:
                await bought.asend(sender=None)
            except ValueError:
                pass
            await ask("hi")
        """,
    )


def test_a_case_for_all_is_refused_by_its_guard_alone(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
@sync_to_async
def closed(value):
    titles()
    match value:
        case _ if not connection.in_atomic_block:
            connection.close()

async def free(request):
    await closed(request.GET)
    await ask("hi")
""",
    )
