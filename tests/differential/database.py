"""In-memory stand-ins for Django's models and connections, and for what hands work to threads.

They keep to FACTS of the real ones: async ORM and `sync_to_async` run in the request's one thread, `to_thread` in a fresh
one; building a queryset takes nothing, evaluating it takes the connection, also when it raises.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

from tests.differential.outcomes import DatabaseError, DoesNotExist, Maybe, SynchronousOnlyOperation, fail, rounds
from tests.differential.run import Key
from tests.differential.scheduler import Pause, now, run_nested, wait_over


def query(alias: str, error: type[Exception] = DatabaseError) -> None:
    """A query in the thread at hand: it may raise, and takes the connection all the same. No alias: nothing to read."""
    run = now()
    if run.thread == "loop":
        raise SynchronousOnlyOperation
    if not alias:
        return
    if not run.query(alias, run.thread):
        raise DatabaseError("the transaction is broken")
    fail(error)


def _work(thread: str, work: Callable[[], Any]) -> Any:
    run = now()
    outer, sensitive = run.thread, run.sensitive
    run.thread = thread
    try:
        return work()
    finally:
        run.thread, run.sensitive = outer, sensitive


async def in_thread(thread: str, work: Callable[[], Any]) -> Any:
    """Hand work to a thread, wait for it. A thread does its work in the order in which it was handed over."""
    run = now()
    if run.unordered and run.choose(2):
        await Pause()
    task = run.current
    queue, blocks = run.queues.setdefault(thread, []), run.blocks
    queue.append(work)
    try:
        try:
            await Pause(lambda: queue[0] is work)
        except asyncio.CancelledError:
            with contextlib.suppress(Exception):
                _work(thread, work)  # what was handed over is done, whoever waits for it
            raise
        blocks = run.blocks
        return _work(thread, work)
    except Exception:
        if task is not None:
            task.failing = True
        raise
    finally:
        queue.remove(work)
        if not run.dead and run.blocks > blocks and thread.startswith("foreign"):
            # While another thread is blocked, all tasks go on as far as they can.
            run.waiting_for_threads += 1
            try:
                await Pause(wait_over)
            finally:
                run.waiting_for_threads -= 1
        elif not run.dead:
            await Pause()
        if task is not None:
            task.failing = False


async def aquery(alias: str, error: type[Exception] = DatabaseError) -> None:
    if alias:
        await in_thread(now().sensitive, lambda: query(alias, error))


class QuerySet:
    """A queryset; the alias of `none()` is empty."""

    def __init__(self, alias: str = "default") -> None:
        self.alias = alias
        self.rows: list[Book] | None = None

    def _same(self, *args: object, **kwargs: object) -> QuerySet:
        return QuerySet(self.alias)

    all = filter = exclude = order_by = select_related = _same

    def using(self, alias: str) -> QuerySet:
        return QuerySet(self.alias and alias)

    def none(self) -> QuerySet:
        return QuerySet("")

    def __getitem__(self, index: object) -> QuerySet:
        return self._same()

    def _fetch(self) -> list[Book]:
        if self.rows is None:
            query(self.alias)
            self.rows = [Book() for _ in range(rounds())] if self.alias else []
        return self.rows

    def __iter__(self) -> Iterator[Book]:
        return iter(self._fetch())

    async def _aiter(self) -> AsyncIterator[Book]:
        for row in await in_thread(now().sensitive, self._fetch):
            yield row

    def __aiter__(self) -> AsyncIterator[Book]:
        return self._aiter()

    def aiterator(self) -> Cursor:
        return Cursor(self.alias)

    def get(self, **kwargs: object) -> Book:
        query(self.alias, DoesNotExist)
        return Book()

    def create(self, **kwargs: object) -> Book:
        query(self.alias)
        return Book()

    def count(self) -> Maybe:
        query(self.alias)
        return Maybe()

    exists = update = count

    def first(self) -> Book | None:
        query(self.alias)
        return Book()

    async def aget(self, **kwargs: object) -> Book:
        await aquery(self.alias, DoesNotExist)
        return Book()

    async def acreate(self, **kwargs: object) -> Book:
        await aquery(self.alias)
        return Book()

    async def acount(self) -> Maybe:
        await aquery(self.alias)
        return Maybe()

    async def afirst(self) -> Book | None:
        await aquery(self.alias)
        return Book()

    aexists = acount

    aupdate = acount


class Cursor:
    """`aiterator()`: a server-side cursor, which no release ends while its loop runs."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.left: int | None = None if alias else 0
        self.key: Key | None = None

    def __aiter__(self) -> Cursor:
        return self

    async def __anext__(self) -> Book:
        run = now()
        if self.left is None:
            await aquery(self.alias)
            self.left = rounds()
            run.foreign += 1
            self.key = Key(self.alias, f"cursor {run.foreign}")
            run.query(*self.key)
        if not self.left:
            self._close()
            raise StopAsyncIteration
        self.left -= 1
        return Book()

    def _close(self) -> None:
        if self.key is not None:
            now().held.pop(self.key, None)
            self.key = None

    def __del__(self) -> None:
        try:
            self._close()
        except IndexError:
            pass


class Book(Maybe):
    title = "Emma"
    pk = 1
    price = 3
    DoesNotExist = DoesNotExist

    class _Objects:
        def __get__(self, instance: object, owner: object) -> QuerySet:
            return QuerySet()

    objects = _Objects()

    def save(self) -> None:
        query("default")

    async def asave(self) -> None:
        await aquery("default")


# ------------------------------------------------------------------ connections


class Connection:
    def __init__(self, alias: str) -> None:
        self.alias = alias

    def close(self) -> None:
        run = now()
        if run.thread == "loop":
            raise SynchronousOnlyOperation
        run.release(run.thread, self.alias)

    def close_if_unusable_or_obsolete(self) -> None:
        self.close()

    @property
    def in_atomic_block(self) -> bool:
        run = now()
        return bool(run.atomic.get(Key(self.alias, run.thread)))


class Connections:
    def __getitem__(self, alias: str) -> Connection:
        return Connection(alias)

    def all(self, initialized_only: bool = False) -> list[Connection]:
        return [Connection("default"), Connection("other")]

    def close_all(self) -> None:
        run = now()
        if run.thread != "loop":
            run.release(run.thread)


connection = Connection("default")
connections = Connections()


def close_old_connections() -> None:
    connections.close_all()


class Atomic:
    """A transaction. Entering it takes the connection; once the connection was closed in it, nothing queries there."""

    def __init__(self, using: str | None = None) -> None:
        self.alias = using or "default"

    def __enter__(self) -> None:
        run = now()
        query(self.alias)
        key = Key(self.alias, run.thread)
        run.atomic[key] = run.atomic.get(key, 0) + 1

    def __exit__(self, *exc: object) -> None:
        run = now()
        key = Key(self.alias, run.thread)
        run.atomic[key] -= 1
        if not run.atomic[key]:
            run.broken.discard(key)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def inside(*args: object, **kwargs: object) -> Any:
            with Atomic(self.alias):
                return function(*args, **kwargs)

        return inside


def atomic(using: Any = None) -> Any:
    return Atomic()(using) if callable(using) else Atomic(using)


# ------------------------------------------------------------------ threads


def sync_to_async(function: Any = None, thread_sensitive: bool = True) -> Any:
    if function is None:
        return functools.partial(sync_to_async, thread_sensitive=thread_sensitive)
    if getattr(function, "__func__", None) is Connection.close:

        async def refused(*args: object) -> None:
            await Pause()
            # It always raises; the analysis reports that, and what follows as if it did not.
            if now().choose(2) == 0:
                raise DatabaseError("the wrapper belongs to another thread")

        return refused

    async def called(*args: object, **kwargs: object) -> Any:
        thread = now().sensitive if thread_sensitive else fresh_thread()
        return await in_thread(thread, lambda: _sensitive_to(thread, function, args, kwargs))

    return called


def _sensitive_to(thread: str, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    now().sensitive = thread
    return function(*args, **kwargs)


def fresh_thread() -> str:
    run = now()
    run.foreign += 1
    return f"foreign {run.foreign}"


def database_sync_to_async(function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    def inside(*args: object, **kwargs: object) -> Any:
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()

    wrapped: Callable[..., Awaitable[Any]] = sync_to_async(inside)
    return wrapped


async def aclose_old_connections() -> None:
    await sync_to_async(close_old_connections)()


def async_to_sync(function: Callable[..., Any]) -> Callable[..., Any]:
    def called(*args: object, **kwargs: object) -> Any:
        run = now()
        thread, sensitive = run.thread, run.sensitive
        run.sensitive = thread
        try:
            return run_nested(function(*args, **kwargs))
        finally:
            run.thread, run.sensitive = thread, sensitive

    return called


async def to_thread(function: Callable[..., Any], *args: object, **kwargs: object) -> Any:
    thread = fresh_thread()
    return await in_thread(thread, lambda: _sensitive_to(thread, function, args, kwargs))
