"""Brings the fixtures' Django project up: databases, data, the slow server, the observers."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from importlib import import_module
from pathlib import Path
from typing import Any

import django
import psycopg
from django.core.management import call_command
from django.db import connections

from tests.expectations import FIXTURES
from tests.measured import pool, slow_server
from tests.measured.measure import Laboratory
from tests.measured.watch import Watch

SESSION = "a-session-of-alice-for-the-tests"
# Deleted, not truncated: a table of six rows is emptied in no time, a truncated one gets new files.
DATA = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
    DELETE FROM library_book_tags; DELETE FROM library_book; DELETE FROM library_author; DELETE FROM library_tag;
    DELETE FROM library_auditlog; DELETE FROM django_session; DELETE FROM library_cache;
    INSERT INTO library_author (id, name) SELECT n, 'author' || n FROM generate_series(1, 3) n;
    INSERT INTO library_tag (id, name) SELECT n, 'tag' || n FROM generate_series(1, 3) n;
    INSERT INTO library_book (id, title, author_id, price, created) SELECT n, 'book' || n, 1 + n % 3, n, now() FROM generate_series(1, 6) n;
    INSERT INTO library_book_tags (book_id, tag_id) VALUES (1, 1), (1, 2);
    SELECT setval('library_author_id_seq', 3), setval('library_tag_id_seq', 3), setval('library_book_id_seq', 6);
"""


@dataclass(frozen=True, slots=True)
class Project:
    """A Django project of the fixtures: its folder, the package with its settings, what watches its connections."""

    folder: Path
    package: str
    observed: Callable[[], AbstractContextManager[pool.Out]]


LIBRARY = Project(FIXTURES, "config", pool.observed)
VISITORS = Project(FIXTURES / "persistent", "visitors", pool.observed_without_pool)


@contextmanager
def laboratory(server: dict[str, str], project: Project = LIBRARY) -> Iterator[Laboratory]:
    """The project on the PostgreSQL that these libpq variables name, ready to be measured. One in a process."""
    name = f"ldb_{os.getpid()}"
    os.environ.update(server, LIBRARY_DATABASE=name, DJANGO_SETTINGS_MODULE=f"{project.package}.settings")
    sys.path.insert(0, str(project.folder))
    with _databases(name, f"{name}_other") as tables, project.observed() as out:
        loop = asyncio.new_event_loop()
        watch = Watch(out.now)
        slow, os.environ["LIBRARY_SLOW_SERVER"] = loop.run_until_complete(slow_server.serve(watch.looked))
        django.setup()
        _tables()
        session = _alice() if project is LIBRARY else None
        application: Any = import_module(f"{project.package}.asgi").application

        def reset() -> None:
            for connection in tables if session else ():
                connection.execute(DATA)
                connection.execute("INSERT INTO django_session VALUES (%s, %s, %s)", session)

        def cookie(user: str) -> list[tuple[bytes, bytes]]:
            assert user == "alice", f"nobody is called {user}"
            return [(b"cookie", f"sessionid={SESSION}".encode())]

        yield Laboratory(application, out, cookie, reset, loop, watch)
        slow.close()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
        pool.close()


@contextmanager
def _databases(*names: str) -> Iterator[list[psycopg.Connection[Any]]]:
    """Empty databases of these names, each with a connection to it; dropped at the end."""
    with psycopg.connect(autocommit=True) as server:
        for name in names:
            server.execute(f'CREATE DATABASE "{name}"'.encode())
        tables = [psycopg.connect(dbname=name, autocommit=True) for name in names]
        try:
            yield tables
        finally:
            for connection in tables:
                connection.close()
            for name in names:
                server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def _tables() -> None:
    """Makes the tables of all aliases."""
    for alias in connections:
        call_command("migrate", run_syncdb=True, database=alias, verbosity=0)
        call_command("createcachetable", database=alias, verbosity=0)
    connections.close_all()


def _alice() -> tuple[str, str, datetime]:
    """Makes alice, who may view books; returns the row of her session."""
    from django.contrib.auth.models import Permission, User
    from django.contrib.sessions.backends.db import SessionStore

    alice = User.objects.create_user("alice", password="secret")
    alice.user_permissions.add(Permission.objects.get(codename="view_book"))
    login = {"_auth_user_id": str(alice.pk), "_auth_user_backend": "django.contrib.auth.backends.ModelBackend"}
    data = SessionStore().encode({**login, "_auth_user_hash": alice.get_session_auth_hash()})
    connections.close_all()
    return SESSION, data, datetime.now(timezone.utc) + timedelta(days=1)
