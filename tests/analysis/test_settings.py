"""Settings that change what a request holds."""

from __future__ import annotations

from pathlib import Path

from flake8_django_async.check import check
from flake8_django_async.models.load import Row
from flake8_django_async.options import NOT_CONFIGURED
from tests.analysis.saying import agrees, claimed, said
from tests.trial import lay_out

POOL = '"OPTIONS": {"pool": True}'


def databases(extra: str) -> str:
    return f'DATABASES = {{"default": {{"ENGINE": "django.db.backends.postgresql", {extra}}}}}\n'


def test_a_login_middleware_has_queried_before_each_view(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
        from django.contrib.auth.decorators import login_not_required
        from library.llm import ask

        async def view(request):
            await ask("hi")  # LDB101

        @login_not_required
        async def public(request):
            await ask("hi")
        """,
        settings='MIDDLEWARE = ["django.contrib.auth.middleware.LoginRequiredMiddleware"]\n',
    )


def test_atomic_requests_put_a_transaction_around_sync_views(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
        import time
        from django.db import close_old_connections
        from django.db.transaction import non_atomic_requests
        from library.models import Book

        def view(request):
            time.sleep(5)  # LDB104

        def releasing(request):
            close_old_connections()  # LDB206

        @non_atomic_requests
        def alone(request):
            Book.objects.count()
            close_old_connections()
            time.sleep(5)
        """,
        settings=databases(f'"ATOMIC_REQUESTS": True, {POOL}'),
    )


def test_a_backend_that_releases_by_itself_holds_nothing(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
        from library.llm import ask
        from library.models import Book

        async def view(request):
            await Book.objects.aget(pk=1)
            await ask("hi")
        """,
        settings='DATABASES = {"default": {"ENGINE": "django_pg_real_pool"}}\n',
    )


def test_a_backend_whose_own_cursors_are_async_holds_as_django_does(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
        from library.llm import ask
        from library.models import Book

        async def view(request):
            await Book.objects.aget(pk=1)
            await ask("hi")  # LDB101
        """,
        settings='DATABASES = {"default": {"ENGINE": "django_async_backend.db.backends.postgresql"}}\n',
    )


def test_persistent_connections_are_said_where_they_are_set(tmp_path: Path) -> None:
    settings = 'ASGI_APPLICATION = "asgi.application"\nDATABASES = {\n    "default": {\n        "CONN_MAX_AGE": 60,\n    },\n}\n'
    assert said(tmp_path, {"settings.py": settings}, "settings.py") == {4: ["LDB401"]}


def test_persistent_connections_of_a_wsgi_project_are_its_own_affair(tmp_path: Path) -> None:
    """Also where its sync views are asked for, and beside another database's pool."""
    settings = 'DATABASES = {\n    "default": {\n        "CONN_MAX_AGE": 60,\n    },\n}\n'
    assert said(tmp_path, {"settings.py": settings}, "settings.py") == {}
    asked = check(str(tmp_path / "settings.py"), configuration=NOT_CONFIGURED._replace(sync_views=True))
    assert asked == []
    pooled = settings.replace("\n}\n", f'\n    "other": {{{POOL}}},\n}}\n')
    assert said(tmp_path, {"settings.py": pooled}, "settings.py") == {}


def test_old_connections_are_kept_while_they_are_young(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
        from asgiref.sync import sync_to_async
        from django.db import close_old_connections, connections
        from library.llm import ask
        from library.models import Book

        async def kept(request):
            await Book.objects.aget(pk=1)
            await sync_to_async(close_old_connections)()  # LDB207
            await ask("hi")  # LDB101

        async def closed(request):
            await Book.objects.aget(pk=1)
            await sync_to_async(connections.close_all)()
            await ask("hi")
        """,
        settings=databases('"CONN_MAX_AGE": 60'),
    )


def test_a_cache_queries_only_when_it_lives_in_the_database(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
        from django.core.cache import cache, caches
        from library.llm import ask

        async def in_memory(request):
            await cache.aget("k")
            await ask("hi")

        async def in_the_database(request):
            await caches["rows"].aget("k")
            await ask("hi")  # LDB101
        """,
        settings='CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}, '
        '"rows": {"BACKEND": "django.core.cache.backends.db.DatabaseCache"}}\n',
    )


def test_signed_sessions_do_not_query(tmp_path: Path) -> None:
    views = """
        from library.llm import ask

        async def view(request):
            await request.session.aget("k")
            await ask("hi"){}
    """
    agrees(tmp_path / "default", views.format("  # LDB101"))
    agrees(tmp_path / "signed", views.format(""), settings='SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"\n')


def test_a_sync_view_needs_evidence_of_asgi_or_a_pool(tmp_path: Path) -> None:
    views = """
        import time
        from library.models import Book

        def view(request):
            Book.objects.count()
            time.sleep(5){}
    """
    agrees(tmp_path / "wsgi", views.format(""), settings=databases('"CONN_MAX_AGE": 0'))
    agrees(tmp_path / "pool", views.format("  # LDB105"), settings=databases(POOL))


def test_atomic_requests_are_for_views_only(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
        import time
        from channels.generic.websocket import WebsocketConsumer

        class Consumer(WebsocketConsumer):
            def receive(self, text_data):
                time.sleep(5)
        """,
        settings=databases(f'"ATOMIC_REQUESTS": True, {POOL}'),
    )


def test_a_row_of_the_users_stands_for_a_function_of_the_project(tmp_path: Path) -> None:
    """Where it is async at its await, else at its call."""
    rows = (
        Row("shop.look_up", "query", why="by hand"),
        Row("shop.alook_up", "query", why="by hand"),
        Row("vendor.ask", "wait", "long", why="asks"),
    )
    files = {
        "manage.py": "",
        "shop.py": "def look_up():\n    pass\n\nasync def alook_up():\n    pass\n",
        "views.py": """
            from asgiref.sync import sync_to_async
            from shop import alook_up, look_up
            from vendor import ask

            @sync_to_async
            def blocked():
                look_up()
                ask()  # LDB105

            async def sync(request):
                await sync_to_async(look_up)()
                await ask()  # LDB101

            async def asynchronous(request):
                await alook_up()
                await ask()  # LDB101

            async def view(request):
                await blocked()
        """,
    }
    path = lay_out(tmp_path, files) / "views.py"
    found = {
        diagnostic.line: [diagnostic.code] for diagnostic in check(str(path), configuration=NOT_CONFIGURED._replace(rows=rows))
    }
    assert found == claimed(tmp_path)
