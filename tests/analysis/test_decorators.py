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
