"""Between caller and callee: what the callee sees of the caller's state, and what comes back.

Inside a callee the caller's connections are symbolic (`Hold(key, None)`): its summary then serves every caller. On the way
back a connection of the caller survives if its symbol does, and what the callee opened is opened by the call.
"""

from __future__ import annotations

from collections.abc import Mapping

from flake8_django_async.analysis.state import Hold, Scope, State, ordered
from flake8_django_async.analysis.step import Step
from flake8_django_async.analysis.values import Value


def entering(caller: State, names: Mapping[str, Value], known: Mapping[Hold, Hold] | None = None) -> State:
    """The callee's first state. `known` maps holds back to those that the callee itself opened (see `leaving`)."""
    known = known or {}
    return State(
        dict(names),
        frozenset(known.get(hold, Hold(hold.key, None)) for hold in caller.holds),
        frozenset(Scope(scope.key, None) for scope in caller.transactions),
        frozenset(Scope(scope.key, None) for scope in caller.cursors),
        kept=caller.kept,
    )


def leaving(caller: State, callee: State, place: Step, known: dict[Hold, Hold] | None = None, *, late: bool = False) -> State:
    """The caller's state after the callee ended (or yielded) in a state. Fills `known` for the way back in."""
    alive = {hold.key for hold in callee.holds if hold.opened is None}
    holds = {hold for hold in caller.holds if hold.key in alive}
    for hold in ordered(callee.holds):
        if hold.opened is not None:
            outer = outside(hold, place, late=late)
            holds.add(outer)
            if known is not None:
                known.setdefault(outer, hold)
    return State(
        dict(caller.names),
        frozenset(holds),
        _scopes(caller.transactions, callee.transactions, place),
        _scopes(caller.cursors, callee.cursors, place),
        caller.tasks,
        caller.streams,
        callee.kept,
        caller.given,
        caller.settled or callee.settled,
        caller.waited or callee.waited,
        caller.submitted | callee.submitted,
        caller.asked | callee.asked,
        caller.done,
    )


def outside(hold: Hold, place: Step, *, late: bool = False) -> Hold:
    """A connection that a callee opened, as its caller sees it."""
    assert hold.opened is not None
    return Hold(hold.key, place, (hold.opened, *hold.steps), late or hold.late)


def _scopes(caller: frozenset[Scope], callee: frozenset[Scope], place: Step) -> frozenset[Scope]:
    alive = {scope.key for scope in callee if scope.opened is None}
    kept = {scope for scope in caller if scope.key in alive}
    return frozenset(kept | {Scope(scope.key, place) for scope in callee if scope.opened is not None})
