"""Decorators of the project's own: what they have queried, and released, by the time the function begins."""

from __future__ import annotations

from pathlib import Path

from flake8_django_async.check import check
from tests.analysis.saying import HEAD, said, view

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
