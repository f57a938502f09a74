"""What a release before the wait is worth: 100 requests at once, a pool of four, one query and a wait of a second each.

    python -m tests.benchmarks.payoff

Starts PostgreSQL and uvicorn, asks four views, prints a Markdown table. `LDB_TEST_DATABASE_URL` names another server.
"""

from __future__ import annotations

import asyncio
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import django
import httpx
from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path

from tests.measured import postgres

REQUESTS = 100
POOL = 4
WAIT = 1.0
POOL_TIMEOUT = 5
REPOSITORY = Path(__file__).parents[2]

View = Callable[[HttpRequest], Coroutine[Any, Any, HttpResponseBase]]


def application() -> Any:
    """The application that uvicorn serves: a view for each row of the table."""
    pool = {"min_size": POOL, "max_size": POOL, "timeout": POOL_TIMEOUT}
    settings.configure(
        SECRET_KEY="benchmark",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        DATABASES={
            "default": {"ENGINE": "django.db.backends.postgresql", "NAME": os.environ["PGDATABASE"], "OPTIONS": {"pool": pool}}
        },
        LOGGING={"version": 1, "disable_existing_loggers": True},
    )
    from django.core.asgi import get_asgi_application

    return get_asgi_application()


def query() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def view(streaming: bool, release: bool) -> View:
    """A view that queries, releases or not, and waits: before its response, or in its stream."""

    async def answer() -> AsyncIterator[bytes]:
        await asyncio.sleep(WAIT)
        yield b"done"

    async def inner(request: HttpRequest) -> HttpResponseBase:
        from django.db import connections

        await sync_to_async(query)()
        if release:
            await sync_to_async(connections.close_all)()
        if streaming:
            return StreamingHttpResponse(answer())
        return HttpResponse([chunk async for chunk in answer()])

    return inner


ROWS = [(streaming, release) for streaming in (False, True) for release in (False, True)]
urlpatterns = [path(f"{int(streaming)}{int(release)}/", view(streaming, release)) for streaming, release in ROWS]


async def ask(url: str) -> tuple[int, float]:
    """How many of the requests succeed, and the seconds until the last one has ended."""
    async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=None)) as client:
        began = time.perf_counter()
        answers = await asyncio.gather(*(client.get(url) for _ in range(REQUESTS)), return_exceptions=True)
        took = time.perf_counter() - began
    good = [answer for answer in answers if isinstance(answer, httpx.Response) and answer.content == b"done"]
    return len(good), took


def serve(server: dict[str, str]) -> tuple[subprocess.Popen[bytes], str]:
    """uvicorn with the application, on a free port, and its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "--factory", "tests.benchmarks.payoff:application", "--port", str(port)]
    process = subprocess.Popen([*command, "--log-level", "critical"], cwd=REPOSITORY, env=os.environ | server)
    url = f"http://127.0.0.1:{port}"
    while process.poll() is None:
        try:
            httpx.get(url)
            return process, url
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError(f"uvicorn ended with {process.returncode}")


def database() -> tuple[dict[str, str], Path | None]:
    """libpq variables of the PostgreSQL to use, and the folder of the one that was started for this."""
    if url := os.environ.get("LDB_TEST_DATABASE_URL"):
        return postgres.from_url(url), None
    run = Path(tempfile.gettempdir()) / f"ldb-payoff-{os.getpid()}"
    return postgres.start(run), run


def main() -> None:
    server, run = database()
    try:
        print(f"Django {django.get_version()}, Python {platform.python_version()}, uvicorn, a pool of {POOL};")
        print(f"{REQUESTS} requests at once, each one query and a wait of {WAIT:.0f} s:\n")
        print("| view | release before the wait | requests that succeed | total time |\n| --- | --- | --- | --- |")
        for streaming, release in ROWS:
            process, url = serve(server)
            try:
                good, took = asyncio.run(ask(f"{url}/{int(streaming)}{int(release)}/"))
            finally:
                process.terminate()
                process.wait()
            kind = "streaming" if streaming else "plain"
            print(f"| {kind} | {'yes' if release else 'no'} | {good} of {REQUESTS} | {took:.1f} s |", flush=True)
    finally:
        if run is not None:
            postgres.stop(run)


if __name__ == "__main__":
    main()
