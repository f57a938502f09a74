"""Signals of the project: who receives them, and what sending one does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flake8_django_async.analysis import calls
from flake8_django_async.analysis import expressions as ex
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.roles.kinds import CallableRole, Role
from flake8_django_async.analysis.state import joined
from flake8_django_async.analysis.values import (
    UNKNOWN,
    Arguments,
    Closed,
    FunctionValue,
    Literal_,
    Object,
    Pending,
    Synced,
    Threaded,
    Value,
)  # fmt: skip
from flake8_django_async.models.load import Row
from flake8_django_async.project.modules import Module

SIGNAL = "django.dispatch.Signal"


def _signal(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """A signal is known by where it is made: its alias says so."""
    return Object(SIGNAL, f"{frame.module.path}:{frame.place.line}")


def _send(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    if not isinstance(receiver, Object) or receiver.type != SIGNAL or not receiver.alias:
        return UNKNOWN
    name = row.path.rpartition(".")[2]
    closed = Closed("signal", Arguments((receiver, Literal_(name))))
    return Pending(closed, args) if name.startswith("a") else _deliver(frame, closed, args)


def _deliver(frame: Frame, closed: Closed, args: Arguments) -> Value:
    """Every receiver is called: where the signal is awaited sync ones in the request's thread, else async ones to their end."""
    signal, name = closed.args.positional
    assert isinstance(signal, Object) and isinstance(name, Literal_)
    given = Arguments(keywords=(("sender", UNKNOWN), *args.without("sender").keywords), open=True)
    is_awaited = str(name.value).startswith("a")
    with frame.collecting() as exits:
        for function in sorted(receivers(frame, signal), key=lambda each: (each.ref.flow.is_async, each.ref.path, each.ref.line)):
            is_async = function.ref.flow.is_async
            called: Value = function
            if is_async != is_awaited:
                called = Threaded(function, "sensitive") if is_awaited else Synced(function)
            result = calls.call(frame, called, given)
            if is_awaited:
                calls.await_(frame, result)
    for kind, state in exits.raised.items():
        if str(name.value).endswith("_robust"):
            frame.state = joined((frame.state, state))
        else:
            frame.raise_(kind, state)
    return UNKNOWN


def receivers(frame: Frame, signal: Object) -> tuple[FunctionValue, ...]:
    """The functions that are connected to a signal at the level of a module, whoever sends it."""
    known = frame.world.receivers.get(signal.alias)
    if known is None:
        known = frame.world.receivers[signal.alias] = tuple(_find_receivers(frame, signal))
    return known


def _find_receivers(frame: Frame, signal: Object) -> dict[FunctionValue, None]:
    world = frame.world
    path, _, line = signal.alias.rpartition(":")
    outline = world.module(path).outline
    names = [name for name, spans in outline.assignments.items() if any(first <= int(line) <= last for first, last in spans)]
    found: dict[FunctionValue, None] = {}
    for name in names:
        for place, row in world.project.index.mentions(name):
            module = world.module(place)
            if not world.hosts.is_silent_file(place) or world.hosts.is_silent_file(path):
                found.update(dict.fromkeys(_connected(frame, module, row, name, signal)))
    return found


def _connected(frame: Frame, module: Module, row: int, name: str, signal: Object) -> Iterator[FunctionValue]:
    linker, text = frame.world.linker, module.lines[row - 1]
    if "receiver" not in text and "connect" not in text:
        return
    scope = linker.quiet_frame(module, row)
    if (connect := re.match(rf"([\w.]*\b{name})\.connect\(\s*([\w.]+)\s*\)", text)) is not None:
        if signal in ex.evaluate_text(scope, connect[1]):
            yield from (option for option in ex.evaluate_text(scope, connect[2]) if isinstance(option, FunctionValue))
    elif (decorated := re.match(r"@[\w.]*receiver\((?P<signals>[^()]*)\)\s*$", text)) is not None:
        signals = re.findall(r"[\w.]+", decorated["signals"]) if "=" not in decorated["signals"] else []
        if any(signal in ex.evaluate_text(scope, each) for each in signals):
            for spans in module.outline.functions.values():
                for span in spans:
                    if span.first <= row < span.header and (raw := linker.raw_function(module, span)) is not None:
                        yield raw


ROLES: dict[str, Role] = {
    "signal": _signal,
    "signal_send": _send,
}


CALLABLES: dict[str, CallableRole] = {
    "signal": _deliver,
}
