"""Lists, sets and dicts that grow: what is put into them is what is taken out, iterated, or gathered later."""

from __future__ import annotations

from flake8_django_async.analysis import iteration
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.values import UNKNOWN, Arguments, Collection, Literal_, Record, Tuple, Value, join, options
from flake8_django_async.source import flow

ONE = {"append": 0, "add": 0, "appendleft": 0, "insert": 1}
"""Methods that put one item into a list, set or deque, with the position of the item among their arguments."""
ALL = {"extend", "update", "extendleft"}
"""Methods that put all items of an iterable into it."""


def put(frame: Frame, called: flow.Attribute, args: Arguments) -> None:
    """`tasks.append(task)`: the name stands for some number of what it had and of the new."""
    if called.attr in ONE:
        item = args.get(ONE[called.attr])
    elif called.attr in ALL and args.positional:
        item = iteration.element(frame, args.positional[0])
    else:
        return
    name = name_of(called.value)
    state = frame.state
    if state is None or item is None or item == UNKNOWN or name not in state.names:
        return
    known = list(options(state.names[name]))
    if all(isinstance(option, (Tuple, Collection)) for option in known):
        state.names[name] = frame.world.bounded(Collection(join((iteration.element(frame, state.names[name]), item))))


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


def name_of(expr: flow.Expr) -> str:
    """The name under which a frame's state keeps a variable, or an attribute of one; "" for what it does not keep."""
    match expr:
        case flow.Name(id=name):
            return name
        case flow.Attribute(value=flow.Name(id=name), attr=attr):
            return f"{name}.{attr}"
        case _:
            return ""
