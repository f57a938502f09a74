"""What a role is: a function that takes the frame, the row, the receiver of a method (or None) and the arguments of the call,
and returns the value of the call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from flake8_django_async.analysis.effects import effects
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.values import UNKNOWN, Arguments, Closed, Method, Pending, Symbol, Value
from flake8_django_async.models.load import Row

Follow: TypeAlias = Callable[[Value], Value]
Role: TypeAlias = Callable[[Frame, Row, "Value | None", Arguments], Value]
CallableRole: TypeAlias = Callable[[Frame, Closed, Arguments], Value]
MethodRole: TypeAlias = Callable[[Frame, Value, Arguments], Value]


def effect(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """Roles that only qualify an effect, which goes the way of every other row."""
    if row.when in ("await", "enter", "iterate"):
        function: Value = Symbol(row.path) if receiver is None else Method(receiver, row.path)
        return Pending(function, args)
    return effects.apply(frame, row, receiver, args, awaited=False)


def first_argument(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """Roles of functions that give back what they are given."""
    return args.positional[0] if args.positional else args.keywords[0][1] if len(args.keywords) == 1 else UNKNOWN
