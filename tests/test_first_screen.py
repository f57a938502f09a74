"""The README's first screen says what really happens, and its command that lints the fixtures works on a bare machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import readme
from tests.readme import PROJECT
from tests.trial import command, flake8, lay_out, run

TEXT = readme.README.read_text(encoding="utf-8")
(DIFF,) = re.findall(r"^```diff\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
CONSOLE = re.findall(r"^```console\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
(HELPER,) = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)

HEADER = "from django.http import JsonResponse\nfrom shop.llm import ask\nfrom shop.models import Book\n\n"
"""What the README leaves out above the view, as many lines as its line numbers say."""

LLM = """
import httpx

client = httpx.AsyncClient(base_url="https://llm.example")


async def ask(title):
    response = await client.post("/v1/complete", json={"prompt": title})
    return response.json()["text"]
"""
MODELS = """
from django.db import models

class Book(models.Model):
    title = models.CharField(max_length=200)
"""


def shop(folder: Path, *, after: bool) -> Path:
    """The project of the README, before or after the line is added."""
    drop = "-" if after else "+"
    view = "".join(f"{line[1:]}\n" for line in DIFF.splitlines() if not line.startswith(drop))
    if after:
        view = f"from asgiref.sync import sync_to_async\nfrom shop.db import close_connections\n{view}"
    files = {"manage.py": "", "shop/__init__.py": "", "shop/db.py": HELPER, "shop/llm.py": LLM, "shop/models.py": MODELS}
    return lay_out(folder, {**files, "shop/views.py": HEADER + view})


def test_flake8_says_what_the_readme_shows(tmp_path: Path) -> None:
    shown = CONSOLE[0].removeprefix("$ flake8 --select=LDB\n")
    assert flake8(shop(tmp_path, after=False)).out == shown


def test_trace_says_what_the_readme_shows(tmp_path: Path) -> None:
    told = command(shop(tmp_path, after=False), "trace", "shop/views.py:8").out
    assert CONSOLE[1] in told


def test_the_line_that_the_readme_adds_is_the_cure(tmp_path: Path) -> None:
    assert flake8(shop(tmp_path, after=True)).out == ""


@pytest.mark.network
def test_the_command_that_lints_the_fixtures(tmp_path: Path) -> None:
    """In a copy of what git has, as after a clone."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, tracked.split("\0")):
        if (PROJECT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, tmp_path / name)
    outside = {key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "PYTHONPATH")}
    ran = run(tmp_path, "bash", "-c", readme.command("lint"), env=outside)
    assert ran.status == 0, ran.err
    *findings, count = ran.lines
    assert len(findings) == int(count) > 100
    assert all(re.match(r"fixtures/\S+:\d+:\d+: LDB\d{3} ", line) for line in findings)
