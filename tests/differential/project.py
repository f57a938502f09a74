"""The project around generated programs: the text that is analysed, and the modules that it imports when it is executed."""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.differential import causes, concurrency, database, outcomes, waits

HEADER = """\
import asyncio
import contextlib
import functools
import time

import httpx
import requests
from asgiref.sync import async_to_sync, sync_to_async
from channels.db import aclose_old_connections, database_sync_to_async
from django.db import DatabaseError, close_old_connections, connection, connections, transaction
from django.http import Http404, HttpResponse, StreamingHttpResponse

from library import services
from library.errors import Oops
from library.models import Book
"""
MODELS = """\
from django.db import models


class Book(models.Model):
    title = models.CharField(max_length=50)
    price = models.IntegerField(default=1)
"""
ERRORS = """\
class Oops(Exception):
    pass
"""
SERVICES = """\
import asyncio
import time
from contextlib import asynccontextmanager

import httpx
from asgiref.sync import sync_to_async
from django.db import close_old_connections, connections

from library.models import Book


def noop(*args, **kwargs):
    return args


def flag(request, *args, **kwargs):
    return request.flag


def titles():
    return [book.title for book in Book.objects.all()]


def close_idle():
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def ask_blocking():
    time.sleep(2)


async def load_book(request):
    return await Book.objects.aget(pk=1)


async def release(request):
    await sync_to_async(close_old_connections)()


async def load_and_release(request):
    try:
        return await load_book(request)
    finally:
        await release(request)


async def ask(request):
    async with httpx.AsyncClient(timeout=30) as client:
        response = await client.get("http://x")
    return response.text


async def ask_twice(request):
    await asyncio.sleep(0.5)
    return await ask(request)


@asynccontextmanager
async def released(request):
    await release(request)
    yield


@asynccontextmanager
async def database(request):
    try:
        yield
    finally:
        await release(request)
"""
VIEWS, HELPERS = "views.py", "library/helpers.py"
STATIC = {"library/__init__.py": "", "library/models.py": MODELS, "library/errors.py": ERRORS, "library/services.py": SERVICES}
FILES = frozenset({VIEWS, HELPERS, "library/services.py"})
"""The files whose functions count as the program's own."""


def views_header(names: list[str]) -> str:
    """The head of views.py; it imports the helpers of all programs."""
    imports = f"from library.helpers import {', '.join(names)}\n" if names else ""
    return f"{HEADER}{imports}\n\n"


def write(folder: Path, texts: Mapping[str, str]) -> None:
    """Write the project to a folder."""
    for path, text in {**STATIC, **texts}.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


# ------------------------------------------------------------------ execution


def module(name: str, **names: object) -> ModuleType:
    made = ModuleType(name)
    made.__dict__.update(names)
    return made


def _stand_ins() -> dict[str, ModuleType]:
    transaction = module("django.db.transaction", atomic=database.atomic)
    db = module(
        "django.db",
        DatabaseError=outcomes.DatabaseError,
        close_old_connections=database.close_old_connections,
        connection=database.connection,
        connections=database.connections,
        transaction=transaction,
    )
    http = module(
        "django.http",
        Http404=outcomes.Http404,
        HttpResponse=waits.HttpResponse,
        StreamingHttpResponse=waits.StreamingHttpResponse,
    )
    return {
        "asyncio": concurrency.module(),
        "contextlib": contextlib,
        "functools": functools,
        "time": module("time", sleep=waits.time_sleep),
        "httpx": module("httpx", AsyncClient=waits.AsyncClient, HTTPError=outcomes.HTTPError),
        "requests": module("requests", get=waits.requests_get, RequestException=outcomes.RequestException),
        "asgiref.sync": module("asgiref.sync", sync_to_async=database.sync_to_async, async_to_sync=database.async_to_sync),
        "channels.db": module(
            "channels.db",
            aclose_old_connections=database.aclose_old_connections,
            database_sync_to_async=database.database_sync_to_async,
        ),
        "django.db": db,
        "django.http": http,
        "library.models": module("library.models", Book=database.Book),
        "library.errors": module("library.errors", Oops=outcomes.Oops),
    }


def load(texts: Mapping[str, str] | Mapping[str, ast.Module]) -> dict[str, dict[str, Any]]:
    """Execute the modules of a project among the stand-ins; the namespace of each by its path."""
    modules = _stand_ins()
    library = module("library")
    modules["library"] = library

    def import_(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> ModuleType:
        found = modules.get(name)
        if found is None:
            raise ImportError(f"programs do not import {name}")
        return found

    added = {
        causes.UNFORESEEN: outcomes.unforeseen,
        causes.CAUGHT: outcomes.CAUGHT,
        causes.DECIDE: outcomes.decide,
        causes.SUPPRESS: outcomes.suppress,
    }
    namespaces: dict[str, dict[str, Any]] = {}
    for path in ("library/services.py", HELPERS, VIEWS):
        text = {**STATIC, **texts}.get(path, "")
        names = {**vars(builtins), "__import__": import_, **added}
        namespace: dict[str, Any] = {"__name__": path, "__builtins__": names}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(text, path, "exec"), namespace)
        namespaces[path] = namespace
        name = path.removesuffix(".py").replace("/", ".")
        made = modules[name] = module(name, **{key: value for key, value in namespace.items() if not key.startswith("__")})
        setattr(library, name.rpartition(".")[2], made)
    return namespaces


def python() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"
