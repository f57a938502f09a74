"""Sync code is told of where it stands, whichever file the request is in that calls it."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import claimed, said

VIEWS = """
from asgiref.sync import sync_to_async
from library.services import load_and_post

async def view(request):
    return await sync_to_async(load_and_post)(1)
"""
SERVICES = """
import requests
from library.models import Book

def load_and_post(pk):
    book = Book.objects.get(pk=pk)
    requests.post("https://example.org", json={"title": book.title})  # LDB105
"""


def agrees(folder: Path, services: str, **files: str) -> None:
    """What is said of `library/services.py`; other files by name."""
    others = {f"{name.replace('__', '/')}.py": text for name, text in files.items()}
    found = said(folder, {"library/services.py": services, **others}, "library/services.py")
    assert found == claimed(folder, "library/services.py")


def test_under_sync_to_async(tmp_path: Path) -> None:
    agrees(tmp_path, SERVICES, views=VIEWS)


def test_through_a_helper_of_a_third_file(tmp_path: Path) -> None:
    between = "from library.services import load_and_post\n\ndef work(pk):\n    return load_and_post(pk)\n"
    view = VIEWS.replace("library.services", "library.between").replace("load_and_post", "work")
    agrees(tmp_path, SERVICES, library__between=between, views=view)


def test_a_method(tmp_path: Path) -> None:
    services = """
        import time
        from library.models import Book

        class Shop:
            def pause(self):
                time.sleep(5)

            def load(self):
                Book.objects.first()
                self.pause()  # LDB105
    """
    view = """
        from asgiref.sync import sync_to_async
        from library.services import Shop

        async def view(request):
            await sync_to_async(Shop().load)()
    """
    agrees(tmp_path, services, views=view)


def test_a_wait_of_a_fourth_file(tmp_path: Path) -> None:
    services = """
        from library import client
        from library.models import Book

        def load_and_post(pk):
            Book.objects.get(pk=pk)
            client.send()  # LDB105
    """
    client = "import httpx\n\ndef send():\n    httpx.get('https://example.org')\n"
    agrees(tmp_path, services, library__client=client, views=VIEWS)


def test_a_sync_view_that_asgi_serves(tmp_path: Path) -> None:
    view = "from library.services import load_and_post\n\ndef view(request):\n    return load_and_post(1)\n"
    settings = 'ASGI_APPLICATION = "asgi.application"\n'
    agrees(tmp_path, SERVICES, views=view, settings=settings)


def test_a_sync_view_is_none_without_evidence_of_asgi(tmp_path: Path) -> None:
    view = "from library.services import load_and_post\n\ndef view(request):\n    return load_and_post(1)\n"
    agrees(tmp_path, SERVICES.replace("  # LDB105", ""), views=view)


def test_a_task_is_no_request(tmp_path: Path) -> None:
    task = """
        from asgiref.sync import sync_to_async
        from celery import shared_task
        from library.services import load_and_post

        @shared_task
        def work():
            load_and_post(1)
    """
    agrees(tmp_path, SERVICES.replace("  # LDB105", ""), tasks=task)


def test_straight_on_the_event_loop_django_refuses_the_query(tmp_path: Path) -> None:
    view = VIEWS.replace("await sync_to_async(load_and_post)(1)", "load_and_post(1)")
    agrees(tmp_path, SERVICES.replace("  # LDB105", ""), views=view)


def test_released_before_the_wait(tmp_path: Path) -> None:
    services = SERVICES.replace("    requests", "    connection.close()\n    requests").replace("  # LDB105", "")
    agrees(tmp_path, services.replace("import requests", "import requests\nfrom django.db import connection"), views=VIEWS)
