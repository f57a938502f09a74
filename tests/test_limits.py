"""The limits that the README names, each with a view: whoever lifts one finds it here, and takes it out of the README's table.

Infer's habit: what a tool still gets wrong stays in sight. FN: a missed alarm, FP: a false one.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trial import flake8, lay_out

HEAD = """
import asyncio

from django.contrib.auth.models import User
"""
SLOW = "async def slow():\n    await asyncio.sleep(5)\n"
MISSED = {
    "FN_attribute_by_a_variable_name": """
class Service:
    async def ask(self):
        await asyncio.sleep(5)

async def view(request, name):
    await User.objects.aget(pk=1)
    await getattr(Service(), name)()
""",
    "FN_import_by_string": f"""
from django.utils.module_loading import import_string

{SLOW}
async def view(request):
    await User.objects.aget(pk=1)
    await import_string("shop.views.slow")()
""",
    "FN_monkey_patch": f"""
from shop import quick

{SLOW}
quick.answer = slow

async def view(request):
    await User.objects.aget(pk=1)
    await quick.answer()
""",
    "FN_library_without_rows": """
import vendor

async def view(request):
    await User.objects.aget(pk=1)
    await vendor.generate("a story")
""",
    "FN_parameter_of_unknown_type": """
async def view(request, client):
    await User.objects.aget(pk=1)
    await client.post("/")
""",
    "FN_receiver_of_djangos_own_signal": """
from django.db.models.signals import post_save
from django.dispatch import receiver

@receiver(post_save, sender=User)
async def tell(sender, **kwargs):
    await asyncio.sleep(5)

async def view(request):
    user = await User.objects.aget(pk=1)
    await user.asave()
""",
    "FN_middleware_that_queries_under_a_condition": """
class Middleware:
    def __init__(self, get_response):
        self.get_response = get_response

    async def __call__(self, request):
        if "shop" in request.GET:
            request.shop = await User.objects.afirst()
        return await self.get_response(request)

async def view(request):
    await asyncio.sleep(5)
""",
}
SETTINGS = 'MIDDLEWARE = ["shop.views.Middleware"]\nASGI_APPLICATION = "shop.asgi.application"\n'


def said(folder: Path, code: str) -> str:
    files = {"manage.py": "", "shop/__init__.py": "", "shop/settings.py": SETTINGS, "shop/quick.py": "async def answer():\n    return 1\n"}
    return flake8(lay_out(folder, {**files, "shop/views.py": HEAD + code})).out


@pytest.mark.parametrize("code", MISSED.values(), ids=MISSED)
def test_missed(code: str, tmp_path: Path) -> None:
    assert said(tmp_path, code) == ""


def test_FN_sync_code_in_a_file_without_a_word_of_requests_or_waits(tmp_path: Path) -> None:
    """Its text is all that is looked at, and the wait is in another file."""
    files = {
        "manage.py": "",
        "shop/__init__.py": "",
        "shop/pauses.py": "import time\n\n\ndef pause():\n    time.sleep(5)\n",
        "shop/books.py": "from django.contrib.auth.models import User\nfrom shop.pauses import pause\n\n\n"
        "def load():\n    User.objects.get(pk=1)\n    pause()\n",
        "shop/views.py": "from asgiref.sync import sync_to_async\nfrom shop.books import load\n\n\n"
        "async def view(request):\n    await sync_to_async(load)()\n",
    }
    assert flake8(lay_out(tmp_path, files)).out == ""
    files["shop/books.py"] += "    # called by a request\n"
    assert "shop/books.py:7:5: LDB105" in flake8(lay_out(tmp_path / "named", files)).out


def test_FP_conditions_that_belong_together(tmp_path: Path) -> None:
    code = """
async def view(request, known):
    if known:
        await User.objects.aget(pk=1)
    if not known:
        await asyncio.sleep(5)
"""
    assert "LDB101" in said(tmp_path, code)
