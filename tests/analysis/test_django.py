"""Django's own: views and their querysets, tasks, caches, sessions, transactions opened and closed by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analysis.saying import HEAD, agrees, view

DATABASES = 'DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"}}\n'


def test_generic_views_know_their_model(tmp_path: Path) -> None:
    """By `model`, by `queryset`; REST framework's filters hand their queryset back."""
    agrees(
        tmp_path,
        """
        import time
        from django.views.generic import DetailView, ListView, View
        from library.llm import ask
        from library.models import Author, Book
        from rest_framework.generics import GenericAPIView

        class OfModel(DetailView):
            model = Book

            def get(self, request):
                book = self.get_object()
                time.sleep(5)  # LDB105

            async def post(self, request):
                await self.get_queryset().afirst()
                await ask("hi")  # LDB101

        class OfQueryset(ListView):
            queryset = Book.objects.filter(title="A")

            async def get(self, request):
                await self.get_queryset().afirst()
                await ask("hi")  # LDB101

        class OfNothing(DetailView):
            async def get(self, request):
                await ask("hi")

        class Filtered(GenericAPIView):
            queryset = Book.objects.all()

            async def get(self, request):
                await self.filter_queryset(self.get_queryset()).afirst()
                await ask("hi")  # LDB101

        class Plain(View):
            def dispatch(self, request):
                as_view = OfModel.as_view()
                return super().dispatch(request)

            async def get(self, request):
                await Book.objects.acount()
                await ask("hi")  # LDB101
        """,
        settings=f'{DATABASES}ASGI_APPLICATION = "asgi.application"\n',
    )


def test_tasks_run_at_once_unless_workers_are_configured(tmp_path: Path) -> None:
    views = """
        import time
        from asgiref.sync import sync_to_async
        from django.tasks import task
        from library.llm import ask
        from library.models import Book

        @task()
        async def acount(pk):
            await Book.objects.acount()

        @task()
        def count(pk):
            Book.objects.count()

        async def awaited(request):
            await acount.aenqueue(1)
            await ask("hi"){code}

        async def called(request):
            await sync_to_async(count.enqueue)(1)
            await ask("hi"){code}
    """
    immediate = '"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"'
    workers = '"BACKEND": "django_tasks_rq.RQBackend"'
    agrees(tmp_path / "default", views.format(code="  # LDB101"), settings=DATABASES)
    agrees(
        tmp_path / "immediate", views.format(code="  # LDB101"), settings=f'{DATABASES}TASKS = {{"default": {{{immediate}}}}}\n'
    )
    agrees(tmp_path / "workers", views.format(code=""), settings=f'{DATABASES}TASKS = {{"default": {{{workers}}}}}\n')


CACHES = """
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"},
    "rows": {"BACKEND": "django.core.cache.backends.db.DatabaseCache"},
}
"""


def test_caches_and_what_they_are_filled_with(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
        from asgiref.sync import sync_to_async
        from django.core.cache import cache, caches
        from django.views.decorators.cache import cache_page
        from library.llm import ask
        from library.models import Book

        @sync_to_async
        def filled():
            cache.get_or_set("books", Book.objects.count)

        @sync_to_async
        def given():
            cache.get_or_set("books", 1)

        @sync_to_async
        def stored():
            caches["rows"].get("books")

        async def by_its_default(request):
            await filled()
            await ask("hi")  # LDB101

        async def by_nothing(request):
            await given()
            await ask("hi")

        async def by_itself(request):
            await stored()
            await ask("hi")  # LDB101

        @cache_page(60, cache="rows")
        async def page(request):
            await ask("hi")  # LDB101

        @cache_page(60)
        async def page_in_memory(request):
            await ask("hi")
        """,
        settings=CACHES,
    )


@pytest.mark.parametrize(("alias", "code"), [("default", ""), ("rows", "  # LDB101")])
def test_sessions_live_where_their_cache_does(tmp_path: Path, alias: str, code: str) -> None:
    agrees(
        tmp_path,
        f"""
        from library.llm import ask

        async def view(request):
            await request.session.aget("k")
            await ask("hi"){code}
        """,
        settings=f'{CACHES}SESSION_ENGINE = "django.contrib.sessions.backends.cache"\nSESSION_CACHE_ALIAS = "{alias}"\n',
    )


def test_the_user_of_a_request_is_fetched_once(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
        from asgiref.sync import sync_to_async
        from django.contrib.auth import get_user_model
        from django.db import close_old_connections
        from library.llm import ask
        from library.models import Reader

        @sync_to_async
        def fetched(request):
            name = request.user.username
            close_old_connections()
            return request.user.email

        async def view(request):
            await fetched(request)
            await ask("hi")

        async def of_the_project(request):
            await get_user_model().readers.aget(pk=1)
            await ask("hi")  # LDB101
        """,
        library__models="""
        from django.contrib.auth.models import AbstractUser
        from django.db import models

        class Reader(AbstractUser):
            readers = models.Manager()
        """,
        settings='AUTH_USER_MODEL = "library.Reader"\nMIDDLEWARE = ["django.contrib.auth.middleware.AuthenticationMiddleware"]\n',
    )


def test_transactions_by_hand(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time
from django.db import transaction

@sync_to_async
def by_hand():
    atomic = transaction.atomic()
    atomic.__enter__()
    time.sleep(5)  # LDB104
    atomic.__exit__(None, None, None)
    time.sleep(5)  # LDB105

async def view(request):
    await by_hand()

async def refused(request):
    transaction.set_autocommit(True)
    await ask("hi")
""",
    )


def test_old_connections_of_one_of_two_databases_are_kept(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
        from asgiref.sync import sync_to_async
        from django.db import close_old_connections
        from library.llm import ask
        from library.models import Book

        async def view(request):
            await Book.objects.using("old").afirst()
            await Book.objects.using("young").afirst()
            await sync_to_async(close_old_connections)()  # LDB207
            await ask("hi")  # LDB101

        async def closed(request):
            await Book.objects.using("young").afirst()
            await sync_to_async(close_old_connections)()
            await ask("hi")
        """,
        settings='DATABASES = {"default": {}, "old": {"CONN_MAX_AGE": 60}, "young": {"CONN_MAX_AGE": 0}}\n',
    )


def test_a_helper_fetches_the_user_unless_its_caller_has(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        f"""{HEAD}
def name(request):
    return request.user.username

@sync_to_async
def known(request):
    request.user.username
    connection.close()
    return name(request)

@sync_to_async
def unknown(request):
    return name(request)

async def free(request):
    await known(request)
    await ask("hi")

async def held(request):
    await unknown(request)
    await ask("hi")  # LDB101
""",
        settings='MIDDLEWARE = ["django.contrib.auth.middleware.AuthenticationMiddleware"]\n',
    )
