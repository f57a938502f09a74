"""Room for deep analysis: a thread with a large stack, so that the depth of the analysed code's calls is not Python's.

A chain of a hundred helpers is a few thousand frames of the interpreter. Python's own limit is 1,000, and up to 3.10 each
frame takes of the C stack too.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
FRAMES = 12_000
STACK = 128 * 1024 * 1024
"""Bytes of address space; pages are taken as they are touched."""


def with_room(function: Callable[[], T]) -> T:
    """Call a function where calls may nest deeply; what it raises is raised here."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, FRAMES))
        try:
            results.append(function())
        except BaseException as error:  # noqa: BLE001 - raised again by the caller's thread
            errors.append(error)
        finally:
            sys.setrecursionlimit(limit)

    try:
        thread = _started(run)
    except (ValueError, RuntimeError):  # no such stack on this system, or no memory for one: what is too deep is said so
        return function()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


def _started(run: Callable[[], None]) -> threading.Thread:
    """A thread with a large stack that runs a function. Raises ValueError or RuntimeError where there can be none."""
    before = threading.stack_size(STACK)
    try:
        thread = threading.Thread(target=run, name="flake8-django-async")
        thread.start()
    finally:
        threading.stack_size(before)
    return thread
