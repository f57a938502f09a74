"""Streaming responses: a generator is handed to a client that reads as slowly as it likes."""

from __future__ import annotations

from dataclasses import replace

from flake8_django_async.analysis import calls, generators, summaries
from flake8_django_async.analysis.boundary import entering
from flake8_django_async.analysis.effects import effects
from flake8_django_async.analysis.events import Wait
from flake8_django_async.analysis.frame import Context, Frame
from flake8_django_async.analysis.state import Handed, Hold, Key, State, earliest
from flake8_django_async.analysis.values import (
    NO_ARGUMENTS,
    NONE,
    UNKNOWN,
    FunctionValue,
    Generator,
    Instance,
    Iterator_,
    Threaded,
    Unknown,
    Value,
    options,
)  # fmt: skip

STREAM = Wait(
    "StreamingHttpResponse", "stream", "the connection stays until the last chunk is read, or for good when the stream fails"
)


def hand_over(frame: Frame, content: Value, *, piecewise: bool = False) -> None:
    """A response that streams `content` is made: it is sent from the connections held when the request's function has returned.

    `piecewise`: a response class of the project's reads sync content too bit by bit, where Django's would read it all first.
    """
    for option in options(content):
        while isinstance(option, Iterator_):
            option = option.source
        if isinstance(option, Instance):
            option = _steps_of(frame, option) or option
        state = frame.state
        if state is None:
            return
        if isinstance(option, Generator) and (option.function.ref.flow.is_async or not piecewise):
            if option.function.ref.flow.is_async:
                frame.streamed.add(option.function.ref)
            state.streams |= {Handed(option, frame.statement)}
        elif isinstance(option, (Unknown, Threaded)) and frame.is_async or piecewise and isinstance(option, (Unknown, Generator)):
            state.streams |= {Handed(None, frame.statement)}


def _steps_of(frame: Frame, iterable: Instance) -> Generator | None:
    """What an object of the project's does when it is streamed: its `__aiter__` if that is a generator, or each `__anext__`."""
    made = calls.call_method(frame, iterable, "__aiter__", NO_ARGUMENTS)
    if made == UNKNOWN:
        made = calls.call_method(frame, iterable, "__iter__", NO_ARGUMENTS)
    for option in options(made):
        if isinstance(option, Generator):
            return option
        if isinstance(option, Instance):
            step = frame.world.linker.attribute(frame, option, "__anext__")
            if isinstance(step, FunctionValue):
                return Generator(step, NO_ARGUMENTS)
    return None


def returns(state: State) -> None:
    """What is held where a function returns, is held while its streams are sent, less what is released on the way out."""
    state.streams = frozenset(replace(handed, held=state.holds - handed.free) for handed in state.streams)


def leave(frame: Frame) -> None:
    """A function has returned: the streams that it made, or was given, are sent."""
    returned, statement, state = frame.exits.returned, frame.statement, frame.state
    if returned is None or not returned.streams:
        return
    for handed in sorted(returned.streams, key=_in_order):
        frame.state, frame.statement = replace(returned.copy(), holds=returned.holds & handed.held), handed.statement
        if handed.generator is None:
            _meet(frame, STREAM)
        elif handed.generator.function.ref.flow.is_async:
            _send(frame, handed.generator)
        else:
            _read_whole(frame, handed.generator)
    frame.state, frame.statement = state, statement


def _meet(frame: Frame, wait: Wait, only: frozenset[Key] | None = None) -> None:
    """Callers are not told: to them the stream is handed on, and they may release before it is sent."""
    assert frame.state is not None
    frame.meet(wait, frame.step(), [hold for hold in frame.state.holds if only is None or hold.key in only])


def _send(frame: Frame, generator: Generator) -> None:
    """Report the stream if the generator waits or yields before it releases, and the generator's own waits."""
    state = frame.state
    assert state is not None
    callee = summaries.start_frame(frame, generator.function, generator.args, Context("loop", frame.context.sensitive))
    callee.restart(entering(state, callee.names))
    callee.quiet = True
    summaries.summarise(callee)
    keys = frozenset(key for reach in callee.reaches.values() for key in reach.keys)
    if keys:
        _meet(frame, replace(STREAM, steps=(frame.place,)), keys)
    _continue_inside(frame, generator.function, generator, frozenset(hold for hold in state.holds if hold.key in keys))


def _read_whole(frame: Frame, generator: Generator) -> None:
    """Django reads sync content to its end in the request's thread before it sends any."""
    context, frame.context = frame.context, effects.thread_context(frame, "sensitive")
    try:
        with frame.collecting():
            _continue_inside(frame, generator.function, generator, frame.state.holds if frame.state is not None else frozenset())
            generators.drive(frame, generator, lambda value: None)
    finally:
        frame.context = context


def _in_order(handed: Handed) -> tuple[object, ...]:
    """By what stands in the source: which stream a finding tells of must not depend on hashes."""
    held = [(hold.opened, hold.key) for hold in earliest(handed.held)]
    if handed.generator is None:
        return handed.statement, "", 0, (), held
    function = handed.generator.function.ref
    return handed.statement, function.path, function.line, function.at, held


def _continue_inside(frame: Frame, function: FunctionValue, generator: Generator, holds: frozenset[Hold]) -> None:
    """The waits of a generator of this file that starts with connections of the view, or passes on what another one queries."""
    wraps = any(isinstance(value, Generator) for value in (*generator.args.positional, *dict(generator.args.keywords).values()))
    if frame.quiet or function.ref.path != frame.module.path or not (wraps or earliest(holds)) or frame.state is None:
        return
    context = Context("loop", frame.context.sensitive) if function.ref.flow.is_async else frame.context
    inner = summaries.start_frame(frame, function, generator.args, context)
    if not function.ref.flow.is_async:
        inner.on_yield = lambda value: NONE  # to a list, not to a client
    first = entering(frame.state, inner.names)
    first.holds = frozenset(hold for hold in holds if hold.opened is not None)
    inner.restart(first)
    inner.yielded = {hold.opened for hold in holds if hold.opened is not None}
    summaries.summarise(inner)
    frame.adopt(inner)
