"""What has queried by the time a view begins: middleware, and decorators in a URLconf."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analysis.saying import agrees, said

MIDDLEWARE = """
from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.db import close_old_connections
from django.utils.decorators import async_only_middleware, sync_and_async_middleware
from django.utils.deprecation import MiddlewareMixin

from library.models import Author

class Sync:
    def __init__(self, get_response):
        self.get_response = get_response
    def __call__(self, request):
        request.author = Author.objects.first()
        return self.get_response(request)

class ByMethods(Sync):
    def __call__(self, request):
        Author.objects.first()
        return self.respond(request)
    def respond(self, request):
        return self.get_response(request)

class Sometimes(Sync):
    def __call__(self, request):
        if request.path.startswith("/authors/"):
            request.author = Author.objects.first()
        return self.get_response(request)

class After(Sync):
    def __call__(self, request):
        response = self.get_response(request)
        Author.objects.first()
        return response

class Hooked(Sync):
    def __call__(self, request):
        return self.get_response(request)
    def process_view(self, request, view, args, options):
        request.author = Author.objects.first()

class Async:
    async_capable, sync_capable = True, False
    def __init__(self, get_response):
        self.get_response = get_response
        markcoroutinefunction(self)
    async def __call__(self, request):
        if request.path == "/health/":
            return None
        request.author = await Author.objects.afirst()
        return await self.get_response(request)

class Releasing(Async):
    async def __call__(self, request):
        await sync_to_async(close_old_connections)()
        return await self.get_response(request)

class Mixed(MiddlewareMixin):
    def process_request(self, request):
        request.author = Author.objects.first()

@async_only_middleware
def made(get_response):
    async def middleware(request):
        request.author = await Author.objects.afirst()
        return await get_response(request)
    return middleware

@sync_and_async_middleware
def of_both(get_response):
    if iscoroutinefunction(get_response):
        async def middleware(request):
            request.author = await Author.objects.afirst()
            return await get_response(request)
    else:
        def middleware(request):
            request.author = Author.objects.first()
            return get_response(request)
    return middleware
"""
VIEW = """
from library.llm import ask

async def page(request):
    await ask("hi")
"""
HEAD = 'SECRET_KEY = "x"\n'


@pytest.mark.parametrize(
    ("names", "is_held"),
    [
        (["Sync"], True),
        (["ByMethods"], True),
        (["Sometimes"], False),
        (["After"], False),
        (["Hooked"], True),
        (["Async"], True),
        (["Mixed"], True),
        (["made"], True),
        (["of_both"], True),
        (["Async", "Releasing"], False),
        (["Releasing", "Async"], True),
    ],
)
def test_the_projects_own_middleware(tmp_path: Path, names: list[str], is_held: bool) -> None:
    settings = f"{HEAD}MIDDLEWARE = {[f'library.middleware.{name}' for name in names]!r}\n"
    found = said(tmp_path, {"settings.py": settings, "library/middleware.py": MIDDLEWARE, "views.py": VIEW})
    assert found == ({4: ["LDB101"]} if is_held else {})


@pytest.mark.parametrize(
    ("settings", "is_held"),
    [
        ("MIDDLEWARE = ['django.contrib.auth.middleware.RemoteUserMiddleware']", True),
        ("MIDDLEWARE = ['django.contrib.auth.middleware.PersistentRemoteUserMiddleware']", False),
        ("MIDDLEWARE = ['django.contrib.auth.middleware.AuthenticationMiddleware']", False),
        ("MIDDLEWARE = ['django.middleware.cache.FetchFromCacheMiddleware']", False),
        (
            "MIDDLEWARE = ['django.middleware.cache.FetchFromCacheMiddleware']\n"
            "CACHES = {'default': {'BACKEND': 'django.core.cache.backends.db.DatabaseCache', 'LOCATION': 'cached'}}",
            True,
        ),
    ],
)
def test_djangos_middleware(tmp_path: Path, settings: str, is_held: bool) -> None:
    found = said(tmp_path, {"settings.py": f"{HEAD}{settings}\n", "views.py": VIEW})
    assert found == ({4: ["LDB101"]} if is_held else {})


def test_a_function_that_a_view_calls_is_no_view(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from library.llm import ask
from library.middleware import release

async def helper(request):
    await ask("hi")

async def page(request):
    await release()
    await helper(request)
""",
        settings=f"{HEAD}MIDDLEWARE = ['library.middleware.Sync']\n",
        library__middleware=MIDDLEWARE
        + """
async def release():
    await sync_to_async(close_old_connections)()
""",
    )


def test_views_that_a_urlconf_guards(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from django.views import View
from library.llm import ask

async def guarded(request):
    await ask("hi")  # LDB101

async def plain(request):
    await ask("hi")

class Page(View):
    async def get(self, request):
        await ask("hi")  # LDB101

class Other(View):
    async def get(self, request):
        await ask("hi")
""",
        urls="""
from django.contrib.auth.decorators import login_required
from django.contrib.auth import decorators as auth
from django.urls import path
import views

urlpatterns = [
    path("a/", login_required(views.guarded)),
    path("b/", views.plain),
    path("c/", auth.permission_required("library.view_book")(views.Page.as_view())),
    path("d/", views.Other.as_view()),
]
""",
    )


def test_sync_views_behind_a_login(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import time

from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

class Mixed(LoginRequiredMixin, View):
    def get(self, request):
        time.sleep(1)  # LDB105

@method_decorator(login_required, name="dispatch")
class Decorated(View):
    def get(self, request):
        time.sleep(1)  # LDB105

@method_decorator(csrf_exempt, name="dispatch")
class Open(View):
    def get(self, request):
        time.sleep(1)
""",
        settings=f'{HEAD}ASGI_APPLICATION = "asgi.application"\n',
    )


def test_what_is_no_login_or_no_middleware(tmp_path: Path) -> None:
    """A `login_required` of somebody else's, a view of another class, a middleware that answers by itself or that is not to be found."""
    agrees(
        tmp_path,
        """
from django.views import View
from library.llm import ask

async def guarded(request):
    await ask("hi")

class Page(View):
    async def get(self, request):
        await ask("hi")

class Inner(View):
    class Deeper:
        pass
    async def get(self, request):
        await ask("hi")

class Plain(View):
    def get(self, request):
        return None
""",
        urls="""
from vendor import login_required
from django.contrib.auth.decorators import login_required as required
import views

urlpatterns = [login_required(views.guarded), required(views.other.guarded), required(views.Page.get)]
""",
        library__middleware="""
from library.models import Author

def closed(get_response):
    def middleware(request):
        Author.objects.first()
        return None
    return middleware

def nothing(get_response):
    Author.objects.first()
""",
        settings='MIDDLEWARE = ["library.middleware.closed", "library.middleware.nothing", "library.middleware.missing", "missing.one"]\n',
    )
