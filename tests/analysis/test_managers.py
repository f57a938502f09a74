"""Context managers of the project: what they bind, what their end does, what they let pass."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import view


def test_what_entering_gives_is_bound(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
class Loader:
    async def load(self):
        await load()
    def read(self):
        titles()

class Sync:
    def __enter__(self):
        return Loader()
    def __exit__(self, *exception):
        pass

async def instance(request):
    with Sync() as loader:
        await loader.load()
    await ask("hi")  # LDB101

async def closing(request):
    with contextlib.closing(Loader()) as loader:
        await loader.load()
    await ask("hi")  # LDB101
""",
    )


def test_closing_calls_the_method_of_its_kind(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
class Asynchronous:
    async def aclose(self):
        await release()

async def free(request):
    async with contextlib.aclosing(Asynchronous()):
        await load()
    await ask("hi")

class Never:
    def close(self):
        pass

async def held(request):
    with contextlib.closing(Never()):
        await load()
    await ask("hi")  # LDB101
""",
    )


def test_an_exit_that_returns_true_ends_what_the_body_raises(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
class Swallows:
    async def __aenter__(self):
        pass
    async def __aexit__(self, *exception):
        return True

class Passes:
    async def __aenter__(self):
        pass
    async def __aexit__(self, *exception):
        return

async def swallowed(request):
    async with Swallows():
        await load()
        raise Refused
    await ask("hi")  # LDB101

async def passed_on(request):
    async with Passes():
        await load()
        raise Refused
    await ask("hi")
""",
    )


def test_what_an_exit_leaves_of_transactions(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time
from django.db import transaction

class Closing:
    def __enter__(self):
        pass
    def __exit__(self, *exception):
        connection.close()

class Manual:
    def __enter__(self):
        transaction.set_autocommit(False)
    def __exit__(self, *exception):
        if self.ends:
            transaction.set_autocommit(True)

@sync_to_async
def closing():
    with transaction.atomic():
        with Closing():
            titles()
        time.sleep(5)

@sync_to_async
def manual():
    with Manual():
        titles()
    time.sleep(5)  # LDB104
""",
    )


def test_what_a_generator_raises_that_enters_itself(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
@contextlib.asynccontextmanager
async def nested(depth):
    if depth:
        async with nested(depth - 1):
            await load()
            raise Refused
    yield

async def caught(request):
    try:
        async with nested(1):
            pass
    except Refused:
        await ask("hi")  # LDB101
""",
    )


def test_a_client_that_connects_when_it_is_entered_is_bound(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import aiosmtplib
import mcp

async def entered(request):
    async with aiosmtplib.SMTP("x") as server:
        await load()
        await server.noop()
        await server.send_message("hi")  # LDB101
""",
    )


def test_an_exit_that_raises_leaves_its_transaction_open(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time
from django.db import transaction

class Refusing:
    def __enter__(self):
        transaction.set_autocommit(False)
    def __exit__(self, *exception):
        raise Refused

@sync_to_async
def refusing():
    try:
        with Refusing():
            titles()
    except Refused:
        time.sleep(5)  # LDB104
""",
    )
