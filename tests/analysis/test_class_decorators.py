"""What a class puts around its handlers with `method_decorator`."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import view


def test_what_a_class_puts_around_its_handlers(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import functools
from django.utils.decorators import method_decorator
from django.views import View

def counted(view):
    @functools.wraps(view)
    async def inner(request, *args, **kwargs):
        await load()
        return await view(request, *args, **kwargs)
    return inner

def released(view):
    @functools.wraps(view)
    async def inner(request, *args, **kwargs):
        await release()
        return await view(request, *args, **kwargs)
    return inner

@method_decorator(counted, name="dispatch")
class Dispatched(View):
    async def get(self, request):
        await ask("hi")  # LDB101

@method_decorator(
    [released, counted],  # outermost first
    name="post",
)
class Posted(View):
    async def get(self, request):
        await ask("hi")

    async def post(self, request):
        await ask("hi")  # LDB101

@method_decorator(counted, name="dispatch")
@method_decorator(released, name="dispatch")
class Released(View):
    async def get(self, request):
        await ask("hi")
""",
    )
