"""Work that goes on at once: what each part has open while another waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from flake8_django_async.analysis import calls, interpret
from flake8_django_async.analysis.frame import Exits, Frame
from flake8_django_async.analysis.state import Hold, State, joined, moved, without_queued
from flake8_django_async.analysis.values import UNKNOWN, Pending, Threaded, Value
from flake8_django_async.source import flow


@dataclass(frozen=True, slots=True)
class _Run:
    """An awaitable that ran beside others."""

    value: Value = UNKNOWN
    opened: frozenset[Hold] = frozenset()
    """What it leaves open, on this run or the one before."""
    passing: frozenset[Hold] = frozenset()
    """What it takes and gives back, so that only blocking code holds it."""
    after: frozenset[Hold] = frozenset()
    """All that is open at its end."""
    turns: int = 0
    waited: bool = False
    waited_surely: bool = False


@dataclass(frozen=True, slots=True)
class _Group:
    members: Sequence[tuple[Value, flow.Span]]
    before: State
    late: bool
    """Whether a long wait came before."""
    keeps: bool
    ends: bool


def together(
    frame: Frame, members: Sequence[tuple[Value, flow.Span]], *, keeps: bool = False, ends: bool = False
) -> list[Value]:
    """Await awaitables at once: each may wait while any other has a connection open, a release by any counts.

    `members` are the awaitables and the statements that their waits are told at. While one runs, the others may query at
    any time, so that its own releases do not end what they leave open. What one raises is kept as its result (`keeps`),
    or goes on: behind the others if it `ends` them, else while they run.
    """
    before, statement = frame.state, frame.statement
    assert before is not None
    frame.give_way()
    turns, group = frame.turns + 1, _Group(members, before, frame.waited, keeps, ends)
    runs = [_Run()] * len(members)
    for _ in range(2):  # pragma: no branch  # the second round has found nothing new so far: the limit is for safety
        known = runs
        runs = [_run(frame, group, index, known) for index in range(len(members))]
        if all((run.opened, run.passing) == (seen.opened, seen.passing) for run, seen in zip(runs, known)):
            break
    frame.state, frame.statement = before.copy(), statement
    survivors = before.holds.intersection(*(run.after for run in runs))
    frame.state.holds = survivors.union(*(_behind(group, run.opened) for run in runs))
    frame.state.waited = before.waited or any(run.waited_surely for run in runs)
    frame.waited = group.late or any(run.waited for run in runs)
    frame.turns = turns + sum(run.turns for run in runs)
    return [run.value for run in runs]


def _run(frame: Frame, group: _Group, index: int, known: Sequence[_Run]) -> _Run:
    """Run one of several awaitables beside what is known of the others."""
    members, before = group.members, group.before
    item, at = members[index]
    frame.world.spend(1 + len(members) // 32)  # each meets what all others hold
    later = len(members) if _is_thread_work(item) else index + 1  # it is given to the thread before what comes later
    met = [*known[:index], *known[later:]]
    others = frozenset[Hold]().union(*(run.opened for run in met))

    def settled(state: State) -> None:
        """All have come to their end: a release ends again what they hold."""
        state.holds = (state.holds & before.holds) | moved(_behind(group, state.holds - before.holds), "beside", "request")

    frame.state, frame.statement = before.copy(), at
    frame.state.holds |= moved(others, "request", "beside").union(*(run.passing for run in met))
    queried, frame.queried, frame.turns = frame.queried, {}, 0
    frame.state.waited = frame.waited = False
    with frame.collecting() as exits:
        value = through(frame, lambda: calls.await_(frame, item), settled)
    if group.keeps:
        frame.state = joined((frame.state, *exits.raised.values()))
        if exits.raised:
            frame.raise_("cancelled")
    else:
        if not group.ends:
            _go_on(exits, [run for other, run in enumerate(known) if other != index and run.turns > 1])
        for state in exits.raised.values():
            state.waited = state.waited or before.waited
        interpret.pass_on(frame, exits)
    after = before.holds if frame.state is None else frame.state.holds
    opened = (without_queued(after - before.holds) - others) | known[index].opened
    passing = taken_between(frame, opened) | known[index].passing
    frame.queried = {**frame.queried, **queried}
    return _Run(value, opened, passing, after, frame.turns, frame.waited, frame.state is not None and frame.state.waited)


def _behind(group: _Group, holds: frozenset[Hold]) -> frozenset[Hold]:
    """What members opened, behind all that came before them."""
    return frozenset(replace(hold, late=hold.late or group.late) for hold in without_queued(holds))


def _go_on(exits: Exits, others: Sequence[_Run]) -> None:
    """One has raised: what others still query is beside who hears of it, unless that was after a long time."""
    left = frozenset[Hold]().union(*(run.opened for run in others))
    for kind, state in exits.raised.items():
        if kind != "cancelled":  # then all are
            running = frozenset(hold for hold in left if hold.late or not state.waited)
            passing = () if state.waited else [run.passing for run in others]
            state.holds = (state.holds - running).union(moved(running, "request", "beside"), *passing)


def _is_thread_work(item: Value) -> bool:
    """Whether an awaitable is nothing but sync work for the request's thread, which does what it is given in turn."""
    return isinstance(item, Pending) and isinstance(item.function, Threaded) and item.function.thread == "sensitive"


def taken_between(frame: Frame, left: frozenset[Hold]) -> frozenset[Hold]:
    """The connections taken since `frame.queried` was empty, less those that are left open: only blocking keeps them."""
    keys = {hold.key for hold in left}
    return moved((hold for key, hold in frame.queried.items() if key not in keys), "request", "queued")


def through(frame: Frame, action: Callable[[], Value], after: Callable[[State], None]) -> Value:
    """Do something, and change the state behind it, also where it raises."""
    with frame.collecting() as exits:
        result = action()
    for kind, state in exits.raised.items():
        after(state)
        frame.raise_(kind, state)
    if frame.state is not None:
        after(frame.state)
    return result


def undisturbed(frame: Frame, work: Callable[[], Value]) -> Value:
    """Sync work in the request's thread: what tasks beside it query there comes before it or behind it, never between."""
    holds = frozenset[Hold]() if frame.state is None else frame.state.holds
    beside = frozenset(hold for hold in holds if hold.key.thread == "beside")
    queued = holds - without_queued(holds)
    if frame.state is None or frame.context.thread != "request" or not beside | queued:
        return work()
    within = moved(queued, "queued", "within")
    frame.state.holds = (holds - queued) | within

    def again(state: State) -> None:
        state.holds = (state.holds - within) | queued | (beside - moved(state.holds, "request", "beside"))

    return through(frame, work, again)
