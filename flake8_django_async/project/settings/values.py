"""Values of settings as far as the source tells them: plain data, in parts unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, TypeAlias, TypeGuard


class Unknown(Enum):
    """The type of `UNKNOWN`: a value that is computed, or that differs between the ways to run the project."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN

Scalar: TypeAlias = "None | bool | int | float | str"
Value: TypeAlias = "Unknown | Scalar | list[Value] | tuple[Value, ...] | Table"
Line: TypeAlias = tuple[str, int]
"""A file and a 1-based line."""

_MOST_PARTS = 5_000
_MOST_STEPS = 50_000


class Table:
    """A dict. An `open` one may have other keys than the known ones. `lines` tells where each key got its value."""

    __slots__ = ("items", "lines", "open")

    def __init__(self, *, open: bool = False) -> None:
        self.items: dict[Scalar, Value] = {}
        self.lines: dict[Scalar, Line] = {}
        self.open = open

    def get(self, key: Value, default: Value = UNKNOWN) -> Value:
        """The value of a key; the default when the table surely does not have it."""
        if not is_scalar(key):
            return UNKNOWN
        return self.items.get(key, UNKNOWN if self.open else default)

    def set(self, key: Value, value: Value, line: Line | None) -> None:
        """Set a key. One that is not known may be any: then nothing is known of any."""
        if not is_scalar(key):
            self.items.clear()
            self.lines.clear()
            self.open = True
            return
        self.items[key] = value
        if line is not None:
            self.lines[key] = line

    def update(self, other: Table) -> None:
        """`self.update(other)`. What an open table may set is not known any more."""
        if other.open:
            self.items.clear()
            self.open = True
        self.items.update(other.items)
        self.lines.update(other.lines)


def is_scalar(value: Value) -> TypeGuard[Scalar]:
    return value is None or isinstance(value, (bool, int, float, str))


def same(left: Value, right: Value) -> bool:
    """Equality that tells True from 1, and does not take two unknown values for equal."""
    if isinstance(left, Table) and isinstance(right, Table):
        return not (left.open or right.open) and _same_items(left, right)
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return type(left) is type(right) and len(left) == len(right) and all(map(same, left, right))
    return left is not UNKNOWN and type(left) is type(right) and left == right


def _same_items(left: Table, right: Table) -> bool:
    return left.items.keys() == right.items.keys() and all(same(left.items[key], right.items[key]) for key in left.items)


def join(left: Value, right: Value) -> Value:
    """What holds for either of two values."""
    if same(left, right):
        return left
    if not (isinstance(left, Table) and isinstance(right, Table)):
        return UNKNOWN
    both = Table(open=left.open or right.open or left.items.keys() != right.items.keys())
    for key in left.items:
        if key in right.items:
            both.set(key, join(left.items[key], right.items[key]), left.lines.get(key))
    return both


def copied(names: dict[str, Value]) -> dict[str, Value]:
    """A copy of an environment in which what was shared between names is shared again."""
    known: dict[int, Value] = {}

    def copy(value: Value) -> Value:
        if isinstance(value, (Table, list)):
            if id(value) not in known:
                if isinstance(value, Table):
                    table = known[id(value)] = Table(open=value.open)
                    table.lines = dict(value.lines)
                    table.items = {key: copy(item) for key, item in value.items.items()}
                else:
                    items: list[Value] = []
                    known[id(value)] = items
                    items.extend(map(copy, value))
            return known[id(value)]
        if isinstance(value, tuple):
            return tuple(map(copy, value))
        return value

    return {name: copy(value) for name, value in names.items()}


def fits(value: Value) -> bool:
    """Whether a value is small enough to reckon with, and not inside itself."""
    left, stack = _MOST_PARTS, [value]
    while stack and left:
        left -= 1
        part = stack.pop()
        if isinstance(part, (list, tuple)):
            stack.extend(part[: left + 1])
        elif isinstance(part, Table):
            stack.extend(part.items.values())
    return not stack


def items_of(value: Value) -> list[Value] | None:
    """What a loop over the value goes through; None when that is not known."""
    if isinstance(value, (list, tuple)):
        return list(value)
    if isinstance(value, Table) and not value.open:
        return list(value.items)
    return None


class Exhausted(Exception):
    """The module is too large, or goes round and round."""


@dataclass(slots=True)
class Scope:
    """Names of a settings module and their values. With `open`, names that are not here may have any value."""

    path: str
    names: dict[str, Value] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    open: bool = False
    steps: int = 0
    only_reads: Callable[[str], bool] = lambda name: False
    """Whether a function, by its name in this module, leaves a dict of all names that it is given as it is."""

    def step(self, cost: int = 1) -> None:
        self.steps += cost
        if self.steps > _MOST_STEPS:
            raise Exhausted

    def forget(self) -> None:
        """Something may have set any name."""
        self.names.clear()
        self.open = True

    def escape(self, value: Value) -> None:
        """Something may have changed a list or table, whatever names it."""
        if isinstance(value, Table):
            for inner in value.items.values():
                self.escape(inner)
            value.items.clear()
            value.open = True
        elif isinstance(value, list):
            for name, known in self.names.items():
                if known is value:
                    self.names[name] = UNKNOWN
