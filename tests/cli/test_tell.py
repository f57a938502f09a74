"""`explain`, `trace` and `models`: what people read."""

from __future__ import annotations

from pathlib import Path

import pytest

from flake8_django_async.cli.colour import Colour
from flake8_django_async.cli.explain import explain
from flake8_django_async.rules import RULES
from tests.trial import HELD, command, lay_out

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
    assert "did you mean LDB" in ran.err


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
    assert "did you mean httpx.AsyncClient.post" in ran.out


def test_models_has_the_rows_of_the_project(tmp_path: Path) -> None:
    row = '[tool.flake8-django-async]\nrows = [{ path = "vendor.api.fetch", effect = "wait", reason = "a slow partner" }]\n'
    lay_out(tmp_path, {"pyproject.toml": row})
    assert "  why      a slow partner" in command(tmp_path, "models", "vendor.api.fetch").lines


def test_help_version_and_no_command(tmp_path: Path) -> None:
    assert command(tmp_path, "--version").out.startswith("flake8-django-async ")
    assert "explain" in command(tmp_path, "--help").out
    assert "--write-baseline" in command(tmp_path, "check", "--help").out
    assert command(tmp_path).status == 2
    assert command(tmp_path, "explain", "--wrong").status == 2
