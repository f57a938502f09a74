"""Generators of the project, run together with whoever consumes them: a loop's body, a `with` block, a client."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from flake8_django_async.analysis import calls, contexts, interpret
from flake8_django_async.analysis.boundary import entering, leaving, outside
from flake8_django_async.analysis.events import Reach, Wait
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.state import Hold, State, joined
from flake8_django_async.analysis.step import Step
from flake8_django_async.analysis.values import NONE, Generator, Value, join

MAX_NESTING = 12
"""Generators driven within each other; more are taken as ones that yield once and do nothing."""


class Drive:
    """One generator being consumed by `frame`: hands its yields over, keeps both states in step."""

    def __init__(self, frame: Frame, generator: Generator, place: Step) -> None:
        self.outer = frame
        self.place = place
        self.known: dict[Hold, Hold] = {}
        self.latest = frame.fork()
        self.first = self.latest.holds
        self.inner = calls.frame_for(frame, generator.function, generator.args)
        self.inner.restart(entering(self.latest, self.inner.names))
        self.inner.quiet = frame.quiet or self.inner.module.path != frame.module.path
        self.inner.driver = self

    def outside(self) -> State | None:
        """The consumer's state, as the generator's has it by now."""
        inner = self.inner.state
        return None if inner is None else leaving(self.latest, inner, self.place, self.known)

    def thrown(self, state: State) -> State:
        """The generator's state when its consumer's body raised in `state`: what was open there may still be at its end."""
        self._seen(replace(state, names=self.latest.names))
        return self._resumed(state, self.names)

    def _seen(self, state: State) -> None:
        """What the consumer held after any yield so far: which of it is still open, the generator's own state tells."""
        self.latest = joined((self.latest, state)) or state

    def _resumed(self, state: State, names: dict[str, Value]) -> State:
        """The generator's state when its consumer comes back with a state.

        In a loop over a loop the generator before this one may have opened, at the same place, what was held from the first.
        """
        resumed = entering(state, names, self.known)
        resumed.submitted, resumed.asked = state.submitted, state.asked
        resumed.holds |= frozenset(Hold(hold.key, None) for hold in state.holds & self.first)
        return resumed

    @property
    def names(self) -> dict[str, Value]:
        return self.inner.state.names if self.inner.state is not None else {}

    def run(self, on_item: Callable[[Value], None]) -> Value:
        """Run the generator; `on_item` follows the consumer from `outer.state` at each yield. Returns its return value."""

        def on_yield(value: Value) -> Value:
            self.outer.world.spend(4)  # two states are kept in step
            names = self.names
            self.outer.state = self.outside()
            assert self.outer.state is not None
            held = self.outer.state.holds
            on_item(value)
            after = self.outer.state
            if after is None:
                self.inner.state = None
            else:
                self._seen(after)
                self._taken_since(after.holds - held)
                self.inner.state = self._resumed(after, names)
            return NONE

        self.inner.on_yield = on_yield
        assert self.inner.function is not None
        self.outer.drives.append(self)
        self.outer.world.frames[self.inner.serial] = self.inner
        try:
            interpret.run_block(self.inner, self.inner.function.flow.body)
        finally:
            del self.outer.world.frames[self.inner.serial]
            self.outer.drives.pop()
            self.outer.adopt(self.inner)
            self.outer.turns += self.inner.turns
        if self.inner.waited:
            # It waits on what this consumer gives it, so it is read slowly: read from its own text alone it may not be seen to.
            self.outer.streamed.add(self.inner.function)
        for hold in self.inner.queried.values():
            self.outer.note(outside(hold, self.place))
        for hold in self.inner.lasting.values():
            self.outer.last(outside(hold, self.place))
        self.inner.state = joined((self.inner.state, self.inner.exits.returned))
        for kind, state in self.inner.exits.raised.items():
            self.outer.raise_(kind, leaving(self.latest, state, self.place, self.known))
        self.outer.state = self.outside()
        for function, _, _ in self.inner.commits[0]:
            contexts.at_commit(self.outer, function, surely=False)
        return self.inner.value()

    def _taken_since(self, holds: Iterable[Hold]) -> None:
        """What its consumer has opened since was not held when the generator made its tasks, though it is the same connection."""
        taken = {Hold(hold.key, None) for hold in holds}
        for task, held in self.inner.started.items():
            self.inner.started[task] = held - taken

    def give_way(self) -> None:
        """The generator awaits something: the consumer's tasks come to run."""
        if self.inner.state is not None and (self.outer.since or self.outer.driver is not None):
            state, self.outer.state = self.outer.state, self.outside()
            self.outer.give_way()
            self.outer.state = state

    def wait(self, wait: Wait, reach: Reach) -> None:
        """A wait inside the generator, seen from its consumer."""
        assert self.inner.state is not None
        # What the generator's tasks run beside is in its own state under another key than the consumer's.
        meeting = replace(self.inner.state, holds=self.inner.state.holds.union(Hold(key, None) for key in reach.keys))
        state, self.outer.state = self.outer.state, leaving(self.latest, meeting, self.place, self.known)
        self.outer.state.holds -= self.known.keys() - self.first  # its own are met inside it
        statement = self.outer.statement
        # Also a sync generator is awaited where another thread consumes it: `await sync_to_async(list)(lines())`.
        kind = self.outer.wait_kind() if wait.kind == "block" else wait.kind
        self.outer.wait(replace(wait, kind=kind, steps=(self.place, *wait.steps)), only=reach)
        self.outer.statement = statement
        self.outer.state = state


def drive(frame: Frame, generator: Generator, on_item: Callable[[Value], None]) -> Value:
    """Consume a generator; afterwards `frame.state` is the one after its end."""
    if frame.state is None:  # one before it never ends
        return NONE
    depth, outer = 0, frame.driver
    while outer is not None:
        depth += 1
        same = outer.inner.function == generator.function.ref
        if depth > MAX_NESTING or same:
            on_item(NONE)
            return NONE
        outer = outer.outer.driver
    return Drive(frame, generator, frame.place).run(on_item)


def step(frame: Frame, generator: Generator) -> Value:
    """One item of a generator: it stands at one of its yields afterwards, with what it holds there."""
    items: list[Value] = []
    stood: list[State | None] = []

    def on_item(value: Value) -> None:
        items.append(value)
        stood.append(frame.state.copy() if frame.state is not None else None)

    drive(frame, generator, on_item)
    frame.state = joined(stood) or frame.state
    return join(items)


def finish(frame: Frame, generator: Generator, *, closed: bool) -> None:
    """What a generator does behind the yield it stands at: goes on to its end, or leaves by GeneratorExit when it is `closed`.

    Its waits were told when it was read.
    """
    depth, before = len(frame.drives), frame.fork()
    quiet, waited, reaches = frame.quiet, frame.waited, dict(frame.reaches)

    def on_item(value: Value) -> None:
        if closed and frame.state is not None and len(frame.drives) > depth:
            driver = frame.drives[-1]
            driver.inner.exits.raise_("raise:GeneratorExit", driver.thrown(frame.state))
            frame.state = None

    frame.quiet = True
    try:
        with frame.collecting() as exits:
            drive(frame, generator, on_item)
    finally:
        frame.quiet, frame.waited, frame.reaches = quiet, waited, reaches
    raised = (exits.raised.get(kind) for kind in ("raise:GeneratorExit", "raise:"))  # the second: again
    frame.state = joined((frame.state, *raised)) or before
