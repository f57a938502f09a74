"""Django REST framework's serializers: which one a view uses, and what validating and saving it runs."""

from __future__ import annotations

from flake8_django_async.analysis import calls, columns
from flake8_django_async.analysis.effects import effects, fetched
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.requests import rest_checks
from flake8_django_async.analysis.roles.kinds import CallableRole, Role, effect
from flake8_django_async.analysis.state import State, joined
from flake8_django_async.analysis.values import (
    NO_ARGUMENTS,
    UNKNOWN,
    Arguments,
    ClassRef,
    Closed,
    Instance,
    Method,
    Object,
    Pending,
    Query,
    Value,
    join,
    options,
)  # fmt: skip
from flake8_django_async.models.load import Row

SERIALIZER = "rest_framework.serializers.BaseSerializer"
METHOD_FIELD = "rest_framework.serializers.SerializerMethodField"
RELATED_FIELD = "rest_framework.relations.RelatedField"


def _get_serializer(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """An instance of each serializer class that the view may use, with the context that the view makes for it."""
    if not isinstance(receiver, Instance):
        return UNKNOWN
    linker = frame.world.linker
    found = linker.attribute(frame, receiver, "get_serializer_class")
    if isinstance(found, Method) or found == UNKNOWN:
        own = rest_checks.of_action(frame, frame.function, "serializer_class") if frame.function is not None else None
        classes = own if own is not None else linker.attribute(frame, receiver, "serializer_class")
    else:
        classes = calls.call(frame, found, NO_ARGUMENTS)
    calls.call_method(frame, receiver, "get_serializer_context", NO_ARGUMENTS)
    return join(
        linker.construct(cls, args) if isinstance(cls, ClassRef) else effects.instance_of(cls) for cls in options(classes)
    )


def _related_field(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """A field that looks up what it is given; a read-only one has no queryset to look in."""
    return UNKNOWN if args.get(-1, "queryset") is None else Object(RELATED_FIELD)


def _valid(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    if frame.world.linker.serializer_queries(receiver):
        plain = isinstance(receiver, Instance) and columns.are_plain(frame, receiver.type, written=True)
        if not plain:
            effect(frame, row, receiver, args)
    if isinstance(receiver, Instance):
        _validate(frame, receiver, frozenset())
    return UNKNOWN


def _validate(frame: Frame, serializer: Instance, around: frozenset[ClassRef]) -> None:
    """A serializer validates its fields, then calls its own `validate_<field>`, then `validate`."""
    around |= {serializer.type}
    linker = frame.world.linker
    names, hooks = _fields_and_methods(frame, serializer)
    hooked = (hook.removeprefix("validate_") for hook in sorted(hooks) if hook.startswith("validate_"))
    for name in dict.fromkeys((*names, *hooked)):
        for field in options(linker.attribute(frame, serializer.type, name)):
            if field == Object(RELATED_FIELD) or (_is_serializer(frame, field) and linker.serializer_queries(field)):
                effects.query(frame, asynchronous=False, name=name)
            elif isinstance(field, Instance) and field.type not in around and _is_serializer(frame, field):
                _validate(frame, field, around)
        if f"validate_{name}" in hooks:
            calls.call_method(frame, serializer, f"validate_{name}", Arguments((UNKNOWN,)))
    if "validate" in hooks:
        calls.call_method(frame, serializer, "validate", Arguments((UNKNOWN,)))


def _fields_and_methods(frame: Frame, serializer: Instance) -> tuple[list[str], set[str]]:
    spans = [span for _, span in frame.world.linker.hierarchy.own(serializer.type)]
    fields = list(dict.fromkeys(name for span in spans for name in span.attributes))
    return fields, {name for span in spans for name in span.methods}


def _is_serializer(frame: Frame, field: Value) -> bool:
    return isinstance(field, Instance) and frame.world.linker.hierarchy.is_a(field.type, SERIALIZER)


def _save(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    name = row.path.rpartition(".")[2]
    if frame.world.linker.serializer_queries(receiver) and not _saves_itself(frame, receiver, name):
        return effect(frame, row, receiver, args)
    if isinstance(receiver, Instance):
        if row.when == "await":
            return Pending(Closed("asave", Arguments((receiver,))), NO_ARGUMENTS)
        _create_or_update(frame, receiver, "")
    return UNKNOWN


def _saves_itself(frame: Frame, serializer: Value | None, name: str) -> bool:
    """Whether `save` (adrf: `asave`) of a model's serializer leads to a `create` or `update` of the project's."""
    if not isinstance(serializer, Instance) or name not in ("save", "asave"):
        return False
    prefix = name.removesuffix("save")
    methods = _fields_and_methods(frame, serializer)[1]
    return not methods.isdisjoint({f"{prefix}create", f"{prefix}update"})


def _asave(frame: Frame, closed: Closed, args: Arguments) -> Value:
    _create_or_update(frame, closed.args.positional[0], "a")
    return UNKNOWN


def _create_or_update(frame: Frame, serializer: Value, prefix: str) -> None:
    """Saving a serializer calls its own `create` or `update`; with adrf's `a` before the name these are awaited."""
    before, ends = frame.state, list[State | None]()
    for name, args in (("create", Arguments((UNKNOWN,))), ("update", Arguments((UNKNOWN, UNKNOWN)))):
        frame.state = before.copy() if before is not None else None
        made = calls.call_method(frame, serializer, f"{prefix}{name}", args)
        if prefix:
            calls.await_(frame, made)
        ends.append(frame.state)
    frame.state = joined(ends)


def reads(frame: Frame, serializer: Value | None) -> bool:
    """Whether showing a serializer's data sends anything: a queryset that it was given, relations of its rows."""
    if not isinstance(serializer, Instance):
        return frame.world.linker.serializer_queries(serializer)
    shown = dict(serializer.fields).get("instance")
    if isinstance(shown, Query):
        return not shown.evaluated and not shown.empty
    plain = columns.are_plain(frame, serializer.type, written=False)
    return frame.world.linker.serializer_queries(serializer) and not plain


def data(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """Show a serializer's rows: a query where `reads` says so; `data`, unlike adrf's `adata`, runs the project's methods too."""
    if reads(frame, receiver):
        effects.query(frame, asynchronous=row.when == "await", name=row.path.rpartition(".")[2])
    if isinstance(receiver, Instance) and row.when == "get":
        _show(frame, receiver, frozenset())
    return UNKNOWN


def _show(frame: Frame, serializer: Instance, around: frozenset[ClassRef]) -> None:
    """A serializer shows a row by its own `to_representation`, its method fields and the serializers in it."""
    around |= {serializer.type}
    names, methods = _fields_and_methods(frame, serializer)
    row = Arguments((_shown(frame, serializer),))
    for name in names:
        for field in options(frame.world.linker.attribute(frame, serializer.type, name)):
            if field == Object(METHOD_FIELD):
                calls.call_method(frame, serializer, f"get_{name}", row)
            elif isinstance(field, Instance) and field.type not in around and _is_serializer(frame, field):
                _show(frame, field, around)
    if "to_representation" in methods:
        calls.call_method(frame, serializer, "to_representation", row)


def _shown(frame: Frame, serializer: Instance) -> Value:
    """A row that a serializer shows: what it was given, or one of the model that its `Meta` names."""
    given = dict(serializer.fields).get("instance", UNKNOWN)
    if isinstance(given, Query):
        return fetched.row(frame, given)
    meta = frame.world.linker.attribute(frame, serializer.type, "Meta")
    return effects.instance_of(frame.world.linker.attribute(frame, meta, "model")) if given == UNKNOWN else given


ROLES: dict[str, Role] = {
    "get_serializer": _get_serializer,
    "serializer_field": _related_field,
    "serializer_valid": _valid,
    "serializer_save": _save,
    "serializer_data": data,
}


CALLABLES: dict[str, CallableRole] = {
    "asave": _asave,
}
