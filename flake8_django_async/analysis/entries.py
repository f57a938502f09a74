"""Entry points: which sync functions a request enters, and what frameworks have queried by the time a handler begins."""

from __future__ import annotations

from flake8_django_async.analysis import calls
from flake8_django_async.analysis import expressions as ex
from flake8_django_async.analysis.frame import LOOP, REQUEST_THREAD, Context, Frame
from flake8_django_async.analysis.hosts import HANDLERS, takes_request
from flake8_django_async.analysis.state import DEFAULT, Hold, Key, Scope
from flake8_django_async.analysis.step import Step
from flake8_django_async.analysis.values import (
    Arguments,
    ClassRef,
    Collection,
    Instance,
    Method,
    Object,
    Symbol,
    Tuple,
    Value,
    options,
)
from flake8_django_async.analysis.world import World
from flake8_django_async.project.modules import Module
from flake8_django_async.source import flow
from flake8_django_async.source.outline import FunctionSpan
from flake8_django_async.source.walk import bindings

API_VIEW = "rest_framework.views.APIView"
REQUEST = Object("django.http.HttpRequest")
QUERYING_AUTHENTICATION = {
    "TokenAuthentication", "SessionAuthentication", "JWTAuthentication", "JWTStatelessUserAuthentication", "OAuth2Authentication",
    "RemoteUserAuthentication",
}  # fmt: skip


def is_sync_entry(world: World, module: Module, span: FunctionSpan, owner: ClassRef | None) -> bool:
    """Whether a sync function is a handler whose thread a request (or a message) keeps."""
    if span.is_async:
        return False
    if owner is not None:
        roles = class_roles(world, owner)
        if "host_channels" in roles:
            return span.name not in ("__init__", "as_asgi")
        return "host_django" in roles and (span.name in HANDLERS or bool(span.decorators)) and world.serves_asgi()
    return takes_request(world, module, span) and world.serves_asgi()


def class_roles(world: World, cls: ClassRef) -> set[str | None]:
    """The roles of the library classes that a class inherits from; of a mixin, those of the classes that mix it in."""
    hierarchy = world.linker.hierarchy
    order = hierarchy.order(cls)
    if all(isinstance(base, ClassRef) for base in order):
        order = tuple(base for child in hierarchy.subclasses(cls) for base in hierarchy.order(child))
    rows = (world.models.row(base) for base in order if isinstance(base, str))
    return {row.role for row in rows if row is not None}


def dispatch_holds(world: World, module: Module, span: FunctionSpan, owner: ClassRef | None) -> frozenset[Hold]:
    """Connections that are open before this handler is called: by a login middleware, by a framework that authenticates."""
    if world.requires_login() and is_view(world, module, span, owner) and "login_not_required" not in _last_names(span):
        return _held(Step(module.path, span.header, 0, "LoginRequiredMiddleware"))
    if span.decorators and (held := operation_holds(world, module, span, owner)):
        return held
    if owner is None or not (span.name in HANDLERS or "action" in _last_names(span)):
        return frozenset()
    order = world.linker.hierarchy.order(owner)
    if API_VIEW not in order or span.name in ("dispatch", "__call__"):
        return frozenset()
    frame = world.linker.quiet_frame(module, span.header)
    place = Step(module.path, span.header, 0, "authentication")
    frame.place = place
    found = world.linker.attribute(frame, Instance(owner), "authentication_classes")
    for cls in _elements(found):
        if _authentication_queries(frame, cls):
            return _held(place)
    return frozenset()


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


def _elements(value: Value) -> list[Value]:
    found: list[Value] = []
    for option in options(value):
        if isinstance(option, Tuple):
            found.extend(option.items)
        elif isinstance(option, Collection):
            found.extend(options(option.element))
    return found


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
        auth = _keyword(expr, "auth")
        if auth is None and isinstance(expr.func, flow.Attribute):
            auth = _auth_of(module, expr.func.value)
        if auth is None:
            continue
        frame.place = place = Step(module.path, span.first, 0, "auth=")
        value = ex.evaluate_quietly(frame, auth)
        if any(_authentication_queries(frame, option) for option in _elements(value) or options(value)):
            return _held(place)
    return frozenset()


def _keyword(call: flow.Call, name: str) -> flow.Expr | None:
    return next((argument.value for argument in call.args if argument.keyword == name), None)


def _auth_of(module: Module, router: flow.Expr) -> flow.Expr | None:
    """The `auth=` that a router or API of this module is made with."""
    if isinstance(router, flow.Name):
        for lines in module.outline.assignments.get(router.id, ()):
            for bind in bindings(module.block(lines), router.id):
                if isinstance(bind.value, flow.Call):
                    return _keyword(bind.value, "auth")
    return None


def _authentication_queries(frame: Frame, cls: Value) -> bool:
    """Whether an authentication class, object or function queries: a library's by its row or name, the project's by its body."""
    if isinstance(cls, Symbol):
        row = frame.world.models.row(cls.path)
        if row is not None and row.role == "ninja_auth":
            return row.effect == "query"
        name = cls.path.rpartition(".")[2]
        return name in QUERYING_AUTHENTICATION and (name != "SessionAuthentication" or frame.world.authenticates())
    if isinstance(cls, (ClassRef, Instance)):
        receiver = Instance(cls, exact=True) if isinstance(cls, ClassRef) else cls
        cls = frame.world.linker.attribute(frame, receiver, "authenticate")
    return any(_calling_queries(frame, cls, context) for context in (LOOP, REQUEST_THREAD))


def _calling_queries(frame: Frame, function: Value, context: Context) -> bool:
    state, outer = frame.fork(), frame.context
    frame.context = context
    try:
        calls.await_(frame, calls.call(frame, function, Arguments((REQUEST,))))
        return frame.state is not None and bool(frame.state.holds)
    finally:
        frame.state, frame.context = state, outer
