"""`with` blocks: what is held after them, and what a body that raises leads to."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import view


def test_what_is_suppressed_goes_on_behind_the_block(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def suppressed(request):
    await load()
    with contextlib.suppress(ValueError):
        raise ValueError
    await ask("hi")  # LDB101

async def another(request):
    await load()
    with contextlib.suppress(KeyError):
        raise ValueError
    await ask("hi")
""",
    )


def test_what_is_suppressed_goes_no_further(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def outer(request):
    await load()
    try:
        with contextlib.suppress(ValueError):
            raise ValueError
        await release()
    except ValueError:
        await ask("hi")

async def outer_another(request):
    await load()
    try:
        with contextlib.suppress(KeyError):
            raise ValueError
        await release()
    except ValueError:
        await ask("hi")  # LDB101
""",
    )


def test_a_time_limit_raises_or_moves_on(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import anyio

async def moves_on(request):
    with anyio.move_on_after(5):
        await load()
        await release()
    await ask("hi")  # LDB101

async def gives_up(request):
    async with asyncio.timeout(5):
        await load()
        await release()
    await ask("hi")

async def gives_up_caught(request):
    try:
        async with asyncio.timeout(5):
            await load()
            await release()
    except KeyError:
        await ask("no")
    except TimeoutError:
        await ask("hi")  # LDB101
""",
    )


def test_clients_of_libraries_are_bound(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import aiosmtplib
import httpx

async def client(request):
    await load()
    async with httpx.AsyncClient() as client:
        await client.get("http://x")  # LDB101

async def smtp(request):
    await load()
    async with aiosmtplib.SMTP("x") as server:  # LDB101
        pass
""",
    )


def test_what_a_context_manager_gives_is_bound(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
class Loader:
    async def __aenter__(self):
        return self.make()
    async def __aexit__(self, *exc):
        pass
    async def load(self):
        await load()

class Loaded:
    async def __aenter__(self):
        return Book()
    async def __aexit__(self, *exc):
        pass

async def itself(request):
    async with Loader() as loader:
        await loader.load()
    await ask("hi")  # LDB101

async def bound(request):
    async with Loaded() as book:
        await book.asave()
    await ask("hi")  # LDB101
""",
    )


def test_context_managers_of_sync_code(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
class Reading:
    def __enter__(self):
        titles()
    def __exit__(self, *exc):
        pass

class Closing:
    def __enter__(self):
        pass
    def __exit__(self, *exc):
        connection.close()

@sync_to_async
def read():
    with Reading():
        pass

@sync_to_async
def close():
    with Closing():
        titles()

async def reads(request):
    await read()
    await ask("hi")  # LDB101

async def closes(request):
    await close()
    await ask("hi")
""",
    )


def test_an_exception_passes_a_generator_without_try(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
@contextlib.asynccontextmanager
async def passes():
    yield Book()

async def behind(request):
    async with passes():
        await load()
        raise Refused
    await ask("hi")

async def caught(request):
    try:
        async with passes():
            await load()
            raise Refused
    except Refused:
        await ask("hi")  # LDB101
""",
    )


def test_a_generator_may_catch_what_its_body_raises(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
@contextlib.asynccontextmanager
async def guards():
    try:
        yield
    except Refused:
        pass

@contextlib.asynccontextmanager
async def cleans():
    try:
        yield
    except Refused:
        await release()
        raise

async def goes_on(request):
    async with guards():
        await load()
        raise Refused
    await ask("hi")  # LDB101

async def releases(request):
    try:
        async with cleans():
            await load()
            raise Refused
    except Refused:
        await ask("hi")
""",
    )


def test_what_a_generator_yields_is_bound(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
@contextlib.asynccontextmanager
async def passes():
    yield Book()

async def view(request):
    async with passes() as book:
        await book.asave()
    await ask("hi")  # LDB101
""",
    )


def test_behind_a_generator_only_what_its_body_comes_to(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
@contextlib.asynccontextmanager
async def passes():
    yield Book()

async def returns(request):
    async with passes():
        return await load()
    await ask("hi")

async def work(request):
    while request.more():
        async with passes():
            await load()
        await release()

async def falls_through(request):
    await work(request)
    await ask("hi")
""",
    )


def test_the_end_of_an_inner_block_leaves_the_outer_one_open(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time

from django.db import transaction

@sync_to_async
def transactions():
    with transaction.atomic():
        with transaction.atomic():
            titles()
        time.sleep(5)  # LDB104
    time.sleep(5)  # LDB105

@sync_to_async
def cursors():
    for book in Book.objects.iterator():
        for other in Book.objects.iterator():
            pass
        time.sleep(5)  # LDB103
    time.sleep(5)  # LDB105
""",
    )


def test_a_cursor_ends_with_its_loop_in_a_generator(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
def rows():
    for book in Book.objects.iterator():
        yield book

@sync_to_async
def read():
    for book in rows():
        book.title

async def view(request):
    await read()
    await ask("hi")  # LDB101
""",
    )


def test_an_exit_stack_leaves_what_it_was_given(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
@contextlib.asynccontextmanager
async def database():
    try:
        yield
    finally:
        await release()

class Database:
    async def __aenter__(self):
        return self
    async def __aexit__(self, *exception):
        await release()

async def generator(request):
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(database())
        await load()
        await ask("hi")  # LDB101
    await ask("hi")

async def instance(request):
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(Database())
        await load()
    await ask("hi")

async def callback(request):
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(sync_to_async(close_old_connections))
        await load()
    await ask("hi")

async def nothing(request):
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(contextlib.aclosing(stack))
        await load()
    await ask("hi")  # LDB101
""",
    )


def test_closing_closes_what_it_was_given(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
def one():
    with contextlib.closing(connection):
        return Book.objects.first()

async def rows():
    try:
        async for book in Book.objects.all():
            yield book
    finally:
        await release()

async def closed(request):
    await sync_to_async(one)()
    await ask("hi")

async def closed_generator(request):
    async with contextlib.aclosing(rows()) as books:
        async for book in books:
            break
    await ask("hi")

async def open_generator(request):
    books = rows()
    await anext(books)
    await ask("hi")  # LDB101
    await books.aclose()
    await ask("hi")
""",
    )
