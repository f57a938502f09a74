"""One attempt: a text is checked, and must end in time without an exception."""

from __future__ import annotations

import ast
import ctypes
import signal
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from flake8_django_async.check import _worlds, check
from flake8_django_async.project.modules import Project

MODELS = "from django.db import models\n\n\nclass Book(models.Model):\n    title = models.CharField(max_length=50)\n"
THREAD = "flake8-django-async"
"""`room.with_room` names its thread so."""
LIMIT = 60
"""Seconds: no file may take longer, however strange."""


@dataclass(frozen=True, slots=True)
class Attempt:
    name: str
    seconds: float
    trouble: str = ""
    codes: tuple[str, ...] = ()


class TooSlow(BaseException):
    """Time is up."""


@contextmanager
def project() -> Iterator[Path]:
    """A folder with a project of two models, where texts can be tried."""
    with tempfile.TemporaryDirectory(prefix="ldb-fuzz-") as name:
        folder = Path(name).resolve()
        (folder / "library").mkdir()
        (folder / "library" / "__init__.py").write_text("")
        (folder / "library" / "models.py").write_text(MODELS)
        (folder / "manage.py").write_text("")
        yield folder


def attempt(folder: Path, name: str, text: str) -> Attempt:
    """Check a text as if it were a file of the project, with the tree that flake8 would give if there is one."""
    Project.forget_all()
    _worlds.clear()
    return timed(name, lambda: _check(folder, text))


def in_place(path: Path) -> Attempt:
    """Check a file where it lies, among its neighbours."""
    return timed(str(path), lambda: tuple(found.code for found in check(str(path))))


def _check(folder: Path, text: str) -> tuple[str, ...]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        tree = None
    path = folder / "views.py"
    path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    lines = text.splitlines(keepends=True) if tree is None else [line for line in _lines(text)]
    return tuple(found.code for found in check(str(path), lines, tree))


def _lines(text: str) -> Iterator[str]:
    """The lines as flake8 reads them: "\\n" ends one, after universal newlines."""
    rest = text.replace("\r\n", "\n").replace("\r", "\n")
    while rest:
        line, ended, rest = rest.partition("\n")
        yield line + ended


def timed(name: str, action: object) -> Attempt:
    """Run an action; one that does not end is ended, in the thread that it runs in."""

    def ring(number: int, frame: FrameType | None) -> None:
        for thread in threading.enumerate():
            if thread.name == THREAD and thread.ident is not None:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(TooSlow))
                signal.alarm(1)  # once more, should the exception get lost in a finally clause
                return
        raise TooSlow

    outer = signal.signal(signal.SIGALRM, ring)
    signal.alarm(LIMIT)
    began = time.perf_counter()
    try:
        codes: tuple[str, ...] = action()  # type: ignore[operator]
        return Attempt(name, time.perf_counter() - began, codes=codes)
    except TooSlow:
        return Attempt(name, time.perf_counter() - began, f"still running after {LIMIT} s: {_where()}")
    except Exception as error:
        return Attempt(name, time.perf_counter() - began, f"{type(error).__name__}: {error} ({_where()})")
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, outer)


def _where() -> str:
    lines = [line.strip() for line in traceback.format_exc().splitlines() if "File " in line]
    return " < ".join(reversed(lines[-3:]))
