"""One run of one generated program: its choices, its connections, its waits, and where a hold and a wait met."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import NamedTuple, Protocol, TypeAlias

MAX_CHOICES = 30
"""A path that asks for more decisions is cut there; what it met before counts."""
WRAPPER = "wrapper"
"""The name of functions made by the decorators of generated programs: what meets there is said of the wrapped function."""
TRANSPARENT = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})


class Cut(BaseException):
    """This path is followed no further."""


class Place(NamedTuple):
    path: str
    line: int


class Link(NamedTuple):
    """One activation on the way to an effect, and the line it was at."""

    frame: FrameType
    line: int

    @property
    def place(self) -> Place:
        return Place(self.frame.f_code.co_filename, self.line)


Chain: TypeAlias = tuple[Link, ...]
"""From the outermost activation to the innermost. Tasks continue the chain of the statement that made them."""


class Key(NamedTuple):
    alias: str
    thread: str


@dataclass(eq=False, slots=True)
class Opening:
    """A query; `first` says that it took the connection, later ones found it taken."""

    chain: Chain
    first: bool
    yielded: bool = False


@dataclass(eq=False, slots=True)
class Waiting:
    chain: Chain
    task: Task | None
    kind: str


class Together(Protocol):
    """A gathering or a group of tasks."""

    def failing(self) -> bool: ...


@dataclass(eq=False, slots=True)
class Task:
    """A coroutine under way; `waiting` says when it can go on."""

    send: Callable[[BaseException | None], object]
    close: Callable[[], None]
    chain: Chain
    started: bool = False
    done: bool = False
    result: object = None
    error: BaseException | None = None
    joined: bool = False
    streams: bool = False
    """It sends a stream: its chain leads to where that was handed over."""
    maker: Task | None = None
    failing: bool = False
    """Its work in a thread has failed, and it has not yet heard of that."""
    together: Together | None = None
    """What it was started with others by. Once that has failed, nobody awaits the others any more."""
    waiting: Callable[[], bool] | None = None
    cancelled: bool = False
    deadlines: list[object] = field(default_factory=list)
    groups: list[object] = field(default_factory=list)


@dataclass(slots=True)
class Truth:
    """What the runs of a program showed.

    `required` has the places of each wait that was held when the connection had been taken: one of them must be reported.
    `allowed` has places where a report is right.
    """

    required: set[frozenset[Place]] = field(default_factory=set)
    allowed: set[Place] = field(default_factory=set)
    yields: dict[Place, set[Place]] = field(default_factory=dict)
    """By the query: the first yields of a stream that its connection was held over. One of them must be reported."""
    runs: int = 0
    exhaustive: bool = True

    def wanted(self) -> set[frozenset[Place]]:
        """Sets of places, of each of which one must be reported."""
        return self.required | {frozenset(places) for places in self.yields.values()}


@dataclass(slots=True)
class Run:
    """The state of the stand-in while one path is executed."""

    files: frozenset[str]
    truth: Truth
    prefix: tuple[int, ...] = ()
    relaxed: bool = False
    """Queries and waits may raise anything, as far as the analysis knows."""
    unordered: bool = False
    """Tasks begin, and come to a thread, in any order, as far as the analysis knows."""
    taken: list[tuple[int, int, Place]] = field(default_factory=list)
    """Decisions so far: what was chosen, of how many, at which line."""
    thread: str = "loop"
    sensitive: str = "request"
    foreign: int = 0
    queues: dict[str, list[object]] = field(default_factory=dict)
    held: dict[Key, list[Opening]] = field(default_factory=dict)
    atomic: dict[Key, int] = field(default_factory=dict)
    broken: set[Key] = field(default_factory=set)
    rounds: dict[tuple[int, str], int] = field(default_factory=dict)
    in_progress: list[Waiting] = field(default_factory=list)
    blocked: list[tuple[Waiting, list[Opening]]] = field(default_factory=list)
    """Blocking waits whose holds are looked at once more when all other tasks have done what they could."""
    blocks: int = 0
    """How many blocking waits there were."""
    waiting_for_threads: int = 0
    """How many tasks wait for a foreign thread that is blocked."""
    met: list[tuple[Waiting, Opening, bool]] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    elsewhere: list[Task] = field(default_factory=list)
    """Tasks of the loop that handed work to the foreign thread at hand: they go on, though here they stand still."""
    current: Task | None = None
    dead: bool = False

    # ------------------------------------------------------------ choices

    def choose(self, arity: int) -> int:
        """A decision, 0 unless this run's prefix says otherwise."""
        if self.dead:
            raise Cut
        if arity <= 1:
            return 0
        index = len(self.taken)
        choice = min(self.prefix[index], arity - 1) if index < len(self.prefix) else 0
        self.taken.append((choice, arity, self.here()))
        if index >= MAX_CHOICES:
            self.dead = True
            raise Cut
        return choice

    def here(self) -> Place:
        """The innermost line of the program."""
        frame: FrameType | None = sys._getframe(2)
        while frame is not None and frame.f_code.co_filename not in self.files:
            frame = frame.f_back
        return Place("", 0) if frame is None else Place(frame.f_code.co_filename, frame.f_lineno)

    def is_alone(self, task: Task) -> bool:
        """Whether no other task could go on in its place."""
        return not task.cancelled and all(other.done or other is task for other in self.tasks)

    def chain(self) -> Chain:
        """The activations of the program that lead here."""
        links: list[Link] = []
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            code = frame.f_code
            if code.co_filename in self.files:
                if code.co_name not in TRANSPARENT:
                    links.append(Link(frame, frame.f_lineno))
            elif code.co_name == "_step_task":
                break
            frame = frame.f_back
        made = self.current.chain if self.current is not None else ()
        return (*made, *reversed(links))

    # ------------------------------------------------------------ effects

    def query(self, alias: str, thread: str) -> bool:
        """Take the connection; False when a broken transaction forbids it."""
        key = Key(alias, thread)
        if key in self.broken or self.dead:
            return False
        openings = self.held.setdefault(key, [])
        # A cursor holds no more than its connection does, but a wait in its loop is reported even behind a release.
        opening = Opening(self.chain(), not openings and not thread.startswith("cursor"))
        openings.append(opening)
        for waiting in self.in_progress:
            self.meet(waiting, opening, False)
        return True

    def release(self, thread: str, alias: str | None = None) -> None:
        for key in [key for key in self.held if key.thread == thread and alias in (None, key.alias)]:
            released = self.held.pop(key)
            for waiting, openings in self.blocked:
                if waiting.task is self.current:
                    # What a task releases itself it has held over its own waits, whatever the others do.
                    for opening in released:
                        if opening in openings:
                            self.meet(waiting, opening, opening.first)
            if self.atomic.get(key):
                self.broken.add(key)

    def openings(self) -> list[Opening]:
        return [opening for openings in self.held.values() for opening in openings]

    def start_wait(self, kind: str = "await", chain: Chain | None = None) -> Waiting:
        """A wait begins. What is held now may be reported; what must be is said by `settle`."""
        waiting = Waiting(self.chain() if chain is None else chain, self.current, kind)
        if not self.dead:
            self.in_progress.append(waiting)
            for opening in self.openings():
                self.meet(waiting, opening, False)
            if self.current is None or self.is_alone(self.current):
                self.settle(waiting)
            elif kind == "block":
                for opening in [opening for key, found in self.held.items() if key.thread == self.thread for opening in found]:
                    self.meet(waiting, opening, opening.first)
                self.blocked.append((waiting, self.openings()))
        return waiting

    def end_wait(self, waiting: Waiting) -> None:
        if waiting in self.in_progress:
            self.in_progress.remove(waiting)

    def settle(self, waiting: Waiting) -> None:
        """All other tasks have gone as far as they can without this wait's end: what is held now is held because of it."""
        for key, openings in self.held.items():
            if key.thread == self.sensitive or all(task.done for task in self.elsewhere):
                for opening in openings:
                    self.meet(waiting, opening, opening.first)
            else:
                self.blocked.append((waiting, list(openings)))

    def quiet(self) -> None:
        """Nothing goes on but waits."""
        for entry in list(self.blocked) if all(task.done for task in self.elsewhere) else ():
            self._settle_blocked(entry)
        if len(self.in_progress) == 1 and not self.waiting_for_threads:
            self.settle(self.in_progress[0])

    def _settle_blocked(self, entry: tuple[Waiting, list[Opening]]) -> None:
        self.blocked.remove(entry)
        waiting, openings = entry
        still = self.openings()
        for opening in openings:
            self.meet(waiting, opening, opening.first and opening in still)

    def meet(self, waiting: Waiting, opening: Opening, required: bool) -> None:
        if waiting.kind == "yield" and required:
            # A hold is reported at its first yield; a generator whose consumer is unknown is not reported for its yields.
            required = not opening.yielded and len(waiting.chain) > 1
            opening.yielded = True
        task = waiting.task
        while task is not None:
            required, task = required and not (task.together is not None and task.together.failing()), task.maker
        self.met.append((waiting, opening, required))

    # ------------------------------------------------------------ the end

    def close(self) -> None:
        """Add what this run met to the truth. A task that nobody awaited may wait beyond the request: its waits do not count."""
        for entry in list(self.blocked):
            if not self.dead and all(task.done for task in self.tasks):  # else nobody knows what others would still have released
                self._settle_blocked(entry)
        self.dead = True
        for waiting, opening, required in self.met:
            places = meeting(waiting.chain, opening.chain)
            self.truth.allowed.update(places, _inside_stream(waiting, places))
            if places and required and (waiting.task is None or waiting.task.joined):
                if waiting.kind == "yield" and places == [waiting.chain[-1].place]:
                    self.truth.yields.setdefault(opening.chain[-1].place, set()).update(places)
                else:
                    self.truth.required.add(frozenset(places))
        self.truth.runs += 1

    def forget(self) -> None:
        """Break the circles of frames, tasks and what met: nobody collects garbage between runs."""
        for task in self.tasks:
            task.chain, task.error, task.result, task.maker, task.together = (), None, None, None, None
        self.held, self.queues, self.in_progress, self.blocked, self.met, self.tasks, self.current = {}, {}, [], [], [], [], None


def _inside_stream(waiting: Waiting, places: list[Place]) -> list[Place]:
    """A stream's own wait, where it is handed over with a connection held: that is said of it too, in the same file."""
    task = waiting.task
    while task is not None and not task.streams:
        task = task.maker
    if task is None or waiting.kind == "yield" or not any(link.place in places for link in task.chain):
        return []
    inside = waiting.chain[len(task.chain) :]
    return [link.place for link in inside[:1] if link.place.path == task.chain[-1].place.path]


def meeting(wait: Chain, query: Chain) -> list[Place]:
    """Where the wait stands in the innermost activation that both share; what meets in a wrapper may stand in what it wraps."""
    shared = 0
    while shared < min(len(wait), len(query)) and wait[shared].frame is query[shared].frame:
        shared += 1
    if not shared:
        return []  # whoever called both is unknown
    index = shared - 1
    places = [wait[index].place]
    while wait[index].frame.f_code.co_name == WRAPPER and index + 1 < len(wait):
        index += 1
        places.append(wait[index].place)
    return places
