"""Iterables: what evaluates them, step by step or to their end."""

from __future__ import annotations

from flake8_django_async.analysis import calls, effects, generators, iteration
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.roles.kinds import CallableRole, MethodRole, Role
from flake8_django_async.analysis.values import (
    NO_ARGUMENTS,
    UNKNOWN,
    Arguments,
    Closed,
    Collection,
    Generator,
    Iterator_,
    Pending,
    Query,
    Record,
    Tuple,
    Value,
    join,
    options,
)  # fmt: skip
from flake8_django_async.models.load import Row


def consume(frame: Frame, source: Value, *, asynchronous: bool = False) -> Value:
    """Evaluate an iterable to its end; returns one item."""
    for option in options(source):
        match option:
            case Query():
                effects.evaluate_query(frame, option, asynchronous=asynchronous)
            case Iterator_(source=inner):
                consume(frame, inner, asynchronous=asynchronous)
            case Generator():
                generators.drive(frame, option, lambda value: None)
            case _:
                pass
    return iteration.element(frame, source)


def _consume(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    if not args.positional:
        return Record(args.keywords) if row.path == "builtins.dict" else Tuple(())
    return Collection(consume(frame, args.positional[0]))


def _lazy(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return Iterator_(join(args.positional)) if args.positional else UNKNOWN


def _next(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return consume(frame, args.positional[0]) if args.positional else UNKNOWN


def _anext(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return Pending(Closed("step", args), NO_ARGUMENTS)


def _step(frame: Frame, closed: Closed, args: Arguments) -> Value:
    """One awaited step of an async iterator: a cursor that it opens stays open."""
    source = closed.args.positional[0] if closed.args.positional else UNKNOWN
    for option in options(source):
        while isinstance(option, Iterator_):
            option = option.source
        iteration.start(frame, option, True)
        if isinstance(option, Generator):
            consume(frame, option, asynchronous=True)
    return iteration.element(frame, source)


def _next_of(frame: Frame, receiver: Value, args: Arguments) -> Value:
    return Pending(Closed("step", Arguments((receiver,))), NO_ARGUMENTS)


ROLES: dict[str, Role] = {
    "consume": _consume,
    "lazy_iterable": _lazy,
    "iter": _lazy,
    "aiter": _lazy,
    "next": _next,
    "anext": _anext,
}


CALLABLES: dict[str, CallableRole] = {
    "step": _step,
}


def _entry(frame: Frame, record: Value, args: Arguments) -> Value:
    """`table.get(key, default)`."""
    key = args.get(0, "key") or UNKNOWN
    return join((calls.get_item(frame, record, key, is_slice=False), *args.positional[1:2]))


def _entries(frame: Frame, record: Value, args: Arguments) -> Value:
    return Collection(join(item for _, item in record.items)) if isinstance(record, Record) else UNKNOWN


def _pairs(frame: Frame, record: Value, args: Arguments) -> Value:
    """`table.items()`."""
    item = iteration.element(frame, _entries(frame, record, args))
    return UNKNOWN if item == UNKNOWN else Collection(Tuple((UNKNOWN, item)))


OWN_METHODS: dict[str, MethodRole] = {
    "Record.get": _entry,
    "Record.items": _pairs,
    "Record.pop": _entry,
    "Record.setdefault": _entry,
    "Record.values": _entries,
    "Generator.__anext__": _next_of,
    "Generator.asend": _next_of,
    "Iterator_.__anext__": _next_of,
}
