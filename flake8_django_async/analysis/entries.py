"""Entry points: which sync functions a request enters, and what frameworks have queried by the time a handler begins."""

from __future__ import annotations

from flake8_django_async.analysis import calls
from flake8_django_async.analysis.frame import REQUEST_THREAD, Frame
from flake8_django_async.analysis.hosts import HANDLERS, takes_request
from flake8_django_async.analysis.state import DEFAULT, Hold, Key, Step
from flake8_django_async.analysis.values import Arguments, ClassRef, Collection, Instance, Object, Symbol, Tuple, Value, options
from flake8_django_async.analysis.world import World
from flake8_django_async.project.modules import Module
from flake8_django_async.source.outline import FunctionSpan

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
    return takes_request(module, span) and world.serves_asgi()


def class_roles(world: World, cls: ClassRef) -> set[str | None]:
    """The roles of the library classes that a class inherits from."""
    found: set[str | None] = set()
    for base in world.linker.classes.order(cls):
        row = world.models.row(base) if isinstance(base, str) else None
        if row is not None:
            found.add(row.role)
    return found


def dispatch_holds(world: World, module: Module, span: FunctionSpan, owner: ClassRef | None) -> frozenset[Hold]:
    """Connections that a framework has opened before it calls this handler: REST framework authenticates first."""
    if owner is None or not (span.name in HANDLERS or any(name.rpartition(".")[2] == "action" for name in span.decorators)):
        return frozenset()
    order = world.linker.classes.order(owner)
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


def _authentication_queries(frame: Frame, cls: Value) -> bool:
    """Whether an authentication class queries: a library's by its name, the project's by its body."""
    if isinstance(cls, Symbol):
        name = cls.path.rpartition(".")[2]
        return name in QUERYING_AUTHENTICATION and (name != "SessionAuthentication" or frame.world.authenticates())
    if not isinstance(cls, ClassRef):
        return False
    state = frame.fork()
    context = frame.context
    try:
        made = calls.call_method(frame, Instance(cls, exact=True), "authenticate", Arguments((REQUEST,)))
        calls.await_(frame, made)
        if frame.state is not None and frame.state.holds:
            return True
        frame.state, frame.context = state.copy(), REQUEST_THREAD
        calls.call_method(frame, Instance(cls, exact=True), "authenticate", Arguments((REQUEST,)))
        return frame.state is not None and bool(frame.state.holds)
    finally:
        frame.state, frame.context = state, context
