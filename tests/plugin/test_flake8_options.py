"""Options through the real flake8: command line, setup.cfg, pyproject.toml; errors before the first file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.trial import HELD, flake8, lay_out

PYPROJECT = '[tool.flake8-django-async]\nrelease = "await ours()"\n'
TASK = """
import asyncio
from celery import shared_task
from django.contrib.auth.models import User

@shared_task
async def work():
    await User.objects.aget(pk=1)
    await asyncio.sleep(5)
"""
SYNC = """
import time
from django.contrib.auth.models import User

def view(request):
    User.objects.get(pk=1)
    time.sleep(5)
"""


def test_the_release_call_is_named_and_the_command_line_wins(tmp_path: Path) -> None:
    lay_out(tmp_path, {"views.py": HELD, "pyproject.toml": PYPROJECT})
    assert flake8(tmp_path, "views.py").out.endswith("release it first: await ours()\n")
    assert flake8(tmp_path, "--isolated", "views.py").out.endswith("release it first, see LDB101\n")
    lay_out(tmp_path, {"setup.cfg": "[flake8]\ndjango-async-release = await of_setup_cfg()\n"})
    assert flake8(tmp_path, "views.py").out.endswith("release it first: await of_setup_cfg()\n")
    assert flake8(tmp_path, "--django-async-release=await given()", "views.py").out.endswith("release it first: await given()\n")


@pytest.mark.parametrize("name, text, option", [("tasks.py", TASK, "--django-async-hosts=task"), ("views.py", SYNC, "--django-async-sync-views")])
def test_options_that_report_more(tmp_path: Path, name: str, text: str, option: str) -> None:
    lay_out(tmp_path, {name: text, "manage.py": ""})
    assert flake8(tmp_path).lines == []
    assert len(flake8(tmp_path, option).lines) == 1


def test_explicit_roots_are_found_from_the_configuration_and_from_the_command_line(tmp_path: Path) -> None:
    """The module of the wait lies two packages deep, where no root is found by itself."""
    helper = "import asyncio\n\nasync def ask():\n    await asyncio.sleep(5)\n"
    view = HELD.replace("await asyncio.sleep(5)", "await ask()").replace("import asyncio", "from odd.llm import ask")
    lay_out(tmp_path, {"manage.py": "", "a/__init__.py": "", "a/b/__init__.py": "", "a/b/odd/llm.py": helper, "shop/views.py": view})
    assert flake8(tmp_path, "shop").lines == []
    assert len(flake8(tmp_path, "--django-async-roots=a/b", "shop").lines) == 1
    assert len(flake8(tmp_path / "a", "--django-async-roots=b", "../shop").lines) == 1
    lay_out(tmp_path, {"setup.cfg": "[flake8]\ndjango-async-roots =\n    shop,\n    a/b\n"})
    assert len(flake8(tmp_path, "shop").lines) == 1
    assert len(flake8(tmp_path / "a", "../shop").lines) == 1


@pytest.mark.parametrize("name", ["kept", "./kept"])
def test_a_relative_folder_is_seen_from_the_file_it_stands_in_or_from_the_working_directory(tmp_path: Path, name: str) -> None:
    """Whatever else has that name: the folder need not exist yet."""
    top = lay_out(tmp_path / "top", {"a/b/views.py": HELD})
    (tmp_path / "kept").mkdir()
    (top / "kept").mkdir()
    flake8(top / "a", f"--django-async-cache-dir={name}", "b")
    assert (top / "a/kept").is_dir()
    flake8(top / "a/b", "--django-async-cache-dir", name, ".")
    assert (top / "a/b/kept").is_dir()
    lay_out(top, {"a/setup.cfg": f"[flake8]\ndjango-async-cache-dir = {name}\n", "other/flake8.cfg": f"[flake8]\ndjango-async-cache-dir = {name}\n"})
    shutil.rmtree(top / "a/kept")
    shutil.rmtree(top / "a/b/kept")
    flake8(top / "a/b", ".")
    assert (top / "a/kept").is_dir()
    flake8(top / "a/b", "--config", "../../other/flake8.cfg", ".")
    flake8(top / "a/b", "--config=../../other/flake8.cfg", ".")
    lay_out(top, {"a/b/pyproject.toml": f'[tool.flake8-django-async]\ncache-dir = "{name}"\n', "a/setup.cfg": ""})
    flake8(top / "a", ".")
    made = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("kept") if any(path.iterdir())}
    assert made == {"top/a/kept", "top/a/b/kept", "top/other/kept"}


def test_mistakes_end_flake8_before_the_first_file(tmp_path: Path) -> None:
    lay_out(tmp_path, {"views.py": HELD})
    ran = flake8(tmp_path, "--django-async-hosts=taks", "views.py")
    assert ran.status == 1
    (line,) = ran.lines[1:]
    assert line == (
        "flake8-django-async: flake8's django-async-hosts: unknown value 'taks'; "
        "it must be one of fastapi, task, command, test, script (did you mean 'task'?)"
    )
    lay_out(tmp_path, {"pyproject.toml": "[tool.flake8-django-async]\nhots = []\n"})
    for path in ("views.py", ".", "-"):
        ran = flake8(tmp_path, path, stdin=HELD)
        assert ran.status == 1
        assert "unknown key 'hots'" in ran.lines[1]
        assert "Traceback" not in ran.err
    assert flake8(tmp_path, "--isolated", "views.py").lines[0].startswith("views.py:6:5: LDB101")


def test_rows_that_name_nothing_in_the_project(tmp_path: Path) -> None:
    """The message says in which file, and which row."""
    rows = """
    [tool.flake8-django-async]
    rows = [
        { path = "shop.llm.ask", effect = "wait", reason = "a model" },
        { path = "shop.llm.aks", effect = "wait", reason = "a model" },
    ]
    """
    lay_out(tmp_path, {"manage.py": "", "shop/llm.py": "async def ask(): ...\n", "pyproject.toml": rows})
    (line,) = flake8(tmp_path, ".", "shop/llm.py").lines[1:]
    assert line == (
        f"flake8-django-async: {tmp_path}/pyproject.toml: [tool.flake8-django-async]: rows[1].path: 'shop.llm.aks' names nothing: "
        "shop.llm defines no 'aks' itself (did you mean 'ask'?)"
    )


def test_rows_speak_of_functions_of_the_project_and_of_unknown_libraries(tmp_path: Path) -> None:
    view = """
    from django.contrib.auth.models import User
    from vendor.api import fetch
    from shop.llm import Client, ask, give_back

    async def library(request):
        await User.objects.acount()
        await fetch(1)  # LDB101

    async def function(request):
        await User.objects.acount()
        await ask(1)  # LDB101

    async def method(request):
        await User.objects.acount()
        await Client().ask(1)  # LDB101

    async def released(request):
        await User.objects.acount()
        await give_back()
        await fetch(1)
    """
    helper = """
    async def ask(question): ...
    async def give_back(): ...
    class Client:
        async def ask(self, question): ...
    """
    rows = """
    [[tool.flake8-django-async.rows]]
    path = "vendor.api.fetch"
    effect = "wait"
    reason = "a slow partner"
    [[tool.flake8-django-async.rows]]
    path = "shop.llm.ask"
    effect = "wait"
    reason = "a model answers"
    [[tool.flake8-django-async.rows]]
    path = "shop.llm.Client.ask"
    effect = "wait"
    reason = "a model answers"
    [[tool.flake8-django-async.rows]]
    path = "shop.llm.give_back"
    effect = "release"
    reason = "closes what is open"
    """
    lay_out(tmp_path, {"manage.py": "", "shop/views.py": view, "shop/llm.py": helper, "pyproject.toml": rows})
    expected = [number for number, line in enumerate((tmp_path / "shop/views.py").read_text().splitlines(), 1) if "# LDB101" in line]
    assert [int(line.split(":")[1]) for line in flake8(tmp_path, "shop").lines] == expected


def test_a_broken_pyproject_deeper_down_is_said_and_the_rest_is_checked(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a/views.py": HELD, "b/views.py": HELD, "b/pyproject.toml": "[tool.flake8-django-async]\nhots = []\n"})
    lines = flake8(tmp_path, "-j1").lines
    assert [line.split(" ")[0:2] for line in lines] == [
        ["./a/views.py:6:5:", "LDB101"], ["./b/views.py:1:1:", "LDB900"], ["./b/views.py:6:5:", "LDB101"],
    ]  # fmt: skip
    assert "unknown key 'hots'" in lines[1]


def test_help_has_each_option(tmp_path: Path) -> None:
    text = flake8(tmp_path, "--help").out
    for flag in ("roots", "hosts", "release", "sync-views", "baseline"):
        assert f"--django-async-{flag}" in text
