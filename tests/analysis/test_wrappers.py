"""Decorators of other kinds: one that puts something else in a function's place, one that is a lambda."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import agrees, view


def test_what_a_decorator_puts_in_place_of_a_function(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
def replaced(function):
    async def other(request):
        await load()
        await ask("hi")  # LDB101
    return other

@replaced
async def never_called(request):
    await ask("hi")

class Child:
    one = Other.two

class Other:
    two = Child.one

async def by_default(request, one=Child.one):
    await load()
    await one("hi")
    await ask("hi")  # LDB101
""",
    )


def test_a_decorator_that_is_a_lambda(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
        import time
        from library.models import Book

        loaded = lambda function: lambda request: (Book.objects.count(), function(request))

        @loaded
        def view(request):
            time.sleep(5)  # LDB105
        """,
        settings='ASGI_APPLICATION = "asgi.application"\n',
    )
