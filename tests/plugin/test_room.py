"""Room for deep analysis: what happens in it is as if it had happened here."""

from __future__ import annotations

import gc
import sys
import threading
from pathlib import Path

import pytest

from flake8_django_async import room
from flake8_django_async.check import check
from flake8_django_async.room import with_room
from tests.trial import HELD, lay_out


def nested(depth: int) -> int:
    return 0 if depth == 0 else 1 + nested(depth - 1)


def test_calls_may_nest_deeply() -> None:
    before = sys.getrecursionlimit()
    assert with_room(lambda: nested(before + 1_000)) == before + 1_000
    assert sys.getrecursionlimit() == before


def test_what_is_raised_there_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError):
        with_room(lambda: 1 // 0)


def test_a_system_that_gives_no_such_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "STACK", 1)
    assert with_room(lambda: nested(10)) == 10


def test_a_system_with_no_memory_for_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit of the address space: it is the start of the thread that fails."""
    before = threading.stack_size()

    def fails(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", fails)
    assert with_room(lambda: nested(10)) == 10
    assert threading.stack_size() == before


@pytest.mark.parametrize("is_on", [True, False])
def test_the_collector_is_left_as_it_was(tmp_path: Path, is_on: bool) -> None:
    lay_out(tmp_path, {"views.py": HELD})
    was_on = gc.isenabled()
    try:
        (gc.enable if is_on else gc.disable)()
        assert [diagnostic.code for diagnostic in check(str(tmp_path / "views.py"))] == ["LDB101"]
        assert gc.isenabled() is is_on
    finally:
        (gc.enable if was_on else gc.disable)()
