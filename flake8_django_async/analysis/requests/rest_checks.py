"""What the REST framework has asked the database before a handler begins: authentication, permissions, throttles."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_django_async.analysis import expressions as ex
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.spelling import last_name
from flake8_django_async.analysis.values import (
    UNKNOWN,
    ClassRef,
    Collection,
    FunctionRef,
    FunctionValue,
    Instance,
    Symbol,
    Tuple,
    Value,
    options,
)
from flake8_django_async.source import flow

CHECKS = {
    "authentication_classes": ("DEFAULT_AUTHENTICATION_CLASSES", "authenticate"),
    "permission_classes": ("DEFAULT_PERMISSION_CLASSES", "has_permission"),
    "throttle_classes": ("DEFAULT_THROTTLE_CLASSES", "allow_request"),
}
"""Each list of a view: its default in `settings.REST_FRAMEWORK`, and the method that is called of each class."""


def checks(frame: Frame, owner: ClassRef | None, function: FunctionValue | None) -> Iterator[tuple[str, Value]]:
    """The method and the class of each check of a handler: of its decorators, of its class, of the settings."""
    for name, (default, method) in CHECKS.items():
        found = _decorated(frame, function, name)
        if found is None and owner is not None:
            declared = frame.world.linker.attribute(frame, Instance(owner), name)
            found = None if declared == UNKNOWN else declared
        classes = elements(found) if found is not None else _configured(frame, default)
        yield from ((method, cls) for cls in classes)


def _decorated(frame: Frame, function: FunctionValue | None, name: str) -> Value | None:
    """`@permission_classes([...])`, `@action(permission_classes=[...])`."""
    for expr in function.ref.flow.decorators if function is not None else ():
        if isinstance(expr, flow.Call) and last_name(expr.func) == name:
            return next((ex.evaluate_quietly(frame, argument.value) for argument in expr.args), None)
    return None if function is None else of_action(frame, function.ref, name)


def of_action(frame: Frame, function: FunctionRef, name: str) -> Value | None:
    """What `@action(name=...)` sets on the view while this handler runs."""
    for expr in function.flow.decorators:
        for argument in expr.args if isinstance(expr, flow.Call) and last_name(expr.func) == "action" else ():
            if argument.keyword == name:
                return ex.evaluate_quietly(frame, argument.value)
    return None


def _configured(frame: Frame, key: str) -> Iterator[Value]:
    """The classes that the project's settings name; Django REST framework's own defaults are not taken for granted."""
    for path in frame.world.settings.rest_framework(key) or ():
        folder, _, name = path.rpartition(".")
        module = frame.world.project.find(folder) if folder else None
        yield Symbol(path) if module is None else frame.world.linker.module_name(module, name)


def elements(value: Value) -> list[Value]:
    """The items of each alternative of a value that is a tuple or collection; any other has none."""
    found: list[Value] = []
    for option in options(value):
        if isinstance(option, Tuple):
            found.extend(option.items)
        elif isinstance(option, Collection):
            found.extend(options(option.element))
    return found
