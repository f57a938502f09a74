"""Iterables: what evaluates them, step by step or to their end."""

from __future__ import annotations

from flake8_django_async.analysis import calls, generators, iteration
from flake8_django_async.analysis.effects import effects
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
    known,
    options,
)  # fmt: skip
from flake8_django_async.models.load import Row


def _consume(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    if not args.positional:
        if row.path == "builtins.dict":
            return Record(args.keywords)
        return Tuple(()) if row.path in ("builtins.list", "builtins.set", "collections.deque") else UNKNOWN
    if row.path in ("builtins.bool", "builtins.len") and not isinstance(args.positional[0], Query):
        return UNKNOWN
    item = iteration.consume(frame, args.positional[0])
    if iteration.runs(args.positional[0]) and row.path.rpartition(".")[2] in ("list", "tuple", "set", "sorted"):
        return args.positional[0]
    return Collection(item)


def _lazy(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return Iterator_(join(args.positional)) if args.positional else UNKNOWN


def _str(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    for value in args.positional:
        for option in options(value):
            if isinstance(option, Query):
                effects.evaluate_query(frame, option, asynchronous=False)
    return effects.returned(frame, row, receiver, args)


def _lazy_call(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """`map(fn, items)`: an async function's coroutines at once, for they have no effect yet; else what is called at each step."""
    if len(args.positional) < 2:
        return UNKNOWN
    if row.path.endswith(".map") and calls.is_async(frame, args.positional[0]):
        items = Arguments(tuple(iteration.element(frame, item) for item in args.positional[1:]))
        for item in args.positional[1:]:
            iteration.consume(frame, item)
        return Collection(calls.call(frame, args.positional[0], items))
    return Iterator_(Closed("mapped", args) if row.path.endswith(".map") else join(args.positional[1:]))


def _next(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    if args.positional and isinstance(args.positional[0], Generator):
        return generators.step(frame, args.positional[0])
    return iteration.consume(frame, args.positional[0]) if args.positional else UNKNOWN


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
            generators.step(frame, option)
    return iteration.element(frame, source)


def _next_of(frame: Frame, receiver: Value, args: Arguments) -> Value:
    return Pending(Closed("step", Arguments((receiver,))), NO_ARGUMENTS)


def _aclose(frame: Frame, receiver: Value, args: Arguments) -> Value:
    return Pending(Closed("close", Arguments((receiver,))), NO_ARGUMENTS)


def _close(frame: Frame, receiver: Value, args: Arguments) -> Value:
    assert isinstance(receiver, Generator)
    generators.finish(frame, receiver, closed=True)
    return UNKNOWN


def _closed(frame: Frame, closed: Closed, args: Arguments) -> Value:
    return _close(frame, closed.args.positional[0], args)


def _iterator(frame: Frame, receiver: Value, args: Arguments) -> Value:
    return Iterator_(receiver)


ROLES: dict[str, Role] = {
    "consume": _consume,
    "lazy_iterable": _lazy,
    "lazy_call": _lazy_call,
    "str": _str,
    "iter": _lazy,
    "aiter": _lazy,
    "next": _next,
    "anext": _anext,
}


CALLABLES: dict[str, CallableRole] = {
    "step": _step,
    "close": _closed,
}


def _entry(frame: Frame, record: Value, args: Arguments) -> Value:
    """`table.get(key, default)`."""
    key = args.get(0, "key") or UNKNOWN
    return known(join((calls.get_item(frame, record, key, is_slice=False), *args.positional[1:2])))


def _entries(frame: Frame, record: Value, args: Arguments) -> Value:
    return Collection(join(item for _, item in record.items)) if isinstance(record, Record) else UNKNOWN


def _pairs(frame: Frame, record: Value, args: Arguments) -> Value:
    """`table.items()`."""
    item = iteration.element(frame, _entries(frame, record, args))
    return UNKNOWN if item == UNKNOWN else Collection(Tuple((UNKNOWN, item)))


def _await(frame: Frame, receiver: Value, args: Arguments) -> Value:
    """`coroutine.__await__()`, as an object's own `__await__` gives it on."""
    return calls.await_(frame, receiver)


OWN_METHODS: dict[str, MethodRole] = {
    "Pending.__await__": _await,
    "Record.get": _entry,
    "Record.items": _pairs,
    "Record.pop": _entry,
    "Record.setdefault": _entry,
    "Record.values": _entries,
    "Generator.__anext__": _next_of,
    "Generator.asend": _next_of,
    "Generator.aclose": _aclose,
    "Generator.close": _close,
    "Iterator_.__anext__": _next_of,
    "Query.__aiter__": _iterator,
    "Query.__iter__": _iterator,
}
