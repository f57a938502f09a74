"""Who waits, where, and what is checked out meanwhile.

Every few milliseconds the watch walks the await chains of all tasks and the frames of all threads. A chain that ends in a
client, a sleep or a queue is a wait; one that ends in a thread (as every query does) or in another task is not: that
thread and that task are looked at themselves. Each look keeps the fixture lines of the chain: its own frames, and, for a
task, the lines where its coroutine was made.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import AsyncGeneratorType, CodeType, FrameType
from typing import Any

from tests.expectations import FIXTURES

Line = tuple[str, int]
PERIOD = 0.004
# A thread counts as waiting when it has stood still for so many looks: a running one moves.
STILL = 4
ORIGIN_DEPTH = 60

# Frames of these end a chain in a thread or in another task, which is looked at itself.
_NOT_A_WAIT = ("/asgiref/", "/django/", "/channels/", "/concurrent/futures/", "/asyncio/threads.py", "/asyncio/taskgroups.py",
               "/asyncio/timeouts.py", "/asyncio/runners.py")  # fmt: skip
_QUERY = ("/psycopg/", "/psycopg_pool/", "/django/db/")


@dataclass(frozen=True, slots=True)
class Look:
    """One wait seen once: its fixture lines, and whether anything was checked out."""

    lines: frozenset[Line]
    held: bool


@dataclass(slots=True)
class Watch:
    """Looks at one event loop until it is stopped."""

    checked_out: Callable[[], frozenset[int]]
    looks: set[Look] = field(default_factory=set)
    count: int = 0
    client_is_slow: bool = False
    generators: list[AsyncGeneratorType[Any, Any]] = field(default_factory=list)
    makers: dict[int, asyncio.Task[Any]] = field(default_factory=dict)
    _still: dict[int, tuple[object, int]] = field(default_factory=dict)

    async def run(self) -> None:
        """Looks for ever; to be cancelled."""
        before: set[object] = set()
        while True:
            await asyncio.sleep(PERIOD)
            self.count += 1
            seen = dict(self._waits())
            held = bool(self.checked_out())
            self.looks.update(Look(lines, held) for key, lines in seen.items() if key in before and lines)
            before = set(seen)

    async def looked(self, times: int = STILL + 2) -> None:
        """Returns when the watch has looked often enough to have seen a wait that began before."""
        until = self.count + times
        while self.count < until:
            await asyncio.sleep(PERIOD / 2)

    def at(self, lines: frozenset[Line]) -> None:
        """A look at a moment that is no await: a stream is handed to the server."""
        self.looks.add(Look(lines, bool(self.checked_out())))

    def restart(self, loop: asyncio.AbstractEventLoop) -> None:
        """Forgets what was seen. Notes, while `loop` runs, which task makes which, where coroutines are made, and each async generator."""
        for seen in (self.looks, self.generators, self.makers):
            seen.clear()
        self.client_is_slow = False

        def factory(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> asyncio.Task[Any]:
            task = asyncio.Task(coroutine, loop=loop, **options)
            if (maker := asyncio.current_task(loop)) is not None:
                self.makers[id(task)] = maker
            return task

        hooks = sys.get_asyncgen_hooks()

        def first(generator: Any) -> None:
            if _in_fixtures(generator.ag_code):
                self.generators.append(generator)
            if hooks.firstiter is not None:
                hooks.firstiter(generator)

        loop.set_task_factory(factory)
        sys.set_asyncgen_hooks(firstiter=first, finalizer=hooks.finalizer)
        sys.set_coroutine_origin_tracking_depth(ORIGIN_DEPTH)

    def _waits(self) -> Iterator[tuple[object, frozenset[Line]]]:
        tasks = list(asyncio.all_tasks())
        chains = {task: list(_frames(task.get_coro())) for task in tasks}
        hops = {line for chain in chains.values() if chain and _ends_in_thread(chain) for line in _lines(chain)}
        bridges: set[Line] = set()
        for ident, frame in sys._current_frames().items():
            stack = list(_stack(frame))
            lines = _lines(stack) if ident != threading.get_ident() else set()
            if not lines:
                continue
            above = list(itertools.takewhile(lambda entry: not _in_fixtures(entry.f_code), stack))
            if any(_is_async_to_sync(entry) for entry in above):
                bridges.update(lines | hops)
            elif self._stands_still(ident, frame) and not any(_is_query(entry) for entry in above):
                yield (ident, id(frame), frame.f_lasti), frozenset(lines | hops)
        for task, chain in chains.items():
            if chain and _is_wait(chain[-1]) and not any(_in_harness(frame.f_code) for frame in chain):
                lines = _lines(chain) | self._origins(task) | bridges
                yield (id(task), id(chain[-1]), chain[-1].f_lasti), frozenset(lines)
        if self.client_is_slow:
            yield "client", frozenset(line for line in self._yielding())

    def _stands_still(self, ident: int, frame: FrameType) -> bool:
        place = (id(frame), frame.f_lasti)
        known, since = self._still.get(ident, (None, 0))
        if known != place:
            since = self.count
        self._still[ident] = (place, since)
        return self.count - since >= STILL

    def _origins(self, task: asyncio.Task[Any]) -> set[Line]:
        """Where the task's coroutine was made, and the task that made it, and so on."""
        lines: set[Line] = set()
        maker: asyncio.Task[Any] | None = task
        while maker is not None:
            for file, line, _ in getattr(maker.get_coro(), "cr_origin", None) or ():
                lines.update(_line(file, line))
            maker = self.makers.get(id(maker))
        return lines

    def _yielding(self) -> Iterator[Line]:
        """The lines of `yield` at which generators of the fixtures stand while the client reads."""
        for generator in self.generators:
            if generator.ag_frame is not None and not generator.ag_running:
                yield from _line(generator.ag_code.co_filename, generator.ag_frame.f_lineno)


def _frames(awaitable: Any) -> Iterator[FrameType]:
    """The frames of an await chain, outermost first."""
    while awaitable is not None:
        if (
            frame := getattr(awaitable, "cr_frame", None)
            or getattr(awaitable, "ag_frame", None)
            or getattr(awaitable, "gi_frame", None)
        ):
            yield frame
            kind = type(awaitable).__name__
            awaitable = getattr(
                awaitable, {"coroutine": "cr_await", "async_generator": "ag_await"}.get(kind, "gi_yieldfrom"), None
            )
        else:
            awaitable = _inside(awaitable)


def _inside(awaitable: Any) -> Any:
    """What an opaque awaitable (`asend()`, `anext()`, a coroutine's wrapper) drives; it is its only referent of that kind."""
    for referent in gc.get_referents(awaitable) if type(awaitable).__name__ in _OPAQUE else ():
        if hasattr(referent, "cr_frame") or hasattr(referent, "ag_frame") or type(referent).__name__ in _OPAQUE:
            return referent
    return None


_OPAQUE = {"async_generator_asend", "async_generator_athrow", "coroutine_wrapper", "anext_awaitable"}


def _stack(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _is_wait(frame: FrameType) -> bool:
    file = frame.f_code.co_filename
    if file.endswith("/asyncio/tasks.py"):
        return frame.f_code.co_name == "sleep"
    return not _in_fixtures(frame.f_code) and not any(part in file for part in _NOT_A_WAIT)


def _ends_in_thread(chain: list[FrameType]) -> bool:
    file = chain[-1].f_code.co_filename
    return "/asgiref/sync.py" in file or "/asyncio/threads.py" in file or _in_fixtures(chain[-1].f_code)


def _is_async_to_sync(frame: FrameType) -> bool:
    return frame.f_code.co_filename.endswith("/asgiref/sync.py") and frame.f_code.co_name == "__call__"


def _is_query(frame: FrameType) -> bool:
    return any(part in frame.f_code.co_filename for part in _QUERY)


def _in_fixtures(code: CodeType) -> bool:
    return code.co_filename.startswith(_ROOT)


def _in_harness(code: CodeType) -> bool:
    return code.co_filename.startswith(_HARNESS)


_ROOT = f"{FIXTURES}/"
_HARNESS = f"{Path(__file__).parent}/"


def _lines(frames: list[FrameType]) -> set[Line]:
    return {line for frame in frames for line in _line(frame.f_code.co_filename, frame.f_lineno)}


def _line(file: str, line: int) -> Iterator[Line]:
    if file.startswith(_ROOT):
        yield Path(file).relative_to(FIXTURES).as_posix(), line


def creation() -> frozenset[Line]:
    """The fixture lines of the caller's stack."""
    return frozenset(_lines(list(_stack(sys._getframe(1)))))
