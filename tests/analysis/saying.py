"""A project in a few lines, and what is said of one of its files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from flake8_django_async.check import check
from tests.trial import lay_out

MODELS = """
from django.db import models

class Author(models.Model):
    name = models.CharField(max_length=50)

class Book(models.Model):
    title = models.CharField(max_length=50)
    author = models.ForeignKey(Author, models.CASCADE, related_name="books")
"""
LLM = """
import asyncio

async def ask(prompt):
    await asyncio.sleep(30)
"""
HEAD = """
import asyncio
import contextlib

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection

from library.llm import ask
from library.models import Author, Book

class Refused(Exception):
    pass

async def load():
    return await Book.objects.aget(pk=1)

async def release():
    await sync_to_async(close_old_connections)()

async def load_and_release():
    await load()
    await release()

def titles():
    return list(Book.objects.all())
"""
"""What most views of these tests need."""
MANAGE = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")\n'

_EXPECTED = re.compile(r"#\s*(LDB\d{3}(?:\s+LDB\d{3})*)\s*$")


def said(folder: Path, files: Mapping[str, str], path: str = "views.py") -> dict[int, list[str]]:
    """The codes said of each line (1-based) of a file, in a project with `library.models` and `library.llm`."""
    base = {"manage.py": MANAGE, "library/__init__.py": "", "library/models.py": MODELS, "library/llm.py": LLM}
    lay_out(folder, {**base, **files})
    found: dict[int, list[str]] = {}
    for diagnostic in check(str(folder / path)):
        found.setdefault(diagnostic.line, []).append(diagnostic.code)
    return found


def claimed(folder: Path, path: str = "views.py") -> dict[int, list[str]]:
    """The codes that comments at the ends of lines claim."""
    lines = (folder / path).read_text(encoding="utf-8").splitlines()
    return {number: match[1].split() for number, line in enumerate(lines, 1) if (match := _EXPECTED.search(line))}


def agrees(folder: Path, views: str, **files: str) -> None:
    """Views whose lines end in the codes that are said of them; other files by name, `__` for `/` and `.py` left out."""
    others = {f"{name.replace('__', '/')}.py": text for name, text in files.items()}
    found = said(folder, {"views.py": views, **others})
    assert found == claimed(folder)


def view(folder: Path, body: str) -> None:
    """Views behind HEAD whose lines end in the codes that are said of them."""
    agrees(folder, f"{HEAD}\n{body}\n")
