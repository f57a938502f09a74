"""Which database is released: by name, by setting, by getter."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import view


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
