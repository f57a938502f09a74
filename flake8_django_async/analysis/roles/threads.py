"""Threads and the bridge between async and sync code."""

from __future__ import annotations

from flake8_django_async.analysis import beside, calls, iteration, tasks
from flake8_django_async.analysis.effects import effects
from flake8_django_async.analysis.events import Released
from flake8_django_async.analysis.frame import Context, Frame
from flake8_django_async.analysis.roles.kinds import MethodRole, Role
from flake8_django_async.analysis.spelling import connection
from flake8_django_async.analysis.state import DEFAULT, Hold, State, earliest
from flake8_django_async.analysis.values import (
    NO_ARGUMENTS,
    UNKNOWN,
    Arguments,
    Collection,
    Foreign,
    FunctionValue,
    Instance,
    Iterator_,
    Literal_,
    Method,
    Object,
    Partial,
    Pending,
    Record,
    Symbol,
    Synced,
    Threaded,
    Tuple,
    Value,
)  # fmt: skip
from flake8_django_async.models.load import Row


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
    function = _behind_partials(function)
    if frame.context.thread != "loop" or not isinstance(function, Method) or not isinstance(function.receiver, Object):
        return
    row = frame.world.models.row(function.path)
    if row is not None and row.effect == "release" and row.role == "close":
        alias = function.receiver.alias or DEFAULT
        name = f"{connection(alias)}.{function.path.rpartition('.')[2]}"
        frame.emit(Released(frame.step(), name, "bound-method", alias))


def _behind_partials(function: Value) -> Value:
    while isinstance(function, Partial):
        function = function.function
    return function


def run_in_thread(frame: Frame, wrapper: Threaded, args: Arguments) -> Value:
    """An async wrapper of a sync function is awaited."""
    frame.turns += 1
    function = wrapper.function
    close = _behind_partials(function)
    if isinstance(close, Method) and _is_close(frame, close):
        frame.raise_("query")
        return UNKNOWN
    if wrapper.thread == "foreign" and not wrapper.releases:
        result = tasks.in_foreign_thread(frame, function, args)
        frame.raise_("wait:asyncio")  # whoever waits for a thread may be cancelled
        return result
    context, frame.context = frame.context, effects.thread_context(frame, wrapper.thread)
    before = frozenset[Hold]() if frame.state is None else frame.state.holds
    try:
        work = _between_releases if wrapper.releases else _called
        result = beside.undisturbed(frame, lambda: work(frame, function, args))
    finally:
        frame.context = context
    for hold in earliest(frame.state.holds - before) if frame.state is not None else ():
        frame.note(hold)
    return result


def _called(frame: Frame, function: Value, args: Arguments) -> Value:
    result = calls.call(frame, function, args)
    return UNKNOWN if isinstance(result, Iterator_) else result


def _between_releases(frame: Frame, function: Value, args: Arguments) -> Value:
    """Channels closes old connections before the call and after it, also when it raises."""
    _release_old(frame, frame.state)
    with frame.collecting() as exits:
        result = _called(frame, function, args)
    _release_old(frame, frame.state)
    for kind, state in exits.raised.items():
        _release_old(frame, state)
        frame.raise_(kind, state)
    return result


def _is_close(frame: Frame, method: Method) -> bool:
    row = frame.world.models.row(method.path)
    return row is not None and row.role == "close"


def _release_old(frame: Frame, state: State | None) -> None:
    """Channels' close_old_connections in the thread at hand."""
    thread = frame.context.thread
    if state is None or thread == "loop":
        return
    for alias in {key.alias for key in state.keys()}:
        if not frame.world.keeps_connections(alias):
            state.release(thread, alias, within=True)


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
    if function is not None and _start(frame, function, args.without_first()) and receiver is not None:
        assert frame.state is not None
        frame.state.submitted |= {receiver}
        frame.state.asked -= {receiver}
    return frame.world.linker.typed(row.returns) if row.returns and "." in row.returns else UNKNOWN


def _executor(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """Thread pools are told apart by where they are made."""
    path, line, column, _ = frame.place
    frame.opaque = True
    return Object(row.path, f"{path}:{line}:{column}")


def _shutdown(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """A pool ends once its work has: a long wait where that is long, and was not waited for by its results."""
    state = frame.state
    if state is not None and receiver is not None and args.get(0, "wait") != Literal_(False):
        lasts = receiver in state.submitted - state.asked
        state.submitted -= {receiver}
        if lasts:
            _wait_for_end(frame, row, receiver)
    return UNKNOWN


def _result(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    assert frame.state is not None
    frame.state.asked |= frame.state.submitted
    return effects.apply(frame, row, receiver, args, awaited=False)


def _executor_map(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    function = args.get(0, "fn")
    items = Arguments(tuple(iteration.element(frame, item) for item in args.positional[1:]))
    return UNKNOWN if function is None else Collection(tasks.in_foreign_thread(frame, function, items))


def _thread(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return _foreign(args.get(1, "target"), args.get(3, "args"), args.get(4, "kwargs"))


def _timer(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return _foreign(args.get(1, "function"), args.get(2, "args"), args.get(3, "kwargs"))


def _foreign(function: Value | None, given: Value | None, named: Value | None) -> Value:
    positional = given.items if isinstance(given, Tuple) else ()
    keywords = tuple(item for item in named.items if item[0]) if isinstance(named, Record) else ()
    return UNKNOWN if function is None else Foreign(function, Arguments(positional, keywords))


def _start(frame: Frame, function: Value, args: Arguments) -> bool:
    """Work in a foreign thread begins. Who waits for its end says so: here nothing lasts, and nothing is raised.

    Returns whether the work waits long itself.
    """
    before, waited, turns, outer = frame.fork(), frame.waited, frame.turns, (frame.detached, frame.lasts)
    frame.detached, frame.lasts = True, False
    try:
        with frame.collecting():
            tasks.in_foreign_thread(frame, function, args)
    finally:
        lasts = frame.lasts
        frame.detached, frame.lasts = outer
    if frame.state is not None:
        before.holds |= {hold for hold in frame.state.holds if hold.key.thread == "lost"}
    frame.state, frame.waited, frame.turns = before, waited, turns
    return lasts


def _start_thread(frame: Frame, receiver: Value, args: Arguments) -> Value:
    assert isinstance(receiver, Foreign)
    _start(frame, receiver.function, receiver.args)
    return UNKNOWN


def _join_thread(frame: Frame, receiver: Value, args: Arguments) -> Value:
    row = frame.world.models.row("threading.Thread.join")
    assert row is not None
    _wait_for_end(frame, row, receiver)
    return UNKNOWN


def _wait_for_end(frame: Frame, row: Row, receiver: Value) -> None:
    """The end of a thread is waited for. What it opened itself, it opened before that."""
    assert frame.state is not None
    own = frozenset(hold for hold in frame.state.holds if hold.key.thread == "lost")
    frame.state.holds -= own
    effects.apply(frame, row, receiver, NO_ARGUMENTS, awaited=False)
    frame.state.holds |= own


def _start_own(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    if isinstance(receiver, Instance):
        run = frame.world.linker.attribute(frame, receiver, "run")
        if isinstance(run, FunctionValue):
            _start(frame, run, NO_ARGUMENTS)
    return UNKNOWN


def _run(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """A loop of its own: the coroutine's sync work goes to the thread that calls."""
    main = args.get(0, "main")
    if main is None:
        return UNKNOWN
    if isinstance(main, Pending):
        return run_coroutine(frame, main.function, main.args)
    return run_coroutine(frame, main, args.without_first())


ROLES: dict[str, Role] = {
    "sync_to_async": _sync_to_async,
    "database_sync_to_async": _sync_to_async,
    "async_to_sync": _async_to_sync,
    "to_thread": _to_thread,
    "run_in_executor": _run_in_executor,
    "executor": _executor,
    "submit": _submit,
    "shutdown": _shutdown,
    "result": _result,
    "executor_map": _executor_map,
    "thread": _thread,
    "timer": _timer,
    "thread_start": _start_own,
    "run": _run,
}


OWN_METHODS: dict[str, MethodRole] = {
    "Foreign.start": _start_thread,
    "Foreign.join": _join_thread,
}
