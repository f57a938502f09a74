"""Values that grow.

What is put into lists, sets and dicts is taken out, iterated, or gathered later; objects are given what they lack.
"""

from __future__ import annotations

from dataclasses import replace

from flake8_django_async.analysis import calls, iteration
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.values import (
    NONE,
    UNKNOWN,
    Arguments,
    Collection,
    Instance,
    Literal_,
    Record,
    Symbol,
    Tuple,
    Value,
    join,
    options,
)
from flake8_django_async.source import flow

ONE = {"append": 0, "add": 0, "appendleft": 0, "insert": 1}
"""Methods that put one item into a list, set or deque, with the position of the item among their arguments."""
ALL = {"extend", "update", "extendleft"}
"""Methods that put all items of an iterable into it."""
EXTEND = Symbol("builtins.list.extend")


def put(frame: Frame, called: flow.Attribute, args: Arguments) -> None:
    """`tasks.append(task)`: the name stands for some number of what it had and of the new."""
    name, state = name_of(called.value), frame.state
    if called.attr not in ONE and called.attr not in ALL or state is None or name not in state.names:
        return
    if not all(isinstance(option, (Tuple, Collection)) for option in options(state.names[name])):
        return
    if called.attr in ONE:
        item = args.get(ONE[called.attr]) or UNKNOWN
    else:
        item = iteration.element(frame, calls.call(frame, EXTEND, args))
    if item != UNKNOWN and frame.state is not None:
        names = frame.state.names
        names[name] = frame.world.bounded(Collection(join((iteration.element(frame, names[name]), item))))


def extend(frame: Frame, target: flow.Expr, known: Value, added: Value) -> None:
    """`tasks += others`: reads what is added, if the name has a list or a set."""
    name, state = name_of(target), frame.state
    if state is None or name not in state.names or not isinstance(known, (Tuple, Collection)):
        return
    with frame.at(frame.statement, name):
        item = iteration.consume(frame, added)
    if item != UNKNOWN and frame.state is not None:
        frame.state.names[name] = frame.world.bounded(Collection(join((iteration.element(frame, known), item))))


def added(frame: Frame, left: Value, right: Value) -> Value:
    """`first + second`, of lists and tuples."""
    if isinstance(left, Tuple) and isinstance(right, Tuple):
        return frame.world.bounded(Tuple(left.items + right.items))
    if isinstance(left, (Tuple, Collection)) and isinstance(right, (Tuple, Collection)):
        return frame.world.bounded(Collection(join((iteration.element(frame, left), iteration.element(frame, right)))))
    return UNKNOWN


def put_entry(frame: Frame, target: flow.Subscript, index: Value, value: Value) -> None:
    """`tasks[key] = task`: one more entry, under a key that may not be known."""
    name = name_of(target.value)
    state = frame.state
    known = state.names.get(name) if state is not None else None
    if state is None or value == UNKNOWN or not isinstance(known, Record):
        return
    key = index.value if isinstance(index, Literal_) and isinstance(index.value, str) else ""
    entries = dict(known.items)
    entries[key] = value if key else join((entries.get(key, UNKNOWN), value))
    state.names[name] = frame.world.bounded(Record(tuple(entries.items())))


def put_field(frame: Frame, name: str, attr: str, value: Value) -> None:
    """`service.client = client`: an object that was made without one has it from here on."""
    assert frame.state is not None
    owner = frame.state.names.get(name)
    if isinstance(owner, Instance) and (attr, NONE) in owner.fields and owner != frame.receiver:
        others = tuple(field for field in owner.fields if field[0] != attr)
        given = () if value == UNKNOWN else ((attr, value),)
        frame.state.names[name] = replace(owner, fields=tuple(sorted((*others, *given))))


def name_of(expr: flow.Expr) -> str:
    """The name under which a frame's state keeps a variable, or an attribute of one; "" for what it does not keep."""
    match expr:
        case flow.Name(id=name):
            return name
        case flow.Attribute(value=flow.Name(id=name), attr=attr):
            return f"{name}.{attr}"
        case _:
            return ""
