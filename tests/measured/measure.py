"""Measures one view: each of its drives on new pools and new data, watched."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any
from unittest.mock import patch

from django.core.signals import got_request_exception
from django.http import StreamingHttpResponse

from tests.expectations import Drive, View, applies
from tests.measured import drive as drives
from tests.measured import pool
from tests.measured.effects import Trace
from tests.measured.watch import Look, Watch, creation

# So long after the response a connection that is still out is lost: all that would return it has run.
LOST_AFTER = 0.3
# And so long a background task may take; those of the fixtures ask the slow server once.
BACKGROUND = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """What Django did in one drive."""

    drive: Drive
    looks: frozenset[Look]
    trace: Trace
    lost: int
    status: int
    error: BaseException | None


@dataclass(slots=True)
class Laboratory:
    """A running project: its event loop, the slow server, the observers."""

    application: drives.Application
    out: pool.Out
    cookie: Callable[[str], list[tuple[bytes, bytes]]]
    reset: Callable[[], None]
    loop: asyncio.AbstractEventLoop
    watch: Watch

    def measure(self, view: View) -> list[Measured]:
        """Every drive of `view` that this Python and this Django can run."""
        return [self._one(view, drive) for drive in view.drives if applies(drive.condition)]

    def _one(self, view: View, drive: Drive) -> Measured:
        self.reset()
        pool.renew(self.out)
        # Threads keep connections: what one drive has lost in a thread must not serve the next.
        with ThreadPoolExecutor() as threads:
            self.loop.set_default_executor(threads)
            return self.loop.run_until_complete(self._driven(view, drive))

    async def _driven(self, view: View, drive: Drive) -> Measured:
        self.watch.restart(asyncio.get_running_loop())
        trace = Trace(self.out)
        errors: list[BaseException | None] = []
        response = drives.Response()

        def failed(sender: Any, **details: Any) -> None:
            errors.append(sys.exc_info()[1])

        got_request_exception.connect(failed)
        watching = asyncio.ensure_future(self.watch.run())
        before = asyncio.all_tasks()
        headers = self.cookie(drive.user) if drive.user else []
        with streams_noted(response), trace.recorded():
            if drive.client == "websocket":
                await drives.websocket(self.application, view.url, headers, response)
            else:
                await drives.http(self.application, view.url, drive, headers, self.watch, response)
            if background := asyncio.all_tasks() - before:
                await asyncio.wait(background, timeout=BACKGROUND)
            lost = await self._lost()
        watching.cancel()
        rest = asyncio.all_tasks() - before
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, watching, return_exceptions=True)
        got_request_exception.disconnect(failed)
        return Measured(drive, frozenset(self.watch.looks), trace, lost, response.status, next(iter(errors), response.error))

    async def _lost(self) -> int:
        """Connections still out when everything that would return them has run."""
        deadline = asyncio.get_running_loop().time() + LOST_AFTER
        while self.out.connections and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.01)
        if self.out.connections:
            gc.collect()
        return len(self.out.connections)


class Measurements:
    """Each view is measured once in a process, however many tests ask."""

    def __init__(self, running: Laboratory) -> None:
        self.of = cache(running.measure)

    def of_all(self, views: tuple[View, ...]) -> list[Measured]:
        return [measured for view in views for measured in self.of(view)]


@contextmanager
def streams_noted(response: drives.Response) -> Iterator[None]:
    """Notes the lines that make each streaming response; the response is made as ever."""
    make = StreamingHttpResponse.__init__

    @wraps(make)
    def observed(self: Any, *args: Any, **options: Any) -> None:
        response.streams.append(creation())
        make(self, *args, **options)

    with patch.object(StreamingHttpResponse, "__init__", observed):
        yield
