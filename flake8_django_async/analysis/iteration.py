"""Iteration: loops, comprehensions, yields, and what getting the next item does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from flake8_django_async.analysis import calls, generators, interpret, narrowing, paths, tasks
from flake8_django_async.analysis import expressions as ex
from flake8_django_async.analysis.effects import effects, fetched
from flake8_django_async.analysis.events import Wait
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.linking import annotations as declared
from flake8_django_async.analysis.spelling import OUTERMOST, callee
from flake8_django_async.analysis.state import DEFAULT, Key, Scope, State, joined
from flake8_django_async.analysis.values import (
    NO_ARGUMENTS,
    NONE,
    UNKNOWN,
    Arguments,
    Closed,
    Collection,
    Gathered,
    Generator,
    Instance,
    Iterator_,
    Literal_,
    Method,
    Object,
    Pending,
    Query,
    Record,
    Symbol,
    Tuple,
    Value,
    join,
    options,
)  # fmt: skip
from flake8_django_async.source import flow
from flake8_django_async.source.walk import target_names

Round: TypeAlias = Callable[[], "State | None"]


def for_loop(frame: Frame, statement: flow.For) -> None:
    """Follow a `for` or `async for` with its `else`; a name that stands for the queryset it reads is marked as read."""
    source = ex.evaluate(frame, statement.iterable)

    def body(item: Value) -> None:
        ex.assign(frame, statement.target, item)
        interpret.run_block(frame, statement.body)

    with frame.at(statement.at, callee(statement.iterable)):
        over(frame, source, statement.is_async, body, statement.orelse, statement.at)
    ex.mark_evaluated(frame, statement.iterable, source)


def over(frame: Frame, source: Value, is_async: bool, body: Callable[[Value], None], orelse: flow.Block, at: flow.Span) -> None:
    """Loop over each alternative of a source."""
    before = frame.state
    ends: list[State | None] = []
    known = list(options(source))
    for option in [option for option in known if tasks.of_tasks(option)] or known:
        frame.state = before.copy() if before is not None else None
        if frame.state is not None:
            _over_one(frame, option, is_async, body, orelse, at)
        ends.append(frame.state)
    frame.state = joined(ends)


def _over_one(
    frame: Frame, source: Value, is_async: bool, body: Callable[[Value], None], orelse: flow.Block, at: flow.Span
) -> None:
    while isinstance(source, Iterator_):
        source = source.source
    source = _iterator_of(frame, source, is_async)
    if isinstance(source, Generator):
        with frame.collecting() as exits:

            def step(value: Value) -> None:
                body(value)
                frame.state = joined((frame.state, exits.continued))
                exits.continued = None
                frame.statement = at

            generators.drive(frame, source, step)
        interpret.run_block(frame, orelse)
        frame.state = joined((frame.state, exits.broken))
        interpret.pass_on(frame, exits, loops=False)
        return
    item = start(frame, source, is_async)
    around = frame.state.cursors if frame.state is not None else frozenset()
    cursor = _open_cursor(frame, source)

    def once() -> State | None:
        frame.statement = at
        step_effect(frame, source, is_async)
        ended = frame.fork() if frame.state is not None else None
        body(item)
        return ended

    with frame.collecting() as exits:
        interpret.loop(frame, once, orelse, runs=runs(source))
    if cursor is not None:
        # It ends with the loop, also where that is left early: by a `return`, by an exception.
        for state in (frame.state, exits.returned, exits.broken, exits.continued, *exits.raised.values()):
            if state is not None:
                state.cursors = frozenset(scope for scope in state.cursors if scope.key != cursor or scope in around)
    interpret.pass_on(frame, exits)


def runs(source: Value) -> bool:
    """Whether a loop over this has at least one round, as far as that matters."""
    if isinstance(source, Symbol):
        return source.path == paths.DATABASES
    if tasks.of_tasks(source) or isinstance(source, Gathered) and source.items and not source.open:
        return True
    return isinstance(source, Object) and source.type == paths.CONNECTIONS or isinstance(source, Tuple) and bool(source.items)


def _iterator_of(frame: Frame, source: Value, is_async: bool) -> Value:
    """What `__aiter__` / `__iter__` of a project's class gives, where it is a generator."""
    if isinstance(source, Instance):
        made = calls.call_method(frame, source, "__aiter__" if is_async else "__iter__", NO_ARGUMENTS)
        for option in options(made):
            if isinstance(option, (Generator, Query)):
                return option
    return source


def start(frame: Frame, source: Value, is_async: bool) -> Value:
    """The effect of beginning to iterate; returns what the items denote."""
    match source:
        case Query():
            frame.turns += is_async
            effects.evaluate_query(frame, source, asynchronous=is_async)
        case Gathered() if is_async:  # items that have been waited for
            calls.await_(frame, source)
            return UNKNOWN
        case Closed(role="mapped", args=args):
            for item in args.positional[1:]:
                start(frame, item, is_async)
        case _:
            pass
    return element(frame, source)


def step_effect(frame: Frame, source: Value, is_async: bool) -> None:
    """The effect of getting one more item."""
    match source:
        case Instance():
            name = "__anext__" if is_async else "__next__"
            result = calls.call_method(frame, source, name, NO_ARGUMENTS)
            if is_async:
                calls.await_(frame, result)
        case Object(type=type_):
            row = frame.world.models.member(type_, "__aiter__" if is_async else "__iter__")
            if row is not None and row.when == "iterate":
                effects.apply(frame, row, source, NO_ARGUMENTS, awaited=is_async)
        case Closed(role="mapped", args=args):
            calls.call(frame, args.positional[0], Arguments(tuple(element(frame, item) for item in args.positional[1:])))
        case Pending(function=Symbol() | Method()):
            calls.step(frame, source, is_async=is_async)
        case _:
            pass


def consume(frame: Frame, source: Value, *, asynchronous: bool = False) -> Value:
    """Evaluate an iterable to its end; returns one item."""
    return calls.each(frame, source, lambda option: _consume_one(frame, option, asynchronous))


def _consume_one(frame: Frame, source: Value, asynchronous: bool) -> Value:
    match source:
        case Query():
            effects.evaluate_query(frame, source, asynchronous=asynchronous)
        case Iterator_(source=Closed(role="mapped", args=args)):
            items = Arguments(tuple(consume(frame, item, asynchronous=asynchronous) for item in args.positional[1:]))
            return calls.call(frame, args.positional[0], items)
        case Iterator_(source=inner):
            consume(frame, inner, asynchronous=asynchronous)
        case Generator():
            generators.drive(frame, source, lambda value: None)
        case Pending() | Object():
            step_effect(frame, source, asynchronous)
        case _:
            pass
    return element(frame, source)


def _open_cursor(frame: Frame, source: Value) -> Key | None:
    """A server-side cursor stays open in the body of its loop."""
    if not isinstance(source, Query) or not source.cursor or frame.state is None:
        return None
    key = Key(source.alias or DEFAULT, frame.context.sensitive)
    frame.state.cursors |= {Scope(key, frame.place)}
    return key


def element(frame: Frame, source: Value) -> Value:
    """What one item of an iterable denotes."""
    found: list[Value] = []
    for option in options(source):
        match option:
            case Collection(element=item):
                found.append(item)
            case Tuple(items=items):
                found.append(join(items))
            case Gathered(items=items):
                found.extend(items)
            case Iterator_(source=inner):
                found.append(element(frame, inner))
            case Query():
                found.append(fetched.row(frame, option))
            case Object(type=paths.CONNECTIONS, alias=alias):
                # `connections.all()` gives wrappers, `connections` itself their aliases.
                found.append(Object(paths.CONNECTION, paths.ANY_ALIAS) if alias else Literal_(paths.ANY_ALIAS))
            case Object(type=type_):
                found.append(_object_element(frame, type_))
            case Symbol(path=paths.DATABASES):
                found.append(Literal_(paths.ANY_ALIAS))
            case _:
                pass
    return join(found) if found else UNKNOWN


def _object_element(frame: Frame, type_: str) -> Value:
    row = frame.world.models.member(type_, "__aiter__") or frame.world.models.member(type_, "__iter__")
    return Object(row.returns) if row is not None and row.returns and "." in row.returns else UNKNOWN


def comprehension(frame: Frame, expr: flow.Comprehension) -> Value:
    """Follow a comprehension: it gives a Collection, one of a dict a Record.

    A generator expression that is async, or over a queryset or a generator, is left to what iterates it.
    """
    first = expr.clauses[0]
    source = ex.evaluate(frame, first.iterable)
    if frame.state is None:
        return UNKNOWN
    if expr.kind == "generator":
        is_async = first.is_async or isinstance(expr.element[0], flow.Await)
        if is_async or isinstance(source, (Query, Generator)) and isinstance(expr.element[0], flow.Call):
            return _generator(frame, expr, source, is_async)
        if isinstance(source, (Query, Generator)):
            return Iterator_(source)
    names = dict(frame.state.names)
    found: list[Value] = []

    def clause(index: int, given: Value | None = None) -> None:
        if frame.state is None:
            return
        if index == len(expr.clauses):
            found.append(join([ex.evaluate(frame, part) for part in expr.element][-1:]))
            return
        current = expr.clauses[index]
        iterable = given if given is not None else ex.evaluate(frame, current.iterable)

        def body(item: Value) -> None:
            ex.assign(frame, current.target, item)
            skipped = []
            for condition in current.conditions:
                ex.test(frame, condition)
                following = frame.state.copy() if frame.state is not None else None
                narrowing.narrow(frame, condition, False)
                skipped.append(frame.state)
                frame.state = following
                narrowing.narrow(frame, condition, True)
            clause(index + 1)
            frame.state = joined((*skipped, frame.state))

        with frame.at(expr.at, callee(current.iterable)):
            over(frame, iterable, current.is_async, body, (), frame.statement)

    clause(0, source)
    if frame.state is not None:
        own = set(target_names(tuple(clause.target for clause in expr.clauses)))  # what a walrus binds stays
        after = {name: value for name, value in frame.state.names.items() if name not in own}
        frame.state.names = after | {name: names[name] for name in own & names.keys()}
    ex.mark_evaluated(frame, first.iterable, source)
    item = join(found) if found else UNKNOWN
    return Record((("", item),)) if expr.kind == "dict" and item != UNKNOWN else Collection(item)


def _generator(frame: Frame, expr: flow.Comprehension, source: Value, is_async: bool) -> Value:
    """`(text(row) for row in rows)` is a generator function that closes over the value of `rows`, called."""
    assert frame.state is not None
    outermost = OUTERMOST + callee(expr.clauses[0].iterable)
    body: flow.Block = (flow.Evaluate(flow.Yield(expr.element[0], expr.at), expr.at),)
    for index, clause in reversed(list(enumerate(expr.clauses))):
        for condition in reversed(clause.conditions):
            body = (flow.If(condition, body, (), expr.at),)
        iterable = clause.iterable if index else flow.Name(outermost)
        body = (flow.For(clause.target, iterable, body, (), clause.is_async, expr.at),)
    code = flow.Function("<genexpr>", (), None, (), body, is_async, True, expr.at[0], expr.at)
    frame.state.names[outermost] = source
    made = frame.world.linker.nested(frame, code)
    del frame.state.names[outermost]
    return calls.call(frame, made, NO_ARGUMENTS)


def yielded(frame: Frame, value: Value) -> Value:
    """A `yield`: to a known consumer, or to whoever reads the stream."""
    if frame.state is None:
        return UNKNOWN
    if frame.on_yield is not None:
        return frame.on_yield(_declared(frame, value))
    frame.result.append(value)
    waited = frame.waited
    frame.wait(Wait("the client that reads the stream", "yield", "a client reads as slowly as it likes"))
    frame.waited = waited
    frame.raise_("raise:GeneratorExit")
    return UNKNOWN


def _declared(frame: Frame, value: Value) -> Value:
    """What a generator yields; where its body does not tell, its annotation may: `AsyncIterator[Page]`."""
    known = value.items if isinstance(value, Tuple) else (value,)
    returns = frame.function.flow.returns if frame.function is not None else None
    if returns is None or any(item != UNKNOWN for item in known):
        return value
    found = declared.yields(frame.world.linker.quiet_frame(frame.module, frame.line), returns)
    return value if found == UNKNOWN else found


def delegate(frame: Frame, source: Value, at: flow.Span) -> Value:
    """`yield from`: the items of another generator become this one's."""
    if isinstance(source, Generator):
        return generators.drive(frame, source, lambda value: _pass_yield(frame, value))
    over(frame, source, False, lambda value: _pass_yield(frame, value), (), at)
    return NONE


def _pass_yield(frame: Frame, value: Value) -> None:
    yielded(frame, value)
