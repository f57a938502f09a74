"""Django's own: querysets, connections, transactions, views, sessions."""

from __future__ import annotations

from dataclasses import replace

from flake8_django_async.analysis import calls, contexts, iteration, paths, summaries
from flake8_django_async.analysis.effects import effects, remembered, streams
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.roles.kinds import CallableRole, MethodRole, Role, effect
from flake8_django_async.analysis.values import (
    NO_ARGUMENTS,
    UNKNOWN,
    Arguments,
    ClassRef,
    Closed,
    FunctionValue,
    Guarded,
    Instance,
    Literal_,
    Object,
    Pending,
    Query,
    Record,
    Synced,
    Threaded,
    Value,
    join,
    options,
)  # fmt: skip
from flake8_django_async.models.load import Row

VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")


def _query(frame: Frame, row: Row, receiver: Value | None, args: Arguments, **changes: object) -> Value:
    if not isinstance(receiver, Query):
        return UNKNOWN
    return replace(receiver, **changes)  # type: ignore[arg-type]


def _empty(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return _query(frame, row, receiver, args, empty=True)


def _cursor(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return _query(frame, row, receiver, args, cursor=True, evaluated=False)


def _all_connections(frame: Frame, receiver: Value, args: Arguments) -> Value:
    return Object(paths.CONNECTIONS, paths.ANY_ALIAS)


def _get_model(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    labels = [value.value for value in args.positional if isinstance(value, Literal_) and isinstance(value.value, str)]
    return (frame.world.model_named(".".join(labels)) if labels else None) or UNKNOWN


def _using(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    alias = args.get(0, "alias") or args.get(-1, "using")
    known = alias.value if isinstance(alias, Literal_) and isinstance(alias.value, str) else ""
    return _query(frame, row, receiver, args, alias=known)


def _manager_class(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """`Manager.from_queryset(QS)` and `QS.as_manager()`: what answers is the queryset class."""
    queryset = args.get(0, "queryset_class") if row.role == "from_queryset" else receiver
    if isinstance(queryset, ClassRef):
        return Closed("manager class", Arguments((queryset,))) if row.role == "from_queryset" else Query(queryset)
    return UNKNOWN


def _get_connection(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return Object(paths.CONNECTION, effects.alias_of(None, args, 0) or "default")


def _atomic(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    using = args.get(0, "using")
    if using is not None and not isinstance(using, (Literal_, type(UNKNOWN))):
        return Closed("atomic", Arguments((using,)))
    alias = using.value if isinstance(using, Literal_) and isinstance(using.value, str) else ""
    return Object(paths.ATOMIC, alias)


def _run_atomic(frame: Frame, closed: Closed, args: Arguments) -> Value:
    """A function under `@atomic` is called."""
    result: list[Value] = []

    def body() -> None:
        result.append(calls.call(frame, closed.args.positional[0], args))

    contexts.in_transaction(frame, effects.alias_of(None, closed.args), body)
    return join(result) if result else UNKNOWN


def _set_autocommit(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    alias = effects.alias_of(receiver, args, 1)
    flag = args.get(0, "autocommit")
    if flag == Literal_(False):
        effects.open_transaction(frame, alias)
    else:
        effects.query(frame, alias, asynchronous=False)
        effects.close_transaction(frame, alias)
    return UNKNOWN


def _on_commit(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    effects.query(frame, effects.alias_of(receiver, args, 1), asynchronous=False)
    contexts.at_commit(frame, args.get(0, "func") or UNKNOWN)
    return UNKNOWN


def _get_user_model(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return frame.world.linker.user_model()


def _streaming_response(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    content = args.get(0, "streaming_content")
    if content is not None or args.open:
        streams.hand_over(frame, content or UNKNOWN)
    return Object(row.path)


def _handler(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """`super().dispatch(request)` of a view calls one of its handlers."""
    if not row.path.endswith(".View.dispatch") or not isinstance(receiver, Instance):
        return effect(frame, row, receiver, args)
    found = (frame.world.linker.attribute(frame, receiver, verb) for verb in VERBS)
    handlers = [option for value in found for option in options(value) if isinstance(option, (FunctionValue, Guarded, Threaded))]
    return calls.call(frame, join(handlers), args) if handlers else UNKNOWN


def _enqueue(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """A task of Django's own runs here and now, unless the settings name a backend with workers."""
    if not isinstance(receiver, FunctionValue) or not frame.world.runs_tasks_at_once():
        return effect(frame, row, receiver, args)
    function = Synced(receiver) if receiver.ref.flow.is_async else receiver
    return Pending(Threaded(function, "sensitive"), args) if row.when == "await" else calls.call(frame, function, args)


def _lazy_user(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    user = frame.world.linker.user()
    # The REST framework has authenticated before its handlers begin.
    return remembered.lazy_user(user) if row.path.startswith("django.") else user


def _session(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    if frame.world.sessions_in_database():
        return effect(frame, row, receiver, args)
    return UNKNOWN


def _cache(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """A cache queries when it lives in the database, and then its router's default alias."""
    alias = receiver.alias if isinstance(receiver, Object) else ""
    if row.path.endswith(".get_or_set") and (default := args.get(1, "default")) is not None:
        calls.call(frame, default, NO_ARGUMENTS)
    if not frame.world.cache_in_database(alias or "default"):
        return UNKNOWN
    if row.when == "await":
        return Pending(Closed("cached", NO_ARGUMENTS), NO_ARGUMENTS)
    effects.query(frame, "", asynchronous=False)
    return UNKNOWN


def _read_cache(frame: Frame, closed: Closed, args: Arguments) -> Value:
    effects.query(frame, "", asynchronous=True)
    return UNKNOWN


def _render(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """A template reads the querysets of its context."""
    for value in (*args.positional, *(item for _, item in args.keywords)):
        for option in options(value):
            for _, item in option.items if isinstance(option, Record) else ():
                iteration.consume(frame, item)
    return UNKNOWN


def _reached_view(frame: Frame, closed: Closed, args: Arguments) -> Value:
    """`get_response(request)` of a middleware that is run."""
    assert frame.state is not None
    frame.world.views_reached.append(summaries.seen_from_above(frame.world, frame.state))
    return UNKNOWN


def _make_manager(frame: Frame, closed: Closed, args: Arguments) -> Value:
    queryset = closed.args.positional[0]
    return Query(queryset) if isinstance(queryset, ClassRef) else UNKNOWN


def _enter_atomic(frame: Frame, receiver: Value, args: Arguments) -> Value:
    effects.open_transaction(frame, receiver.alias if isinstance(receiver, Object) else "")
    return UNKNOWN


def _exit_atomic(frame: Frame, receiver: Value, args: Arguments) -> Value:
    effects.close_transaction(frame, receiver.alias if isinstance(receiver, Object) else "")
    return UNKNOWN


def _enter_own_atomic(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    effects.open_transaction(frame, "")
    return UNKNOWN


def _exit_own_atomic(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    effects.close_transaction(frame, "")
    return UNKNOWN


ROLES: dict[str, Role] = {
    "atomic_enter": _enter_own_atomic,
    "atomic_exit": _exit_own_atomic,
    "empty_queryset": _empty,
    "server_side_cursor": _cursor,
    "using": _using,
    "get_connection": _get_connection,
    "get_model": _get_model,
    "from_queryset": _manager_class,
    "as_manager": _manager_class,
    "atomic": _atomic,
    "on_commit": _on_commit,
    "set_autocommit": _set_autocommit,
    "get_user_model": _get_user_model,
    "streaming_response": _streaming_response,
    "lazy_user": _lazy_user,
    "handler": _handler,
    "enqueue": _enqueue,
    "session": _session,
    "cache": _cache,
    "render": _render,
}


CALLABLES: dict[str, CallableRole] = {
    "atomic": _run_atomic,
    "cached": _read_cache,
    "view": _reached_view,
    "manager class": _make_manager,
}


OWN_METHODS: dict[str, MethodRole] = {
    f"Object.{paths.CONNECTIONS}.all": _all_connections,
    f"Object.{paths.ATOMIC}.__enter__": _enter_atomic,
    f"Object.{paths.ATOMIC}.__exit__": _exit_atomic,
}
