"""Narrowing: what a test says about the way that is taken behind it."""

from __future__ import annotations

from flake8_django_async.analysis import calls, paths, summaries, tasks
from flake8_django_async.analysis import expressions as ex
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.spelling import spell
from flake8_django_async.analysis.state import DEFAULT, joined
from flake8_django_async.analysis.values import (
    NONE,
    UNKNOWN,
    Closed,
    FunctionValue,
    Guarded,
    Instance,
    Object,
    Threaded,
    Value,
    options,
)  # fmt: skip
from flake8_django_async.source import flow


def narrow(frame: Frame, test: flow.Expr, truth: bool) -> None:
    """Constant tests and flags of a call close the other way; `in_atomic_block` and `connection.connection` guard releases."""
    while isinstance(test, flow.Not):
        test, truth = test.value, not truth
    match test:
        case flow.Constant(value=value):
            if bool(value) != truth:
                frame.state = None
        case flow.Name(id="TYPE_CHECKING"):
            if truth:
                frame.state = None
        case flow.Name(id=name) | flow.Opaque(parts=(flow.Name(id=name), flow.Constant(value=None))):
            _named(frame, name, truth, is_none=isinstance(test, flow.Opaque))
        case flow.Attribute(value=wrapper, attr="in_atomic_block"):
            _inside_transaction(frame, truth, ex.evaluate_quietly(frame, wrapper))
        case (
            flow.Attribute(attr="connection") | flow.Opaque(parts=(flow.Attribute(attr="connection"), flow.Constant(value=None)))
        ):
            if not truth:
                _not_open(frame, test)
        case flow.Call(func=flow.Name(id="any"), args=(flow.Argument(value=flow.Comprehension(element=(only,))),)):
            if isinstance(only, flow.Attribute) and only.attr == "in_atomic_block":
                _inside_transaction(frame, truth, UNKNOWN)
        case flow.Boolean(op=op, left=left, right=right) if (op == "and") == truth:
            narrow(frame, left, truth)
            narrow(frame, right, truth)
        case flow.Boolean(left=left, right=right) if frame.state is not None and _is_guard(test):
            either = frame.state.copy()
            narrow(frame, left, truth)
            first, frame.state = frame.state, either
            narrow(frame, left, not truth)
            narrow(frame, right, truth)
            frame.state = joined((first, frame.state))
        case flow.Call(func=function, args=(flow.Argument(value=given),)) if spell(function).endswith("iscoroutinefunction"):
            if _is_coroutine_function(frame, given) is (not truth):
                frame.state = None
        case _:
            pass


def _named(frame: Frame, name: str, truth: bool, *, is_none: bool) -> None:
    """A name is true, or is not None: flags of the call tell, and tasks are neither false nor None once they were made."""
    state = frame.state
    known = state.names.get(name) if state is not None else None
    if state is None or known is None:
        return
    if isinstance(known, Closed) and known.role == "flag":
        given = known.args.positional[0]
        if (given != NONE if is_none else summaries.truth(given)) is not truth:
            frame.state = None
    elif not truth and isinstance(known, Instance) and known.exact and frame.names.get(name) == known:
        if is_none or ex.is_true(frame, known):  # it is still what was given for the parameter
            frame.state = None
    elif not truth:
        tasks.without(frame, state, filter(None, map(tasks.of_tasks, options(known))))


def _is_guard(test: flow.Expr) -> bool:
    """Whether some part of a test speaks of a connection: to follow each way to a truth takes twice the work for each part."""
    match test:
        case flow.Attribute(attr=attr):
            return attr in ("in_atomic_block", "connection")
        case flow.Not(value=value):
            return _is_guard(value)
        case flow.Boolean(left=left, right=right):
            return _is_guard(left) or _is_guard(right)
        case flow.Opaque(parts=parts):
            return any(map(_is_guard, parts))
        case _:
            return False


def _not_open(frame: Frame, test: flow.Expr) -> None:
    """Where `connection.connection` is None nothing is checked out."""
    attribute = test.parts[0] if isinstance(test, flow.Opaque) else test
    assert isinstance(attribute, flow.Attribute)
    wrapper = ex.evaluate_quietly(frame, attribute.value)
    thread = frame.context.thread
    if frame.state is not None and isinstance(wrapper, Object) and wrapper.type == paths.CONNECTION and thread != "loop":
        alias = wrapper.alias or DEFAULT
        frame.state.release(thread, None if alias == paths.ANY_ALIAS else alias, within=True)


def _is_coroutine_function(frame: Frame, expr: flow.Expr) -> bool | None:
    """Whether an expression is an async function, as decorators for both kinds ask; None where it is not known."""
    if frame.state is None:
        return None
    found = list(options(ex.evaluate_quietly(frame, expr)))
    if not all(isinstance(option, (FunctionValue, Guarded, Threaded)) for option in found):
        return None
    kinds = {calls.is_async(frame, option) for option in found}
    return kinds.pop() if len(kinds) == 1 else None


def _inside_transaction(frame: Frame, truth: bool, wrapper: Value) -> None:
    """`in_atomic_block` is true only where a transaction is open, and false only where none is."""
    if frame.state is None:
        return
    alias = wrapper.alias if isinstance(wrapper, Object) and wrapper.alias else paths.ANY_ALIAS
    meant = frozenset(scope for scope in frame.state.transactions if alias in (paths.ANY_ALIAS, scope.key.alias))
    if truth and not meant:
        frame.state = None
    elif not truth:
        frame.state.transactions -= meant
