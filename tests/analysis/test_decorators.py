"""Decorators of the project: by function, by class, with flags."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import view


def test_a_flag_that_the_call_gives_chooses_the_branch(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import functools

async def one(pk, released=True):
    await load()
    if released:
        await release()

async def another(pk, released=True):
    released = released and pk
    await load()
    if released:
        await release()

def releasing(after=True):
    def decorate(function):
        @functools.wraps(function)
        async def inner(*args, **options):
            result = await function(*args, **options)
            if after:
                await release()
            return result
        return inner
    return decorate

@releasing()
async def decorated():
    await load()

@releasing(after=False)
async def kept():
    await load()

async def default(request):
    await one(1)
    await ask("hi")

async def passed(request):
    await one(1, released=False)
    await ask("hi")  # LDB101

async def changed_inside(request):
    await another(1)
    await ask("hi")  # LDB101

async def by_decorator(request):
    await decorated()
    await ask("hi")

async def not_by_decorator(request):
    await kept()
    await ask("hi")  # LDB101
""",
    )


def test_a_class_that_decorates_is_called(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
class Releasing:
    def __init__(self, function):
        self.function = function
    async def __call__(self, *args):
        try:
            return await self.function(*args)
        finally:
            await release()

class Counted:
    def __init__(self, function):
        self.function = function
    async def __call__(self, request):
        await load()
        return await self.function(request)

@Releasing
async def book():
    await load()

async def page(request):
    await book()
    await ask("hi")

@Counted
async def counted(request):
    await ask("hi")  # LDB101
""",
    )


def test_a_context_manager_that_decorates(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
@contextlib.asynccontextmanager
async def database():
    try:
        yield
    finally:
        await release()

@contextlib.contextmanager
def unchanged():
    yield

class Closing(contextlib.ContextDecorator):
    def __enter__(self):
        return self
    def __exit__(self, *exception):
        connection.close()

class Releasing(contextlib.AsyncContextDecorator):
    async def __aenter__(self):
        return self
    async def __aexit__(self, *exception):
        await release()

@database()
async def one():
    return await load()

@Closing()
def two():
    return titles()

class Service:
    @Releasing()
    async def three(self):
        return await load()

@unchanged()
def four():
    return titles()

async def by_generator(request):
    await one()
    await ask("hi")

async def by_class(request):
    await sync_to_async(two)()
    await ask("hi")

async def of_a_method(request):
    await Service().three()
    await ask("hi")

async def not_released(request):
    await sync_to_async(four)()
    await ask("hi")  # LDB101
""",
    )


def test_decorators_of_functools(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import functools

class Service:
    async def first(self):
        return await load()

@functools.lru_cache
def service():
    return Service()

class Page:
    first = staticmethod(load)

async def cached(request):
    await service().first()
    await ask("hi")  # LDB101

async def static(request):
    await Page().first()
    await ask("hi")  # LDB101
""",
    )


def test_fields_of_a_dataclass(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from dataclasses import dataclass, field

class Stored:
    async def count(self):
        return await Book.objects.acount()

class Fixed:
    async def count(self):
        return 1

@dataclass
class Service:
    books: object = field(default_factory=Stored)

async def default(request):
    await Service().books.count()
    await ask("hi")  # LDB101

async def given(request):
    await Service(books=Fixed()).books.count()
    await ask("hi")
""",
    )
