"""Which database is released: by name, by setting, by getter."""

from __future__ import annotations

from pathlib import Path

from flake8_django_async.check import check
from tests.analysis.saying import HEAD, said, view


def test_a_loop_over_named_databases_releases_them(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.conf import settings
from django.db import connections
from django.db.transaction import get_connection

@sync_to_async
def listed():
    for alias in ["default", "other"]:
        connections[alias].close()

@sync_to_async
def configured():
    for alias in settings.DATABASES:
        connections[alias].close()

@sync_to_async
def other():
    for alias in ("other",):
        connections[alias].close()

async def by_names(request):
    await load()
    await listed()
    await ask("hi")

async def by_settings(request):
    await load()
    await configured()
    await ask("hi")

async def by_getter(request):
    await load()
    await sync_to_async(lambda: get_connection().close())()
    await ask("hi")

async def by_other_name(request):
    await load()
    await other()  # LDB205
    await ask("hi")  # LDB101
""",
    )


def test_guards_around_a_release(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.db import connections

def if_open():
    if connection.connection is not None and not connection.in_atomic_block:
        connection.close()

def unless_closed():
    for each in connections.all():
        if each.connection is None:
            continue
        each.close()

def if_true():
    each = connections["default"]
    if each.connection:
        each.close()

def chosen():
    [each.close() for each in connections.all() if not each.in_atomic_block]

def unless_any():
    if not any(each.in_atomic_block for each in connections.all(initialized_only=True)):
        connections.close_all()

def listed():
    for alias in list(connections):
        connections[alias].close()

def of_databases():
    for alias in connections.databases:
        connections[alias].close()

def if_asked(asked):
    if asked.connection is not None:
        connection.close()

async def first(request):
    await load()
    await sync_to_async(if_open)()
    await ask("hi")

async def second(request):
    await load()
    await sync_to_async(unless_closed)()
    await ask("hi")

async def third(request):
    await load()
    await sync_to_async(if_true)()
    await ask("hi")

async def fourth(request):
    await load()
    await sync_to_async(chosen)()
    await ask("hi")

async def fifth(request):
    await load()
    await sync_to_async(unless_any)()
    await ask("hi")

async def sixth(request):
    await load()
    await sync_to_async(listed)()
    await ask("hi")

async def seventh(request):
    await load()
    await sync_to_async(of_databases)()
    await ask("hi")

async def of_something_else(request):
    await load()
    await sync_to_async(if_asked)(request)
    await ask("hi")  # LDB101
""",
    )


def test_a_cursor_is_of_its_connection(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.db import connections

def count(alias):
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM library_book")
        return cursor.fetchone()[0]

@sync_to_async
def close(alias):
    connections[alias].close()

async def free(request):
    await sync_to_async(count)("other")
    await close("other")
    await ask("hi")

async def held(request):
    await sync_to_async(count)("default")
    await sync_to_async(count)("other")
    await close("other")
    await ask("hi")  # LDB101
""",
    )


def test_guards_that_say_something_else(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.conf import settings
from django.db import connections

@sync_to_async
def keys():
    for alias in settings.DATABASES.keys():
        connections[alias].close()

@sync_to_async
def unless_closed():
    if not any(each.closed for each in connections.all()):
        connections.close_all()

async def by_keys(request):
    await load()
    await keys()
    await ask("hi")

async def sometimes(request):
    await load()
    await unless_closed()
    await ask("hi")  # LDB101
""",
    )


def test_the_alias_of_a_transaction(tmp_path: Path) -> None:
    """A decorator has one too, and functions take it by position."""
    view(
        tmp_path,
        """
import time
from django.db import connections, transaction

@transaction.atomic(using="other")
def decorated():
    pass

class Service:
    @transaction.atomic(using="other")
    def run(self):
        pass

def switched():
    transaction.set_autocommit(False, "other")
    transaction.set_autocommit(True, "other")
    connections["other"].close()

def registered():
    transaction.on_commit(print, "other")

def close_other():
    connections["other"].close()

async def by_decorator(request):
    await sync_to_async(decorated)()
    await sync_to_async(close_other)()
    await ask("hi")

async def by_method(request):
    await sync_to_async(Service().run)()
    await sync_to_async(close_other)()
    await ask("hi")

async def by_autocommit(request):
    await sync_to_async(switched)()
    await ask("hi")

async def by_commit(request):
    await sync_to_async(registered)()
    await sync_to_async(close_other)()
    await ask("hi")

def guarded():
    with transaction.atomic():
        if not connections["other"].in_atomic_block:
            time.sleep(5)  # LDB104

async def by_guard(request):
    await sync_to_async(guarded)()
""",
    )


def test_a_release_of_another_database_that_never_runs(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
from django.db import connections

async def load_other():
    return await Book.objects.using("other").aget(pk=1)

async def held(request):
    await load_other()
    sync_to_async(lambda: connections["other"].close())()  # LDB204

async def not_held(request):
    await load()
    sync_to_async(lambda: connections["other"].close())()
""",
    )


def test_all_databases_one_by_one(tmp_path: Path) -> None:
    """The order does not matter, unless it takes long until the held one follows, or it never does."""
    view(
        tmp_path,
        """
import time
from django.db import connections

def both():
    connections["other"].close()
    connections["default"].close()

def slowly():
    Book.objects.first()
    connections["other"].close()  # LDB205
    time.sleep(5)  # LDB105
    connections["default"].close()

def perhaps(flag):
    connections["other"].close()
    if flag:
        connections["default"].close()

async def one(request):
    await load()
    await sync_to_async(both)()
    await ask("hi")

async def two(request):
    await sync_to_async(slowly)()

async def three(request):
    await load()
    await sync_to_async(perhaps)(request.GET)  # LDB205
    await ask("hi")  # LDB101
""",
    )


def test_a_message_writes_a_connection_as_people_do(tmp_path: Path) -> None:
    text = """
async def view(request):
    for alias in connections:
        await sync_to_async(connections[alias].close)()
    await sync_to_async(connections["other"].close)()
    await sync_to_async(connection.close)()
"""
    said(tmp_path, {"views.py": f"{HEAD}from django.db import connections\n{text}"})
    names = [diagnostic.message.split("' ")[0] for diagnostic in check(str(tmp_path / "views.py"))]
    assert names == ["'connections[...].close", "'connections[\"other\"].close", "'connection.close"]


def test_many_queries_of_one_database_hide_no_other(tmp_path: Path) -> None:
    queries = "    Book.objects.count()\n" * 40
    view(
        tmp_path,
        f"""
import time
from django.db import connections

@sync_to_async
def both():
{queries}
    Book.objects.using("replica").count()
    connections["default"].close()
    time.sleep(5)  # LDB105
""",
    )
