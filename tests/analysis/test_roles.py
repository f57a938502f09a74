"""What functions of libraries do with what they are given: call it, run it elsewhere, evaluate it, hand it back."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import agrees, view


def test_what_waits_only_when_it_is_told_how_long(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from redis.asyncio import Redis

redis = Redis()

async def without(request):
    await load()
    await redis.xread({"books": "$"})
    await redis.xread({"books": "$"}, block=None)

async def blocking(request):
    await load()
    await redis.xread({"books": "$"}, block=0)  # LDB101

async def polled(request):
    pubsub = redis.pubsub()
    await load()
    await pubsub.get_message()
    await pubsub.get_message(timeout=0.01)
    await pubsub.get_message(timeout=5)  # LDB101
""",
    )


def test_what_is_run_to_its_end(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import anyio
import time

@sync_to_async
def by_loop():
    asyncio.run(load())
    time.sleep(5)  # LDB105

@sync_to_async
def by_function():
    anyio.run(load)
    time.sleep(5)  # LDB105

@sync_to_async
def nothing():
    asyncio.run()
    time.sleep(5)

async def view(request):
    await by_loop()

async def other(request):
    await by_function()

async def third(request):
    await nothing()
""",
    )


def test_what_is_started(tmp_path: Path) -> None:
    """By a task group of anyio, which is given a function; by asyncio, which is given a coroutine."""
    view(
        tmp_path,
        """
import anyio
import functools
import threading
from vendor import work

class Worker(threading.Thread):
    def run(self):
        titles()

class Idle(threading.Thread):
    pass

async def partial(request):
    async with anyio.create_task_group() as group:
        group.start_soon(functools.partial(load))
        group.start_soon(work)
        group.start_soon()
    await ask("hi")  # LDB101

async def without(request):
    await load()
    asyncio.create_task()
    await asyncio.wait()
    await ask("hi")  # LDB101

async def gathered(request):
    await asyncio.wait(asyncio.gather(load()))
    await ask("hi")  # LDB101

async def threads(request):
    Worker().start()  # LDB301
    Idle().start()
    threading.Thread(target=titles).start()  # LDB301

async def in_the_loop_of_another_thread(request):
    await anyio.to_thread.run_sync(anyio.from_thread.run_sync, titles)
    await ask("hi")
""",
    )


def test_bridges_that_are_given_nothing(tmp_path: Path) -> None:
    """`sync_to_async` makes a decorator then, and refuses None."""
    view(
        tmp_path,
        """
from concurrent.futures import ThreadPoolExecutor

@sync_to_async(thread_sensitive=True)
def load_all():
    titles()

async def decorated(request):
    await load_all()
    await ask("hi")  # LDB101

async def none(request):
    await load()
    await sync_to_async(None)()
    await ask("hi")  # LDB101

async def submitted(request):
    with ThreadPoolExecutor() as pool:
        pool.submit()
    await ask("hi")
""",
    )


def test_decorators_around_decorators(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.contrib.auth.decorators import login_required
from django.utils.decorators import method_decorator

@contextlib.asynccontextmanager
async def loaded():
    await load()
    yield

@contextlib.asynccontextmanager
async def logged():
    yield

@logged()
@loaded()
async def decorated():
    pass

class Service:
    @method_decorator(login_required)
    async def work(self, request):
        await ask("hi")  # LDB101

async def by_managers(request):
    await decorated()
    await ask("hi")  # LDB101
""",
    )


def test_what_is_converted_or_chosen(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import httpx
from typing import cast

async def known(request):
    await cast(object, Book()).asave()
    await ask("hi")  # LDB101

async def of_a_library(request, thing):
    await load()
    await cast(httpx.AsyncClient, thing).get("/")  # LDB101

async def unknown(request, thing, kind):
    await load()
    await cast(kind, thing).get("/")

async def table(request):
    await dict(work=load)["work"]()
    await ask("hi")  # LDB101

async def pair(request):
    book, is_new = await Book.objects.aget_or_create(pk=1)
    await release()
    await book.asave()
    await ask("hi")  # LDB101

async def named(request, *names):
    writer = await Author.objects.prefetch_related(*names).aget(pk=1)
    await release()
    await writer.books.all().acount()
    await ask("hi")

async def stepped_by_hand(request):
    books = Book.objects.all().__aiter__()
    await books.__anext__()
    await ask("hi")  # LDB101
""",
    )


def test_a_stream_that_is_awaited_first(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from langchain_openai import ChatOpenAI

async def view(request):
    await load()
    async for event in await ChatOpenAI().astream("hi"):  # LDB101
        pass
""",
    )


def test_the_checkpointers_of_the_project_are_asked_before_each_step_of_a_graph(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
        from langgraph.graph import StateGraph
        from langchain_core.runnables import Runnable
        from library.models import Book

        graph = StateGraph(dict).compile()

        async def by_graph(request):
            await graph.ainvoke({})  # LDB101

        async def by_thread(request, chain: Runnable):
            await chain.ainvoke({}, config={"configurable": {"thread_id": 1}})  # LDB101

        async def without_a_thread(request, chain: Runnable):
            await chain.ainvoke({}, config={"configurable": {}})
            await chain.ainvoke({})
        """,
        savers="""
        from langgraph.checkpoint.base import BaseCheckpointSaver
        from library.models import Book

        class Saver(BaseCheckpointSaver):
            async def aget_tuple(self, config):
                return await Book.objects.afirst()

        class Other(Saver):
            async def aput(self, config, checkpoint, metadata, versions):
                await Book.objects.acreate()

        import vendor

        class Alike(vendor.BaseCheckpointSaver):
            async def aput_writes(self, config, writes, task):
                raise NotImplementedError
        """,
    )


def test_what_is_called_for_somebody(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import contextvars

@sync_to_async
def in_a_context(context: contextvars.Context):
    context.run(titles)

@sync_to_async
def mapped_to_nothing():
    return list(map(titles))

@sync_to_async
@undefined
def by_undefined():
    titles()

@undefined
def left_alone():
    titles()

async def by_context(request):
    await in_a_context(contextvars.copy_context())
    await ask("hi")  # LDB101

async def by_nothing(request):
    await mapped_to_nothing()
    await ask("hi")

async def by_decorator(request):
    await by_undefined()
    await ask("hi")  # LDB101
""",
    )


def test_a_pool_of_threads_in_a_thread(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from concurrent.futures import ThreadPoolExecutor

def spread():
    with ThreadPoolExecutor() as pool:
        pool.submit(titles)  # LDB301

async def view(request):
    await asyncio.to_thread(spread)
""",
    )


def test_what_is_awaited_without_a_call_does_nothing(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request, book: Book):
    await book.asave
    await ask("hi")
""",
    )
