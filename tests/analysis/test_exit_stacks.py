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


def test_what_entering_by_a_stack_opens_is_held(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time
from django.db import connections, transaction

@contextlib.asynccontextmanager
async def loaded():
    yield await load()

class Loaded:
    async def __aenter__(self):
        await load()
    async def __aexit__(self, *exception):
        pass

class Read:
    def __enter__(self):
        titles()
    def __exit__(self, *exception):
        pass

async def generator(request):
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(loaded())
        await ask("hi")  # LDB101

async def instance(request):
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(Loaded())
        await ask("hi")  # LDB101

@sync_to_async
def in_sync_code():
    with contextlib.ExitStack() as stack:
        stack.enter_context(Read())
        time.sleep(5)  # LDB105

@sync_to_async
def in_a_transaction():
    with contextlib.ExitStack() as stack:
        stack.enter_context(transaction.atomic())
        time.sleep(5)  # LDB104
    time.sleep(5)  # LDB105

@sync_to_async
def in_a_transaction_of_another_database():
    with contextlib.ExitStack() as stack:
        stack.enter_context(transaction.atomic(using="replica"))
        time.sleep(5)  # LDB104
    time.sleep(5)  # LDB105
    connections["replica"].close()
    time.sleep(5)
""",
    )


def test_what_entering_by_a_stack_gives_is_bound(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
class Loader:
    async def load(self):
        await load()
    def read(self):
        titles()

class Itself(Loader):
    async def __aenter__(self):
        return self.make()
    async def __aexit__(self, *exception):
        pass

class Another:
    async def __aenter__(self):
        return Loader()
    async def __aexit__(self, *exception):
        pass

class Sync:
    def __enter__(self):
        return Loader()
    def __exit__(self, *exception):
        pass

async def itself(request):
    async with contextlib.AsyncExitStack() as stack:
        loader = await stack.enter_async_context(Itself())
        await loader.load()
    await ask("hi")  # LDB101

async def another(request):
    async with contextlib.AsyncExitStack() as stack:
        loader = await stack.enter_async_context(Another())
        await loader.load()
    await ask("hi")  # LDB101

async def in_sync_code(request):
    with contextlib.ExitStack() as stack:
        loader = stack.enter_context(Sync())
        await loader.load()
    await ask("hi")  # LDB101

async def to_be_closed(request):
    with contextlib.ExitStack() as stack:
        loader = stack.enter_context(contextlib.closing(Loader()))
        await loader.load()
    await ask("hi")  # LDB101
""",
    )


def test_what_leaving_by_a_stack_closes_is_free(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
class Closing:
    def close(self):
        close_old_connections()

class Asynchronous:
    async def aclose(self):
        await release()

@contextlib.asynccontextmanager
async def released():
    yield
    await release()

@sync_to_async
def closed():
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.closing(Closing()))
        titles()

async def by_closing(request):
    await closed()
    await ask("hi")

async def by_aclosing(request):
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(contextlib.aclosing(Asynchronous()))
        await load()
    await ask("hi")

async def by_a_generator(request):
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(released())
        await load()
    await ask("hi")
""",
    )


def test_a_stack_runs_all_that_it_was_given_and_runs_it_once(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def filled_once(request):
    stack = contextlib.AsyncExitStack()
    async with stack:
        stack.push_async_callback(release)
    async with stack:
        await load()
    await ask("hi")  # LDB101

async def given_two(request):
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(release)
        stack.callback(print)
        await load()
    await ask("hi")

async def endless(request):
    await load()
    async with contextlib.AsyncExitStack():
        while True:
            pass
    await ask("hi")
""",
    )
