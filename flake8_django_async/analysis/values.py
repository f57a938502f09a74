"""Abstract values: what an expression may denote, as far as it matters to connections.

Values are immutable and hashable, for summaries are kept per value passed. `UNKNOWN` is the top of the lattice: it has no
effect, so that what cannot be resolved stays silent. `join` unites; `Choice` holds the alternatives of a join.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from flake8_django_async.source import flow
from flake8_django_async.source.flow import Span

Thread: TypeAlias = Literal["request", "foreign"]

MAX_ALTERNATIVES = 16
"""A join keeps the first of more values than this: it bounds every chain in the lattice."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Anything at all."""


@dataclass(frozen=True, slots=True)
class Literal_:
    """A string, number, bool or None that is known."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Symbol:
    """An object outside the project by its dotted path: a module, class or function of a library."""

    path: str


@dataclass(frozen=True, slots=True)
class ModuleRef:
    """A module or package of the project, by its file (a namespace package has none: `name` alone)."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class ClassRef:
    """A class of the project: its file and qualified name."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Object:
    """An instance of a class outside the project. `alias` is the database of a connection or transaction."""

    type: str
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance of a project's class.

    `exact` says that it was constructed, so no subclass can be meant; `fields` are the arguments of its construction;
    `bare` that it is a row fetched without its relations, so that reading one of them queries.
    """

    type: ClassRef
    exact: bool = False
    fields: tuple[tuple[str, Value], ...] = ()
    bare: bool = False
    related: tuple[str, ...] = ()
    """Relations that were fetched with the row (`prefetch_related`); "*" for some that are not known."""
    missing: tuple[str, ...] = ()
    """Columns that were not fetched with it (`only`, `defer`)."""


@dataclass(frozen=True, slots=True)
class Query:
    """A manager or queryset: lazy until evaluated.

    `type` is the project's manager or queryset class, or the path of Django's; `model` the class of its rows (or None);
    `empty` that it reads nothing (`none()`); `cursor` that iterating it keeps a server-side cursor open.
    """

    type: ClassRef | str
    model: Value | None = None
    alias: str = ""
    empty: bool = False
    cursor: bool = False
    evaluated: bool = False
    bare: bool = True
    """Whether its rows come without their relations, as far as is seen: no `select_related`, no manager of the project."""
    related: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    prefetched: bool = False
    """Whether it is the manager of a relation whose rows came with the row at hand."""


@dataclass(frozen=True, slots=True)
class FunctionRef:
    """A function of the project: its file, the absolute span of its text, its flow, the class it is a method of.

    `line` is the absolute line (1-based) of the slice that `flow` was lowered from; spans in `flow` count from there.
    """

    path: str
    name: str
    line: int
    flow: flow.Function = field(compare=False, repr=False)
    owner: ClassRef | None = None
    at: Span = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Closure:
    """What a nested function sees of the functions around it; `frame` identifies the one that defined it while it runs."""

    frame: int = field(compare=False, repr=False)
    names: tuple[tuple[str, Value], ...] = ()
    free: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    """All names that the function reads and does not bind as parameters; its own may be among them, `names` leaves that out."""


@dataclass(frozen=True, slots=True)
class FunctionValue:
    ref: FunctionRef
    receiver: Value | None = None
    closure: Closure | None = None

    def with_receiver(self, receiver: Value | None) -> FunctionValue:
        return FunctionValue(self.ref, receiver, self.closure)


@dataclass(frozen=True, slots=True)
class Method:
    """A member of a library's object: `path` names its row."""

    receiver: Value
    path: str


@dataclass(frozen=True, slots=True)
class Arguments:
    """The values of a call. `open` says that unknown `*` or `**` arguments came with it."""

    positional: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()
    open: bool = False

    def get(self, index: int, name: str = "") -> Value | None:
        """The argument at a position, or of a name; None when not given."""
        if 0 <= index < len(self.positional):
            return self.positional[index]
        return next((value for key, value in self.keywords if key == name), None)

    def without_first(self, count: int = 1) -> Arguments:
        return Arguments(self.positional[count:], self.keywords, self.open)

    def without(self, *names: str) -> Arguments:
        return Arguments(self.positional, tuple(item for item in self.keywords if item[0] not in names), self.open)


@dataclass(frozen=True, slots=True)
class Partial:
    """A callable that has some of its arguments already: `functools.partial`, a decorator that was given options only."""

    function: Value
    args: Arguments


@dataclass(frozen=True, slots=True)
class Threaded:
    """An async wrapper of a sync function: awaiting its call runs `function` in a thread.

    "sensitive" is the thread that the surrounding code's sync work goes to (the request's own, under a request).
    `releases` is Channels' database_sync_to_async, which closes old connections before and after.
    """

    function: Value
    thread: Thread | Literal["sensitive"]
    releases: bool = False


@dataclass(frozen=True, slots=True)
class Guarded:
    """A function behind a library's decorator that queries before its body: `login_required(view)`; `path` names the row."""

    function: Value
    path: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Factory:
    """A generator function under `contextmanager` or `asynccontextmanager`."""

    function: Value


@dataclass(frozen=True, slots=True)
class Manager:
    """A context manager made of a generator: entered, it runs to its yield."""

    generator: Generator


@dataclass(frozen=True, slots=True)
class Closed:
    """A callable that a role made, with what it closed over: `roles.CALLABLES` says what calling it does, if it can be called."""

    role: str
    args: Arguments


@dataclass(frozen=True, slots=True)
class Synced:
    """`async_to_sync(function)`."""

    function: Value


@dataclass(frozen=True, slots=True)
class Pending:
    """An awaitable that has not run: the call of an async function, or of an async wrapper."""

    function: Value
    args: Arguments


@dataclass(frozen=True, slots=True)
class Gathered:
    """Awaitables that run together once it is awaited.

    `open` says that `items` are samples, of any number or none; `keeps` that what they raise is kept as a result.
    """

    items: tuple[Value, ...]
    open: bool = False
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """A coroutine that runs by itself; `at` is the statement that made it."""

    awaitable: Value
    at: Span
    group: int = 0


@dataclass(frozen=True, slots=True)
class Generator:
    """A generator object of a project's generator function."""

    function: FunctionValue
    args: Arguments


@dataclass(frozen=True, slots=True)
class Tuple:
    """A tuple or list of known length: the value of each item, in order."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A dict with known string keys: `**options`, a display. Under "" stands what is kept under keys that are not known."""

    items: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Collection:
    """Some number of `element`, already in memory."""

    element: Value


@dataclass(frozen=True, slots=True)
class Iterator_:
    """An iterator over `source`: `iter(x)`, `aiter(x)`, lazy wrappers, generator expressions over queries."""

    source: Value


@dataclass(frozen=True, slots=True)
class Super:
    """`super()` in a method of `owner`."""

    owner: ClassRef
    receiver: Value


@dataclass(frozen=True, slots=True)
class Foreign:
    """A thread that was made and not yet started."""

    function: Value
    args: Arguments


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    options: frozenset[Value]


Value: TypeAlias = (
    Unknown | Literal_ | Symbol | ModuleRef | ClassRef | Object | Instance | Query | FunctionValue | Method | Partial
    | Threaded | Guarded | Factory | Manager | Closed | Synced | Pending | Gathered | Task | Generator | Tuple | Record
    | Collection | Iterator_ | Super | Foreign | Choice
)  # fmt: skip

UNKNOWN = Unknown()
NONE = Literal_(None)
NO_ARGUMENTS = Arguments()
SOMETHING = Closed("something", NO_ARGUMENTS)
"""A callable, or an awaitable, of which nothing is known: it does nothing."""
CALLS = (FunctionValue, Threaded, Partial, Guarded, Pending)
BLANK = (UNKNOWN, NONE, Tuple(()), Record(()))
"""Values that tell less of a variable than its annotation does: what it begins as."""


def options(value: Value) -> Iterator[Value]:
    """The alternatives of a value in a fixed order, one for what is no choice."""
    if isinstance(value, Choice):
        yield from sorted(value.options, key=repr)
    else:
        yield value


def known(value: Value) -> Value:
    """A value without the alternative that nothing is known of."""
    return join(option for option in value.options if option != SOMETHING) if isinstance(value, Choice) else value


def join(values: Iterable[Value]) -> Value:
    """The least value that covers all of `values`; unknown ones and None are dropped beside known ones.

    Dropping the unknown is what "unknown means silent" asks for: a known alternative keeps its effects. Where these come
    with a call, one that does nothing stays beside it: what a known one releases may stay open.
    """
    found: set[Value] = set()
    for value in values:
        if isinstance(value, Choice):
            found |= value.options
        else:
            found.add(value)
    if UNKNOWN in found:
        found.discard(UNKNOWN)
        if any(isinstance(value, CALLS) for value in found):
            found.add(SOMETHING)
        if found == {NONE}:
            return UNKNOWN  # which may be something
    if len(found) > 1:
        found = {value for value in found if not isinstance(value, Literal_)} or found
    if len(found) > MAX_ALTERNATIVES:
        found = set(sorted(found, key=repr)[:MAX_ALTERNATIVES])
    if len(found) > 1:
        return Choice(frozenset(found))
    return found.pop() if found else UNKNOWN


def join_scopes(left: Mapping[str, Value], right: Mapping[str, Value]) -> dict[str, Value]:
    """Names of both branches; a name that only one of them binds keeps that value."""
    merged = dict(left)
    for name, value in right.items():
        other = merged.get(name)
        merged[name] = value if other is None or other is value or other == value else join((other, value))
    return merged
