"""Executing a program on every path: decision sequences are enumerated, the rarest decisions first."""

from __future__ import annotations

import gc
import heapq
import inspect
import sys
import warnings
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from types import FrameType
from typing import Any

from tests.differential.concurrency import create_task
from tests.differential.outcomes import ANYTHING
from tests.differential.project import FILES
from tests.differential.run import Link, Place, Run, Truth
from tests.differential.scheduler import Pause, execute, now, wait_over
from tests.differential.waits import Request, StreamingHttpResponse

Root = tuple[Callable[..., Any], str]


def explore(
    roots: list[Root], *, budget: int = 300, relaxed: bool = False, unordered: bool = False, seeking: Place | None = None
) -> Truth:
    """What the paths from these entry points show; `budget` is the greatest number of paths per entry.

    Who is `seeking` a place wants to know only whether a report there is right.
    """
    truth = Truth()
    with quiet():
        for function, kind in roots:
            if seeking in truth.allowed:
                break
            _explore(truth, function, kind, budget, partial(Run, relaxed=relaxed, unordered=unordered), seeking)
    return truth


def executed(roots: list[Root], *, budget: int) -> set[Place]:
    """The lines that some path comes to."""
    found: set[Place] = set()

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        if frame.f_code.co_filename not in FILES:
            return None
        found.add(Place(frame.f_code.co_filename, frame.f_lineno))
        return trace

    outer = sys.gettrace()
    sys.settrace(trace)
    try:
        explore(roots, budget=budget)
    finally:
        sys.settrace(outer)
    return found


def _explore(
    truth: Truth, function: Callable[..., Any], kind: str, budget: int, run_of: Callable[..., Run], seeking: Place | None
) -> None:
    """Depth comes by itself, breadth by trying first what has been decided least often at a line."""
    todo: list[tuple[int, int, tuple[int, ...]]] = [(0, 0, ())]
    tried: Counter[tuple[Place, int]] = Counter()
    serial = 0
    for _ in range(budget):
        if not todo or seeking in truth.allowed:
            return
        _, _, prefix = heapq.heappop(todo)
        run = run_of(FILES, truth, prefix)
        execute(run, lambda: enter(function, kind))
        choices = tuple(choice for choice, _, _ in run.taken)
        for index in range(len(prefix), len(run.taken)):
            _, arity, place = run.taken[index]
            for other in range(1, arity):
                serial += 1
                tried[place, other] += 1
                heapq.heappush(todo, (tried[place, other], serial, (*choices[:index], other)))
    if todo:
        truth.exhaustive = False


async def enter(function: Callable[..., Any], kind: str) -> None:
    """Enter a program where a request, or an unknown caller, would."""
    request = Request()
    if kind == "agen":
        await stream(function(request), ())
    elif kind in ("acm", "acls"):
        async with function(request):
            # The body of an unknown user may raise anything.
            if now().choose(2):
                raise ANYTHING[now().choose(len(ANYTHING))]
    elif kind == "takes":
        await function(request, nothing)
    elif kind == "method":
        await function(request).act(request)
    else:
        response = await function(request)
        if kind == "view" and isinstance(response, StreamingHttpResponse) and inspect.isasyncgen(response.content):
            sending = create_task(stream(response.content, response.chain), response.chain)
            sending.task.streams = True
            await sending


async def nothing(*args: object) -> None:
    """What an unknown callable does, as far as the analysis is concerned."""


async def stream(content: Any, chain: tuple[Link, ...]) -> None:
    """The server reads a stream to its end, or until the client has gone: each chunk waits for a slow client."""
    if not inspect.isasyncgen(content):
        raise TypeError("not a stream")
    items: AsyncIterator[object] = content
    async for _ in items:
        run, frame = now(), content.ag_frame
        assert frame is not None
        waiting = run.start_wait("yield", (*chain, Link(frame, frame.f_lineno)))
        await Pause(wait_over)
        run.end_wait(waiting)
        if run.choose(2):
            with suppress(RuntimeError):  # it yields once more
                await content.aclose()
            return


@contextmanager
def quiet() -> Iterator[None]:
    """Coroutines that nobody awaits are part of the programs. Without the collector a path replays as it ran."""
    hook, collects = sys.unraisablehook, gc.isenabled()
    gc.disable()
    sys.unraisablehook = lambda unraisable: None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if collects:
            gc.collect()
            gc.enable()
        sys.unraisablehook = hook


Main = Callable[[], Coroutine[Any, Any, object]]
