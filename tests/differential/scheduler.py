"""A scheduler in place of asyncio's loop: which task goes on is a choice, so that every interleaving can be executed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator
from typing import Any

from tests.differential.run import Chain, Cut, Run, Task

MAX_STEPS = 400
BUGS = (TypeError, NameError, AttributeError, SyntaxError)
"""Programs never raise these by themselves: the generator or a stand-in is wrong."""
CURRENT: list[Run] = []
"""The run under way; a list, so that stand-in modules made once see each new one."""


def now() -> Run:
    return CURRENT[-1]


class Pause:
    """Awaiting this lets other tasks go on, until `ready` says so."""

    def __init__(self, ready: Callable[[], bool] | None = None) -> None:
        self.ready = ready

    def __await__(self) -> Generator[Callable[[], bool] | None, None, None]:
        run = now()
        if run.dead:
            raise Cut
        task = run.current
        if task is None or not run.is_alone(task) or self.ready is not None and not self.ready():
            yield self.ready
        if task is None:
            return
        for group in task.groups:
            if group.failed():  # type: ignore[attr-defined]
                raise asyncio.CancelledError
        for deadline in task.deadlines:
            if not deadline.expired and now().choose(2):  # type: ignore[attr-defined]
                deadline.expired = True  # type: ignore[attr-defined]
                raise asyncio.CancelledError


class Limit:
    """A time limit for a task: it may end at any time, but only when chosen."""

    def __init__(self, task: Task) -> None:
        self.task = task

    def __call__(self) -> bool:
        return True


def is_limit(task: Task) -> bool:
    return isinstance(task.waiting, Limit) and not task.waiting.task.done and not task.cancelled


def wait_over() -> bool:
    """The end of a long wait comes when nothing else goes on."""
    return True


async def _awaiting(awaitable: Awaitable[object]) -> object:
    return await awaitable


def spawn(awaitable: Awaitable[object], chain: Chain | None = None) -> Task:
    """Begin a task; it runs when another one pauses."""
    run = now()
    coroutine = awaitable if asyncio.iscoroutine(awaitable) else _awaiting(awaitable)

    def send(error: BaseException | None) -> object:
        return coroutine.send(None) if error is None else coroutine.throw(error)

    task = Task(send, coroutine.close, run.chain() if chain is None else chain, maker=run.current)
    run.tasks.append(task)
    if run.unordered and run.current is not None and run.choose(2):
        _step_task(run, task)
    return task


def _step_task(run: Run, task: Task) -> None:
    """Let one task go on to its next pause. Its frame ends the chains of activations."""
    error: BaseException | None = None
    task.started = True
    if task.cancelled:
        task.cancelled, error = False, asyncio.CancelledError()
    outer, run.current = run.current, task
    thread, run.thread = run.thread, "loop"
    try:
        waiting = task.send(error)
        task.waiting = waiting if callable(waiting) else None
    except StopIteration as stop:
        task.done, task.result = True, stop.value
    except Cut:
        run.dead = True
        task.done = True
        raise
    except BaseException as caught:
        task.done, task.error = True, caught
    finally:
        run.current, run.thread = outer, thread


def run_until_done(root: Task) -> None:
    """Run tasks in any order until one has ended. Waits are long: one ends when nothing else can go on.

    By default the last task goes on, and no time limit ends.
    """
    run = now()
    last: Task = root
    for _ in range(MAX_STEPS):
        if root.done:
            return
        ready = [task for task in run.tasks if not task.done and (task.cancelled or task.waiting is None or task.waiting())]
        going = [task for task in ready if task.cancelled or task.waiting is not wait_over and not is_limit(task)]
        if not going:
            run.quiet()
        fresh = next((task for task in going if not task.started), None)
        if fresh is not None and not run.unordered:
            # asyncio starts tasks in the order they were made, before any thread has answered.
            last = fresh
            _step_task(run, fresh)
            continue
        limits = [task for task in ready if is_limit(task)]
        first = going or [task for task in ready if task not in limits]
        first.sort(key=lambda task: task is not last)
        if run.unordered:
            first += [task for task in ready if task not in first and task not in limits]
        ready = first + limits
        if not ready:
            break
        last = ready[run.choose(len(ready))]
        _step_task(run, last)
    run.dead = True
    raise Cut


def run_nested(coroutine: Coroutine[Any, Any, object]) -> object:
    """Run a coroutine from sync code to its end, other tasks standing still."""
    run = now()
    tasks, queues, elsewhere = run.tasks, run.queues, run.elsewhere
    if run.thread.startswith("foreign"):
        run.elsewhere = [*elsewhere, *(task for task in tasks if task is not run.current)]
    run.tasks, run.queues = [], {}  # its work for the thread that waits here is done at once
    try:
        task = spawn(coroutine)
        task.joined = run.current is None or run.current.joined
        run_until_done(task)
    finally:
        run.tasks, run.queues, run.elsewhere = tasks, queues, elsewhere
    if task.error is not None:
        raise task.error
    return task.result


def execute(run: Run, main: Callable[[], Coroutine[Any, Any, object]]) -> None:
    """Execute one path of a program from its beginning to the end of the request."""
    CURRENT.append(run)
    hooks = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(finalizer=_finalize)
    try:
        root = spawn(main(), ())
        root.joined = True
        run_until_done(root)
        if isinstance(root.error, BUGS):
            raise root.error
    except Cut:
        pass
    finally:
        run.close()
        for task in run.tasks:
            _abandon(task)
        sys.set_asyncgen_hooks(*hooks)
        CURRENT.pop()
        run.forget()


def _finalize(generator: AsyncGenerator[Any, Any]) -> None:
    """A generator that was left early is closed by a task of its own, as asyncio does."""
    if CURRENT and not now().dead:
        spawn(generator.aclose(), ())


def _abandon(task: Task) -> None:
    """Close what is under way when the request has ended; nothing that it still does counts."""
    try:
        task.close()
    except BaseException:
        pass
