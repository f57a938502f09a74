"""Entry points: which sync functions a request enters, and what frameworks have queried by the time a handler begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_django_async.analysis import calls, paths
from flake8_django_async.analysis import expressions as ex
from flake8_django_async.analysis.frame import LOOP, REQUEST_THREAD, Context, Frame
from flake8_django_async.analysis.requests import before, rest_checks, routers
from flake8_django_async.analysis.requests.hosts import HANDLERS, takes_request
from flake8_django_async.analysis.state import DEFAULT, Hold, Key, Scope
from flake8_django_async.analysis.step import Step
from flake8_django_async.analysis.values import (
    Arguments,
    ClassRef,
    Instance,
    Method,
    Object,
    Symbol,
    Value,
    options,
)
from flake8_django_async.project.modules import Module
from flake8_django_async.source import flow
from flake8_django_async.source.outline import FunctionSpan

if TYPE_CHECKING:
    from flake8_django_async.analysis.world import World

API_VIEW = "rest_framework.views.APIView"
REQUEST = Object(paths.REQUEST)
REST_REQUEST = Object(paths.REST_REQUEST)
REASONS = {"authenticate": "authentication", "has_permission": "permissions", "allow_request": "throttling"}
QUERYING_AUTHENTICATION = {
    "TokenAuthentication", "SessionAuthentication", "JWTAuthentication", "JWTStatelessUserAuthentication", "OAuth2Authentication",
    "RemoteUserAuthentication",
}  # fmt: skip


def is_sync_entry(world: World, module: Module, span: FunctionSpan, owner: ClassRef | None) -> bool:
    """Whether a sync function is a handler whose thread a request (or a message) keeps."""
    if span.is_async or not (world.reports_sync_views or world.uses_channels):
        return False
    if owner is not None:
        roles = class_roles(world, owner)
        if "host_channels" in roles:
            return span.name not in ("__init__", "as_asgi")
        return "host_django" in roles and (span.name in HANDLERS or bool(span.decorators)) and world.reports_sync_views
    return takes_request(world, module, span) and world.reports_sync_views


def class_roles(world: World, cls: ClassRef) -> set[str | None]:
    """The roles of the library classes that a class inherits from; of a mixin, those of the classes that mix it in."""
    hierarchy = world.linker.hierarchy
    order = hierarchy.order(cls)
    if all(isinstance(base, ClassRef) for base in order):
        order = tuple(base for child in hierarchy.subclasses(cls) for base in hierarchy.order(child))
    rows = (world.models.row(base) for base in order if isinstance(base, str))
    return {row.role for row in rows if row is not None}


def dispatch_holds(world: World, module: Module, span: FunctionSpan, owner: ClassRef | None) -> frozenset[Hold]:
    """Connections that are open before this handler is called: by middleware, by a decorator in the URLconf, by a framework."""
    return _before_view(world, module, span, owner) or _framework_holds(world, module, span, owner)


def _before_view(world: World, module: Module, span: FunctionSpan, owner: ClassRef | None) -> frozenset[Hold]:
    if not is_view(world, module, span, owner):
        return frozenset()
    place = Step(module.path, span.header, 0, "")
    if world.requires_login() and "login_not_required" not in _last_names(span):
        held = _held(place._replace(name="LoginRequiredMiddleware"))
    else:
        held = (
            before.mixin_holds(world, place, span, owner)
            or before.middleware_holds(world, place, span)
            or before.wrapper_holds(world, module, span, owner)
        )
    return frozenset() if held and world.hosts.is_called(module, span, owner) else held


def _framework_holds(world: World, module: Module, span: FunctionSpan, owner: ClassRef | None) -> frozenset[Hold]:
    names = _last_names(span)
    if owner is not None and span.name == "get_context_data" and _fetches_object(world, module, owner):
        return _held(Step(module.path, span.header, 0, "get_object"))
    if span.decorators and (held := operation_holds(world, module, span, owner)):
        return held
    if owner is None and "api_view" not in names:
        return frozenset()
    if owner is not None:
        if not (span.name in HANDLERS or "action" in names) or span.name in ("dispatch", "__call__"):
            return frozenset()
        if API_VIEW not in world.linker.hierarchy.order(owner):
            return frozenset()
    frame = world.linker.quiet_frame(module, span.header)
    function = world.linker.raw_function(module, span, owner) if names & {*rest_checks.CHECKS, "action"} else None
    for method, cls in rest_checks.checks(frame, owner, function):
        frame.place = place = Step(module.path, span.header, 0, REASONS[method])
        if _authentication_queries(frame, cls, method, REST_REQUEST):
            return _held(place)
    return frozenset()


def _fetches_object(world: World, module: Module, owner: ClassRef) -> bool:
    """Whether Django's own handler of a generic view fetches an object first, by Django's own means."""
    frame = world.linker.quiet_frame(module)
    found = (world.linker.attribute(frame, Instance(owner, exact=True), name) for name in ("get", "get_object"))
    rows = [world.models.row(value.path) if isinstance(value, Method) else None for value in found]
    return all(row is not None and row.effect == "query" for row in rows)


def request_transactions(world: World, module: Module, span: FunctionSpan, owner: ClassRef | None) -> frozenset[Scope]:
    """The transaction that ATOMIC_REQUESTS puts around a sync view."""
    if span.is_async or not world.settings.atomic_requests() or "non_atomic_requests" in _last_names(span):
        return frozenset()
    if not is_view(world, module, span, owner):
        return frozenset()
    return frozenset({Scope(Key(DEFAULT, "request"), Step(module.path, span.header, 0, "ATOMIC_REQUESTS"))})


def is_view(world: World, module: Module, span: FunctionSpan, owner: ClassRef | None) -> bool:
    """Whether Django calls a function for a request."""
    if owner is None:
        return takes_request(world, module, span)
    return span.name in HANDLERS and span.name != "__call__" and "host_django" in class_roles(world, owner)


def _last_names(span: FunctionSpan) -> set[str]:
    return {name.rpartition(".")[2] for name in span.decorators}


def _held(place: Step) -> frozenset[Hold]:
    return frozenset({Hold(Key(DEFAULT, "request"), place)})


def operation_holds(world: World, module: Module, span: FunctionSpan, owner: ClassRef | None) -> frozenset[Hold]:
    """Connections that django-ninja's `auth=` has opened, of the operation, its router or its API."""
    raw = world.linker.raw_function(module, span, owner)
    frame = world.linker.quiet_frame(module, span.first)
    for expr in raw.ref.flow.decorators if raw is not None else ():
        if not isinstance(expr, flow.Call):
            continue
        target = ex.evaluate_quietly(frame, expr.func)
        if not isinstance(target, (Method, Symbol)) or not target.path.startswith(("ninja.", "ninja_extra.")):
            continue
        own = routers.keyword(expr, "auth")
        auth = routers.Auth(module, own) if own is not None else None
        if auth is None and isinstance(expr.func, flow.Attribute):
            auth = routers.auth_of(world, module, expr.func.value)
        if auth is None:
            continue
        frame.place = place = Step(module.path, span.first, 0, "auth=")
        value = ex.evaluate_quietly(world.linker.quiet_frame(auth.module), auth.value)
        if any(_authentication_queries(frame, option) for option in rest_checks.elements(value) or options(value)):
            return _held(place)
    return frozenset()


def _authentication_queries(frame: Frame, cls: Value, method: str = "authenticate", request: Object = REQUEST) -> bool:
    """Whether an authentication class, object or function queries: a library's by its row or name, the project's by its body."""
    if isinstance(cls, Symbol):
        row = frame.world.models.row(cls.path)
        if row is not None and row.role == "ninja_auth":
            return row.effect == "query"
        name = cls.path.rpartition(".")[2]
        return name in QUERYING_AUTHENTICATION and (name != "SessionAuthentication" or frame.world.authenticates())
    if isinstance(cls, (ClassRef, Instance)):
        receiver = Instance(cls, exact=True) if isinstance(cls, ClassRef) else cls
        cls = frame.world.linker.attribute(frame, receiver, method)
    return any(_calling_queries(frame, cls, context, request) for context in (LOOP, REQUEST_THREAD))


def _calling_queries(frame: Frame, function: Value, context: Context, request: Object) -> bool:
    state, outer = frame.fork(), frame.context
    frame.context = context
    try:
        calls.await_(frame, calls.call(frame, function, Arguments((request,))))
        return frame.state is not None and bool(frame.state.holds)
    finally:
        frame.state, frame.context = state, outer
