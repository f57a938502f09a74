"""Expressions: evaluated in Python's order, for their effects and for what they denote."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flake8_django_async.analysis import calls, growing, iteration, narrowing, paths
from flake8_django_async.analysis.effects import effects, idioms, streams
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.spelling import callee
from flake8_django_async.analysis.state import State, joined
from flake8_django_async.analysis.values import (
    UNKNOWN,
    Arguments,
    Collection,
    FunctionValue,
    Instance,
    Literal_,
    Object,
    Query,
    Record,
    Symbol,
    Tuple,
    Value,
    join,
    options,
)  # fmt: skip
from flake8_django_async.source import flow


def evaluate(frame: Frame, expr: flow.Expr) -> Value:
    """Follow the evaluation of an expression; its effects change `frame.state`."""
    if frame.state is None:
        return UNKNOWN
    match expr:
        case flow.Name(id=name):
            return frame.world.linker.name(frame, name)
        case flow.Constant(value=value):
            return Literal_(value)
        case flow.Attribute():
            return _attribute(frame, expr)
        case flow.Call():
            return _call(frame, expr)
        case flow.Await(value=value, at=at):
            return _await(frame, value, at)
        case flow.Subscript():
            return _subscript(frame, expr)
        case flow.Sequence(kind=kind, items=items):
            return _sequence(frame, kind, items)
        case flow.Mapping(items=entries):
            return _mapping(frame, entries)
        case flow.Opaque(parts=parts):
            for part in parts:
                evaluate(frame, part)
            return UNKNOWN
        case flow.Binary(op="|", left=left, right=right):
            return join((evaluate(frame, left), evaluate(frame, right)))
        case flow.Binary(op="+", left=left, right=right):
            return growing.added(frame, evaluate(frame, left), evaluate(frame, right))
        case flow.Binary(left=left, right=right):
            evaluate(frame, left)
            truth(frame, right, evaluate(frame, right))  # to find a row, a queryset reads all
            return UNKNOWN
        case flow.Conditional(test=condition, body=body, orelse=orelse):
            test(frame, condition)
            return _either(frame, condition, body, orelse)
        case flow.Boolean(op=op, left=left, right=right):
            return _boolean(frame, op, left, right)
        case flow.Not(value=value):
            truth(frame, value, evaluate(frame, value))
            return UNKNOWN
        case flow.Walrus(name=name, value=value):
            result = frame.world.bounded(evaluate(frame, value))
            if frame.state is not None:
                frame.state.names[name] = result
            return result
        case flow.Starred(value=value):
            return evaluate(frame, value)
        case flow.Lambda(function=function):
            return frame.world.linker.nested(frame, function)
        case flow.Comprehension():
            return iteration.comprehension(frame, expr)
        case flow.Yield(value=value):
            return iteration.yielded(frame, UNKNOWN if value is None else evaluate(frame, value))
        case flow.YieldFrom(value=value, at=at):
            source = evaluate(frame, value)
            with frame.at(at, callee(value)):
                return iteration.delegate(frame, source, at)
        case _:
            flow.assert_never(expr)


def test(frame: Frame, expr: flow.Expr) -> Value:
    """Evaluate for truth: a queryset is read to know whether it has rows."""
    value = evaluate(frame, expr)
    truth(frame, expr, value)
    return value


def truth(frame: Frame, expr: flow.Expr, value: Value) -> None:
    """Ask the value of an expression for its truth: a queryset is read whole, and a name that stands for it is marked as read."""
    for option in options(value):
        if isinstance(option, Query):
            with frame.at(frame.statement, callee(expr)):
                effects.evaluate_query(frame, option, asynchronous=False)
            mark_evaluated(frame, expr, value)


def evaluate_quietly(frame: Frame, expr: flow.Expr) -> Value:
    """What an expression denotes, without its effects."""
    return quietly(frame, lambda: evaluate(frame, expr))


def quietly(frame: Frame, find: Callable[[], Value]) -> Value:
    """A value, without the effects that finding it has."""
    state, quiet = frame.state, frame.quiet
    if state is None:
        return UNKNOWN
    frame.state, frame.quiet = state.copy(), True
    try:
        with frame.collecting():
            return find()
    finally:
        frame.state, frame.quiet = state, quiet


def evaluate_text(frame: Frame, text: str) -> list[Value]:
    """What an expression may denote that stands in a text; nothing where the text is none."""
    expr = frame.world.parse_expression(text)
    return [] if expr is None else list(options(evaluate_quietly(frame, expr)))


def _attribute(frame: Frame, expr: flow.Attribute) -> Value:
    value = evaluate(frame, expr.value)
    if frame.state is None:
        return UNKNOWN
    if isinstance(expr.value, flow.Name):
        known = frame.state.names.get(f"{expr.value.id}.{expr.attr}")
        if known is not None:
            return known
    with frame.at(expr.at, callee(expr)):
        return calls.get_attribute(frame, value, expr.attr)


def _call(frame: Frame, expr: flow.Call) -> Value:
    function = evaluate(frame, expr.func)
    args = _arguments(frame, expr.args)
    if frame.state is None:
        return UNKNOWN
    with frame.at(expr.at, callee(expr)):
        if isinstance(expr.func, flow.Name) and expr.func.id == "super" and function == Symbol("builtins.super"):
            return frame.world.linker.super_(frame)
        if function == UNKNOWN and isinstance(expr.func, flow.Attribute):
            growing.put(frame, expr.func, args)
            function = idioms.method(frame, expr.func, args)
        result = calls.call(frame, function, args)
    if isinstance(function, Symbol) and args.positional and isinstance(args.positional[0], Query):
        row = frame.world.models.row(function.path)
        if row is not None and row.role == "consume":
            mark_evaluated(frame, expr.args[0].value, args.positional[0])
    return result


def _arguments(frame: Frame, given: tuple[flow.Argument, ...]) -> Arguments:
    positional: list[Value] = []
    keywords: list[tuple[str, Value]] = []
    open_ = False
    for argument in given:
        value = frame.world.bounded(evaluate(frame, argument.value))
        if argument.star == "*":
            if isinstance(value, Tuple):
                positional.extend(value.items)
            else:
                open_ = True
                item = _unpacked(frame, argument.value, value)
                if item != UNKNOWN or isinstance(value, Collection):
                    positional.append(item)
        elif argument.star == "**":
            known = value.items if isinstance(value, Record) else (("", UNKNOWN),)
            keywords.extend(item for item in known if item[0])
            open_ = open_ or "" in dict(known)
        elif argument.keyword:
            keywords.append((argument.keyword, value))
        else:
            positional.append(value)
    return Arguments(tuple(positional), tuple(keywords), open_)


def _unpacked(frame: Frame, expr: flow.Expr, value: Value) -> Value:
    """`*rows` in a call or a display: the rows are read."""
    with frame.at(frame.statement, callee(expr)):
        item = iteration.consume(frame, value)
    mark_evaluated(frame, expr, value)
    return item


def _await(frame: Frame, awaited: flow.Expr, at: flow.Span) -> Value:
    value = evaluate(frame, awaited)
    if frame.state is None:
        return UNKNOWN
    with frame.at(at if not isinstance(awaited, flow.Call) else awaited.at, callee(awaited)):
        return calls.await_(frame, value)


def _subscript(frame: Frame, expr: flow.Subscript) -> Value:
    value = evaluate(frame, expr.value)
    index = evaluate(frame, expr.index)
    if frame.state is None:
        return UNKNOWN
    with frame.at(expr.at, callee(expr)):
        return join(
            calls.get_item(frame, option, index, is_slice=isinstance(expr.index, flow.Opaque)) for option in options(value)
        )


def _sequence(frame: Frame, kind: str, items: tuple[flow.Expr, ...]) -> Value:
    values: list[Value] = []
    fixed = kind in ("tuple", "list")
    for item in items:
        value = evaluate(frame, item)
        if isinstance(item, flow.Starred):
            fixed = fixed and isinstance(value, Tuple)
            values.extend(value.items if isinstance(value, Tuple) else (_unpacked(frame, item.value, value),))
        else:
            values.append(value)
    if fixed and len(values) <= 16:
        return frame.world.bounded(Tuple(tuple(values)))
    return frame.world.bounded(Collection(join(values)))


def _mapping(frame: Frame, entries: tuple[tuple[flow.Expr | None, flow.Expr], ...]) -> Value:
    items: list[tuple[str, Value]] = []
    others: list[Value] = []
    for key, expr in entries:
        name = evaluate(frame, key) if key is not None else None
        value = evaluate(frame, expr)
        if isinstance(name, Literal_) and isinstance(name.value, str):
            items.append((name.value, value))
        elif key is None and isinstance(value, Record):
            items.extend(value.items)
        elif key is not None and value != UNKNOWN:
            others.append(value)
    if others:
        items.append(("", join((*others, *(item for name, item in items if not name)))))
    return frame.world.bounded(Record(tuple(items)))


def is_true(frame: Frame, value: Value) -> bool:
    """Whether a value is an object that the project has made: true, unless its class says otherwise."""
    if not isinstance(value, Instance) or not value.exact:
        return False
    says = (frame.world.linker.attribute(frame, value, name) for name in ("__bool__", "__len__"))
    return not any(isinstance(method, FunctionValue) for method in says)


def _either(frame: Frame, test: flow.Expr, body: flow.Expr, orelse: flow.Expr) -> Value:
    before = frame.state
    ends: list[State | None] = []
    values: list[Value] = []
    for expr, truth in ((body, True), (orelse, False)):
        frame.state = before.copy() if before is not None else None
        narrowing.narrow(frame, test, truth)
        value = evaluate(frame, expr)
        ends.append(frame.state)
        values += [] if frame.state is None else [value]
    frame.state = joined(ends)
    return join(values)


def _is_own_field(frame: Frame, expr: flow.Expr, value: Value) -> bool:
    """Whether an attribute is what its object was made with: what was assigned on some ways only may be None on others."""
    given = frame.receiver.fields if isinstance(frame.receiver, Instance) else ()
    return isinstance(expr, flow.Attribute) and any(value == field for _, field in given)


def _boolean(frame: Frame, op: str, left: flow.Expr, right: flow.Expr) -> Value:
    """The right side is evaluated where the left one has not decided."""
    first = test(frame, left)
    if frame.state is None or op == "or" and _is_own_field(frame, left, first) and is_true(frame, first):
        return first
    undecided = frame.fork()
    narrowing.narrow(frame, left, op == "or")
    decided, frame.state = frame.state, undecided
    narrowing.narrow(frame, left, op == "and")
    second = evaluate(frame, right)
    values = [value for value, state in ((first, decided), (second, frame.state)) if state is not None]
    frame.state = joined((decided, frame.state))
    return join(values)


def assign(frame: Frame, target: flow.Expr, value: Value) -> None:
    """Bind a target; names only, and attributes of names for as long as this function runs."""
    if frame.state is None:
        return
    value = frame.world.bounded(value)
    match target:
        case flow.Name(id=name):
            for known in [key for key in frame.state.names if key.startswith(f"{name}.")]:
                del frame.state.names[known]
            frame.state.names[name] = value
        case flow.Attribute(value=flow.Name(id=name), attr=attr):
            if attr == "streaming_content" and frame.state.names.get(name) == Object(paths.STREAMING_RESPONSE):
                streams.hand_over(frame, value)
                if frame.state is None:
                    return
            frame.state.names[f"{name}.{attr}"] = value
            growing.put_field(frame, name, attr, value)
        case flow.Attribute(value=inner):
            evaluate(frame, inner)
        case flow.Subscript(value=inner, index=index):
            owner, key = evaluate(frame, inner), evaluate(frame, index)
            if isinstance(owner, Object):
                with frame.at(frame.statement, callee(inner)):
                    calls.call_method(frame, owner, "__setitem__", Arguments((key, value)))
            growing.put_entry(frame, target, key, value)
        case flow.Sequence(items=items):
            fixed = value.items if isinstance(value, Tuple) and len(value.items) == len(items) else None
            starred = any(isinstance(item, flow.Starred) for item in items)
            for index_, item in enumerate(items):
                assign(frame, item, fixed[index_] if fixed is not None and not starred else iteration.element(frame, value))
        case flow.Starred(value=inner):
            assign(frame, inner, Collection(value))
        case _:  # pragma: no cover  # nothing else is a target
            pass


def mark_evaluated(frame: Frame, expr: flow.Expr, value: Value) -> None:
    """A queryset that was read whole keeps its rows: reading it again takes nothing."""
    if isinstance(expr, flow.Name) and isinstance(value, Query) and not value.cursor and frame.state is not None:
        frame.state.names[expr.id] = replace(value, evaluated=True)
