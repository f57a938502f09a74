"""Summaries: what a call of a function does to its caller, computed once per function, context and telling arguments.

Recursion takes the least fixpoint of the whole component: a call of a function that is being summarised gets what is known
so far, and the function that closes the circle repeats until nothing changes. Only then is anything kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from flake8_django_async.analysis import contexts, interpret
from flake8_django_async.analysis.boundary import entering, leaving, outside
from flake8_django_async.analysis.effects import streams
from flake8_django_async.analysis.events import Event, Reach, Released
from flake8_django_async.analysis.frame import Context, Frame, callers
from flake8_django_async.analysis.sizes import tells
from flake8_django_async.analysis.state import Handed, Hold, Key, Scope, State, Unwinding, earliest, joined
from flake8_django_async.analysis.values import (
    NONE,
    UNKNOWN,
    Arguments,
    Closed,
    FunctionRef,
    FunctionValue,
    Literal_,
    Partial,
    Threaded,
    Value,
)  # fmt: skip

if TYPE_CHECKING:
    from flake8_django_async.analysis.requests.hosts import Node
    from flake8_django_async.analysis.world import World

MAX_ROUNDS = 8
MAX_VALUES = 3
"""Rounds of recursion that may change what a function returns; its effects go on to their fixpoint."""
MAX_DEPTH = 160
"""How deep calls are followed; what lies deeper is unknown."""
MAX_VARIANTS = 100
"""Summaries of one function for different arguments; further calls share that for unknown arguments.
Real functions have up to some 60 (decorators, for each function that they decorate)."""
MAX_NESTED = 3
"""Calls of one function that lead to each other with different arguments; a further one takes its arguments for unknown."""
ALIAS_PARAMETERS = {"using", "alias", "database", "db", "db_alias"}


class Entry(NamedTuple):
    """What a summary depends on."""

    function: FunctionValue
    context: Context
    names: frozenset[tuple[str, Value]]
    holds: frozenset[Key]
    transactions: frozenset[Key]
    cursors: frozenset[Key]
    kept: frozenset[str]
    wrapped: tuple[FunctionRef, ...]
    """Functions whose waits are left to them, while their wrappers are followed."""


@dataclass(frozen=True, slots=True)
class Summary:
    """From entry to each exit. States speak of the caller symbolically; `normal` is None when the call never returns."""

    normal: State | None = None
    raised: tuple[tuple[str, State], ...] = ()
    value: Value = UNKNOWN
    reaches: tuple[Reach, ...] = ()
    events: tuple[Event, ...] = ()
    upward: tuple[Released, ...] = ()
    callees: tuple[object, ...] = ()
    streamed: frozenset[FunctionRef] = frozenset()
    waited: bool = False
    turns: int = 0
    opaque: bool = False
    queried: tuple[Hold, ...] = ()
    lasting: tuple[Hold, ...] = ()
    """Those that it opened and held for long."""
    commits: tuple[Unwinding, ...] = ()
    """What the caller's transaction calls once it has committed."""


class Summaries:
    """All summaries of a process, and those under way."""

    def __init__(self) -> None:
        self.known: dict[Entry, Summary] = {}
        self.roots: dict[Node, tuple[object, ...]] = {}
        """What entries of other files have called: see `reaching`."""
        self.variants: dict[FunctionValue, set[frozenset[tuple[str, Value]]]] = {}
        self.is_limited = False
        """Whether some function had more than MAX_VARIANTS or MAX_NESTED."""
        self._stack: list[_Underway] = []
        self._provisional: dict[Entry, tuple[Summary, int]] = {}

    def get(self, entry: Entry, frame: Frame) -> Summary:
        """The summary of an entry; `frame` is ready to run it."""
        known = self.known.get(entry)
        if known is not None:
            return known
        provisional = self._provisional.get(entry)
        if provisional is not None:
            frame.world.cut()
            self._depend(provisional[1])
            return provisional[0]
        for index, underway in enumerate(self._stack):
            if underway.entry == entry:
                underway.recursive = True
                frame.world.cut()
                self._depend(index)
                return underway.summary
        return self._compute(entry, frame)

    @property
    def depth(self) -> int:
        return len(self._stack)

    def give_up(self) -> None:
        """Forget what is under way."""
        self._stack.clear()
        self._provisional.clear()

    def is_nested(self, function: FunctionValue, names: frozenset[tuple[str, Value]]) -> bool:
        """Whether MAX_NESTED calls of a function are under way, none with these arguments."""
        underway = {each.entry.names for each in self._stack if each.entry.function == function}
        return len(underway) >= MAX_NESTED and names not in underway

    def _depend(self, index: int) -> None:
        """The innermost summary under way depends on the one at an index; those between learn it when it ends."""
        self._stack[-1].lowest = min(self._stack[-1].lowest, index)

    def _compute(self, entry: Entry, frame: Frame) -> Summary:
        index = len(self._stack)
        underway = _Underway(entry, index)
        self._stack.append(underway)
        try:
            first = frame.fork()
            for turn in range(MAX_ROUNDS):
                underway.recursive = False
                frame.restart(first.copy())
                summary = summarise(frame)
                if turn >= MAX_VALUES:  # lists of lists of ... would grow with each round
                    summary = replace(summary, value=underway.summary.value)
                if not underway.recursive or same(summary, underway.summary):
                    break
                underway.summary = summary
                self._forget_provisional(index)
        finally:
            self._stack.pop()
        circle = {entry: summary, **{other: found for other, (found, lowest) in self._provisional.items() if lowest >= index}}
        self._forget_provisional(index)
        if underway.lowest >= index:
            self.known.update(circle)  # its last round has found nothing new for any of them
        else:
            self._provisional.update((other, (found, underway.lowest)) for other, found in circle.items())
            self._depend(underway.lowest)
        return summary

    def _forget_provisional(self, index: int) -> None:
        for entry in [entry for entry, (_, lowest) in self._provisional.items() if lowest >= index]:
            del self._provisional[entry]


@dataclass(slots=True)
class _Underway:
    entry: Entry
    lowest: int
    summary: Summary = Summary()
    recursive: bool = False


def same(left: Summary, right: Summary) -> bool:
    """Whether a further round has brought nothing new for callers."""
    return _told(left) == _told(right)


def _told(summary: Summary) -> tuple[object, ...]:
    """What callers go by. The way to a wait is none of it: recursion makes it longer with each round."""
    reaches = tuple(replace(reach, wait=replace(reach.wait, steps=())) for reach in summary.reaches)
    effects = (summary.upward, summary.queried, summary.lasting, summary.commits, summary.turns)
    return summary.normal, summary.raised, summary.value, reaches, effects


def summarise(frame: Frame) -> Summary:
    """Run a frame to its exits."""
    assert frame.function is not None
    frame.world.frames[frame.serial] = frame
    try:
        interpret.run_block(frame, frame.function.flow.body)
        streams.leave(frame)
    finally:
        del frame.world.frames[frame.serial]
    for event in frame.pending_tasks.values():
        frame.emit(event)
    if frame.state is not None:
        streams.returns(frame.state)
    normal = joined((frame.state, frame.exits.returned))
    if normal is not None and not frame.waited:  # `other` was closed first, then what is held
        held = {hold.key for hold in normal.holds}
        frame.forgive(lambda event: event.problem == "other-alias" and not event.keys & held)
    return Summary(
        None if normal is None else _for_callers(normal),
        tuple((kind, _for_callers(state)) for kind, state in sorted(frame.exits.raised.items())),
        _result(frame, frame.function),
        tuple(frame.reaches.values()),
        tuple(frame.events.values()),
        tuple(frame.upward),
        tuple(frame.callees),
        frozenset(frame.streamed),
        frame.waited,
        min(frame.turns, 2),
        frame.opaque,
        tuple(frame.queried.values()),
        tuple(frame.lasting.values()),
        tuple(frame.commits[0]),
    )


def _for_callers(state: State) -> State:
    return replace(state, names={}, tasks=frozenset(), done=frozenset())


def _result(frame: Frame, function: FunctionRef) -> Value:
    """What the function returned; where its body does not tell, its annotation may."""
    value = frame.value()
    if value in (UNKNOWN, NONE) and function.flow.returns is not None and not function.flow.is_generator:
        declared = frame.world.linker.annotation(
            frame.world.linker.quiet_frame(frame.module, function.line), function.flow.returns
        )
        return value if declared == UNKNOWN else declared
    return value


# ------------------------------------------------------------------ calls


def start_frame(frame: Frame, function: FunctionValue, args: Arguments, context: Context, *, entry: bool = False) -> Frame:
    """A frame for a call, its parameters bound, its state still empty. Of an `entry` nobody knows what it is called with."""
    world, ref = frame.world, function.ref
    callee = Frame(world, world.module(ref.path), context, function=ref)
    callee.receiver = function.receiver
    bound = world.linker.parameters.bind(function, args, entry=entry)
    # None is not unknown: `then = then or release`. A default of None tells nothing where it may not be used.
    nothing = {name: UNKNOWN if entry else NONE for name, value in bound.items() if value == NONE}
    callee.names = {**dict.fromkeys(world.linker.shadowing(ref), UNKNOWN), **nothing, **telling(world, bound)}
    flags = [] if entry else [name for name, value in bound.items() if truth(value) is not None]
    if flags:
        tested = world.linker.flags(ref)
        callee.names.update((name, Closed("flag", Arguments((bound[name],)))) for name in flags if name in tested)
    return callee


def truth(value: Value) -> bool | None:
    """Whether a value that is given for a parameter is true, where that is known: of flags, of None, and of functions to call."""
    if isinstance(value, Literal_) and (value.value is None or isinstance(value.value, bool)):
        return bool(value.value)
    return True if isinstance(value, (FunctionValue, Threaded, Partial)) else None


def telling(world: World, names: Mapping[str, Value]) -> dict[str, Value]:
    """The arguments that can make a difference: constants cannot, but for database aliases and `thread_sensitive=False`."""
    return {
        name: kept for name, value in names.items() if (kept := world.bounded(value)) and (tells(kept) or _is_flag(name, kept))
    }


def _is_flag(name: str, value: Value) -> bool:
    if isinstance(value, Closed) and value.role == "flag":
        return True  # one of a function around this one
    return isinstance(value, Literal_) and (value.value is False or (isinstance(value.value, str) and name in ALIAS_PARAMETERS))


def invoke(frame: Frame, function: FunctionValue, args: Arguments, context: Context) -> Value:
    """Call a function of the project to its end, and take over what its summary says."""
    state = frame.state
    if state is None:  # pragma: no cover  # whoever calls has looked, but for what comes behind another call of one expression
        return UNKNOWN
    if frame.world.summaries.depth > MAX_DEPTH:
        frame.world.cut()
        return UNKNOWN
    frame.world.spend()  # also where the answer is known: to ask for the arguments' defaults may take calls, and these calls
    if function.ref in frame.world.probes:
        frame.world.probes[function.ref].append(seen_from_above(frame.world, state))
    callee = start_frame(frame, function, args, context)
    summaries = frame.world.summaries
    code = function.with_receiver(None)
    if _recurs(frame, function.ref, callee.names):
        callee.names = _closed_over(callee, function)
    names = frozenset(callee.names.items())
    variants = summaries.variants.setdefault(code, set())
    if (len(variants) >= MAX_VARIANTS and names not in variants) or summaries.is_nested(code, names):
        summaries.is_limited = True
        frame.world.cut()
        callee.names = _closed_over(callee, function)
        names = frozenset(callee.names.items())
    variants.add(names)
    callee.state = entering(state, callee.names)
    transactions, cursors = _keys(callee.state.transactions), _keys(callee.state.cursors)
    entry = Entry(code, context, names, state.keys(), transactions, cursors, state.kept, tuple(frame.world.wrapped))
    frame.world.above.append(state)
    try:
        summary = summaries.get(entry, callee)
    finally:
        frame.world.above.pop()
    if not (frame.quiet or frame.detached):
        frame.callees[entry] = None
    return take_over(frame, summary, silent=function.ref in frame.world.wrapped)


def _recurs(frame: Frame, function: FunctionRef, names: Mapping[str, Value]) -> bool:
    """Whether a function calls itself, with others of its arguments than it was called with."""
    return frame.function == function and any(names.get(name) != value for name, value in frame.names.items())


def seen_from_above(world: World, state: State) -> State:
    """A state in which the connections and transactions of callers are those that they opened."""
    seen = state.copy()
    keys = {hold.key for hold in seen.holds if hold.opened is None}
    scopes = set(callers(seen.transactions))
    for caller in reversed(world.above):
        seen.holds |= {hold for hold in caller.holds if hold.key in keys and hold.opened is not None}
        seen.transactions |= {scope for scope in caller.transactions if scope.key in scopes and scope.opened is not None}
        keys &= {hold.key for hold in caller.holds if hold.opened is None}
        scopes &= callers(caller.transactions)
    return seen


def _handed_on(frame: Frame, before: State, ended: State) -> frozenset[Handed]:
    """The streams that a call has made, each with what was given back on its own way out of that."""
    assert frame.state is not None
    found: set[Handed] = set()
    for stream in ended.streams:
        held = leaving(before, replace(ended, holds=ended.holds & stream.held), frame.place).holds
        found.add(Handed(stream.generator, frame.statement, free=frame.state.holds - held))
    return frozenset(found)


def _keys(scopes: frozenset[Scope]) -> frozenset[Key]:
    return frozenset(scope.key for scope in scopes)


def _closed_over(callee: Frame, function: FunctionValue) -> dict[str, Value]:
    """The names that a nested function closed over, itself included: they stay its own however it is called."""
    names = {function.ref.flow.name, *(name for name, _ in function.closure.names)} if function.closure is not None else ()
    return {name: value for name, value in callee.names.items() if name in names or value == UNKNOWN}


def take_over(frame: Frame, summary: Summary, *, silent: bool) -> Value:
    """The effects of a summarised call on its caller; `silent` when its waits are reported inside the callee."""
    state, place, late = frame.state, frame.place, frame.waited
    assert state is not None
    for reach in () if silent else summary.reaches:
        frame.wait(replace(reach.wait, kind=frame.wait_kind(), steps=(place, *reach.wait.steps)), only=reach)
    frame.waited = frame.waited or summary.waited
    frame.turns += summary.turns
    frame.opaque = frame.opaque or summary.opaque
    if summary.turns > 1:
        frame.give_way()
    for hold in summary.queried:
        frame.note(outside(hold, place, late=late))
    for hold in summary.lasting:
        frame.last(outside(hold, place, late=late))
    for event in summary.upward:
        held = tuple(earliest(hold for hold in state.holds if hold.key in event.keys))
        frame.complain(replace(event, at=frame.step(), held=held), mine=False)
    for error, raised in summary.raised:
        frame.raise_(error, leaving(state, raised, place))
    if summary.normal is None:
        frame.state = None
    else:
        frame.state = leaving(state, summary.normal, place, late=late)
        frame.state.streams |= _handed_on(frame, state, summary.normal)
        if summary.normal.waited:
            frame.time_passes(frame.state)
        if summary.normal.settled:
            frame.await_unknown()
    for call in summary.commits:
        contexts.at_commit(frame, call[0], surely=summary.normal is not None and call in summary.normal.given)
    return summary.value
