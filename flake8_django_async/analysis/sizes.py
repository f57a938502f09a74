"""How large a value is, and whether anything in it can make a difference."""

from __future__ import annotations

from flake8_django_async.analysis.values import (
    UNKNOWN,
    Choice,
    ClassRef,
    Closed,
    Collection,
    Factory,
    Foreign,
    FunctionRef,
    FunctionValue,
    Gathered,
    Generator,
    Guarded,
    Instance,
    Iterator_,
    Literal_,
    Manager,
    Method,
    ModuleRef,
    Object,
    Partial,
    Pending,
    Query,
    Record,
    Super,
    Symbol,
    Synced,
    Task,
    Threaded,
    Tuple,
    Unknown,
    Value,
    join,
    options,
)  # fmt: skip


def parts(value: Value) -> tuple[Value, ...]:
    """The values that a value is made of."""
    match value:
        case Instance(fields=fields):
            return tuple(item for _, item in fields)
        case FunctionValue(receiver=receiver, closure=closure):
            captured = () if closure is None else tuple(item for _, item in closure.names)
            return captured if receiver is None else (receiver, *captured)
        case Query(model=model):
            return () if model is None else (model,)
        case Method(receiver=held) | Iterator_(source=held) | Collection(element=held) | Synced(function=held):
            return (held,)
        case (
            Threaded(function=held)
            | Guarded(function=held)
            | Factory(function=held)
            | Task(awaitable=held)
            | Super(receiver=held)
        ):
            return (held,)
        case Closed(args=args):
            return (*args.positional, *(item for _, item in args.keywords))
        case Partial(function=held, args=args) | Pending(function=held, args=args) | Foreign(function=held, args=args):
            return (held, *args.positional, *(item for _, item in args.keywords))
        case Generator(function=function, args=args):
            return (function, *args.positional, *(item for _, item in args.keywords))
        case Gathered(items=items) | Tuple(items=items):
            return items
        case Manager(generator=generator):
            return (generator,)
        case Record(items=entries):
            return tuple(item for _, item in entries)
        case Choice(options=choices):
            return tuple(choices)
        case _:
            return ()


def without(function: FunctionRef, frame: int, value: Value) -> Value:
    """A value less those of its alternatives that hold a function which the same frame has made."""
    return join(option for option in options(value) if not _holds(option, function, frame))


def _holds(value: Value, function: FunctionRef, frame: int) -> bool:
    todo: list[Value] = [value]
    while todo:
        current = todo.pop()
        if isinstance(current, FunctionValue) and current.ref == function:
            if current.closure is None or current.closure.frame == frame:
                return True
        todo.extend(parts(current))
    return False


ATOMS = (Unknown, Literal_, Symbol, ModuleRef, ClassRef, Object)
"""Values that have no parts: most of all that are measured."""
MAX_PLAIN_SIZE = 12
"""Parts of a value that holds nothing but constants and unknowns: more is data, not code."""
MAX_SIZE = 60
"""Parts of a value, counted through all levels. A larger one is unknown: loops and recursion must not build ever larger ones."""


def measured(value: Value) -> tuple[Value, int]:
    """The value, or unknown when it has grown too large, and the parts counted; alternatives are measured one by one."""
    count = 0
    todo: list[Value] = [value]
    if isinstance(value, Choice):
        sizes = {option: measured(option) for option in value.options}
        kept = [option for option, (same, _) in sizes.items() if same != UNKNOWN]
        return value if len(kept) == len(sizes) else join(kept), sum(count for _, count in sizes.values())
    while todo:
        count += 1
        if count > MAX_SIZE:
            return UNKNOWN, count
        todo.extend(parts(todo.pop()))
    return value if count <= MAX_PLAIN_SIZE or tells(value) else UNKNOWN, count


def tells(value: Value) -> bool:
    """Whether anything in a value can make a difference to connections; constants and unknowns cannot."""
    todo: list[Value] = [value]
    while todo:
        current = todo.pop()
        inner = parts(current)
        if not inner and not isinstance(current, (Unknown, Literal_, Tuple, Record, Gathered, Collection)):
            return True
        if isinstance(current, (Instance, FunctionValue, Query, Generator)):
            return True
        todo.extend(inner)
    return False
