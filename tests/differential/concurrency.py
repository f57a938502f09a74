"""A stand-in for asyncio: tasks, groups, gathering and time limits on the scheduler of choices."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Generator
from types import ModuleType, TracebackType
from typing import Any

from tests.differential.database import to_thread
from tests.differential.run import Chain, Task
from tests.differential.scheduler import Limit, Pause, now, spawn
from tests.differential.waits import asyncio_sleep


class Handle:
    """An asyncio.Task."""

    def __init__(self, task: Task) -> None:
        self.task = task

    def __await__(self) -> Generator[Any, Any, object]:
        run = now()
        self.task.joined = self.task.joined or run.current is None or run.current.joined
        if not self.task.done:
            yield from Pause(lambda: self.task.done).__await__()
        return self.result()

    def result(self) -> object:
        if self.task.error is not None:
            raise self.task.error
        return self.task.result

    def cancel(self) -> None:
        self.task.cancelled = not self.task.done


def create_task(awaitable: Awaitable[object], chain: Chain | None = None) -> Handle:
    return awaitable if isinstance(awaitable, Handle) else Handle(spawn(awaitable, chain))


class Gathering:
    """asyncio.gather: all run together; the first exception goes on at once, while the others still run."""

    def __init__(self, *awaitables: Awaitable[object], return_exceptions: bool = False) -> None:
        self.handles = [create_task(awaitable) for awaitable in awaitables]
        self.keeps = return_exceptions
        for handle in self.handles:
            handle.task.together = self

    def failed(self) -> bool:
        return not self.keeps and any(handle.task.error for handle in self.handles)

    def failing(self) -> bool:
        return not self.keeps and any(handle.task.error or handle.task.failing for handle in self.handles)

    def __await__(self) -> Generator[Any, Any, list[object]]:
        tasks = [handle.task for handle in self.handles]
        current = now().current
        for task in tasks:
            task.joined = task.joined or current is None or current.joined

        def over() -> bool:
            return all(task.done for task in tasks) or self.failed()

        if not over():
            yield from Pause(over).__await__()
        if self.keeps:
            return [task.error or task.result for task in tasks]
        for task in tasks:
            if task.error is not None:
                raise task.error
        return [task.result for task in tasks]


async def wait_for(awaitable: Awaitable[object], timeout: float | None) -> object:
    handle = create_task(awaitable, None)
    current = now().current
    handle.task.joined = current is None or current.joined
    if not handle.task.done:
        await Pause(Limit(handle.task))
    if not handle.task.done:
        handle.cancel()
        await Pause(lambda: handle.task.done)
        if isinstance(handle.task.error, asyncio.CancelledError):
            raise asyncio.TimeoutError
    return handle.result()


async def shield(awaitable: Awaitable[object]) -> object:
    return await create_task(awaitable)


class Timeout:
    """asyncio.timeout: any pause in its body may be the last."""

    def __init__(self, delay: float | None) -> None:
        self.expired = False

    async def __aenter__(self) -> Timeout:
        task = now().current
        if task is not None:
            task.deadlines.append(self)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        task = now().current
        if task is not None and self in task.deadlines:
            task.deadlines.remove(self)
        if self.expired and isinstance(error, asyncio.CancelledError):
            raise asyncio.TimeoutError from error


class TaskGroup:
    """asyncio.TaskGroup: its end waits for all; one failure cancels the rest."""

    def __init__(self) -> None:
        self.handles: list[Handle] = []

    async def __aenter__(self) -> TaskGroup:
        task = now().current
        if task is not None:
            task.groups.append(self)
        return self

    def create_task(self, awaitable: Awaitable[object]) -> Handle:
        handle = create_task(awaitable)
        current = now().current
        handle.task.joined = current is None or current.joined
        handle.task.together = self
        self.handles.append(handle)
        return handle

    def failed(self) -> bool:
        return any(handle.task.error for handle in self.handles)

    def failing(self) -> bool:
        return any(handle.task.error or handle.task.failing for handle in self.handles)

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        task = now().current
        if task is not None and self in task.groups:
            task.groups.remove(self)
        while any(not handle.task.done for handle in self.handles):
            if error is not None or self.failed():
                for handle in self.handles:
                    handle.cancel()
            await Pause(lambda: self.failed() or all(handle.task.done for handle in self.handles))
        errors = [handle.task.error for handle in self.handles if isinstance(handle.task.error, Exception)]
        if isinstance(error, Exception):
            errors.append(error)
        if errors and sys.version_info >= (3, 11):
            raise ExceptionGroup("tasks failed", errors)
        if errors:
            raise errors[0]


class Lock:
    async def __aenter__(self) -> None:
        await Pause()

    async def __aexit__(self, *exc: object) -> None:
        pass


def module() -> ModuleType:
    """The stand-in for `asyncio`."""
    made = ModuleType("asyncio")
    made.__dict__.update(
        sleep=asyncio_sleep,
        gather=Gathering,
        create_task=create_task,
        ensure_future=create_task,
        wait_for=wait_for,
        shield=shield,
        timeout=Timeout,
        TaskGroup=TaskGroup,
        Lock=Lock,
        to_thread=to_thread,
        TimeoutError=asyncio.TimeoutError,
        CancelledError=asyncio.CancelledError,
    )
    return made
