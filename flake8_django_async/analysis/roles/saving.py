"""Methods of models that Django calls by itself: `asave` runs the model's own `save`, and so does what creates a row."""

from __future__ import annotations

from flake8_django_async.analysis import calls, contexts
from flake8_django_async.analysis.effects import effects
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.roles.kinds import CallableRole, Role, effect
from flake8_django_async.analysis.state import joined
from flake8_django_async.analysis.values import (
    NO_ARGUMENTS,
    UNKNOWN,
    Arguments,
    Closed,
    Instance,
    Literal_,
    Method,
    Pending,
    Query,
    Threaded,
    Value,
    options,
)
from flake8_django_async.models.load import Row

EMPTY_HANDED = ("create", "acreate")
"""Methods that save without a look at what is there."""


def _own(frame: Frame, model: Value | None, name: str) -> Value | None:
    """A method of a model that the project overrides, or None."""
    if not isinstance(model, Instance):
        return None
    found = frame.world.linker.attribute(frame, model, name)
    return None if found == UNKNOWN or all(isinstance(option, Method) for option in options(found)) else found


def _runs_twin(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    twin = _own(frame, receiver, row.path.rpartition(".")[2].removeprefix("a"))
    return effect(frame, row, receiver, args) if twin is None else Pending(Threaded(twin, "sensitive"), args)


def _saves(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    model = effects.instance_of(receiver.model) if isinstance(receiver, Query) else None
    save = _own(frame, model, "save")
    if receiver is None or save is None:
        return effect(frame, row, receiver, args)
    saved = Closed("saved", Arguments((receiver, Literal_(row.path), save)))
    return Pending(Threaded(saved, "sensitive"), args) if row.when == "await" else _saved(frame, saved, args)


def _saved(frame: Frame, closed: Closed, args: Arguments) -> Value:
    """A manager makes a row and saves it; what looks first saves inside a transaction, and perhaps not at all."""
    receiver, path, save = closed.args.positional
    assert isinstance(path, Literal_)
    row = frame.world.models.row(str(path.value))
    assert row is not None
    if row.path.rpartition(".")[2] in EMPTY_HANDED:
        calls.call(frame, save, NO_ARGUMENTS)
        return effects.returned(frame, row, receiver, args)
    alias = effects.alias_of(receiver, args)
    effects.query(frame, alias, asynchronous=False)
    found = frame.state.copy() if frame.state is not None else None

    def body() -> None:
        calls.call(frame, save, NO_ARGUMENTS)

    contexts.in_transaction(frame, alias, body)
    frame.state = joined([found, frame.state])
    return effects.returned(frame, row, receiver, args)


ROLES: dict[str, Role] = {
    "runs_twin": _runs_twin,
    "saves": _saves,
}


CALLABLES: dict[str, CallableRole] = {
    "saved": _saved,
}
