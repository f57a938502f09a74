"""Decorators of the project's own: by function, by class, with flags; what they have queried, and released, before the function."""

from __future__ import annotations

from pathlib import Path

from flake8_django_async.check import check
from tests.analysis.saying import HEAD, claimed, said, view

DECORATORS = """
from functools import wraps

def authenticated(strict):
    def decorator(view):
        @wraps(view)
        async def wrapper(request, *args, **kwargs):
            if strict:
                await load()
            return await view(request, *args, **kwargs)
        return wrapper
    return decorator

def timed(view):
    @wraps(view)
    async def wrapper(request, *args, **kwargs):
        response = await view(request, *args, **kwargs)
        return response
    return wrapper

def released(view):
    @wraps(view)
    async def wrapper(request, *args, **kwargs):
        await release()
        return await view(request, *args, **kwargs)
    return wrapper

def careful(view):
    def _text(error):
        return str(error)
    @wraps(view)
    async def wrapper(request, *args, **kwargs):
        try:
            return await view(request, *args, **kwargs)
        except (KeyError, ValueError) as error:
            return _text(error)
    return wrapper
"""


def test_a_query_in_an_outer_decorator_is_held_through_those_below_it(tmp_path: Path) -> None:
    view(
        tmp_path,
        DECORATORS
        + """
@authenticated(strict=True)
@timed
async def one_between(request):
    await ask("hi")  # LDB101

@careful
@authenticated(strict=True)
@timed
async def several(request):
    await ask("hi")  # LDB101

@timed
@authenticated(strict=True)
@timed
async def by_the_same_twice(request):
    await ask("hi")  # LDB101

@authenticated(strict=True)
@released
@timed
async def released_below(request):
    await ask("hi")

@released
@timed
async def without_query(request):
    await ask("hi")
""",
    )


def test_the_decorator_that_queries_is_named(tmp_path: Path) -> None:
    body = """
@careful
@authenticated(
    strict=True,
)
@timed
async def later(request):
    await ask("hi")
"""
    said(tmp_path, {"views.py": HEAD + DECORATORS + body})
    (finding,) = check(str(tmp_path / "views.py"))
    line = (tmp_path / "views.py").read_text(encoding="utf-8").splitlines().index("@authenticated(") + 1
    assert f"opened by '@authenticated' (line {line})" in finding.message


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


def test_a_decorator_for_both_kinds_of_functions(tmp_path: Path) -> None:
    """What the function itself does in the wrapper of one kind is not done when that of the other kind calls it."""
    body = """
import inspect
import time
from functools import wraps
from django.http import StreamingHttpResponse

def exempt(view):
    if asyncio.iscoroutinefunction(view):
        async def wrapped(*args, **kwargs):
            return await view(*args, **kwargs)
    else:
        def wrapped(*args, **kwargs):
            return view(*args, **kwargs)
    wrapped.exempt = True
    return wraps(view)(wrapped)

def one_of(view):
    async def awaited(*args, **kwargs):
        return await view(*args, **kwargs)
    def called(*args, **kwargs):
        return view(*args, **kwargs)
    return awaited if view.is_async else called

def either(view):
    async def awaited(*args, **kwargs):
        return await view(*args, **kwargs)
    def called(*args, **kwargs):
        titles()
        return view(*args, **kwargs)
    return awaited if inspect.iscoroutinefunction(view) else called

@exempt
def of_exempt(request):
    time.sleep(1)
    titles()

@one_of
def of_one(request):
    time.sleep(1)
    titles()

@either
def held(request):
    time.sleep(1)  # LDB105

@either
async def free(request):
    await ask("hi")
    await load()
"""
    found = said(tmp_path, {"views.py": HEAD + body, "requirements.txt": "uvicorn\n"})
    assert found == claimed(tmp_path)


def test_a_decorator_that_may_leave_a_function_as_it_is(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import vendor
from django.conf import settings
from django.contrib.auth.decorators import login_required

def maybe(view):
    if settings.DEBUG:
        return view
    return vendor.wrap(view)

@login_required
@maybe
async def page(request):
    await ask("hi")  # LDB101
""",
    )
