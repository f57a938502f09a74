"""What may come of a call of the stand-ins: exceptions, values whose truth is a decision, some number of items."""

from __future__ import annotations

import asyncio

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


def fail(error: type[Exception] | None) -> None:
    """What may raise does so, or not."""
    run = now()
    if error is None and not run.relaxed or not run.choose(2):
        return
    if run.relaxed or error is None:
        raise ANYTHING[run.choose(len(ANYTHING))]
    raise error()


def rounds() -> int:
    """How often something repeats: once, twice, not at all."""
    return (1, 2, 0)[now().choose(3)]


class Maybe:
    """What a query or a wait gives: its truth is a decision."""

    def __bool__(self) -> bool:
        return bool(now().choose(2))
