"""The three effects on a state: a query opens, a release gives back, a wait lasts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flake8_django_async.analysis import paths
from flake8_django_async.analysis.effects import checkpoints, fetched, remembered
from flake8_django_async.analysis.events import Leaked, Problem, Released, Wait
from flake8_django_async.analysis.frame import Context, Frame
from flake8_django_async.analysis.spelling import api_name, connection
from flake8_django_async.analysis.state import DEFAULT, Hold, Key, Scope, earliest
from flake8_django_async.analysis.values import (
    UNKNOWN,
    Arguments,
    ClassRef,
    Collection,
    Instance,
    Literal_,
    Object,
    Query,
    Symbol,
    Thread,
    Tuple,
    Value,
    options,
)  # fmt: skip
from flake8_django_async.models.load import Row

SHORTEST_LONG_SLEEP = 0.1
"""Seconds: a sleep below this is no wait worth a connection."""


def key_of(frame: Frame, alias: str, *, asynchronous: bool) -> Key | None:
    """Which connection an effect concerns; None for sync code on the event loop, where Django refuses."""
    thread = frame.context.sensitive if asynchronous else frame.context.thread
    return None if thread == "loop" else Key(alias or DEFAULT, thread)


def query(frame: Frame, alias: str = "", *, asynchronous: bool, name: str = "") -> None:
    """The connection of the alias is checked out from here on, also when the query raises."""
    key = key_of(frame, alias, asynchronous=asynchronous)
    if key is None or frame.state is None or frame.world.releases_itself(key.alias):
        return
    hold = Hold(key, frame.place._replace(name=frame.place.name or name), late=frame.waited)
    frame.state.hold(hold)
    frame.note(hold)
    frame.opaque = frame.opaque or key.thread == "foreign"
    frame.raise_("query")


def evaluate_query(frame: Frame, value: Query, *, asynchronous: bool) -> None:
    """Reading the rows of a queryset."""
    if not value.empty and not value.evaluated:
        query(frame, value.alias, asynchronous=asynchronous)


def alias_of(receiver: Value | None, args: Arguments, position: int = -1) -> str:
    """The database that a call goes to: `using=` first, where it may stand at a position too, then the queryset's own."""
    using = args.get(position, "using")
    if isinstance(using, Literal_) and isinstance(using.value, str):
        return using.value
    return receiver.alias if isinstance(receiver, (Query, Object)) else ""


def instance_of(model: Value | None) -> Value:
    """An instance of a class value."""
    match model:
        case ClassRef():
            return Instance(model)
        case Symbol(path=path):
            return Object(path)
        case _:
            return UNKNOWN


def apply(frame: Frame, row: Row, receiver: Value | None, args: Arguments, *, awaited: bool) -> Value:
    """The effect of a row at its moment; returns what the row says that it gives."""
    if frame.state is None:
        return UNKNOWN
    frame.turns += awaited
    if row.effect == "query":
        if not (
            isinstance(receiver, Query) and fetched.is_answered(receiver, row.path.rpartition(".")[2])
        ) and not remembered.is_kept(frame, row):
            query(frame, alias_of(receiver, args), asynchronous=awaited, name=api_name(row.path))
    elif row.effect == "release":
        release(frame, row, receiver, asynchronous=awaited)
    elif row.effect == "wait" and row.length != "short":
        if row.role == "checkpointed" and awaited:
            checkpoints.ask(frame, receiver, args)
        wait(frame, row, args, awaited=awaited)
    if awaited:
        frame.give_way()
    return returned(frame, row, receiver, args)


def wait(frame: Frame, row: Row, args: Arguments, *, awaited: bool) -> None:
    """A wait in a library's function, unless its arguments say that it is short; it may raise, too."""
    if row.role in LIMITED and not LIMITED[row.role](args):
        return
    frame.wait(
        Wait(
            api_name(row.path),
            "await" if awaited and frame.is_async else frame.wait_kind(),
            row.why,
            (frame.place if frame.place.name else frame.step(),),
        )
    )
    frame.raise_(f"wait:{row.path.partition('.')[0]}")


def _is_long(value: Value) -> bool:
    """Whether a number of seconds may be long: unknown and None are."""
    return not all(map(_is_short, options(value)))


def _is_short(value: Value) -> bool:
    return isinstance(value, Literal_) and isinstance(value.value, (int, float)) and value.value < SHORTEST_LONG_SLEEP


def _sleeps(args: Arguments) -> bool:
    delay = args.get(0, "delay")
    return delay is None or _is_long(delay)


def _polls(args: Arguments) -> bool:
    timeout = args.get(1, "timeout")
    return timeout is not None and _is_long(timeout)


def _blocks(args: Arguments) -> bool:
    block = args.get(-1, "block")
    return block is not None and block != Literal_(None)


LIMITED: dict[str | None, Callable[[Arguments], bool]] = {"sleep": _sleeps, "poll": _polls, "block": _blocks}
"""Roles of waits whose arguments say whether they last."""


def returned(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """What `returns` of a row denotes for a receiver."""
    model = receiver.model if isinstance(receiver, Query) else _model_of_view(frame, receiver)
    first = args.get(0)
    name = row.path.rpartition(".")[2]
    match row.returns:
        case None:
            is_class = receiver is None and frame.world.models.type(row.path) is not None
            return frame.world.linker.typed(row.path) if is_class else UNKNOWN
        case "self":
            if isinstance(receiver, Query):
                return fetched.derived(frame, receiver, name, args)
            return receiver if receiver is not None else UNKNOWN
        case "model":
            return fetched.row(frame, receiver) if isinstance(receiver, Query) else instance_of(model)
        case "model_pair":
            return Tuple((fetched.row(frame, receiver) if isinstance(receiver, Query) else instance_of(model), UNKNOWN))
        case "models":
            return Collection(instance_of(model))
        case "queryset":
            if not isinstance(receiver, Query):
                return Query(paths.QUERYSET, model)
            return fetched.derived(
                frame, replace(receiver, type=paths.QUERYSET, bare=fetched.is_bare(frame, receiver)), name, args
            )
        case "argument":
            return first if first is not None else UNKNOWN
        case "model_of_argument":
            return instance_of(_model_of(first))
        case "models_of_argument":
            return Collection(instance_of(_model_of(first)))
        case path:
            made = frame.world.linker.typed(path)
            # A cursor queries on the connection that it is of.
            return replace(made, alias=receiver.alias) if isinstance(made, Object) and isinstance(receiver, Object) else made


def _model_of_view(frame: Frame, receiver: Value | None) -> Value | None:
    """The model that a generic view is about."""
    if not isinstance(receiver, Instance):
        return None
    model = frame.world.linker.attribute(frame, receiver, "model")
    if isinstance(model, (ClassRef, Symbol)):
        return model
    queryset = frame.world.linker.attribute(frame, receiver, "queryset")
    return queryset.model if isinstance(queryset, Query) else None


def _model_of(value: Value | None) -> Value | None:
    return value.model if isinstance(value, Query) else value


# ------------------------------------------------------------------ releases


def release(frame: Frame, row: Row, receiver: Value | None, *, asynchronous: bool) -> None:
    """A release by a library's function, in the thread it runs in."""
    state = frame.state
    assert state is not None
    name = api_name(row.path).removeprefix("django.db.")
    alias: str | None = None
    if row.role in ("close", "close_if_obsolete"):
        alias = receiver.alias if isinstance(receiver, Object) and receiver.alias else DEFAULT
        name = f"{connection(alias)}.{name.rpartition('.')[2]}"
        alias = None if alias == paths.ANY_ALIAS else alias
    thread = frame.context.sensitive if asynchronous else frame.context.thread
    if thread == "loop":
        _complain(frame, name, "event-loop", alias, tuple(state.holds))
        return
    matching = [hold for hold in state.holds if hold.key.thread == thread and alias in (None, hold.key.alias)]
    if thread == "foreign" and not matching:
        others = tuple(hold for hold in state.holds if hold.key.thread == "request")
        if others and not frame.opaque:
            _complain(frame, name, "thread", alias, others)
        return
    if row.role in ("close_old_connections", "close_if_obsolete"):
        kept = frozenset(hold for hold in matching if frame.world.keeps_connections(hold.key.alias))
        if kept:
            _complain(frame, name, "keeps", alias, tuple(kept))
            for other in sorted({hold.key.alias for hold in matching if hold not in kept}):
                _release(frame, name, thread, other, [hold for hold in matching if hold.key.alias == other])
            return
    _release(frame, name, thread, alias, matching)


def _release(frame: Frame, name: str, thread: Thread, alias: str | None, matching: list[Hold]) -> None:
    state = frame.state
    assert state is not None
    broken = [scope for scope in state.transactions if scope.key.thread == thread and alias in (None, scope.key.alias)]
    if broken:
        _complain(frame, name, "transaction", alias, tuple(Hold(scope.key, scope.opened) for scope in broken))
    if not matching and alias is not None:
        others = tuple(hold for hold in state.holds if hold.key.thread == thread)
        if others:
            _complain(frame, name, "other-alias", alias, others)
    state.release(thread, alias, within=frame.context.thread == thread)


def _complain(frame: Frame, name: str, problem: Problem, alias: str | None, held: tuple[Hold, ...]) -> None:
    own = tuple(earliest(held))
    keys = frozenset(hold.key for hold in held)
    frame.complain(Released(frame.step(), name, problem, alias, own, keys), mine=bool(own) and problem != "thread")


# ------------------------------------------------------------------ threads


def leaks(frame: Frame, before: frozenset[Hold]) -> None:
    """Connections that work in a foreign thread left open: nothing will ever return them."""
    if frame.state is None:
        return
    for hold in sorted(frame.state.holds - before, key=lambda hold: hold.key):
        if hold.key.thread == "foreign" and hold.opened is not None:
            frame.emit(Leaked(frame.step(), hold))


def thread_context(frame: Frame, thread: str) -> Context:
    """The context of sync work handed to a thread."""
    if thread == "foreign" or frame.context.sensitive == "foreign":
        return Context("foreign", "foreign")
    return Context("request", "request")


def open_transaction(frame: Frame, alias: str) -> bool:
    """`atomic` entered: it queries, and what follows is inside. False where Django refuses."""
    key = key_of(frame, alias, asynchronous=False)
    if key is None or frame.state is None:
        return False
    query(frame, alias, asynchronous=False, name="transaction.atomic")
    frame.state.transactions |= {Scope(key, frame.place)}
    return True


def close_transaction(frame: Frame, alias: str, around: frozenset[Scope] = frozenset()) -> None:
    """`atomic` left: of the transactions `around` it, those of its connection go on, unless that was closed on the way."""
    key = key_of(frame, alias, asynchronous=False)
    if frame.state is None or key is None:
        return
    others = frozenset(scope for scope in frame.state.transactions if scope.key != key)
    if others != frame.state.transactions:
        frame.state.transactions = others.union(scope for scope in around if scope.key == key)
