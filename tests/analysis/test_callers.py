"""Callers are followed upwards once each, however they call one another."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import agrees, said


def test_helpers_that_all_call_each_other_come_to_an_end(tmp_path: Path) -> None:
    names = [f"step_{n}" for n in range(14)]
    text = "from library.llm import ask\nfrom library.models import Book\n\n"
    for name in names:
        calls = "".join(f"    await {other}()\n" for other in names if other != name)
        text += f"async def {name}():\n    await Book.objects.aget(pk=1)\n    await ask('hi')\n{calls}\n"
    found = said(tmp_path, {"work.py": text}, "work.py")
    assert not any("LDB900" in codes for codes in found.values())


def test_dispatch_of_a_view_leads_to_its_handlers(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.views import View
from library.llm import ask
from library.models import Book

class Held(View):
    async def dispatch(self, request, *args, **options):
        self.book = await Book.objects.afirst()
        return await super().dispatch(request, *args, **options)  # LDB101

    async def get(self, request):
        await ask(self.book.title)

class Released(View):
    async def dispatch(self, request, *args, **options):
        self.book = await Book.objects.afirst()
        await sync_to_async(close_old_connections)()
        return await super().dispatch(request, *args, **options)

    async def get(self, request):
        await ask(self.book.title)
""",
    )
