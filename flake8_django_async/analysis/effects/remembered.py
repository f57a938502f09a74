"""What a request keeps once it was read: its session, its user. Reading these again sends nothing."""

from __future__ import annotations

from flake8_django_async.analysis import calls
from flake8_django_async.analysis.effects import effects
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.values import Arguments, Closed, Value
from flake8_django_async.models.load import Row

SESSION, USER, AUSER = "session", "user", "auser"
AFTER_LOGIN_DECORATOR = frozenset({SESSION, AUSER})
AFTER_LOGIN_MIDDLEWARE = frozenset({SESSION, USER})
"""`request.user` and `await request.auser()` each keep a user of their own."""
WRITES = frozenset({"save", "flush", "cycle_key", "create", "delete", "exists", "load", "clear_expired"})
"""Methods of a session that go to its store each time, with and without `a` before them."""


def is_kept(frame: Frame, row: Row) -> bool:
    """Whether what a row would read was read before; from here on it was."""
    name = row.path.rpartition(".")[2]
    if row.role == "session":
        if name.removeprefix("a") in WRITES or name in WRITES:
            return False
        kept = frozenset({SESSION})
    elif row.role == "auser":
        kept = AFTER_LOGIN_DECORATOR
    else:
        return False
    assert frame.state is not None
    known = (SESSION if row.role == "session" else AUSER) in frame.state.kept
    frame.state.kept |= kept
    return known


def lazy_user(user: Value) -> Value:
    """`request.user`, which is fetched when an attribute of it is read."""
    return Closed("lazy user", Arguments((user,)))


def read_user(frame: Frame, user: Closed) -> Value:
    """An attribute of `request.user` is read; on the event loop Django refuses unless it was fetched before."""
    if frame.state is not None and frame.context.thread != "loop" and frame.world.authenticates():
        if USER not in frame.state.kept:
            effects.query(frame, "", asynchronous=False, name="request.user")
        frame.state.kept |= AFTER_LOGIN_MIDDLEWARE
    return user.args.positional[0]


def get_attribute(frame: Frame, user: Closed, name: str) -> Value:
    return calls.get_attribute(frame, read_user(frame, user), name)
