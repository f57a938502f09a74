"""Calls on what nothing is known of: Django's idioms tell, names alone do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analysis.saying import agrees

IDIOMS = [
    'await kind.objects.aget(pk=1)',
    'await kind.objects.filter(pk=1).aexists()',
    'await kind._default_manager.acount()',
    'await chat.asave(update_fields=["title"])',
    'await sync_to_async(list)(context.chat.messages.filter(kind__startswith="text/").order_by("pk"))',
]  # fmt: skip
LOOKALIKES = [
    'await kind.aget("key")',
    "await chat.asave()",
    'await sync_to_async(list)(bucket.objects.filter(Prefix="books"))',
    'await sync_to_async(list)(search.filter("term", author__name="Ann"))',
    'await sync_to_async(list)(things.filter(kind="text"))',
]  # fmt: skip


def view(queries: str, said: str) -> str:
    return f"""
from asgiref.sync import sync_to_async
from library.llm import ask

async def view(request, kind, chat, context, bucket, search, things):
    {queries}
    await ask("hi"){said}
"""


@pytest.mark.parametrize("idiom", IDIOMS)
def test_idioms_query(tmp_path: Path, idiom: str) -> None:
    agrees(tmp_path, view(idiom, "  # LDB101"))


@pytest.mark.parametrize("lookalike", LOOKALIKES)
def test_lookalikes_do_not(tmp_path: Path, lookalike: str) -> None:
    agrees(tmp_path, view(lookalike, ""))


def test_another_orm_has_the_same_idioms(tmp_path: Path) -> None:
    agrees(tmp_path, view(IDIOMS[-1], ""), documents="import mongoengine\n")
