"""Which handler catches what: queries, waits and `raise` statements raise kinds, handlers name types.

Kinds are strings: "query", "wait:httpx" (a wait of that library), "raise:ValueError" (the dotted name as far as it is
known), "raise:" (unknown, re-raised), "cancelled" (nothing but that whoever waits is cancelled).
"""

from __future__ import annotations

import builtins
from typing import Literal

from flake8_django_async.analysis.values import ClassRef, Symbol, Tuple, Value, options

Verdict = Literal["no", "maybe", "yes"]
CANCELLED = {"BaseException", "asyncio.CancelledError", "asyncio.exceptions.CancelledError"}
EVERYTHING = {"Exception", "BaseException"}
QUERY_ERRORS = {"DoesNotExist", "MultipleObjectsReturned", "ObjectDoesNotExist", "Http404"}


def catches(handler: Value, kind: str) -> Verdict:
    """Whether `except handler` catches an exception of a kind."""
    if isinstance(handler, Tuple):
        verdicts = [catches(item, kind) for item in handler.items]
        return "yes" if "yes" in verdicts else "maybe" if "maybe" in verdicts else "no"
    verdicts = [_catches_one(option, kind) for option in options(handler)]
    return verdicts[0] if len(set(verdicts)) == 1 else "maybe"


def _catches_one(handler: Value, kind: str) -> Verdict:
    cause, _, detail = kind.partition(":")
    if cause == "cancelled":
        return "yes" if catches_cancellation(handler) else "no"
    if not isinstance(handler, Symbol):
        # A class of the project: explicit raises of it carry its name, Django's queries never raise it.
        if isinstance(handler, ClassRef) and cause == "query":
            return "no"
        if isinstance(handler, ClassRef) and cause == "raise" and detail:
            return (
                "yes" if detail == f"{handler.path}:{handler.name}" else "maybe" if ":" in detail or not builtin(detail) else "no"
            )
        return "maybe"
    library, _, name = handler.path.removeprefix("builtins.").rpartition(".")
    if name in EVERYTHING and not library:
        return "yes"
    if handler.path in CANCELLED and cause in ("query", "wait"):
        return "maybe"
    if cause == "query":
        return "maybe" if name in QUERY_ERRORS or library.split(".")[0] in {"django", "psycopg", "psycopg2"} else "no"
    if cause == "wait":
        return "no" if library.startswith("django") or name in QUERY_ERRORS else "maybe"
    return _catches_raised(library, name, detail)


def catches_cancellation(handler: Value) -> bool:
    """Whether a handler catches what cancels a task."""
    if isinstance(handler, Tuple):
        return any(catches_cancellation(item) for item in handler.items)
    return any(isinstance(option, Symbol) and option.path.removeprefix("builtins.") in CANCELLED for option in options(handler))


def _catches_raised(library: str, name: str, raised: str) -> Verdict:
    if not raised:
        return "maybe"
    handler_type, raised_type = (None if library else builtin(name)), builtin(raised)
    if handler_type and raised_type:
        return "yes" if issubclass(raised_type, handler_type) else "no"
    if raised.rpartition(".")[2] == name:
        return "yes"
    # A builtin handler may catch a library's or the project's subclass of it; a library's handler never a builtin.
    return "no" if raised_type else "maybe"


def builtin(name: str) -> type[BaseException] | None:
    """The builtin exception of that name."""
    found = getattr(builtins, name.removeprefix("builtins."), None)
    return found if isinstance(found, type) and issubclass(found, BaseException) else None
