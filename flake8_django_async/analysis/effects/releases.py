"""Releases that are made and never run: a coroutine nobody awaits, a wrapper nobody calls."""

from __future__ import annotations

from flake8_django_async.analysis import calls
from flake8_django_async.analysis import expressions as ex
from flake8_django_async.analysis.events import Released
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.spelling import spell
from flake8_django_async.analysis.state import DEFAULT, Hold, Key, State
from flake8_django_async.analysis.values import NO_ARGUMENTS, Method, Partial, Pending, Symbol, Threaded, Value
from flake8_django_async.source import flow

PROBE = Hold(Key(DEFAULT, "request"), None)
"""Stands for a connection where none is held: the mistake is the same."""


def check_unused(frame: Frame, value: Value, expr: flow.Expr) -> None:
    """A statement's value is thrown away: say so if running it would have released."""
    if frame.quiet or frame.state is None:
        return
    if isinstance(expr, flow.Await):
        # `await sync_to_async(release)` without the call: what it gave back was never a coroutine.
        value = ex.evaluate_quietly(frame, expr.value)
        if not isinstance(value, Threaded):
            return
    if not isinstance(value, (Pending, Threaded, Method, Symbol, Partial)):
        return
    missing = "awaited" if isinstance(value, Pending) else "called"
    if _releases(frame, value):
        frame.emit(Released(frame.step(), spell(expr), "never-runs", detail=missing))


def _releases(frame: Frame, value: Value) -> bool:
    """Whether running a value to its end gives a held connection back."""
    state, quiet, waited, reaches = frame.state, frame.quiet, frame.waited, dict(frame.reaches)
    assert state is not None
    held = frozenset(hold for hold in state.holds if hold.key.thread == "request") or frozenset({PROBE})
    frame.state, frame.quiet = State(holds=held), True
    try:
        with frame.collecting():
            made = value if isinstance(value, Pending) else _called(frame, value)
            calls.await_(frame, made)
        return frame.state is not None and not held <= frame.state.holds
    finally:
        frame.state, frame.quiet, frame.waited, frame.reaches = state, quiet, waited, reaches


def _called(frame: Frame, value: Value) -> Value:
    if isinstance(value, (Method, Symbol)):
        return Pending(Threaded(value, "sensitive"), NO_ARGUMENTS)
    return calls.call(frame, value, NO_ARGUMENTS)
