"""Where a queryset reads its rows, and where it has them already."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analysis.saying import agrees, view

SYNC = """
import time

from django.db import connections
from library.models import Book
"""


@pytest.mark.parametrize(
    "read",
    [
        "first, second = Book.objects.all()[:2]",
        "[*Book.objects.all()]",
        "print(*Book.objects.all())",
        "3 in Book.objects.all()",
        "3 not in Book.objects.all()",
        "rows = []; rows += Book.objects.all()",
    ],
)
def test_rows_are_read_by(tmp_path: Path, read: str) -> None:
    body = f"""
from asgiref.sync import sync_to_async

def work():
    {read}
    time.sleep(5)  # LDB105

async def view(request):
    await sync_to_async(work)()
"""
    agrees(tmp_path, f"{SYNC}{body}")


@pytest.mark.parametrize("lazily", ["books |= Book.objects.all()", "books = books | Book.objects.all()", "books = Book.objects.all()[:2]"])
def test_no_rows_are_read_by(tmp_path: Path, lazily: str) -> None:
    body = f"""
from asgiref.sync import sync_to_async

def work():
    books = Book.objects.filter(pk=1)
    {lazily}
    time.sleep(5)

async def view(request):
    await sync_to_async(work)()
"""
    agrees(tmp_path, f"{SYNC}{body}")


@pytest.mark.parametrize("read", ["len(books)", "list(books)", "bool(books)", "print(*books)", "3 in books"])
def test_rows_that_were_read_are_kept(tmp_path: Path, read: str) -> None:
    body = f"""
from asgiref.sync import sync_to_async

def work():
    books = Book.objects.all()
    {read}
    connections.close_all()
    for book in books:
        time.sleep(5)

async def view(request):
    await sync_to_async(work)()
"""
    agrees(tmp_path, f"{SYNC}{body}")


def test_a_guard_reads_the_rows_it_tests(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import time

def by_rows(kind):
    match kind:
        case _ if Book.objects.all():
            time.sleep(5)  # LDB105
        case _:
            time.sleep(5)  # LDB105

def by_flag(kind, is_slow):
    Book.objects.first()
    match kind:
        case _ if is_slow:
            time.sleep(5)

async def one(request):
    await sync_to_async(by_rows)(1)

async def two(request):
    await sync_to_async(by_flag)(1, False)
""",
    )
