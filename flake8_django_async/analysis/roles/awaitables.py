"""Awaitables: what runs together, beside, or under a limit."""

from __future__ import annotations

from flake8_django_async.analysis import calls, contexts, iteration, tasks
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.roles.kinds import CallableRole, MethodRole, Role, first_argument
from flake8_django_async.analysis.values import (
    NO_ARGUMENTS,
    UNKNOWN,
    Arguments,
    Closed,
    Gathered,
    Literal_,
    Pending,
    Task,
    Tuple,
    Value,
    join,
)  # fmt: skip
from flake8_django_async.models.load import Row


def _gather(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    kept = args.get(-1, "return_exceptions")
    return Gathered(args.positional, args.open, keeps=isinstance(kept, Literal_) and bool(kept.value))


def _wait(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    source = args.get(0, "fs")
    if source is None:
        return UNKNOWN
    if isinstance(source, Gathered):
        return source
    if isinstance(source, Tuple):
        return Gathered(source.items, keeps=True)
    return Gathered((iteration.element(frame, source),), open=True, keeps=True)


def _wait_for(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """`asyncio.wait_for` may give up; `shield` and the like do not. Each makes a task, which begins behind those made before."""
    frame.give_way()
    frame.turns += 1
    awaitable = first_argument(frame, row, receiver, args)
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


def _nothing(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    return UNKNOWN


def _cancel(frame: Frame, receiver: Value, args: Arguments) -> Value:
    """`task.cancel()`: the task does not outlive whoever cancels it."""
    assert isinstance(receiver, Task)
    frame.pending_tasks.pop(receiver, None)
    return UNKNOWN


ROLES: dict[str, Role] = {
    "gather": _gather,
    "wait": _wait,
    "wait_for": _wait_for,
    "create_task": _create_task,
    "start_soon": _start_soon,
    "timeout": _timeout,
    "suppress": _suppress,
    "identity": first_argument,
    "decorator": first_argument,
    "non_atomic_requests": first_argument,
    "singledispatch": first_argument,
    "run_coroutine_threadsafe": first_argument,
    "nullcontext": _nothing,
    "thread_sensitive_context": _nothing,
}


CALLABLES: dict[str, CallableRole] = {
    "limited": _limited,
}


OWN_METHODS: dict[str, MethodRole] = {
    "Task.cancel": _cancel,
}
