"""Small projects to try the real commands on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

HELD = """
import asyncio
from django.contrib.auth.models import User

async def view(request):
    user = await User.objects.aget(pk=1)
    await asyncio.sleep(5)
    return user
"""
"""A view whose line 6 is LDB101."""


HELPERS = "import asyncio\n\nasync def ask():\n    await asyncio.sleep(5)\n"
VIEWS = HELD.replace("import asyncio", "from shop.helpers import ask").replace("asyncio.sleep(5)", "ask()")
"""The same view, whose wait lies in `shop/helpers.py`."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command ended with."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


def lay_out(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files (path to text) below a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
    return folder


@contextmanager
def meanwhile(act: Callable[[], None]) -> Iterator[None]:
    """Repeat something in a thread while the block runs. It is done once at least, and what it raises is raised here."""
    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool:

        def go_on() -> None:
            act()
            while not stop.wait(0.002):
                act()

        going = pool.submit(go_on)
        try:
            yield
        finally:
            stop.set()
        going.result()


def run(folder: Path, *command: str, stdin: str | None = None, env: Mapping[str, str] | None = None) -> Ran:
    """Run a command in a folder."""
    done = subprocess.run(
        command,
        check=False,
        cwd=folder,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", **(env or {})},
        timeout=600,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def flake8(folder: Path, *arguments: str, stdin: str | None = None) -> Ran:
    """The real flake8, with our codes only."""
    return run(folder, sys.executable, "-m", "flake8", "--select=LDB,E9", *arguments, stdin=stdin)


def command(folder: Path, *arguments: str, stdin: str | None = None, env: Mapping[str, str] | None = None) -> Ran:
    """The real `flake8-django-async`."""
    return run(folder, sys.executable, "-m", "flake8_django_async", *arguments, stdin=stdin, env=env)


def as_anybody(*command: str) -> tuple[str, ...]:
    """A command without the superuser's right to read and write what is closed to others."""
    if os.geteuid() != 0:
        return command
    without = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
    if shutil.which("setpriv") is None or subprocess.run([*without, "true"], check=False, capture_output=True).returncode:
        pytest.skip("the superuser reads everything, and may not give that up")
    return (*without, *command)
