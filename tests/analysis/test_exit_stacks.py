"""Exit stacks on several ways, and transactions in transactions by other means than a `with` of their own."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import view


def test_what_an_exit_stack_is_given_on_one_way_only(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.db import connections

@sync_to_async
def perhaps(flag):
    with contextlib.ExitStack() as stack:
        if flag:
            stack.callback(connections.close_all)
        Book.objects.count()

@sync_to_async
def always():
    with contextlib.ExitStack() as stack:
        stack.callback(connections.close_all)
        Book.objects.count()

async def held(request):
    await perhaps(request.GET)
    await ask("hi")  # LDB101

async def free(request):
    await always()
    await ask("hi")
""",
    )


def test_a_transaction_inside_another_leaves_that_open(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time
from django.db import transaction

class Own(transaction.Atomic):
    def __enter__(self):
        super().__enter__()
    def __exit__(self, *exception):
        super().__exit__(*exception)

@sync_to_async
def own():
    with transaction.atomic():
        with Own(None, True, False):
            Book.objects.count()
        time.sleep(5)  # LDB104

@sync_to_async
def stacked():
    with transaction.atomic():
        with contextlib.ExitStack() as stack:
            stack.enter_context(transaction.atomic())
            Book.objects.count()
        time.sleep(5)  # LDB104

async def one(request):
    await own()

async def another(request):
    await stacked()
""",
    )


def test_a_stack_that_is_closed_by_its_method(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def closed(request):
    stack = contextlib.AsyncExitStack()
    stack.push_async_callback(release)
    try:
        await load()
    finally:
        await stack.aclose()
    await ask("hi")

async def too_late(request):
    stack = contextlib.AsyncExitStack()
    stack.push_async_callback(release)
    await load()
    await ask("hi")  # LDB101
    await stack.aclose()
""",
    )


def test_what_an_exit_stack_enters(tmp_path: Path) -> None:
    """Clients of libraries, what is awaited to be entered, what nothing is known of; one outside `with` unwinds nowhere."""
    view(
        tmp_path,
        """
import httpx
import mcp
from vendor import session

async def by_client(request):
    await load()
    async with contextlib.AsyncExitStack() as stack:
        client = await stack.enter_async_context(httpx.AsyncClient())
        await client.get("/")  # LDB101

async def by_server(request):
    await load()
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(mcp.Client("/"))  # LDB101

async def by_stream(request):
    await load()
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(httpx.AsyncClient().stream("GET", "/"))  # LDB101

async def unknown(request):
    await load()
    async with contextlib.AsyncExitStack() as stack:
        thing = await stack.enter_async_context(session())
        stack.enter_context(open("a"))
        stack.enter_context()
        stack.callback()
        await thing.get("/")

async def outside(request):
    stack = contextlib.ExitStack()
    stack.callback(titles)
    await ask("hi")
""",
    )


def test_a_stack_of_sync_code_that_is_closed(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
@sync_to_async
def closed():
    stack = contextlib.ExitStack()
    stack.callback(close_old_connections)
    titles()
    stack.close()

@sync_to_async
def nothing_given():
    stack = contextlib.ExitStack()
    titles()
    stack.close()

async def free(request):
    await closed()
    await ask("hi")

async def held(request):
    await nothing_given()
    await ask("hi")  # LDB101
""",
    )


def test_two_stacks_at_once(tmp_path: Path) -> None:
    """What is given to the one runs when that one ends, also where the other is closed first."""
    view(
        tmp_path,
        """
async def inner_first(request):
    async with contextlib.AsyncExitStack() as outer:
        async with contextlib.AsyncExitStack() as inner:
            outer.push_async_callback(release)
            await load()
        await ask("hi")  # LDB101

async def by_itself(request):
    async with contextlib.AsyncExitStack() as outer, contextlib.AsyncExitStack() as inner:
        inner.push_async_callback(release)
        await load()
    await ask("hi")

async def by_hand(request):
    first, second = contextlib.AsyncExitStack(), contextlib.AsyncExitStack()
    first.push_async_callback(release)
    await load()
    await second.aclose()
    await ask("hi")  # LDB101
    await first.aclose()
    await ask("hi")

def by_its_class():
    stack = contextlib.ExitStack()
    stack.callback(close_old_connections)
    Book.objects.first()
    contextlib.ExitStack.close(stack)

async def not_known(request):
    await sync_to_async(by_its_class)()
    await ask("hi")  # LDB101

async def filled_before(request):
    stack = contextlib.AsyncExitStack()
    stack.push_async_callback(release)
    async with stack:
        await load()
    await ask("hi")
""",
    )
