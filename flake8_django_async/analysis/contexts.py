"""`with` blocks: what entering and leaving does, and the body between."""

from __future__ import annotations

from collections.abc import Callable

from flake8_django_async.analysis import calls, effects, generators, interpret, tasks
from flake8_django_async.analysis import expressions as ex
from flake8_django_async.analysis.frame import Exits, Frame
from flake8_django_async.analysis.spelling import callee
from flake8_django_async.analysis.state import State, joined
from flake8_django_async.analysis.values import (
    NO_ARGUMENTS, UNKNOWN, Arguments, Instance, Manager, NONE, Object, Pending, Value, options,
)  # fmt: skip
from flake8_django_async.source import flow



def run_with(frame: Frame, statement: flow.With, index: int = 0) -> None:
    """The items from `index` on, each inside the one before, then the body."""
    if frame.state is None:
        return
    if index == len(statement.items):
        interpret.run_block(frame, statement.body)
        return
    item = statement.items[index]
    frame.statement = statement.at
    context = ex.evaluate(frame, item.context)
    if frame.state is None:
        return

    def body(value: Value) -> None:
        if item.target is not None:
            ex.assign(frame, item.target, value)
        run_with(frame, statement, index + 1)

    before: State = frame.state
    ends: list[State | None] = []
    for option in options(context):
        frame.state = before.copy()
        with frame.at(statement.at, callee(item.context)):
            _enter(frame, option, statement.is_async, body)
        ends.append(frame.state)
    frame.state = joined(ends)


def _enter(frame: Frame, context: Value, is_async: bool, body: Callable[[Value], None]) -> None:
    match context:
        case Manager(generator=generator):
            _generator_manager(frame, generator_of=context, body=body)
        case Instance():
            _own_manager(frame, context, is_async, body)
        case Object(type=type_, alias=alias) if type_ == effects.ATOMIC:
            scope = effects.open_transaction(frame, alias)
            between(frame, lambda: body(UNKNOWN), lambda: _end_transaction(frame, scope is not None, alias))
        case Object(type=type_) if type_.endswith("TaskGroup"):
            between(frame, lambda: body(context), lambda: tasks.join_group(frame, tasks.IN_GROUP))
        case Pending():
            body(calls.run(frame, context))
        case Object(type=type_):
            row = frame.world.models.member(type_, "__aenter__" if is_async else "__enter__")
            if row is not None:
                bound = effects.apply(frame, row, context, NO_ARGUMENTS, awaited=is_async)
                body(bound if bound != UNKNOWN else context)
            else:
                body(context)
        case _:
            body(context)


def _end_transaction(frame: Frame, opened: bool, alias: str) -> None:
    if opened:
        effects.close_transaction(frame, alias)


def between(frame: Frame, body: Callable[[], None], final: Callable[[], None]) -> None:
    """Run `body`, then `final` on every way out of it."""
    statement = frame.statement
    with frame.collecting() as exits:
        body()

    def through(state: State | None) -> State | None:
        if state is None:
            return None
        frame.state, frame.statement = state, statement
        final()
        return frame.state

    end = through(frame.state)
    passed = Exits(through(exits.returned), through(exits.broken), through(exits.continued))
    for kind, state in exits.raised.items():
        after = through(state)
        if after is not None:
            passed.raise_(kind, after)
    frame.state = end
    interpret.pass_on(frame, passed)


def _own_manager(frame: Frame, context: Instance, is_async: bool, body: Callable[[Value], None]) -> None:
    """A context manager class of the project."""
    prefix = "__a" if is_async else "__"
    entered = calls.call_method(frame, context, f"{prefix}enter__", NO_ARGUMENTS)
    bound = calls.await_(frame, entered) if is_async else entered
    leave = Arguments((NONE, NONE, NONE))

    def final() -> None:
        left = calls.call_method(frame, context, f"{prefix}exit__", leave)
        if is_async:
            calls.await_(frame, left)

    between(frame, lambda: body(bound if bound != UNKNOWN else context), final)


def _generator_manager(frame: Frame, generator_of: Manager, body: Callable[[Value], None]) -> None:
    """A generator under contextlib: the body runs at its yield, and every way out of the body goes through its rest."""
    ways = Exits()
    fell = False

    def on_item(value: Value) -> None:
        nonlocal fell
        driver, statement = frame.drives[-1], frame.statement
        with frame.collecting() as exits:
            body(value)
        frame.statement = statement
        fell = fell or frame.state is not None
        for kind, state in exits.raised.items():
            inner = driver.inside(state)
            if inner is not None:
                driver.inner.exits.raise_(kind, inner)
        ways.returned = joined((ways.returned, exits.returned))
        ways.broken = joined((ways.broken, exits.broken))
        ways.continued = joined((ways.continued, exits.continued))
        frame.state = joined((frame.state, exits.returned, exits.broken, exits.continued))

    generators.drive(frame, generator_of.generator, on_item)
    after = frame.state
    if after is None:
        return
    passed = Exits(after if ways.returned else None, after if ways.broken else None, after if ways.continued else None)
    interpret.pass_on(frame, passed)
    frame.state = after.copy() if fell else None

