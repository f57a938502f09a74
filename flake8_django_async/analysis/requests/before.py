"""What has queried for certain by the time a view begins: middleware, and decorators that a URLconf puts around it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flake8_django_async.analysis import calls, paths, state
from flake8_django_async.analysis import expressions as ex
from flake8_django_async.analysis.frame import LOOP, REQUEST_THREAD, Frame
from flake8_django_async.analysis.state import DEFAULT, Hold, Key, State
from flake8_django_async.analysis.step import Step
from flake8_django_async.analysis.values import (
    NO_ARGUMENTS,
    Arguments,
    ClassRef,
    Closed,
    FunctionValue,
    Guarded,
    Instance,
    Method,
    Object,
    Symbol,
    Value,
    options,
)
from flake8_django_async.project.modules import Module
from flake8_django_async.source.outline import FunctionSpan

if TYPE_CHECKING:
    from flake8_django_async.analysis.world import World

REQUEST = Object(paths.REQUEST)
GET_RESPONSE = Closed("view", NO_ARGUMENTS)
MIXINS = ("django.contrib.auth.mixins.LoginRequiredMixin", "django.contrib.auth.mixins.PermissionRequiredMixin")
MIXIN = "django.utils.deprecation.MiddlewareMixin"
LOGINS = ("login_required", "permission_required", "user_passes_test", "staff_member_required")
WRAPPED = re.compile(
    rf"(?<![\w.])(?P<decorator>[\w.]*(?:{'|'.join(LOGINS)}))"
    r"(?:\([^()]*\))?\(\s*(?P<view>[\w.]+?)(?P<made>\.as_view\()?\s*[,()]"
)


def middleware_holds(world: World, place: Step, span: FunctionSpan) -> frozenset[Hold]:
    """Connections that the settings' middleware has opened before each view, and not given back."""
    for name in world.settings.middleware() or ():
        last = name.rpartition(".")[2]
        if name == "django.contrib.auth.middleware.RemoteUserMiddleware":
            return frozenset({Hold(Key(DEFAULT, "request"), place._replace(name=last))})
        if (
            last == "FetchFromCacheMiddleware"
            and span.name not in ("post", "put", "patch", "delete")
            and _caches_in_database(world)
        ):
            return frozenset({Hold(Key(DEFAULT, "request"), place._replace(name=last))})
    return frozenset(
        Hold(hold.key, place._replace(name=name), (hold.opened, *hold.steps) if hold.opened else ())
        for name, hold in world.own_middleware()
    )


def mixin_holds(world: World, place: Step, span: FunctionSpan, owner: ClassRef | None) -> frozenset[Hold]:
    """What a login mixin of a sync view has opened; an async one refuses it."""
    if owner is None or span.is_async:
        return frozenset()
    for base in world.linker.hierarchy.order(owner):
        if base in MIXINS:
            return frozenset({Hold(Key(DEFAULT, "request"), place._replace(name=str(base).rpartition(".")[2]))})
    return frozenset()


def _caches_in_database(world: World) -> bool:
    alias = world.settings.get("CACHE_MIDDLEWARE_ALIAS")
    return world.cache_in_database(alias if isinstance(alias, str) else "default")


# ------------------------------------------------------------------ middleware of the project


def own_middleware(world: World) -> tuple[tuple[str, Hold], ...]:
    """What the project's own middleware leaves open at the view: the name of each, and the connection. Only what is certain."""
    found: dict[Key, tuple[str, Hold]] = {}
    for path in world.settings.middleware() or ():
        folder, _, name = path.rpartition(".")
        module = world.project.find(folder) if folder else None
        if module is None:
            continue
        reached = _run(world, module, world.linker.module_name(module, name), frozenset(hold for _, hold in found.values()))
        if reached is None:
            continue
        keys = {hold.key for hold in reached.holds}
        found = {key: opened for key, opened in found.items() if key in keys}
        for hold in state.earliest(reached.holds):
            found.setdefault(hold.key, (name, hold))
    return tuple(found.values())


def _run(world: World, module: Module, middleware: Value, held: frozenset[Hold]) -> State | None:
    """The state in which a middleware calls the view, joined so that only what every path has opened is in it."""
    frame = Frame(world, module, LOOP)
    frame.state = State(holds=held)
    known, world.summaries = world.summaries, type(world.summaries)()
    reached: list[State] = []
    before, world.views_reached = world.views_reached, reached
    try:
        with state.certain():
            with frame.collecting():
                _enter(frame, middleware)
            frame.state = state.joined(reached)
            if isinstance(middleware, ClassRef) and frame.state is not None:
                _hook(frame, Instance(middleware, exact=True), "process_view", Arguments((REQUEST,)))
    finally:
        world.summaries, world.views_reached = known, before
    return frame.state


def _enter(frame: Frame, middleware: Value) -> None:
    handler = middleware
    if isinstance(middleware, ClassRef):
        handler = Instance(middleware, exact=True, fields=(("get_response", GET_RESPONSE),))
        if MIXIN in frame.world.linker.hierarchy.order(middleware):
            _hook(frame, handler, "process_request", Arguments((REQUEST,)))
            calls.call(frame, GET_RESPONSE, Arguments((REQUEST,)))
            return
        handler = frame.world.linker.attribute(frame, handler, "__call__")
    else:
        handler = calls.call(frame, middleware, Arguments((GET_RESPONSE,)))
    made = [option for option in options(handler) if isinstance(option, FunctionValue)]
    made = [option for option in made if option.ref.flow.is_async] or made
    if len(made) == 1:
        _call(frame, made[0], Arguments((REQUEST,)))


def _hook(frame: Frame, middleware: Value, name: str, args: Arguments) -> None:
    method = frame.world.linker.attribute(frame, middleware, name)
    if isinstance(method, FunctionValue):
        _call(frame, method, args)


def _call(frame: Frame, function: FunctionValue, args: Arguments) -> None:
    """Run one function in the thread that Django runs it in, its connections those of `frame`."""
    frame.context = LOOP if function.ref.flow.is_async else REQUEST_THREAD
    frame.place = Step(function.ref.path, function.ref.line, 0, function.ref.name)
    calls.await_(frame, calls.call(frame, function, args))


# ------------------------------------------------------------------ decorators in a URLconf


def wrapper_holds(world: World, module: Module, span: FunctionSpan, owner: ClassRef | None) -> frozenset[Hold]:
    """A connection that `login_required(view)` has opened, where a URLconf, or the view's module, wraps it so."""
    name = span.name if owner is None else owner.name.rpartition(".")[2]
    for path, line, match in world.wrapped_views().get(name, ()):
        if bool(match["made"]) == (owner is not None) and _wraps(world, world.module(path), line, match, module, span, owner):
            return frozenset(
                {Hold(Key(DEFAULT, "request"), Step(module.path, span.header, 0, match["decorator"].rpartition(".")[2]))}
            )
    return frozenset()


def wrapped_views(world: World) -> dict[str, list[tuple[str, int, re.Match[str]]]]:
    """The places that wrap a view so, by the last part of the view's name."""
    found: dict[str, list[tuple[str, int, re.Match[str]]]] = {}
    places = {place for name in LOGINS for place in world.project.index.mentions(name)}
    for path, line in sorted(places):
        for match in WRAPPED.finditer(world.module(path).lines[line - 1]):
            found.setdefault(match["view"].rpartition(".")[2], []).append((path, line, match))
    return found


def _wraps(
    world: World, other: Module, line: int, match: re.Match[str], module: Module, span: FunctionSpan, owner: ClassRef | None
) -> bool:
    frame = world.linker.quiet_frame(other, line)
    decorator, view = (ex.evaluate_text(frame, match[group]) for group in ("decorator", "view"))
    rows = [world.models.row(option.path) for option in decorator if isinstance(option, (Symbol, Method))]
    if not any(row is not None and (row.role or "").startswith("querying_decorator") for row in rows):
        return False
    if owner is not None:
        return owner in view
    refs = [option.function if isinstance(option, Guarded) else option for option in view]
    return any(isinstance(ref, FunctionValue) and ref.ref.path == module.path and ref.ref.line == span.first for ref in refs)
