"""`explain`, `trace` and `models`: what people read."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from flake8_django_async.cli import main
from flake8_django_async.cli.colour import Colour
from flake8_django_async.cli.explain import explain
from flake8_django_async.cli.models import models
from flake8_django_async.configure import NOT_GIVEN
from flake8_django_async.rules import RULES
from tests.trial import HELD, command, lay_out, run

HELPER = """
import asyncio

async def ask():
    await asyncio.sleep(5)
"""
VIEW = """
from django.contrib.auth.models import User
from shop.llm import ask

async def view(request):
    größe = await User.objects.aget(pk=1)
    return größe, await ask()
"""


@pytest.mark.parametrize("code", RULES)
def test_explain_prints_each_rules_page(code: str) -> None:
    lines, status = explain(code, Colour())
    assert status == 0
    assert lines[0] == f"{code} {RULES[code].name}"
    assert "Why is this bad" in lines
    assert "\033" not in "".join(lines)


def test_explain_by_name_and_a_list_of_all(tmp_path: Path) -> None:
    assert command(tmp_path, "explain", "held-across-await").lines[0] == "LDB101 held-across-await"
    assert [line.split()[0] for line in command(tmp_path, "explain").lines] == list(RULES)
    ran = command(tmp_path, "explain", "LDB191")
    assert ran.status == 2
    assert "did you mean 'LDB101'" in ran.err
    assert "did you mean 'held-across-await'" in command(tmp_path, "explain", "held").err


def test_trace_shows_the_way_file_by_file(tmp_path: Path) -> None:
    lay_out(tmp_path, {"manage.py": "", "shop/llm.py": HELPER, "shop/views.py": VIEW})
    ran = command(tmp_path, "trace", "shop/views.py:6")
    assert ran.status == 0
    assert ran.out == (
        "shop/views.py:6:5: LDB101 database connection opened by 'User.objects.aget' (line 5) is held across this await of 'asyncio.sleep'; "
        "release it first, see LDB101\n"
        "\n"
        "opened by User.objects.aget  shop/views.py:5:19\n"
        "      5 |     größe = await User.objects.aget(pk=1)\n"
        "        |                   ^^^^^^^^^^^^^^^^^^^^^^^\n"
        "\n"
        "held through ask  shop/views.py:6:25\n"
        "      6 |     return größe, await ask()\n"
        "        |                         ^^^^^\n"
        "\n"
        "held over asyncio.sleep  shop/llm.py:4:11\n"
        "      4 |     await asyncio.sleep(5)\n"
        "        |           ^^^^^^^^^^^^^^^^\n"
        "\n"
        "help: release between lines 5 and 6: await sync_to_async(close_connections)()\n"
        "more: flake8-django-async explain LDB101\n"
    )


def test_trace_names_the_projects_release_and_uses_colour(tmp_path: Path) -> None:
    lay_out(tmp_path, {"views.py": HELD, "pyproject.toml": '[tool.flake8-django-async]\nrelease = "await ours()"\n'})
    assert "help: release between lines 5 and 6: await ours()" in command(tmp_path, "trace", "views.py:6").lines
    assert "help: release between lines 5 and 6: await given()" in command(tmp_path, "trace", "--release=await given()", "views.py:6:5").lines
    assert "\033[31m^" in command(tmp_path, "trace", "views.py:6", "--color=always").out


def test_trace_where_nothing_is(tmp_path: Path) -> None:
    lay_out(tmp_path, {"views.py": HELD})
    ran = command(tmp_path, "trace", "views.py:5")
    assert (ran.status, ran.out) == (1, "nothing to report at views.py:5; lines with findings: 6\n")
    assert command(tmp_path, "trace", "none.py:5").status == 2


def test_models_of_a_name_of_a_library_and_of_nothing(tmp_path: Path) -> None:
    ran = command(tmp_path, "models", "httpx.AsyncClient.post")
    assert ran.status == 0
    assert "  effect   long wait" in ran.lines
    assert any("openai.AsyncOpenAI.chat.completions.create" in line for line in command(tmp_path, "models", "openai").lines)
    assert any(line.startswith("httpx ") for line in command(tmp_path, "models").lines)
    ran = command(tmp_path, "models", "httpx.AsyncClient.pots")
    assert ran.status == 1
    assert "did you mean 'httpx.AsyncClient.post'" in ran.out


def test_models_has_the_rows_of_the_project(tmp_path: Path) -> None:
    row = '[tool.flake8-django-async]\nrows = [{ path = "vendor.api.fetch", effect = "wait", reason = "a slow partner" }]\n'
    lay_out(tmp_path, {"pyproject.toml": row})
    told = command(tmp_path, "models", "vendor.api.fetch").lines
    assert "  why      a slow partner" in told and "  library  pyproject.toml" in told
    assert command(tmp_path, "models", "pyproject.toml").lines == ["long wait   vendor.api.fetch  a slow partner"]


def test_help_version_and_no_command(tmp_path: Path) -> None:
    assert command(tmp_path, "--version").out.startswith("flake8-django-async ")
    assert "explain" in command(tmp_path, "--help").out
    assert "--write-baseline" in command(tmp_path, "check", "--help").out
    assert command(tmp_path).status == 2
    assert command(tmp_path, "explain", "--wrong").status == 2


WAYS = """
import asyncio
import time
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import close_old_connections

async def looped(request):
    while True:
        await asyncio.sleep(5)
        await User.objects.aget(pk=1)

@sync_to_async
def blocked():
    User.objects.get(pk=1)
    time.sleep(5)

async def cursor(request):
    async for user in User.objects.aiterator():
        await asyncio.sleep(5)

async def wrong(request):
    await User.objects.aget(pk=1)
    close_old_connections()
"""


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (9, "help: release right before line 9: await sync_to_async(close_connections)()"),
        (15, "help: release between lines 14 and 15: close_connections()"),
        (19, "help: fetch the rows first, see LDB103"),
        (23, "     23 |     close_old_connections()"),
    ],
)
def test_trace_says_what_helps(tmp_path: Path, line: int, told: str) -> None:
    lay_out(tmp_path, {"views.py": WAYS})
    assert told in command(tmp_path, "trace", f"views.py:{line}").lines


def test_trace_of_a_file_that_python_rejects(tmp_path: Path) -> None:
    deep = " or ".join(["request.GET"] * 1_500)
    lay_out(tmp_path, {"broken.py": "\n\ndef f(:\n", "views.py": f"async def view(request):\n    return {deep}\n"})
    ran = command(tmp_path, "trace", "broken.py:1")
    assert (ran.status, ran.out) == (2, "")
    assert re.fullmatch(r"flake8-django-async: error: broken\.py cannot be read: .+ \(line 1\)\n", ran.err)
    assert command(tmp_path, "trace", "views.py:1").lines[0].startswith("views.py:1:1: LDB900")


def test_trace_takes_the_options_of_flake8(tmp_path: Path) -> None:
    task = "from celery import shared_task\n" + HELD.replace("async def view", "@shared_task\nasync def work").lstrip()
    lay_out(tmp_path, {"work.py": task})
    line = next(number for number, text in enumerate(task.splitlines(), 1) if "sleep(5)" in text)
    assert command(tmp_path, "trace", f"work.py:{line}").status == 1
    assert command(tmp_path, "trace", "--hosts=task, command", f"work.py:{line}").status == 0


def test_models_of_a_type_of_a_name_reached_otherwise_and_of_very_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines, status = models("adrf.viewsets.ViewSet", NOT_GIVEN, Colour())
    assert (status, lines) == (0, ["adrf.viewsets.ViewSet is a known type; its calls have no effect of their own"])
    lines, status = models("django.contrib.auth.models.User.asave", NOT_GIVEN, Colour())
    assert status == 0 and "  reached as django.contrib.auth.models.User.asave" in lines
    monkeypatch.setattr("flake8_django_async.cli.models.MOST", 2)
    lines, status = models("httpx", NOT_GIVEN, Colour())
    assert status == 0 and len(lines) == 3 and lines[-1].startswith("... and ")


def test_a_configuration_that_is_none_is_a_mistake(tmp_path: Path) -> None:
    lay_out(tmp_path, {"pyproject.toml": "[tool]\nflake8-django-async = 1\n"})
    ran = command(tmp_path, "models", "httpx")
    assert ran.status == 2 and "must be a table" in ran.err


def test_whoever_reads_may_stop_and_whoever_waits_may_interrupt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run(tmp_path, "sh", "-c", f"{sys.executable} -m flake8_django_async models | true")
    assert (ran.status, ran.err) == (0, "")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("flake8_django_async.cli.explain.explain", interrupted)
    assert main(["explain"]) == 130


def test_trace_of_a_file_in_no_encoding_shows_places_only(tmp_path: Path) -> None:
    (tmp_path / "views.py").write_bytes(b"# \xff" + HELD.encode())
    lines = command(tmp_path, "trace", "views.py:7").lines
    assert "opened by User.objects.aget  views.py:6:18" in lines and not any("^" in line for line in lines)
