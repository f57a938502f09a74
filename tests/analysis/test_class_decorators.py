"""What a class puts around its handlers with `method_decorator`."""

from __future__ import annotations

from pathlib import Path

from flake8_django_async.check import check
from tests.analysis.saying import HEAD, agrees, said, view


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

@method_decorator(counted, "dispatch")
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


def test_a_login_around_sync_handlers(tmp_path: Path) -> None:
    """Somebody else's `login_required` is not Django's; Django's is not for async handlers."""
    agrees(
        tmp_path,
        f"{HEAD}"
        """
import time

import vendor
from django.contrib.auth.decorators import login_required, user_passes_test
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

@method_decorator([never_cache, login_required], "dispatch")
class Listed(View):
    def get(self, request):
        time.sleep(1)  # LDB105

@method_decorator(
    user_passes_test(lambda user: user.is_staff),
    name="get",
)
class Tested(View):
    def get(self, request):
        time.sleep(1)  # LDB105

    def post(self, request):
        time.sleep(1)

@method_decorator(vendor.login_required, name="dispatch")
class Other(View):
    def get(self, request):
        time.sleep(1)

@method_decorator(login_required, name="dispatch")
class Refused(View):
    async def get(self, request):
        await ask("hi")
""",
        settings='ASGI_APPLICATION = "asgi.application"\n',
    )


def test_a_message_names_the_decorator_and_its_line(tmp_path: Path) -> None:
    text = """
import functools

from django.utils.decorators import method_decorator
from django.views import View
from library.llm import ask
from library.models import Book

def counted(view):
    @functools.wraps(view)
    async def inner(request, *args, **kwargs):
        await Book.objects.acount()
        return await view(request, *args, **kwargs)
    return inner

@method_decorator(counted, name="dispatch")
class Page(View):
    async def get(self, request):
        await ask("hi")
"""
    said(tmp_path, {"views.py": text})
    (diagnostic,) = check(str(tmp_path / "views.py"))
    assert "'@counted' (line 15)" in diagnostic.message


def test_a_list_of_decorators_around_one_method(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import functools
import vendor
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

class Pages(View):
    @method_decorator([released, vendor.checked, counted])
    async def get(self, request):
        await ask("hi")  # LDB101

    @method_decorator([counted, released])
    async def post(self, request):
        await ask("hi")
""",
    )
