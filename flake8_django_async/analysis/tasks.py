"""Work beside the caller: gather, tasks, task groups, threads."""

from __future__ import annotations

from dataclasses import replace

from flake8_django_async.analysis import calls, effects
from flake8_django_async.analysis.events import Outlived
from flake8_django_async.analysis.frame import Context, Frame
from flake8_django_async.analysis.state import Hold, Step, earliest
from flake8_django_async.analysis.values import UNKNOWN, Arguments, Task, Tuple, Value

IN_GROUP = 1
"""Tasks of a group, by `Task.group`. Groups are not told apart: nested ones are joined together, at the inner end."""


def gather(frame: Frame, items: tuple[Value, ...]) -> Value:
    """Awaitables that run together: each may wait while any other has a connection open, a release by any counts."""
    before = frame.state
    if before is None:
        return UNKNOWN
    added: frozenset[Hold] = frozenset()
    results: list[Value] = []
    survivors = before.holds
    for _ in range(2 if len(items) > 1 else 1):
        results, survivors, opened = [], before.holds, frozenset[Hold]()
        for item in items:
            frame.state = before.copy()
            frame.state.holds |= added
            results.append(calls.await_(frame, item))
            after = frame.state.holds if frame.state is not None else before.holds
            survivors &= after
            opened |= after - before.holds
        if opened == added:
            break
        added = opened
    frame.state = before.copy()
    frame.state.holds = survivors | added
    return Tuple(tuple(results)) if results else UNKNOWN


def start_task(frame: Frame, awaitable: Value, group: int = 0) -> Value:
    """A task begins: from here on it may have queried. What it releases counts only once it is awaited."""
    state = frame.state
    if state is None:
        return UNKNOWN
    opened = _opened_by(frame, awaitable)
    frame.state = state
    state.holds |= frozenset(_made_here(hold, frame.place) for hold in opened)
    task = Task(awaitable, frame.statement, group)
    state.tasks |= {task}
    frame.started[task] = state.holds & frame.started.get(task, state.holds)
    late = [hold for hold in earliest(opened) if hold.late]
    if late:
        frame.pending_tasks[task] = Outlived(frame.step(), late[0])
    return task


def _opened_by(frame: Frame, awaitable: Value) -> frozenset[Hold]:
    """The connections that a task leaves open when it has run."""
    assert frame.state is not None
    before, quiet, waited, reaches = frame.state.holds, frame.quiet, frame.waited, dict(frame.reaches)
    frame.state, frame.quiet, frame.waited = frame.state.copy(), True, False
    with frame.collecting():
        calls.await_(frame, awaitable)
    frame.quiet, frame.waited, frame.reaches = quiet, waited, reaches
    return frame.state.holds - before if frame.state is not None else frozenset()


def _made_here(hold: Hold, place: Step) -> Hold:
    """A task's connection comes from the statement that made the task."""
    if hold.opened is None or hold.opened == place:
        return hold
    return replace(hold, opened=place, steps=(hold.opened, *hold.steps))


def join_task(frame: Frame, task: Task) -> Value:
    """A task is awaited: its waits count against what is held now, at the place where it was made.

    Its releases may have come at any time since it was made: they end what was held then, for certain.
    """
    state = frame.state
    if state is None:
        return UNKNOWN
    later = state.holds - frame.started.get(task, state.holds)
    statement, frame.statement = frame.statement, task.at
    frame.pending_tasks.pop(task, None)
    try:
        result = calls.await_(frame, task.awaitable)
    finally:
        frame.statement = statement
    if frame.state is not None:
        frame.state.tasks -= {task}
        frame.state.holds |= later
    return result


def join_group(frame: Frame, group: int) -> None:
    """The end of a task group awaits all its tasks together: each may wait while any other has a connection open."""
    if frame.state is None:
        return
    members = sorted((task for task in frame.state.tasks if task.group == group), key=lambda task: task.at)
    together = frame.state.holds
    for task in members:
        if frame.state is not None:
            frame.state.holds |= together if len(members) > 1 else frozenset()
            join_task(frame, task)


def in_foreign_thread(frame: Frame, function: Value, args: Arguments) -> Value:
    """Run a sync function in a thread that no request cleans up."""
    if frame.state is None:
        return UNKNOWN
    before, context = frame.state.holds, frame.context
    frame.context = Context("foreign", "foreign")
    opaque, frame.opaque = frame.opaque, False
    try:
        result = calls.call(frame, function, args)
    finally:
        frame.context, frame.opaque = context, opaque
    effects.leaks(frame, before)
    return result

