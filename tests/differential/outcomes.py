"""What may come of a call of the stand-ins: exceptions, values whose truth is a decision, some number of items."""

from __future__ import annotations

import asyncio
import contextlib

from tests.differential.scheduler import now


class DatabaseError(Exception):
    """django.db.DatabaseError"""


class SynchronousOnlyOperation(Exception):
    """django.core.exceptions.SynchronousOnlyOperation"""


class DoesNotExist(Exception):
    """Book.DoesNotExist"""


class Http404(Exception):
    """django.http.Http404"""


class HTTPError(Exception):
    """httpx.HTTPError"""


class RequestException(Exception):
    """requests.RequestException"""


class Oops(Exception):
    """An exception of the project."""


ANYTHING = (
    Oops, ValueError, KeyError, RuntimeError, asyncio.TimeoutError, HTTPError, RequestException, DatabaseError, DoesNotExist, Http404,
)  # fmt: skip
"""What unknown code may raise."""
CAUGHT = tuple(type(f"Caught{index}", (BaseException,), {}) for index in range(4))
"""What a `try`'s handlers catch by their position."""


def fail(error: type[Exception] | None) -> None:
    """What may raise does so, or not."""
    run = now()
    if error is None and not run.relaxed or not run.choose(2):
        return
    if run.relaxed or error is None:
        raise ANYTHING[run.choose(len(ANYTHING))]
    raise error()


def unforeseen(handlers: int) -> None:
    """What is guarded by so many handlers may raise anything, also what one of them alone catches."""
    errors: tuple[type[BaseException], ...] = (*CAUGHT[:handlers], *ANYTHING)
    if now().choose(2):
        raise errors[now().choose(len(errors))]


def decide() -> bool:
    return bool(now().choose(2))


def suppress(*types: type[BaseException]) -> contextlib.AbstractContextManager[None]:
    """`contextlib.suppress`, or not."""
    return contextlib.nullcontext() if decide() else contextlib.suppress(*types)


def rounds() -> int:
    """How often something repeats: once, twice, not at all."""
    return (1, 2, 0)[now().choose(3)]


class Maybe:
    """What a query or a wait gives: its truth is a decision."""

    def __bool__(self) -> bool:
        return bool(now().choose(2))
