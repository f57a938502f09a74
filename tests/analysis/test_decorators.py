"""Decorators of the project's own: what they have queried, and released, by the time the function begins."""

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
