"""Calls in settings modules whose result the source tells: building and changing lists and dicts, database URLs."""

from __future__ import annotations

from .values import UNKNOWN, Line, Scope, Table, Value, is_scalar, items_of

LONGEST = 5_000
"""Items of a list, characters of a string, rounds of a loop: what is longer is unknown."""

# What is given to these is not changed by them.
_HARMLESS = frozenset({
    "all", "any", "bool", "enumerate", "float", "frozenset", "int", "isinstance", "len", "max", "min", "print", "repr", "set",
    "sorted", "str", "sum", "zip",
})  # fmt: skip
_DATABASE_URL = ("dj_database_url.config", "dj_database_url.parse", "env.dj_db_url")


def function(name: str, args: list[Value], keywords: dict[str, Value], scope: Scope, line: Line) -> Value:
    """A call of a function by its dotted name. One that is not known here may have changed its arguments."""
    if name in _DATABASE_URL:
        table = Table(open=True)
        table.set("CONN_MAX_AGE", keywords.get("conn_max_age", 0), line)
        return table
    if name == "dict" and len(args) < 2:
        table = Table()
        if args:
            table.update(args[0] if isinstance(args[0], Table) else Table(open=True))
        for key, value in keywords.items():
            table.set(key, value, line)
        return table
    if name in ("list", "tuple") and len(args) < 2:
        items = items_of(args[0]) if args else []
        return UNKNOWN if items is None else items if name == "list" else tuple(items)
    if name in ("deepcopy", "copy.deepcopy") and len(args) == 1:
        return _deep(args[0])
    if name not in _HARMLESS:
        for value in (*args, *keywords.values()):
            scope.escape(value)
    return UNKNOWN


def _deep(value: Value) -> Value:
    if isinstance(value, Table):
        table = Table(open=value.open)
        table.lines = dict(value.lines)
        table.items = {key: _deep(item) for key, item in value.items.items()}
        return table
    return [_deep(item) for item in value] if isinstance(value, list) else value


def _shallow(table: Table) -> Table:
    other = Table(open=table.open)
    other.items, other.lines = dict(table.items), dict(table.lines)
    return other


def method(receiver: Value, name: str, args: list[Value], keywords: dict[str, Value], scope: Scope, line: Line) -> Value:
    """A method of a known value. One that is not known here may have changed its receiver."""
    first = args[0] if args else UNKNOWN
    if isinstance(receiver, Table):
        if name == "get" and args and not keywords:
            return receiver.get(first, args[1] if len(args) > 1 else None)
        if name == "setdefault" and args and not keywords:
            if is_scalar(first) and first not in receiver.items:
                receiver.set(first, UNKNOWN if receiver.open else args[1] if len(args) > 1 else None, line)
            return receiver.get(first)
        if name == "update" and len(args) < 2:
            if args:
                receiver.update(first if isinstance(first, Table) else Table(open=True))
            for key, value in keywords.items():
                receiver.set(key, value, line)
            return None
        if name == "pop" and args:
            value = receiver.get(first, args[1] if len(args) > 1 else UNKNOWN)
            if is_scalar(first):
                receiver.items.pop(first, None)
            else:
                scope.escape(receiver)
            return value
        if name in ("keys", "items", "values") and not receiver.open:
            return _view(receiver, name)
        if name == "copy":
            return _shallow(receiver)
    if isinstance(receiver, list):
        if name == "append" and len(args) == 1:
            receiver.append(first)
            return None
        if name == "extend" and (items := items_of(first)) is not None and len(receiver) + len(items) < LONGEST:
            receiver.extend(items)
            return None
        if name == "insert" and len(args) == 2 and isinstance(first, int):
            receiver.insert(first, args[1])
            return None
        if name == "remove" and is_scalar(first) and first in receiver:
            receiver.remove(first)
            return None
        if name == "copy":
            return list(receiver)
        if name in ("index", "count"):
            return UNKNOWN
    if isinstance(receiver, str) and not keywords and not args and name in ("lower", "upper", "strip"):
        return str(getattr(receiver, name)())
    scope.escape(receiver)
    return UNKNOWN


def _view(table: Table, name: str) -> Value:
    if name == "keys":
        return list(table.items)
    if name == "values":
        return list(table.items.values())
    return [(key, value) for key, value in table.items.items()]
