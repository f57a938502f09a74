"""Work beside the caller: what makes it and what awaits it. Gather, tasks, task groups, threads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flake8_django_async.analysis import beside, calls
from flake8_django_async.analysis.effects import effects
from flake8_django_async.analysis.events import Outlived
from flake8_django_async.analysis.frame import Context, Frame
from flake8_django_async.analysis.state import Hold, State, earliest, joined, moved, without_queued
from flake8_django_async.analysis.step import Step
from flake8_django_async.analysis.values import UNKNOWN, Arguments, Collection, Gathered, Task, Tuple, Value

IN_GROUP = 1
"""Tasks of a group, by `Task.group`. Groups are not told apart: nested ones are joined together, at the inner end."""


def gather(frame: Frame, gathered: Gathered) -> Value:
    """Awaitables that run together; samples may stand for several of their kind, and for none."""
    if gathered.open and all(item == UNKNOWN for item in gathered.items):
        frame.await_unknown()
    before = frame.fork()
    members = [(item, frame.statement) for item in gathered.items]
    results = beside.together(frame, [*members, *members] if gathered.open else members, keeps=gathered.keeps)[: len(members)]
    if gathered.open:
        without(frame, before, gathered.items)
        frame.state = joined((before, frame.state))
    return Tuple(tuple(results)) if results else UNKNOWN


def of_tasks(value: Value) -> Value | None:
    """A task, or those of a list, set or dict's items. Where there is none, none was made, which leaves nothing to wait for."""
    match value:
        case Task():
            return value
        case Collection(element=Tuple(items=(*_, Task() as item))) | Collection(element=Task() as item):
            return item
        case _:
            return None


def without(frame: Frame, state: State, items: Iterable[Value]) -> None:
    """Some tasks were not made: they have opened nothing in this state."""
    for item in items:
        if isinstance(item, Task):
            state.holds = _without_own(state.holds, item, frame)


def start_task(frame: Frame, awaitable: Value, group: int = 0) -> Value:
    """A task begins: from here on it may have queried. What it releases counts only once it is awaited."""
    state = frame.state
    assert state is not None
    opened, passing, is_short = _opened_by(frame, awaitable)
    frame.state = state
    task = Task(awaitable, frame.statement, group)
    state.done -= {task}
    frame.joined.pop(task, None)  # another one, in the next round of a loop: what the one before it has opened is held
    if is_short:
        frame.short.add(task)
    if task not in state.tasks:  # else one from the round of a loop before this is still under way
        frame.started[task], frame.since[task], frame.lasting_since[task] = state.holds, {}, {}
    frame.started[task] &= state.holds
    state.tasks |= {task}
    state.holds |= moved((_made_here(hold, frame.place) for hold in opened | passing), "request", "beside")
    late = [hold for hold in earliest(opened) if hold.late]
    if late:
        frame.pending_tasks[task] = Outlived(frame.step(), late[0])
    return task


def _opened_by(frame: Frame, awaitable: Value) -> tuple[frozenset[Hold], frozenset[Hold], bool]:
    """The connections that a task leaves open when it has run, or raised, those that it gives back, whether it never waits."""
    assert frame.state is not None
    before, quiet, waited, reaches = frame.state.holds, frame.quiet, frame.waited, dict(frame.reaches)
    queried, since, lasting, turns = frame.queried, frame.since, (frame.lasting, frame.lasting_since), frame.turns
    frame.state, frame.quiet, frame.waited, frame.queried, frame.since = frame.state.copy(), True, False, {}, {}
    frame.lasting, frame.lasting_since = {}, {}
    with frame.collecting() as exits:
        calls.await_(frame, awaitable)
    is_short = not frame.waited
    frame.quiet, frame.waited, frame.reaches, frame.turns = quiet, waited, reaches, turns
    ended = joined((frame.state, *exits.raised.values()))
    left = ended.holds - before if ended is not None else frozenset[Hold]()
    passing = beside.taken_between(frame, left)
    frame.queried, frame.since = queried, since
    frame.lasting, frame.lasting_since = lasting
    return left, passing, is_short


def _made_here(hold: Hold, place: Step) -> Hold:
    """A task's connection comes from the statement that made the task."""
    if hold.opened is None or hold.opened == place:
        return hold
    return replace(hold, opened=place, steps=(hold.opened, *hold.steps))


def handed_up(frame: Frame, value: Value) -> Value:
    """What a function returns: a task that it has made is, to its caller, made by the call."""
    state = frame.state
    match value:
        case Task() if state is not None and value not in state.tasks:
            task = replace(value, at=frame.statement)
            frame.started.setdefault(task, state.holds)
            state.tasks |= {task}
            return task
        case Tuple(items=items) if any(isinstance(item, Task) for item in items):
            return Tuple(tuple(handed_up(frame, item) for item in items))
        case Collection(element=Task() as item):
            return Collection(handed_up(frame, item))
        case _:
            return value


def passed_on(frame: Frame, items: Iterable[Value]) -> None:
    """Tasks were given to a function that was awaited, which is for them to come to their end."""
    for item in items:
        if isinstance(item, Task) and frame.state is not None:
            rest = _without_own(frame.state.holds, item, frame)
            frame.state.holds = rest | moved(without_queued(frame.state.holds - rest), "beside", "request")


def join_task(frame: Frame, task: Task) -> Value:
    """A task is awaited: its waits count against what is held now, at the place where it was made.

    Its releases may have come at any time since it was made: they end what was held then, for certain.
    """
    state = frame.state
    assert state is not None
    frame.give_way()
    frame.turns += 1
    at_first, is_done = state.holds, task in state.done
    state.holds = _without_own(state.holds, task, frame) - frame.joined.get(task, frozenset())
    later = state.holds - frame.started.get(task, state.holds)
    others = moved(later, "request", "beside") | _earlier(frame, state, [task])
    before = state.holds = (state.holds - later) | others

    def settled(after: State) -> None:
        frame.joined[task] = frame.joined.get(task, frozenset()) | (after.holds - before)
        after.holds = (after.holds - others) | later
        if is_done:  # what it opened has been released since, or is still among these
            after.holds &= at_first

    statement, frame.statement = frame.statement, task.at
    frame.pending_tasks.pop(task, None)
    lasting = frame.lasting_since.pop(task, None)  # what it holds itself is none of it
    try:
        result = beside.through(frame, lambda: calls.await_(frame, task.awaitable), settled)
    finally:
        frame.statement = statement
        frame.lasting_since.update({} if lasting is None else {task: lasting})
    if frame.state is not None:
        frame.state.tasks -= {task}
    return result


def _without_own(holds: frozenset[Hold], task: Task, frame: Frame) -> frozenset[Hold]:
    """Holds less those that a task may have opened since it was made: they come again when it is run."""
    return frozenset(hold for hold in holds if not frame.is_of(task, hold))


def _earlier(frame: Frame, state: State, members: list[Task]) -> frozenset[Hold]:
    """Connections that were out while tasks ran, and are no more.

    What blocks their thread may come before that; what they await may as well, if they were out for long.
    """
    known = frozenset[Hold]().union(*(frame.since.get(task, {}).values() for task in members))
    lasting = frozenset[Hold]().union(*(frame.lasting_since.get(task, {}).values() for task in members))
    queued = moved(moved(known - state.holds, "request", "queued"), "beside", "queued")
    return (queued | moved(lasting - state.holds, "request", "beside")) - state.holds


def join_group(frame: Frame, group: int) -> None:
    """The end of a task group awaits all its tasks together."""
    state = frame.state
    assert state is not None
    members = sorted((task for task in state.tasks if task.group == group), key=lambda task: task.at)
    if not members:
        return
    made = [frame.started.get(task, state.holds) for task in members]
    for task in members:
        frame.pending_tasks.pop(task, None)
        state.holds = _without_own(state.holds, task, frame)
    later = state.holds - frozenset.intersection(*made)
    others = moved(later, "request", "beside") | _earlier(frame, state, members)
    state.holds = (state.holds - later) | others

    def settled(after: State) -> None:
        after.holds = (after.holds - others) | later

    awaited = [(task.awaitable, task.at) for task in members]
    for task in members:
        frame.lasting_since.pop(task, None)
    beside.through(frame, lambda: Tuple(tuple(beside.together(frame, awaited, ends=True))), settled)
    assert frame.state is not None
    frame.state.tasks -= frozenset(members)


def group_ended(frame: Frame, around: frozenset[Hold]) -> None:
    """Tasks that functions have put into a group, which is no more, have ended with it: none of them is known here."""
    state = frame.state
    assert state is not None
    made = state.holds - around
    for task in state.tasks:
        made = _without_own(made, task, frame)
    state.holds = (state.holds - made) | moved(made, "beside", "request")


def in_foreign_thread(frame: Frame, function: Value, args: Arguments) -> Value:
    """Run a sync function in a thread that no request cleans up. No later call is sure to run in the same thread."""
    assert frame.state is not None
    earlier = frozenset(hold for hold in frame.state.holds if hold.key.thread == "foreign")
    hidden = moved(earlier, "foreign", "lost")
    frame.state.holds = (frame.state.holds - earlier) | hidden
    before, context = frame.state.holds, frame.context
    opaque, known = frame.opaque, {*frame.upward, *frame.events.values()}
    frame.context, frame.opaque = Context("foreign", "foreign"), False

    def work() -> Value:
        result = calls.call(frame, function, args)
        effects.leaks(frame, before)
        return result

    def lost(state: State) -> None:
        state.holds = (moved(state.holds, "foreign", "lost") - hidden) | earlier

    try:
        return beside.through(frame, work, lost)
    finally:
        if frame.opaque:
            # A release that came before other work in its thread is for that work's own connection.
            frame.forgive(lambda event: event.problem == "thread" and event not in known)
        frame.context, frame.opaque = context, opaque
