"""Statements: follows every path of a function and keeps what is held along it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flake8_django_async.analysis import contexts, growing, iteration, narrowing
from flake8_django_async.analysis import expressions as ex
from flake8_django_async.analysis.effects import releases, streams
from flake8_django_async.analysis.exceptions import catches, catches_cancellation
from flake8_django_async.analysis.frame import Exits, Frame
from flake8_django_async.analysis.spelling import callee
from flake8_django_async.analysis.state import State, joined
from flake8_django_async.analysis.values import BLANK, NONE, UNKNOWN, ClassRef, Instance, Object, Query, Symbol, Value, options
from flake8_django_async.source import flow

MAX_ROUNDS = 24
"""Rounds of a loop's fixpoint. Holds only grow and joins are bounded, so a handful is the rule."""
MANY = 16
"""A statement is twice the work where so many connections, transactions and tasks are open."""


def run_block(frame: Frame, block: flow.Block) -> None:
    """Follow the statements of a block; `frame.state` is None afterwards when its end is not reached."""
    for statement in block:
        if frame.state is None:
            return
        run_statement(frame, statement)


def run_statement(frame: Frame, statement: flow.Stmt) -> None:
    if not isinstance(statement, (flow.Declare, flow.Import, flow.Define, flow.DefineClass)):
        frame.statement = statement.at
    state = frame.state
    assert state is not None
    frame.world.spend(1 + (len(state.holds) + len(state.transactions) + len(state.tasks)) // MANY)
    match statement:
        case flow.Evaluate(value=value):
            releases.check_unused(frame, ex.evaluate(frame, value), value)
        case flow.Bind():
            _bind(frame, statement)
        case flow.Augment(target=target, value=value):
            growing.extend(frame, target, ex.evaluate(frame, target), ex.evaluate(frame, value))
        case flow.Assert(test=test, message=message):
            ex.test(frame, test)
            _assert(frame, test, message)
        case flow.Return(value=value):
            _return(frame, value)
        case flow.Raise():
            _raise(frame, statement)
        case flow.Break():
            frame.exits.broken = joined((frame.exits.broken, frame.state))
            frame.state = None
        case flow.Continue():
            frame.exits.continued = joined((frame.exits.continued, frame.state))
            frame.state = None
        case flow.If(test=test, body=body, orelse=orelse):
            ex.test(frame, test)
            branch(frame, test, body, orelse)
        case flow.While():
            _while(frame, statement)
        case flow.For():
            iteration.for_loop(frame, statement)
        case flow.With():
            contexts.run_with(frame, statement)
        case flow.Try():
            _try(frame, statement)
        case flow.Match():
            _match(frame, statement)
        case flow.Declare(scope=scope, names=names):
            if scope == "global":
                frame.globals.update(names)
        case flow.Import():
            _set(frame, statement.name, frame.world.linker.imported(frame.module, statement))
        case flow.Define(function=function):
            _set(frame, function.name, frame.world.linker.nested(frame, function))
        case flow.DefineClass(name=name):
            _set(frame, name, UNKNOWN)
        case _:
            flow.assert_never(statement)


def _set(frame: Frame, name: str, value: Value) -> None:
    assert frame.state is not None
    frame.state.names[name] = value


def _bind(frame: Frame, statement: flow.Bind) -> None:
    annotated = frame.world.linker.annotation(frame, statement.annotation) if statement.annotation is not None else UNKNOWN
    if statement.value is None:
        value = annotated
    else:
        value = ex.evaluate(frame, statement.value)
        value = annotated if value in BLANK and annotated != UNKNOWN else value
        if isinstance(value, Query) and any(isinstance(target, flow.Sequence) for target in statement.targets):
            with frame.at(statement.at, callee(statement.value)):
                iteration.consume(frame, value)
    for target in statement.targets:
        ex.assign(frame, target, value)


def _assert(frame: Frame, test: flow.Expr, message: flow.Expr | None) -> None:
    """A failed assertion evaluates its message, and raises."""
    if frame.state is None:
        return
    held = frame.fork()
    narrowing.narrow(frame, test, False)
    if message is not None:
        ex.evaluate(frame, message)
    frame.raise_("raise:AssertionError")
    frame.state = held
    narrowing.narrow(frame, test, True)


def _return(frame: Frame, value: flow.Expr | None) -> None:
    result = NONE if value is None else frame.world.bounded(ex.evaluate(frame, value))
    if frame.state is not None:
        streams.returns(frame.state)
        frame.result.append(result)
        frame.exits.returned = joined((frame.exits.returned, frame.state))
        frame.state = None


def _raise(frame: Frame, statement: flow.Raise) -> None:
    if statement.exception is None:
        frame.raise_("raise:")
    else:
        value = ex.evaluate(frame, statement.exception)
        if statement.cause is not None:
            ex.evaluate(frame, statement.cause)
        for option in options(value):
            frame.raise_(f"raise:{_exception_name(option)}")
    frame.state = None


def _exception_name(value: Value) -> str:
    match value:
        case Symbol(path=path) | Object(type=path):
            return path.removeprefix("builtins.")
        case ClassRef(path=path, name=name) | Instance(type=ClassRef(path=path, name=name)):
            return f"{path}:{name}"
        case _:
            return ""


def branch(frame: Frame, test: flow.Expr, body: flow.Block, orelse: flow.Block) -> None:
    """Both ways of a test that has been evaluated."""
    if frame.state is None:
        return
    before = frame.fork()
    narrowing.narrow(frame, test, True)
    run_block(frame, body)
    after_body, frame.state = frame.state, before
    narrowing.narrow(frame, test, False)
    run_block(frame, orelse)
    frame.state = joined((after_body, frame.state))


def _while(frame: Frame, statement: flow.While) -> None:
    def once() -> State | None:
        """One round; returns the state in which the loop ends by its condition."""
        frame.statement = statement.at
        ex.test(frame, statement.test)
        if frame.state is None:
            return None
        following = frame.fork()
        narrowing.narrow(frame, statement.test, False)
        ended, frame.state = frame.state, following
        narrowing.narrow(frame, statement.test, True)
        run_block(frame, statement.body)
        return ended

    loop(frame, once, statement.orelse)


def loop(frame: Frame, once: iteration.Round, orelse: flow.Block, *, runs: bool = False) -> None:
    """Repeat `once` until nothing more is held at its head.

    `once` follows one round from `frame.state` and returns the state in which the loop ends before that round's body.
    `runs` says that there is at least one round (a loop over `connections.all()`).
    """
    with frame.collecting() as exits:
        head = frame.state
        ended: State | None = None
        if runs:
            once()
            head = joined((frame.state, exits.continued))
        for _ in range(MAX_ROUNDS):
            if head is None:
                break
            frame.world.spend()
            frame.state = head.copy()
            exits.continued = None
            ended = joined((ended, once()))
            following = joined((head, frame.state, exits.continued))
            if following == head:
                break
            head = following
        frame.state = ended
    run_block(frame, orelse)
    frame.state = joined((frame.state, exits.broken))
    pass_on(frame, exits, loops=False)


def pass_on(frame: Frame, exits: Exits, *, loops: bool = True) -> None:
    """Let collected exits go on to the block around."""
    outer = frame.exits
    outer.returned = joined((outer.returned, exits.returned))
    if loops:
        outer.broken = joined((outer.broken, exits.broken))
        outer.continued = joined((outer.continued, exits.continued))
    for kind, state in exits.raised.items():
        outer.raise_(kind, state)


def _try(frame: Frame, statement: flow.Try) -> None:
    before = frame.fork()
    with frame.collecting() as exits:
        with frame.collecting() as inner:
            run_block(frame, statement.body)
        after_body = frame.state
        pass_on(frame, Exits(inner.returned, inner.broken, inner.continued))
        ended = joined((after_body, inner.returned, inner.broken, inner.continued))
        after_handlers = _handlers(frame, statement, inner, _unforeseen(before, ended))
        frame.state = after_body
        run_block(frame, statement.orelse)
        frame.state = joined((frame.state, *after_handlers))
    if statement.final:
        leave_through(frame, exits, lambda: run_block(frame, statement.final))
    else:
        pass_on(frame, exits)


def _unforeseen(before: State, ended: State | None) -> State:
    """Where a body may raise what nobody knows of: before it, less what it is seen to release."""
    if ended is not None:
        before.holds &= ended.holds
    return before


@dataclass(frozen=True, slots=True)
class _Way:
    """Into a handler: what it catches (None: anything), and the states in which that is raised."""

    handler: flow.Handler
    type: Value | None
    states: list[State]


def _handlers(frame: Frame, statement: flow.Try, inner: Exits, unforeseen: State) -> list[State | None]:
    """Run each handler from the states it may catch, or from the unforeseen one; what may stay uncaught goes on."""
    frame.state = joined(inner.raised.values())
    ways = [_Way(handler, _handler_type(frame, handler), []) for handler in statement.handlers]
    for kind, state in inner.raised.items():
        if not _is_caught(ways, kind, state):
            frame.exits.raise_(kind, state)
    ends: list[State | None] = []
    yielded = frame.yielded.copy()
    for way in ways:
        frame.state = joined(way.states) or unforeseen.copy()
        if way.handler.name:
            frame.state.names[way.handler.name] = UNKNOWN
        run_block(frame, way.handler.body)
        ends.append(frame.state)
        frame.yielded = yielded.copy()  # what is told of a handler's yield is yet to be told of the other ways
    return ends


def _is_caught(ways: Sequence[_Way], kind: str, state: State) -> bool:
    """Give an exception to each handler that may catch it; whether one is sure to."""
    for index, way in enumerate(ways):
        verdict = "yes" if way.type is None else catches(way.type, kind)
        if verdict != "no":
            way.states.append(state)
        if verdict == "yes":
            # Whoever waits may be cancelled too, which `except Exception` lets pass.
            for later in ways[index + 1 :] if not kind.startswith("raise") else ():
                if later.type is None or catches_cancellation(later.type):
                    later.states.append(state)
            return True
    return False


def _handler_type(frame: Frame, handler: flow.Handler) -> Value | None:
    return None if handler.type is None else ex.evaluate_quietly(frame, handler.type)


def leave_through(frame: Frame, exits: Exits, final: Callable[[], None]) -> None:
    """Run `final` once for each way into it: from `frame.state`, and from each exit that was collected."""

    def through(state: State | None) -> State | None:
        if state is None:
            return None
        frame.state = state
        final()
        return frame.state

    end = through(frame.state)
    passed = Exits(through(exits.returned), through(exits.broken), through(exits.continued))
    for kind, state in exits.raised.items():
        after = through(state)
        if after is not None:
            passed.raise_(kind, after)
    frame.state = end
    pass_on(frame, passed)


def _match(frame: Frame, statement: flow.Match) -> None:
    subject = ex.evaluate(frame, statement.subject)
    ended: State | None = None
    for case in statement.cases:
        if frame.state is None:
            break
        skipped: State | None = frame.fork()
        for name in case.names:
            frame.state.names[name] = subject if len(case.names) == 1 else UNKNOWN
        if case.guard is not None:
            frame.statement = case.at
            skipped = joined((None if case.always else skipped, _guard(frame, case.guard)))
        run_block(frame, case.body)
        ended = joined((ended, frame.state))
        frame.state = None if case.always and case.guard is None else skipped
    frame.state = joined((ended, frame.state))


def _guard(frame: Frame, guard: flow.Expr) -> State | None:
    """The state in which a guard refuses; `frame` goes on where it does not."""
    ex.test(frame, guard)
    if frame.state is None:
        return None
    passed = frame.fork()
    narrowing.narrow(frame, guard, False)
    refused, frame.state = frame.state, passed
    narrowing.narrow(frame, guard, True)
    return refused
