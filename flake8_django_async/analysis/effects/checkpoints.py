"""Agent frameworks call the project's checkpointers while they run: what those query is held across the agent's waits."""

from __future__ import annotations

from flake8_django_async.analysis import calls
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.state import State, joined
from flake8_django_async.analysis.values import UNKNOWN, Arguments, ClassRef, Instance, Object, Record, Value

BASE = "langgraph.checkpoint.base.BaseCheckpointSaver"
METHODS = ("aget_tuple", "aput", "aput_writes")


def ask(frame: Frame, receiver: Value | None, args: Arguments) -> None:
    """An agent's step: each of the project's checkpointers may have been called first."""
    before = frame.state
    if before is None or not (_is_graph(receiver) or _has_thread(args)):
        return
    ends: list[State | None] = [before]
    for cls in savers(frame):
        for name in METHODS:
            frame.state = before.copy()
            given = Arguments((UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN))
            calls.await_(frame, calls.call_method(frame, Instance(cls, exact=True), name, given))
            ends.append(frame.state)
    frame.state = joined(ends)


def _is_graph(receiver: Value | None) -> bool:
    return isinstance(receiver, Object) and receiver.type.startswith("langgraph.")


def _has_thread(args: Arguments) -> bool:
    """Whether a run is given `config={"configurable": {"thread_id": ...}}`: only checkpointers ask for it."""
    config = args.get(1, "config")
    configurable = dict(config.items).get("configurable") if isinstance(config, Record) else None
    return isinstance(configurable, Record) and any(key == "thread_id" for key, _ in configurable.items)


def savers(frame: Frame) -> list[ClassRef]:
    """The checkpointer classes of the project."""
    found: list[ClassRef] = []
    for cls in frame.world.headers_naming(BASE.rpartition(".")[2], in_test=False):
        if frame.world.linker.hierarchy.is_a(cls, BASE):
            found.append(cls)
            found.extend(frame.world.linker.hierarchy.subclasses(cls))
    return found
