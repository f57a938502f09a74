"""Functions that make functions: partials, decorators, context managers."""

from __future__ import annotations

from flake8_django_async.analysis import calls, contexts
from flake8_django_async.analysis import expressions as ex
from flake8_django_async.analysis.effects import effects, remembered
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.roles.kinds import CallableRole, Role, first_argument
from flake8_django_async.analysis.values import (
    NO_ARGUMENTS,
    UNKNOWN,
    Arguments,
    Closed,
    Factory,
    FunctionValue,
    Guarded,
    Instance,
    Literal_,
    Manager,
    Object,
    Partial,
    Pending,
    Record,
    Threaded,
    Tuple,
    Value,
    join,
)  # fmt: skip
from flake8_django_async.models.load import Row


def _partial(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return Partial(args.positional[0], args.without_first()) if args.positional else UNKNOWN


def _dataclass_field(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    factory = args.get(-1, "default_factory")
    return (args.get(-1, "default") or UNKNOWN) if factory is None else calls.call(frame, factory, NO_ARGUMENTS)


def _decorator_factory(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    if (
        row.path != "functools.wraps"
        and len(args.positional) == 1
        and isinstance(args.positional[0], (FunctionValue, Threaded, Guarded))
    ):
        return args.positional[0]  # bare: `@lru_cache`
    return Closed("same", args)


def _factory(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return Factory(args.positional[0]) if args.positional else UNKNOWN


def decorated_by_manager(frame: Frame, manager: Manager | Instance, args: Arguments) -> Value:
    """`@released()` on a function, for what contextlib makes is a decorator too: each call runs inside it."""
    return Closed("within", Arguments((manager, args.positional[0]))) if args.positional else UNKNOWN


def _within(frame: Frame, closed: Closed, args: Arguments) -> Value:
    """A function that a context manager decorates is called; an async one runs once it is awaited."""
    manager, function = closed.args.positional
    if closed.role == "within" and calls.is_async(frame, function):
        return Pending(Closed("within awaited", closed.args), args)
    result: list[Value] = []

    def body(_: Value) -> None:
        made = calls.call(frame, function, args)
        result.append(calls.await_(frame, made) if closed.role == "within awaited" else made)

    contexts.enter(frame, manager, closed.role == "within awaited", body)
    return join(result) if result else UNKNOWN


def _apply(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return calls.call(frame, args.positional[0], args.without_first()) if args.positional else UNKNOWN


def _lazy_object(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """What the function gives that is called when the object is first used; what it queries then is not followed."""
    function = args.get(0, "func") or UNKNOWN
    return ex.quietly(frame, lambda: calls.call(frame, function, NO_ARGUMENTS))


def _context_var(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """A variable is asked by `get`, as a dict of one entry is; what it is set to is told by its annotation."""
    default = args.get(-1, "default")
    return Record(()) if default is None else Record((("", default),))


def _getattr(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    target, name = args.get(0), args.get(1)
    if target is None or not isinstance(name, Literal_) or not isinstance(name.value, str):
        return UNKNOWN
    return calls.get_attribute(frame, target, name.value)


def _cast(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    kind, value = args.get(0, "typ"), args.get(1, "val")
    if value is not None and value != UNKNOWN:
        return value
    return effects.instance_of(kind)


def _same(frame: Frame, closed: Closed, args: Arguments) -> Value:
    return args.positional[0] if args.positional else UNKNOWN


def _method_decorator(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """Django applies a list of decorators from its end, as if they stood above each other."""
    decorator = args.get(0, "decorator") or UNKNOWN
    return Closed("each", Arguments(decorator.items)) if isinstance(decorator, Tuple) else decorator


def _each(frame: Frame, closed: Closed, args: Arguments) -> Value:
    function = _same(frame, closed, args)
    for decorator in reversed(closed.args.positional):
        made = calls.call(frame, decorator, Arguments((function,)))
        function = function if made == UNKNOWN else made
    return function


def _guard(frame: Frame, closed: Closed, args: Arguments) -> Value:
    path, line = closed.args.positional
    function = args.positional[0] if args.positional else UNKNOWN
    assert isinstance(path, Literal_) and isinstance(line, Literal_)
    return Guarded(function, str(path.value), int(line.value or 0))


def _querying_decorator(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    function = args.get(0, "view_func") or args.get(0, "function")
    if function is None or not isinstance(function, (FunctionValue, Guarded, Threaded, Partial)) or row.role.endswith("factory"):  # type: ignore[union-attr]
        return Closed("guard", Arguments((Literal_(row.path), Literal_(frame.place.line))))
    return Guarded(function, row.path, frame.place.line)


def _cache_page(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    alias = args.get(-1, "cache")
    if frame.world.cache_in_database(str(alias.value) if isinstance(alias, Literal_) else "default"):
        return Closed("guard", Arguments((Literal_(row.path), Literal_(frame.place.line))))
    return Closed("same", args)


def run_guarded(frame: Frame, function: Value, path: str, line: int, args: Arguments) -> Value:
    """A function behind a decorator that queries before its body."""
    place = frame.place
    if line and frame.function is None:
        frame.place = place._replace(line=line, name=path.rpartition(".")[2])
    effects.query(frame, "", asynchronous=True, name=path.rpartition(".")[2])
    frame.place = place
    if frame.state is not None and path.startswith("django.contrib."):
        frame.state.kept |= remembered.AFTER_LOGIN_DECORATOR
    return calls.await_(frame, calls.call(frame, function, args))


def _closing(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return Closed("closing", args) if args.positional else UNKNOWN


def _exit_stack(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    path, line, column, _ = frame.place
    return Object(row.path, f"{path}:{line}:{column}")


def _exit_enter(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """`stack.enter_context(cm)`."""
    if not args.positional or receiver is None:
        return UNKNOWN
    if row.path.endswith(".enter_async_context"):
        return Pending(Closed("entered", Arguments((receiver, args.positional[0]))), NO_ARGUMENTS)
    return calls.each(frame, args.positional[0], lambda context: contexts.push(frame, receiver, context, False))


def _entered(frame: Frame, closed: Closed, args: Arguments) -> Value:
    stack, given = closed.args.positional
    return calls.each(frame, given, lambda context: contexts.push(frame, stack, context, True))


def _exit_callback(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    if args.positional and receiver is not None:
        contexts.callback(frame, receiver, args.positional[0], args.without_first(), row.path.endswith(".push_async_callback"))
    return UNKNOWN


def _exit_close(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    if row.path.endswith(".aclose"):
        return Pending(Closed("unwound", Arguments(() if receiver is None else (receiver,))), NO_ARGUMENTS)
    if receiver is not None:
        contexts.unwind(frame, receiver)
    return UNKNOWN


def _unwound(frame: Frame, closed: Closed, args: Arguments) -> Value:
    for stack in closed.args.positional:
        contexts.unwind(frame, stack)
    return UNKNOWN


ROLES: dict[str, Role] = {
    "partial": _partial,
    "dataclass_field": _dataclass_field,
    "staticmethod": first_argument,
    "classmethod": first_argument,
    "decorator_factory": _decorator_factory,
    "contextmanager": _factory,
    "asynccontextmanager": _factory,
    "apply": _apply,
    "lazy_object": _lazy_object,
    "context_var": _context_var,
    "getattr": _getattr,
    "cast": _cast,
    "cache_page": _cache_page,
    "querying_decorator": _querying_decorator,
    "querying_decorator_factory": _querying_decorator,
    "method_decorator": _method_decorator,
    "closing": _closing,
    "exit_stack": _exit_stack,
    "exit_enter": _exit_enter,
    "exit_callback": _exit_callback,
    "exit_close": _exit_close,
}


CALLABLES: dict[str, CallableRole] = {
    "same": _same,
    "each": _each,
    "guard": _guard,
    "within": _within,
    "within awaited": _within,
    "entered": _entered,
    "unwound": _unwound,
}
