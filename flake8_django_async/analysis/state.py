"""State of one point of one function: names, connections held, transactions and cursors open, tasks running."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, TypeAlias

from flake8_django_async.analysis.step import Step
from flake8_django_async.analysis.values import Arguments, Generator, Task, Thread, Value, join_scopes
from flake8_django_async.source.flow import Span

Unwinding: TypeAlias = "tuple[Value, Arguments, bool]"
"""A call at the end of a block: what is called, with what, whether it is awaited."""
DEFAULT = "default"
MAX_NAMED = 32
"""Queries of one function that are told apart while its connection is out."""
NOWHERE = Step("", 0, 0, "")
"""Before all places."""


Holder: TypeAlias = Thread | Literal["lost", "beside", "queued", "within"]
"""The thread that holds a connection. Those that no release of ours matches: "lost", a foreign thread's whose work has ended;
"beside", opened by code running concurrently, which may query again after any release; "queued", of such code that will release
soon, unless it waits for the thread that we block; "within", the same while we do."""


MOVED_FROM: dict[Holder, tuple[Holder, ...]] = {
    "lost": ("foreign",),
    "beside": ("request",),
    "queued": ("request",),
    "within": ("queued", "request"),
}
"""The holders that such a one may stand for while something else runs."""


class Key(NamedTuple):
    """What a release must match: the database alias and the thread that opened the connection."""

    alias: str
    thread: Holder


@dataclass(frozen=True, slots=True)
class Hold:
    """A connection that may be checked out, opened by the call `opened`, deeper calls in `steps`.

    `opened` is None for the connection of whoever called: a summary speaks of it without knowing it.
    """

    key: Key
    opened: Step | None
    steps: tuple[Step, ...] = field(default=(), compare=False)
    late: bool = field(default=False, compare=False)
    """Opened after a long wait: in a task that nobody awaits, the request may be over by then."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A transaction or server-side cursor that may be open; `opened` is None for the caller's."""

    key: Key
    opened: Step | None


@dataclass(frozen=True, slots=True)
class Handed:
    """A generator in a streaming response that was made at a statement; it is sent when the request's function has returned."""

    generator: Generator | None
    """None where the content is not known."""
    statement: Span
    held: frozenset[Hold] = frozenset()
    """The connections that are held where the function returns."""
    free: frozenset[Hold] = frozenset()
    """Those that the call which made it leaves open on other ways only: behind an error that it answers, say."""


@dataclass(slots=True)
class State:
    """Mutable while one path is followed; branches work on copies. Sets are may-sets where nothing else is said."""

    names: dict[str, Value] = field(default_factory=dict)
    holds: frozenset[Hold] = frozenset()
    transactions: frozenset[Scope] = frozenset()
    cursors: frozenset[Scope] = frozenset()
    tasks: frozenset[Task] = frozenset()
    streams: frozenset[Handed] = frozenset()
    kept: frozenset[str] = frozenset()
    """What the request has read for sure and keeps (`remembered`): a must-set."""
    given: frozenset[Unwinding] = frozenset()
    """What this function has given for sure to an exit stack, or to `on_commit`: a must-set."""
    settled: bool = False
    """Whether something unknown was awaited for sure: it may be any task, the caller's too."""
    waited: bool = False
    """Whether a long time has passed for sure, in which other tasks could go on."""
    submitted: frozenset[Value] = frozenset()
    """Thread pools that were given long work."""
    asked: frozenset[Value] = frozenset()
    """Those of them that were waited for since, by their results."""
    done: frozenset[Task] = frozenset()
    """Tasks that have come to their end for sure, though nobody may have awaited them yet: a must-set."""

    def copy(self) -> State:
        return State(
            dict(self.names),
            self.holds,
            self.transactions,
            self.cursors,
            self.tasks,
            self.streams,
            self.kept,
            self.given,
            self.settled,
            self.waited,
            self.submitted,
            self.asked,
            self.done,
        )

    def hold(self, hold: Hold) -> None:
        """A query: the connection is checked out from here on.

        The first queries are enough to name, all are released together.
        """
        if sum(other.key == hold.key and other.opened is not None for other in self.holds) < MAX_NAMED:
            self.holds |= {hold}

    def release(self, thread: Thread, alias: str | None, *, within: bool) -> None:
        """A release in `thread` of one alias, or of all: it ends their transactions too.

        One by sync code `within` the request's thread ends what tasks beside it have opened: they wait for the thread.
        """
        holders = (thread, "beside", "within") if within and thread == "request" else (thread,)

        def gone(key: Key) -> bool:
            return key.thread in holders and alias in (None, key.alias)

        self.holds = frozenset(hold for hold in self.holds if not gone(hold.key))
        self.transactions = frozenset(scope for scope in self.transactions if not gone(scope.key))

    def keys(self) -> frozenset[Key]:
        return frozenset(hold.key for hold in self.holds)


_certain = False


@contextmanager
def certain() -> Iterator[None]:
    """While this lasts, what is held after paths meet is what all of them hold. Summaries made meanwhile must not be kept."""
    global _certain
    before, _certain = _certain, True
    try:
        yield
    finally:
        _certain = before


def joined(states: Iterable[State | None]) -> State | None:
    """The state after paths meet; None stands for a path that does not get there."""
    result: State | None = None
    for state in states:
        if state is None:
            continue
        if result is None:
            result = state.copy()
            continue
        result.names = join_scopes(result.names, state.names)
        both = result.keys() & state.keys() if _certain else None
        result.holds |= state.holds
        if both is not None:
            result.holds = frozenset(hold for hold in result.holds if hold.key in both)
        result.transactions |= state.transactions
        result.cursors |= state.cursors
        result.tasks |= state.tasks
        result.streams |= state.streams
        result.kept &= state.kept
        result.given &= state.given
        result.settled = result.settled and state.settled
        result.waited = result.waited and state.waited
        result.submitted |= state.submitted
        result.asked |= state.asked
        result.done &= state.done
    return result


def moved(holds: Iterable[Hold], source: Holder, target: Holder) -> frozenset[Hold]:
    """The same connections, those of one holder as another's."""
    holds = frozenset(holds)
    changed = ordered(hold for hold in holds if hold.key.thread == source)
    return holds.difference(changed).union(replace(hold, key=Key(hold.key.alias, target)) for hold in changed)


def without_queued(holds: frozenset[Hold]) -> frozenset[Hold]:
    return frozenset(hold for hold in holds if hold.key.thread != "queued")


def known_to_caller(holds: Iterable[Hold]) -> frozenset[Key]:
    """The caller's connections among these, by each key that they may have with the caller."""
    keys = frozenset(hold.key for hold in holds if hold.opened is None)
    return keys.union(Key(key.alias, holder) for key in keys for holder in MOVED_FROM.get(key.thread, ()))


def ordered(holds: Iterable[Hold]) -> list[Hold]:
    """A fixed order. Of equal holds that came different ways a set keeps the first: which one must not depend on hashes."""
    return sorted(holds, key=lambda hold: (hold.opened or NOWHERE, hold.key, hold.steps))


def earliest(holds: Iterable[Hold]) -> list[Hold]:
    """Holds of this function in the order of the source."""
    return sorted((hold for hold in holds if hold.opened is not None), key=lambda hold: (hold.opened or NOWHERE, hold.key))
