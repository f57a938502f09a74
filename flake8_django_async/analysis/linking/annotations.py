"""Annotations: the value of a parameter or variable of a declared type."""

from __future__ import annotations

from flake8_django_async.analysis import expressions as ex
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.values import (
    UNKNOWN,
    Choice,
    ClassRef,
    Collection,
    Query,
    Record,
    Symbol,
    Tuple,
    Value,
    join,
    options,
)  # fmt: skip
from flake8_django_async.source import flow

WRAPPERS = {"Optional", "Annotated", "ClassVar", "Final", "Required", "NotRequired", "ReadOnly", "Awaitable", "Coroutine"}
CONTAINERS = {
    "list", "List", "set", "Set", "frozenset", "FrozenSet", "Sequence", "Iterable", "Collection", "deque", "AbstractSet",
    "MutableSequence",
}  # fmt: skip
WITHOUT_METHODS = {"builtins", "typing", "typing_extensions", "collections"}
"""Where the types come from that tell nothing: `str`, `Any`, `Awaitable`."""
MAPPINGS = {"dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict", "OrderedDict"}
GENERATORS = {"Iterator", "Iterable", "Generator", "AsyncIterator", "AsyncIterable", "AsyncGenerator"}
ROWS = {"QuerySet", "BaseQuerySet", "Manager", "BaseManager", "RelatedManager", "ManyRelatedManager"}


def annotated(frame: Frame, expr: flow.Expr) -> Value:
    """What a variable of this annotation denotes."""
    match expr:
        case flow.Constant(value=str() as text):
            parsed = frame.world.parse_expression(text)
            return UNKNOWN if parsed is None else annotated(frame, parsed)
        case flow.Binary(op="|", left=left, right=right):
            return join((annotated(frame, left), annotated(frame, right)))
        case flow.Subscript(value=value, index=index):
            return _subscripted(frame, value, index)
        case flow.Name() | flow.Attribute():
            found = ex.evaluate_quietly(frame, expr)
            return join(instance(frame, option) for option in options(found))
        case _:
            return UNKNOWN


def yields(frame: Frame, expr: flow.Expr) -> Value:
    """What a generator with this return annotation yields: `AsyncIterator[Page]`."""
    match expr:
        case flow.Subscript(value=flow.Name(id=name) | flow.Attribute(attr=name), index=index) if name in GENERATORS:
            return annotated(frame, index.items[0] if isinstance(index, flow.Sequence) and "Generator" in name else index)
        case _:
            return UNKNOWN


def instance(frame: Frame, value: Value) -> Value:
    """An instance of a class value."""
    match value:
        case ClassRef():
            return frame.world.linker.hierarchy.instance(value)
        case Symbol(path=path) if path.partition(".")[0] not in WITHOUT_METHODS:
            return frame.world.linker.typed(path)
        case _:
            return UNKNOWN


def _subscripted(frame: Frame, value: flow.Expr, index: flow.Expr) -> Value:
    name = value.attr if isinstance(value, flow.Attribute) else value.id if isinstance(value, flow.Name) else ""
    parts = index.items if isinstance(index, flow.Sequence) else (index,)
    if not parts:
        return UNKNOWN
    if name == "Union":
        return join(annotated(frame, part) for part in parts)
    if name in WRAPPERS:
        return annotated(frame, parts[-1] if name == "Coroutine" else parts[0])
    if name in CONTAINERS or (name in ("tuple", "Tuple") and len(parts) == 2 and parts[1] == flow.Opaque()):
        return Collection(annotated(frame, parts[0]))
    if name in ("tuple", "Tuple"):
        items = tuple(annotated(frame, part) for part in parts)
        return Tuple(items) if any(item != UNKNOWN for item in items) else UNKNOWN
    if name in MAPPINGS and len(parts) == 2 or name == "ContextVar":
        entry = annotated(frame, parts[-1])
        return UNKNOWN if entry == UNKNOWN else Record((("", entry),))
    if name in ("type", "Type"):
        found = ex.evaluate_quietly(frame, parts[0])
        return found if isinstance(found, (ClassRef, Symbol, Choice)) else UNKNOWN
    if name in ROWS:
        model = ex.evaluate_quietly(frame, parts[0])
        return Query("django.db.models.QuerySet", model if isinstance(model, (ClassRef, Symbol)) else None)
    return annotated(frame, value)
