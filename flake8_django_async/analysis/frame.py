"""A frame: one function being interpreted, with its state, its exits and what it found."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from flake8_django_async.analysis.events import Event, Met, Outlived, Reach, Released, Wait, WaitKind
from flake8_django_async.analysis.state import (
    Hold,
    Key,
    Scope,
    State,
    Unwinding,
    earliest,
    joined,
    known_to_caller,
    moved,
    ordered,
)
from flake8_django_async.analysis.step import Step
from flake8_django_async.analysis.values import UNKNOWN, ClassRef, FunctionRef, FunctionValue, Task, Thread, Value, join
from flake8_django_async.source import flow

if TYPE_CHECKING:
    from flake8_django_async.analysis.generators import Drive
    from flake8_django_async.analysis.world import World
    from flake8_django_async.project.modules import Module

_serial = itertools.count(1)
MAX_KINDS = 60
"""Kinds of exceptions that are told apart on the way out of a block: each has a state of its own."""
NAMES = 100
"""To copy a state of so many names is as much work as a statement."""


@dataclass(frozen=True, slots=True)
class Context:
    """Where code runs: on the event loop or in a thread, and where sync work that it hands off goes."""

    thread: Literal["loop"] | Thread
    sensitive: Thread


LOOP = Context("loop", "request")
REQUEST_THREAD = Context("request", "request")


@dataclass(slots=True)
class Exits:
    """Ways out of a block other than its end. Raised states are kept per kind of exception (see exceptions.py)."""

    returned: State | None = None
    broken: State | None = None
    continued: State | None = None
    raised: dict[str, State] = field(default_factory=dict)

    def raise_(self, kind: str, state: State) -> None:
        if len(self.raised) >= MAX_KINDS and kind not in self.raised:
            kind = "raise:"
        met = joined((self.raised.get(kind), state))
        assert met is not None
        self.raised[kind] = met


class Frame:
    """One run of one function (or of a value-only evaluation, which is `quiet`)."""

    def __init__(
        self, world: World, module: Module, context: Context, *, function: FunctionRef | None = None, line: int = 1
    ) -> None:
        self.world = world
        self.module = module
        self.context = context
        self.home = context
        self.function = function
        self.owner: ClassRef | None = function.owner if function else None
        self.receiver: Value | None = None
        self.body_of: ClassRef | None = None
        self.line = function.line if function else line
        self.serial = next(_serial)
        self.names: dict[str, Value] = {}
        self.globals: set[str] = set()
        self.quiet = function is None
        self.on_yield: Callable[[Value], Value] | None = None
        self.driver: Drive | None = None
        self.drives: list[Drive] = []
        self.stacks: dict[Value, dict[Unwinding, frozenset[Scope]]] = {}
        """What each exit stack runs at its end, and the transactions that were open when it was given."""
        self.restart(State())

    def restart(self, state: State) -> None:
        """Begin again from a state, with nothing found so far."""
        self.state: State | None = state
        self.exits = Exits()
        self.result: list[Value] = []
        self.statement: flow.Span = (0, 0, 0, 0)
        self.place = Step(self.module.path, self.line, 0, "")
        self.awaiting = 0
        self.events: dict[tuple[object, ...], Event] = {}
        self.reaches: dict[tuple[object, ...], Reach] = {}
        self.upward: list[Released] = []
        self.commits: list[dict[Unwinding, None]] = [{}]
        """What is called once the caller's transaction has committed, then once each `with atomic()` around the statement has."""
        self.callees: dict[object, None] = {}
        self.pending_tasks: dict[Task, Outlived] = {}
        self.started: dict[Task, frozenset[Hold]] = {}
        self.queried: dict[Key, Hold] = {}
        """The first that took each connection of the request, as code that runs beside this may see it."""
        self.since: dict[Task, dict[Key, Hold]] = {}
        """The same since a task was made, and what was held when it came to run."""
        self.lasting: dict[Key, Hold] = {}
        """Those that were held for long."""
        self.lasting_since: dict[Task, dict[Key, Hold]] = {}
        """The same since a task was made."""
        self.short: set[Task] = set()
        """Tasks that do not wait long themselves."""
        self.joined: dict[Task, frozenset[Hold]] = {}
        """What each task had opened when it was awaited: awaited once more, it runs as before, beside none of this."""
        self.nested: dict[tuple[int, int], FunctionValue] = {}
        self.yielded: set[Step] = set()
        self.streamed: set[FunctionRef] = set()
        self.nested_yields: list[tuple[FunctionRef | None, Event]] = []
        """Yields of nested generators, with the function that must be handed to a response for them to count (None: they do)."""
        self.waited = False
        self.turns = 0
        """Upper bound on awaits, capped at 2. Work before the first await is finished before the starter resumes."""
        self.opaque = False
        """Whether something unknown was called, or a query ran in a foreign thread: a release in that thread may be for it."""
        self.detached = False
        """Whether what is called goes on in a thread that nobody waits for here."""
        self.lasts = False
        """Whether such work has waited long itself."""

    @property
    def is_async(self) -> bool:
        """Whether the function's own code runs on the event loop; `context` is elsewhere while it hands work to a thread."""
        return self.home.thread == "loop"

    # ------------------------------------------------------------ places

    def step(self, at: flow.Span | None = None, name: str = "") -> Step:
        """A place of this frame as file, line and column; the current statement when none is given."""
        row, column, _, _ = at if at is not None else self.statement
        return Step(self.module.path, self.line + row, column, name)

    def at(self, at: flow.Span, name: str) -> At:
        """The call being made: where a connection that it opens will be said to come from."""
        return At(self, self.step(at, name))

    # ------------------------------------------------------------ paths

    def fork(self) -> State:
        assert self.state is not None
        self.world.spend(len(self.state.names) // NAMES)
        return self.state.copy()

    def collecting(self) -> Collecting:
        """Catch the exits of a block instead of letting them pass to the block around."""
        return Collecting(self)

    def raise_(self, kind: str, state: State | None = None) -> None:
        state = self.state if state is None else state
        if state is not None:
            self.exits.raise_(kind, state)

    # ------------------------------------------------------------ findings

    def note(self, hold: Hold) -> None:
        """Record that work in the request's thread left a connection open; other tasks may now run there."""
        if hold.key.thread == "request" and self.context.thread == "loop":
            self.give_way()
            for log in (self.queried, *self.since.values()):
                log.setdefault(hold.key, hold)

    def give_way(self) -> None:
        """Tasks under way come to run, and to wait for the request's thread, while all this is held, by other tasks too."""
        if self.since and self.state is not None:
            for hold in ordered(hold for hold in self.state.holds if hold.key.thread in ("request", "beside", "queued")):
                for task, log in self.since.items():
                    if not self.is_of(task, hold):
                        log.setdefault(hold.key, hold)
        if self.driver is not None:
            self.driver.give_way()

    def last(self, hold: Hold) -> None:
        """A connection of the request was held while this awaited something long: tasks under way may have waited meanwhile."""
        if hold.key.thread == "request" and hold.opened is not None:
            for log in (self.lasting, *self.lasting_since.values()):
                log.setdefault(hold.key, hold)

    def is_of(self, task: Task, hold: Hold) -> bool:
        """Whether a hold may be one that a task has opened since it was made."""
        beside = hold.key.thread in ("beside", "queued")
        return beside and hold.opened is not None and hold.opened.line == self.line + task.at[0]

    def emit(self, event: Event) -> None:
        if not self.quiet:
            what = event.wait.kind if isinstance(event, Met) else getattr(event, "problem", None)
            self.events.setdefault((type(event), event.at.line, event.at.column, what), event)

    def wait(self, wait: Wait, *, at: Step | None = None, only: Reach | None = None) -> None:
        """A long wait is reached: report it where connections of this function are open, and note it for callers.

        `only` limits this to what a callee had left open; `at` is the statement to report, the current one by default.
        """
        state = self.state
        assert state is not None
        if self.detached:
            self.lasts = True
            return
        self.waited = True
        self.give_way()
        holds = [hold for hold in state.holds if (hold.key.thread != "queued" if only is None else hold.key in only.keys)]
        transactions = [scope for scope in state.transactions if only is None or scope.key in only.transactions]
        cursors = [scope for scope in state.cursors if only is None or scope.key in only.cursors]
        self.meet(wait, at or self.step(), holds, transactions, cursors)
        keys = known_to_caller(holds)
        reach = Reach(wait, keys, callers(transactions), callers(cursors))
        self.reaches.setdefault((wait.kind, keys, reach.transactions, reach.cursors), reach)
        if self.driver is not None and wait.kind != "yield":
            self.driver.wait(wait, reach)
        if wait.kind == "await":
            for hold in holds:
                self.last(hold)
        if only is None and wait.kind != "block" and self.context.thread != "request":
            self.time_passes(state, for_sure=wait.kind == "await")

    def time_passes(self, state: State, *, for_sure: bool = True) -> None:
        """A long time, in which tasks that do not wait themselves come to their end, unless others block their thread."""
        tasks_ended(state)
        if for_sure:
            state.waited = True
            if state.tasks <= self.short:
                state.done |= state.tasks

    def await_unknown(self) -> None:
        """Tasks have come to their end: one of them may be what is awaited."""
        assert self.state is not None
        self.state.settled = True
        tasks_ended(self.state)

    def adopt(self, inner: Frame, *, streams: bool = True) -> None:
        """Take over what was found in a function that ran as a part of this one.

        Its yields count if it `streams`: if it waits itself, or is seen to be handed to a response.
        """
        for event in inner.events.values():
            if isinstance(event, Met) and event.wait.kind == "yield" and inner.function is not None:
                function = None if streams else inner.function
                self.nested_yields.append((function, event))
            else:
                self.emit(event)
        self.nested_yields += inner.nested_yields
        self.callees.update(inner.callees)
        self.streamed |= inner.streamed

    def complain(self, event: Released, *, mine: bool) -> None:
        """Say that a release does not do what it seems to.

        In sync code it is up to the async caller, unless `mine` says why it is here.
        """
        if self.quiet:
            return
        if mine or self.function is None or self.function.flow.is_async:
            self.emit(event)
        else:
            self.upward.append(event)

    def forgive(self, is_right: Callable[[Released], bool]) -> None:
        """Releases that were complained of have turned out to be right."""
        self.upward = [event for event in self.upward if not is_right(event)]
        self.events = {
            key: event for key, event in self.events.items() if not isinstance(event, Released) or not is_right(event)
        }

    def meet(
        self, wait: Wait, at: Step, holds: Iterable[Hold], transactions: Iterable[Scope] = (), cursors: Iterable[Scope] = ()
    ) -> None:
        own = earliest(holds)
        if self.quiet or not own:
            return
        if wait.kind == "yield":
            own = [hold for hold in own if hold.opened not in self.yielded]
            self.yielded.update(hold.opened for hold in own if hold.opened)
            if not own:
                return
        event = Met(
            at,
            wait,
            tuple(own),
            outermost(transactions),
            outermost(cursors),
        )
        key = (Met, at.line, at.column, wait.kind, bool(event.transactions), bool(event.cursors))
        known = self.events.get(key)
        if isinstance(known, Met):
            event = Met(at, known.wait, tuple(earliest({*known.holds, *own})), known.transactions, known.cursors)
        self.events[key] = event

    def wait_kind(self) -> WaitKind:
        return "await" if self.awaiting and self.is_async else "block"

    def value(self) -> Value:
        """What the function returned, over all paths."""
        return join(self.result) if self.result else UNKNOWN


class At:
    """`Frame.at`. A class, since one made of a generator takes three times as long, and every call and attribute enters one."""

    __slots__ = ("frame", "outer", "place")

    def __init__(self, frame: Frame, place: Step) -> None:
        self.frame, self.place, self.outer = frame, place, frame.place

    def __enter__(self) -> None:
        self.outer, self.frame.place = self.frame.place, self.place

    def __exit__(self, *exception: object) -> None:
        self.frame.place = self.outer


class Collecting:
    """`Frame.collecting`."""

    __slots__ = ("frame", "outer")

    def __init__(self, frame: Frame) -> None:
        self.frame, self.outer = frame, frame.exits

    def __enter__(self) -> Exits:
        self.outer, self.frame.exits = self.frame.exits, Exits()
        return self.frame.exits

    def __exit__(self, *exception: object) -> None:
        self.frame.exits = self.outer


def tasks_ended(state: State) -> None:
    """A long time has passed: tasks have come to their end, unless they wait long themselves."""
    done = frozenset(hold for hold in state.holds if hold.opened is not None and not hold.late)
    state.holds = (state.holds - done) | moved((hold for hold in done if hold.key.thread != "queued"), "beside", "request")


def callers(scopes: Iterable[Scope]) -> frozenset[Key]:
    """The connections of the scopes that are the caller's: not opened by this function."""
    return frozenset(scope.key for scope in scopes if scope.opened is None)


def outermost(scopes: Iterable[Scope]) -> tuple[Scope, ...]:
    """This function's scopes in the order of the source: which one is told must not depend on hashes."""
    own = ((scope.opened, scope.key, scope) for scope in scopes if scope.opened is not None)
    return tuple(scope for _, _, scope in sorted(own, key=lambda each: each[:2]))
