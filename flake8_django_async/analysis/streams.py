"""Streaming responses: a generator is handed to a client that reads as slowly as it likes."""

from __future__ import annotations

from dataclasses import replace

from flake8_django_async.analysis import summaries
from flake8_django_async.analysis.boundary import entering
from flake8_django_async.analysis.events import Reach, Wait
from flake8_django_async.analysis.frame import Context, Frame
from flake8_django_async.analysis.state import Handed, Hold, earliest
from flake8_django_async.analysis.values import FunctionValue, Generator, Iterator_, Threaded, Unknown, Value, options

STREAM = Wait(
    "StreamingHttpResponse", "stream", "the connection stays until the last chunk is read, or for good when the stream fails"
)


def hand_over(frame: Frame, content: Value, *, piecewise: bool = False) -> None:
    """A response that streams `content` is made: it is sent from the connections held now.

    `piecewise`: a response class of the project's reads sync content too bit by bit, where Django's would read it all first.
    """
    for option in options(content):
        while isinstance(option, Iterator_):
            option = option.source
        if isinstance(option, Generator) and option.function.ref.flow.is_async:
            _hand_over(frame, option)
        elif isinstance(option, (Unknown, Threaded)) and frame.is_async or piecewise and isinstance(option, (Unknown, Generator)):
            frame.wait(STREAM)


def _hand_over(frame: Frame, generator: Generator) -> None:
    """Report the stream if the generator waits or yields before it releases, and the generator's own waits."""
    state = frame.state
    if state is None:
        return
    frame.streamed.add(generator.function.ref)
    callee = summaries.start_frame(frame, generator.function, generator.args, Context("loop", frame.context.sensitive))
    callee.restart(entering(state, callee.names))
    callee.quiet = True
    summaries.summarise(callee)
    reaches = list(callee.reaches.values())
    keys = frozenset(key for reach in reaches for key in reach.keys)
    if keys:
        reach = Reach(STREAM, keys)
        frame.wait(replace(STREAM, steps=(frame.place,)), only=reach)
    state.streams |= {Handed(generator, frame.statement, state.holds)}
    _continue_inside(frame, generator.function, generator, frozenset(hold for hold in state.holds if hold.key in keys))


def leave(frame: Frame) -> None:
    """A function returns: what it has queried since it made a streaming response is held while that is sent."""
    state, statement = frame.state, frame.statement
    if state is None or not state.streams:
        return
    for handed in sorted(state.streams, key=_in_order):
        later = state.holds - handed.known
        if earliest(later):
            frame.state, frame.statement = replace(state, holds=later), handed.statement
            _hand_over(frame, handed.generator)
    frame.state, frame.statement = state, statement


def _in_order(handed: Handed) -> tuple[object, ...]:
    """By what stands in the source: which stream a finding tells of must not depend on hashes."""
    function = handed.generator.function.ref
    known = [(hold.opened, hold.key) for hold in earliest(handed.known)]
    return handed.statement, function.path, function.line, function.at, known


def _continue_inside(frame: Frame, function: FunctionValue, generator: Generator, holds: frozenset[Hold]) -> None:
    """The waits of a generator of this file that starts with connections of the view."""
    if frame.quiet or function.ref.path != frame.module.path or not earliest(holds) or frame.state is None:
        return
    inner = summaries.start_frame(frame, function, generator.args, Context("loop", frame.context.sensitive))
    first = entering(frame.state, inner.names)
    first.holds = frozenset(hold for hold in holds if hold.opened is not None)
    inner.restart(first)
    inner.yielded = {hold.opened for hold in holds if hold.opened is not None}
    summaries.summarise(inner)
    frame.adopt(inner)
