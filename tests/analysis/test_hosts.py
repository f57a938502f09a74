"""Where no request holds, nothing is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analysis.saying import claimed, said

QUERY_THEN_WAIT = """
from library.llm import ask
from library.models import Book

async def work():
    await Book.objects.aget(pk=1)
    await ask("hi")
"""
HELD = {6: ["LDB101"]}


def test_a_helper_that_nobody_is_seen_to_call_is_reported(tmp_path: Path) -> None:
    assert said(tmp_path, {"work.py": QUERY_THEN_WAIT}, "work.py") == HELD


@pytest.mark.parametrize(
    "caller",
    [
        pytest.param(
            {"library/management/commands/load.py": "from work import work\n\ndef handle():\n    work()\n"}, id="command"
        ),
        pytest.param({"tests/test_work.py": "from work import work\n\ndef test_work():\n    work()\n"}, id="test"),
        pytest.param(
            {"tasks.py": "from celery import shared_task\nfrom work import work\n\n@shared_task\ndef load():\n    work()\n"},
            id="task",
        ),
        pytest.param(
            {"script.py": "import asyncio\nfrom work import work\n\nif __name__ == '__main__':\n    asyncio.run(work())\n"},
            id="script",
        ),
        pytest.param(
            {
                "app.py": "from fastapi import FastAPI\nfrom work import work\n\napp = FastAPI()\n\n@app.get('/')\nasync def get():\n    await work()\n"
            },
            id="fastapi",
        ),
    ],
)
def test_a_helper_whose_callers_are_all_silent_is_silent(tmp_path: Path, caller: dict[str, str]) -> None:
    assert said(tmp_path, {"work.py": QUERY_THEN_WAIT, **caller}, "work.py") == {}


def test_one_view_among_the_callers_is_enough(tmp_path: Path) -> None:
    callers = {
        "tests/test_work.py": "from work import work\n\ndef test_work():\n    work()\n",
        "views.py": "from work import work\n\nasync def view(request):\n    await work()\n",
    }
    assert said(tmp_path, {"work.py": QUERY_THEN_WAIT, **callers}, "work.py") == HELD


def test_tests_are_silent(tmp_path: Path) -> None:
    assert said(tmp_path, {"tests/test_work.py": QUERY_THEN_WAIT}, "tests/test_work.py") == {}


def test_handlers_of_a_bot_are_silent_a_view_in_the_same_file_is_not(tmp_path: Path) -> None:
    views = """
from aiogram import Router
from library.llm import ask
from library.models import Book

router = Router()

@router.message()
async def answer(message):
    book = await Book.objects.aget(pk=1)
    await message.answer(await ask(book.title))

async def view(request):
    book = await Book.objects.aget(pk=1)
    await ask(book.title)
"""
    assert said(tmp_path, {"views.py": views}) == {14: ["LDB101"]}


def test_handlers_of_aiohttp_are_silent_a_view_of_django_with_its_client_is_not(tmp_path: Path) -> None:
    server = """
import asyncio
from aiohttp import web
from library.llm import ask
from library.models import Book

class Handler:
    async def stream(self, request):
        book = await Book.objects.aget(pk=1)
        await ask(book.title)

async def handle(request):
    book = await Book.objects.aget(pk=1)
    await ask(book.title)

async def told(request: web.Request):
    book = await Book.objects.aget(pk=1)
    await ask(book.title)

class View(web.View):
    async def get(self):
        book = await Book.objects.aget(pk=1)
        await ask(book.title)

async def beat():
    await Book.objects.aget(pk=1)
    await ask("hi")

async def until_the_end(app):
    task = asyncio.create_task(beat())
    yield
    await task

async def serve():
    app = web.Application()
    app.add_routes([web.get("/", handle), web.get("/told", told), web.get("/stream", Handler().stream)])
    app.cleanup_ctx.append(until_the_end)
    return app
"""
    views = """
import aiohttp
from library.models import Book

async def view(request):
    book = await Book.objects.aget(pk=1)
    async with aiohttp.ClientSession() as session:
        await session.get(book.title)
"""
    load = "from server import serve\n\nclass Server:\n    def load(self):\n        return serve()\n"
    assert said(tmp_path, {"server.py": server, "views.py": views, "run.py": load}, "server.py") == {}
    assert said(tmp_path, {}, "views.py") == {7: ["LDB101"]}


def test_what_is_called_a_request_may_be_none(tmp_path: Path) -> None:
    """A message of the project's, FastAPI's: its annotation tells. A generator is no view either."""
    views = """
import time
import fastapi
import pydantic
from django.http import HttpRequest
from library.llm import ask
from library.models import Book
from starlette.requests import Request

class Search(pydantic.BaseModel):
    words: str

class Plain:
    pass

class Signed(HttpRequest):
    pass

async def of_fastapi(request: fastapi.Request):
    await Book.objects.aget(pk=1)
    await ask("hi")

async def of_starlette(request: "Request"):
    await Book.objects.aget(pk=1)
    await ask("hi")

def search(request: Search):
    Book.objects.first()
    time.sleep(1)

def plain(request: Plain):
    Book.objects.first()
    time.sleep(1)

def lines(request):
    Book.objects.first()
    time.sleep(1)
    yield "line"

def signed(request: Signed):
    Book.objects.first()
    time.sleep(1)  # LDB105

def unknown(request: "Whatever"):
    Book.objects.first()
    time.sleep(1)  # LDB105

async def untyped(request):
    await Book.objects.aget(pk=1)
    await ask("hi")  # LDB101
"""
    files = {"views.py": views, "requirements.txt": "uvicorn\n"}
    assert said(tmp_path, files) == claimed(tmp_path)


def test_an_actor_of_ray_is_in_a_process_of_its_own(tmp_path: Path) -> None:
    actor = QUERY_THEN_WAIT.replace("async def work():", "@ray.remote\nclass Actor:\n  async def work(self):").replace(
        "\n    ", "\n      "
    )
    assert said(tmp_path, {"work.py": f"import ray\n{actor}"}, "work.py") == {}


RUNNER = """
from library.llm import ask
from library.models import Book

class Runner:
    async def run(self):
        await Book.objects.aget(pk=1)
        await ask("hi")
"""
MADE = "from work import Runner\n\n\nasync def begin(self):\n    runner = Runner()\n    await runner.run()\n"
OTHERS = {"other.py": "def other(app):\n" + "    app.run()\n" * 50}
"""Who calls `run` cannot be told."""


@pytest.mark.parametrize(
    ("makers", "held"),
    [
        pytest.param({"library/management/commands/load.py": MADE}, False, id="a command"),
        pytest.param({"library/management/commands/load.py": MADE, "services.py": MADE}, True, id="another function too"),
        pytest.param({"library/management/commands/load.py": MADE, "services.py": "from work import Runner\nRUNNERS = [Runner]\n"}, True, id="a list"),
        pytest.param({"library/management/commands/load.py": MADE, "services.py": "from work import Runner as Other\n"}, True, id="another name"),
        pytest.param({"tests/test_work.py": MADE}, True, id="only a test"),
    ],
)  # fmt: skip
def test_a_method_of_a_common_name_is_silent_where_only_silent_code_makes_its_class(
    tmp_path: Path, makers: dict[str, str], *, held: bool
) -> None:
    assert said(tmp_path, {"work.py": RUNNER, **OTHERS, **makers}, "work.py") == ({7: ["LDB101"]} if held else {})


@pytest.mark.parametrize(
    ("files", "path"),
    [
        ({"examples/work.py": QUERY_THEN_WAIT}, "examples/work.py"),
        ({"work.py": QUERY_THEN_WAIT.replace("async def", "@vendor.periodic_task\nasync def")}, "work.py"),
        ({"work.py": QUERY_THEN_WAIT.replace("async def", "@celery_app_task\nasync def")}, "work.py"),
        ({"work.py": QUERY_THEN_WAIT.replace("async def", "@click.command()\nasync def")}, "work.py"),
        ({"work.py": QUERY_THEN_WAIT.replace("async def", "@vendor.fixture\nasync def")}, "work.py"),
    ],
)
def test_a_folder_or_a_decorator_tells(tmp_path: Path, files: dict[str, str], path: str) -> None:
    assert said(tmp_path, files, path) == {}


@pytest.mark.parametrize(
    "base",
    ["django.core.management.base.BaseCommand", "django.test.TestCase", "unittest.TestCase", "celery.Task", "vendor.Unknown"],
)
def test_a_base_class_tells(tmp_path: Path, base: str) -> None:
    module, _, name = base.rpartition(".")
    inner = QUERY_THEN_WAIT.replace("async def work():", f"class Outer:\n  class Work({name}):\n    async def work(self):")
    text = f"from {module} import {name}\n{inner}".replace("\n    await", "\n      await")
    assert said(tmp_path, {"work.py": text}, "work.py") == ({} if module != "vendor" else {10: ["LDB101"]})


def test_a_name_in_an_import_is_no_call(tmp_path: Path) -> None:
    """Of several lines, too: only the task calls it."""
    importing = "from work import (\n    other,\n    work,\n)\n\nTHINGS = (\n    1,\n)\n"
    task = "from celery import shared_task\nfrom work import work\n\n@shared_task\ndef load():\n    work()\n"
    files = {"work.py": QUERY_THEN_WAIT, "views.py": importing, "tasks.py": task}
    assert said(tmp_path, files, "work.py") == {}


@pytest.mark.parametrize("above", ["THINGS = (\n    other,\n    work,\n)\n", "\n" * 45 + "work\n", "# )\nwork\n"])
def test_a_name_alone_in_a_line_may_be_a_use(tmp_path: Path, above: str) -> None:
    task = "from celery import shared_task\nfrom work import work\n\n@shared_task\ndef load():\n    work()\n"
    files = {"work.py": QUERY_THEN_WAIT, "views.py": f"from work import other, work\n{above}", "tasks.py": task}
    assert said(tmp_path, files, "work.py") == HELD


def test_a_view_that_knows_errors_of_aiohttp_is_one_of_django(tmp_path: Path) -> None:
    view = QUERY_THEN_WAIT.replace("async def work():", "async def view(request):")
    for line in ("from aiohttp.web_exceptions import HTTPBadGateway", "from aiohttp import web\nfrom django.http import JsonResponse"):
        text = f"{line}\n{view}"
        waits = 1 + text[: text.index("await ask")].count("\n")
        assert said(tmp_path, {"work.py": text}, "work.py") == {waits: ["LDB101"]}


def test_a_handler_of_aiohttp_may_use_django_beside(tmp_path: Path) -> None:
    handler = QUERY_THEN_WAIT.replace("async def work():", "async def handler(request):")
    text = f"from aiohttp import web\nfrom django.conf import settings\n{handler}"
    assert said(tmp_path, {"work.py": text}, "work.py") == {}


def test_a_view_that_a_decorator_for_tasks_guards(tmp_path: Path) -> None:
    view = QUERY_THEN_WAIT.replace("async def work()", "@task_owner_required\nasync def work(request)")
    assert said(tmp_path, {"work.py": view}, "work.py") == {7: ["LDB101"]}
