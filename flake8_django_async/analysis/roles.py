"""Roles: what the rows of the models cannot say by an effect alone, one function per role.

Each takes the frame, the row, the receiver of a method (or None) and the arguments, and returns the value of the call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from flake8_django_async.analysis import calls, contexts, effects, generators, iteration, streams, tasks
from flake8_django_async.analysis.events import Released
from flake8_django_async.analysis.frame import Context, Frame
from flake8_django_async.analysis.values import (
    NO_ARGUMENTS, UNKNOWN, Arguments, ClassRef, Closed, Collection, Factory, Foreign, FunctionValue, Gathered, Generator,
    Guarded, Instance, Iterator_, Literal_, Manager, Method, Object, Partial, Pending, Query, Symbol, Synced, Threaded, Tuple, Value,
    join, options,
)  # fmt: skip
from flake8_django_async.models.load import Row

Follow: TypeAlias = Callable[[Value], Value]
Role: TypeAlias = Callable[[Frame, Row, "Value | None", Arguments], Value]


# ------------------------------------------------------------------ threads


def _sync_to_async(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    thread = args.get(-1, "thread_sensitive")
    foreign = isinstance(thread, Literal_) and thread.value is False
    function = args.get(0, "func")
    if function is None:
        # `@sync_to_async(thread_sensitive=False)`: what comes next is the function.
        return Partial(Symbol(row.path), args)
    if function == Literal_(None):
        return UNKNOWN
    _complain_of_bound_close(frame, function)
    return Threaded(function, "foreign" if foreign else "sensitive", releases=row.role == "database_sync_to_async")


def _complain_of_bound_close(frame: Frame, function: Value) -> None:
    if frame.context.thread != "loop" or not isinstance(function, Method) or not isinstance(function.receiver, Object):
        return
    row = frame.world.models.row(function.path)
    if row is not None and row.effect == "release" and row.role == "close":
        alias = function.receiver.alias or "default"
        name = "connection" if alias == "default" else f"connections[{alias!r}]"
        frame.emit(Released(frame.step(), f"{name}.{function.path.rpartition('.')[2]}", "bound-method", alias))


def run_in_thread(frame: Frame, wrapper: Threaded, args: Arguments) -> Value:
    """An async wrapper of a sync function is awaited."""
    function = wrapper.function
    if isinstance(function, Method) and _is_close(frame, function):
        frame.raise_("query")
        return UNKNOWN
    if wrapper.thread == "foreign" and not wrapper.releases:
        return tasks.in_foreign_thread(frame, function, args)
    context, frame.context = frame.context, effects.thread_context(frame, wrapper.thread)
    if wrapper.releases:
        _release_old(frame)
    try:
        result = calls.call(frame, function, args)
        if isinstance(result, (Query, Iterator_)):
            result = UNKNOWN if isinstance(result, Iterator_) else result
    finally:
        if wrapper.releases:
            _release_old(frame)
        frame.context = context
    return result


def _is_close(frame: Frame, method: Method) -> bool:
    row = frame.world.models.row(method.path)
    return row is not None and row.role == "close"


def _release_old(frame: Frame) -> None:
    """Channels' close_old_connections in the thread at hand."""
    thread = frame.context.thread
    if frame.state is None or thread == "loop":
        return
    for key in frame.state.keys():
        if key.thread == thread and not frame.world.keeps_connections(key.alias):
            frame.state.release(thread, key.alias)


def _async_to_sync(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    function = args.get(0, "awaitable")
    return Partial(Symbol(row.path), args) if function is None else Synced(function)


def run_coroutine(frame: Frame, function: Value, args: Arguments) -> Value:
    """A sync caller runs an async function to its end; sync work in it goes back to the caller's thread."""
    context = frame.context
    sensitive = context.thread if context.thread != "loop" else context.sensitive
    frame.context = Context("loop", sensitive)
    try:
        made = calls.call(frame, function, args)
        frame.context = Context(context.thread, sensitive)
        return calls.await_(frame, made)
    finally:
        frame.context = context


def _to_thread(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    function = args.get(0, "func")
    return UNKNOWN if function is None else Pending(Threaded(function, "foreign"), args.without_first())


def _run_in_executor(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    function = args.get(1, "func")
    return UNKNOWN if function is None else Pending(Threaded(function, "foreign"), args.without_first(2))


def _submit(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    function = args.get(0, "fn")
    if function is not None:
        tasks.in_foreign_thread(frame, function, args.without_first())
    return frame.world.linker.typed(row.returns) if row.returns and "." in row.returns else UNKNOWN


def _executor_map(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    function = args.get(0, "fn")
    items = Arguments(tuple(iteration.element(frame, item) for item in args.positional[1:]))
    return UNKNOWN if function is None else Collection(tasks.in_foreign_thread(frame, function, items))


def _thread(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    target = args.get(1, "target")
    given = args.get(3, "args")
    positional = given.items if isinstance(given, Tuple) else ()
    return UNKNOWN if target is None else Foreign(target, Arguments(positional))


# ------------------------------------------------------------------ awaitables


def _gather(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return Gathered(args.positional, args.open)


def _wait(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    source = args.get(0, "fs")
    if source is None:
        return UNKNOWN
    if isinstance(source, Gathered):
        return source
    return Gathered(source.items) if isinstance(source, Tuple) else Gathered((iteration.element(frame, source),), open=True)


def _first_argument(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return args.positional[0] if args.positional else args.keywords[0][1] if len(args.keywords) == 1 else UNKNOWN


def _wait_for(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """`asyncio.wait_for` may give up; `shield` and the like do not."""
    awaitable = _first_argument(frame, row, receiver, args)
    return Pending(Closed("limited", Arguments((awaitable,))), NO_ARGUMENTS) if row.path.endswith(".wait_for") else awaitable


def _limited(frame: Frame, closed: Closed, args: Arguments) -> Value:
    results: list[Value] = []
    contexts.limited(frame, lambda _: results.append(calls.await_(frame, closed.args.positional[0])))
    return join(results)


def _timeout(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return Closed("timeout", Arguments((Literal_(row.path),)))


def _suppress(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return Closed("suppress", args)


def _create_task(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    coroutine = args.get(0, "coro")
    if coroutine is None:
        return UNKNOWN
    return tasks.start_task(frame, coroutine, group=tasks.IN_GROUP if "TaskGroup" in row.path else 0)


def _start_soon(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    function = args.get(0, "func")
    if function is not None:
        tasks.start_task(frame, Pending(function, args.without_first()), group=tasks.IN_GROUP)
    return UNKNOWN


def _run(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """A loop of its own: the coroutine's sync work goes to the thread that calls."""
    main = args.get(0, "main")
    if main is None:
        return UNKNOWN
    if isinstance(main, Pending):
        return run_coroutine(frame, main.function, main.args)
    return run_coroutine(frame, main, args.without_first())


def _nothing(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return UNKNOWN


def _effect(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """Roles that only qualify an effect, which goes the way of every other row."""
    if row.when in ("await", "enter", "iterate"):
        function: Value = Symbol(row.path) if receiver is None else Method(receiver, row.path)
        return Pending(function, args)
    return effects.apply(frame, row, receiver, args, awaited=False)


# ------------------------------------------------------------------ callables and context managers


def _partial(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return Partial(args.positional[0], args.without_first()) if args.positional else UNKNOWN


def _decorator_factory(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return Closed("same", args)


def _factory(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return Factory(args.positional[0]) if args.positional else UNKNOWN


def _closing(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return UNKNOWN


def decorated_by_manager(frame: Frame, manager: Manager, args: Arguments) -> Value:
    """`@released()` on a function, for what contextlib makes is a decorator too: its body stays, unknown around it."""
    return args.positional[0] if args.positional else UNKNOWN


# ------------------------------------------------------------------ evaluation


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
        return UNKNOWN
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


# ------------------------------------------------------------------ Django


def _query(frame: Frame, row: Row, receiver: Value | None, args: Arguments, **changes: object) -> Value:
    if not isinstance(receiver, Query):
        return UNKNOWN
    return replace(receiver, **changes)  # type: ignore[arg-type]


def _empty(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return _query(frame, row, receiver, args, empty=True)


def _cursor(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return _query(frame, row, receiver, args, cursor=True)


def _connections(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return Object(effects.CONNECTIONS)


def _all_connections(frame: Frame, receiver: Value, args: Arguments) -> Value:
    return Object(effects.CONNECTIONS, effects.ANY_ALIAS)


def _apply(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return calls.call(frame, args.positional[0], args.without_first()) if args.positional else UNKNOWN


def _cast(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    kind, value = args.get(0, "typ"), args.get(1, "val")
    if value is not None and value != UNKNOWN:
        return value
    return effects.instance_of(kind)


def _get_serializer(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """An instance of each serializer class that the view may use."""
    if not isinstance(receiver, Instance):
        return UNKNOWN
    linker = frame.world.linker
    found = linker.attribute(frame, receiver, "get_serializer_class")
    if isinstance(found, Method) or found == UNKNOWN:
        classes = linker.attribute(frame, receiver, "serializer_class")
    else:
        classes = calls.call(frame, found, NO_ARGUMENTS)
    return join(linker.construct(frame, cls, args) if isinstance(cls, ClassRef) else effects.instance_of(cls) for cls in options(classes))


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


def _connection(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return Object(effects.CONNECTION, "default")


def _atomic(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    using = args.get(0, "using")
    if using is not None and not isinstance(using, (Literal_, type(UNKNOWN))):
        return Closed("atomic", Arguments((using,)))
    alias = using.value if isinstance(using, Literal_) and isinstance(using.value, str) else ""
    return Object(effects.ATOMIC, alias)


def _run_atomic(frame: Frame, closed: Closed, args: Arguments) -> Value:
    """A function under `@atomic` is called."""
    scope = effects.open_transaction(frame, "")
    result: list[Value] = []

    def body() -> None:
        result.append(calls.call(frame, closed.args.positional[0], args))

    contexts.between(frame, body, lambda: effects.close_transaction(frame, "") if scope else None)
    return join(result) if result else UNKNOWN


def _set_autocommit(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    alias = effects.alias_of(receiver, args)
    flag = args.get(0, "autocommit")
    if flag == Literal_(False):
        effects.open_transaction(frame, alias)
    else:
        effects.query(frame, alias, asynchronous=False)
        effects.close_transaction(frame, alias)
    return UNKNOWN


def _on_commit(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    effects.query(frame, effects.alias_of(receiver, args), asynchronous=False)
    function = args.get(0, "func")
    if function is not None:
        calls.call(frame, function, NO_ARGUMENTS)
    return UNKNOWN


def _get_user_model(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return frame.world.linker.user_model()


def _streaming_response(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    content = args.get(0, "streaming_content")
    streams.hand_over(frame, UNKNOWN if content is None else content)
    return Object(row.path)


def _as_view(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return UNKNOWN


def _querying_decorator(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    function = args.get(0, "view_func") or args.get(0, "function")
    if function is None or not isinstance(function, (FunctionValue, Guarded, Threaded, Partial)) or row.role.endswith("factory"):  # type: ignore[union-attr]
        return Closed("guard", Arguments((Literal_(row.path), Literal_(frame.place.line))))
    return Guarded(function, row.path, frame.place.line)


def run_guarded(frame: Frame, function: Value, path: str, line: int, args: Arguments) -> Value:
    """A function behind a decorator that queries before its body."""
    place = frame.place
    if line and frame.function is None:
        frame.place = replace(place, line=line, name=path.rpartition(".")[2])
    effects.query(frame, "", asynchronous=True, name=path.rpartition(".")[2])
    frame.place = place
    return calls.await_(frame, calls.call(frame, function, args))


def _method_decorator(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return args.positional[0] if args.positional else UNKNOWN


def _lazy_user(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return frame.world.linker.user()


def _session(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    if frame.world.sessions_in_database():
        return _effect(frame, row, receiver, args)
    return UNKNOWN


def _cache(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    alias = receiver.alias if isinstance(receiver, Object) else ""
    return _effect(frame, row, receiver, args) if frame.world.cache_in_database(alias or "default") else UNKNOWN


def _render(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return UNKNOWN


def _signal_send(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return UNKNOWN


# ------------------------------------------------------------------ serializers


def _serializer(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    if frame.world.linker.serializer_queries(receiver):
        return _effect(frame, row, receiver, args)
    return UNKNOWN


ROLES: dict[str, Role] = {
    "sync_to_async": _sync_to_async,
    "database_sync_to_async": _sync_to_async,
    "async_to_sync": _async_to_sync,
    "to_thread": _to_thread,
    "run_in_executor": _run_in_executor,
    "submit": _submit,
    "executor_map": _executor_map,
    "thread": _thread,
    "gather": _gather,
    "wait": _wait,
    "wait_for": _wait_for,
    "create_task": _create_task,
    "start_soon": _start_soon,
    "run": _run,
    "timeout": _timeout,
    "suppress": _suppress,
    "partial": _partial,
    "identity": _first_argument,
    "decorator": _first_argument,
    "non_atomic_requests": _first_argument,
    "singledispatch": _first_argument,
    "decorator_factory": _decorator_factory,
    "contextmanager": _factory,
    "asynccontextmanager": _factory,
    "consume": _consume,
    "lazy_iterable": _lazy,
    "iter": _lazy,
    "aiter": _lazy,
    "next": _next,
    "anext": _anext,
    "empty_queryset": _empty,
    "server_side_cursor": _cursor,
    "using": _using,
    "connection": _connection,
    "connections": _connections,
    "apply": _apply,
    "cast": _cast,
    "get_serializer": _get_serializer,
    "get_model": _get_model,
    "run_coroutine_threadsafe": _first_argument,
    "nullcontext": _nothing,
    "thread_sensitive_context": _nothing,
    "from_queryset": _manager_class,
    "as_manager": _manager_class,
    "atomic": _atomic,
    "on_commit": _on_commit,
    "set_autocommit": _set_autocommit,
    "get_user_model": _get_user_model,
    "streaming_response": _streaming_response,
    "as_view": _as_view,
    "querying_decorator": _querying_decorator,
    "querying_decorator_factory": _querying_decorator,
    "method_decorator": _method_decorator,
    "lazy_user": _lazy_user,
    "session": _session,
    "cache": _cache,
    "render": _render,
    "signal_send": _signal_send,
    "serializer_valid": _serializer,
    "serializer_data": _serializer,
    "serializer_save": _serializer,
}


def _same(frame: Frame, closed: Closed, args: Arguments) -> Value:
    return args.positional[0] if args.positional else UNKNOWN


def _guard(frame: Frame, closed: Closed, args: Arguments) -> Value:
    path, line = closed.args.positional
    function = args.positional[0] if args.positional else UNKNOWN
    assert isinstance(path, Literal_) and isinstance(line, Literal_)
    return Guarded(function, str(path.value), int(line.value or 0))


def _read_property(frame: Frame, closed: Closed, args: Arguments) -> Value:
    return calls.call(frame, closed.args.positional[0], NO_ARGUMENTS)


def _make_manager(frame: Frame, closed: Closed, args: Arguments) -> Value:
    queryset = closed.args.positional[0]
    return Query(queryset) if isinstance(queryset, ClassRef) else UNKNOWN


def _start_thread(frame: Frame, receiver: Value, args: Arguments) -> Value:
    assert isinstance(receiver, Foreign)
    tasks.in_foreign_thread(frame, receiver.function, receiver.args)
    return UNKNOWN


def _enter_atomic(frame: Frame, receiver: Value, args: Arguments) -> Value:
    effects.open_transaction(frame, receiver.alias if isinstance(receiver, Object) else "")
    return UNKNOWN


def _exit_atomic(frame: Frame, receiver: Value, args: Arguments) -> Value:
    effects.close_transaction(frame, receiver.alias if isinstance(receiver, Object) else "")
    return UNKNOWN


def _next_of(frame: Frame, receiver: Value, args: Arguments) -> Value:
    return Pending(Closed("step", Arguments((receiver,))), NO_ARGUMENTS)


OWN_METHODS: dict[str, Callable[[Frame, Value, Arguments], Value]] = {
    "Foreign.start": _start_thread,
    f"Object.{effects.CONNECTIONS}.all": _all_connections,
    f"Object.{effects.ATOMIC}.__enter__": _enter_atomic,
    f"Object.{effects.ATOMIC}.__exit__": _exit_atomic,
    "Generator.__anext__": _next_of,
    "Generator.asend": _next_of,
    "Iterator_.__anext__": _next_of,
}
"""Methods of values that the interpreter itself makes, by the kind of value, and of objects whose alias decides."""


CALLABLES: dict[str, Callable[[Frame, Closed, Arguments], Value]] = {
    "same": _same,
    "step": _step,
    "limited": _limited,
    "guard": _guard,
    "atomic": _run_atomic,
    "manager class": _make_manager,
    "property": _read_property,
}
