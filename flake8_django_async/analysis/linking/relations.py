"""Relations between models: foreign keys, many-to-many managers, the reverse side of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_django_async.analysis import expressions as ex
from flake8_django_async.analysis.spelling import last_name
from flake8_django_async.analysis.values import UNKNOWN, ClassRef, Instance, Literal_, Object, Query, Symbol, Value
from flake8_django_async.project.modules import Module
from flake8_django_async.source import flow
from flake8_django_async.source.outline import Lines
from flake8_django_async.source.walk import bindings

if TYPE_CHECKING:
    from flake8_django_async.analysis.linking.names import Linker
    from flake8_django_async.analysis.world import World

TO_ONE = ("ForeignKey", "OneToOneField", "ParentalKey")
TO_MANY = ("ManyToManyField", "GenericRelation", "ParentalManyToManyField", "TaggableManager")
MANAGER = "django.db.models.fields.related_descriptors.ManyRelatedManager"


def field(world: World, linker: Linker, module: Module, cls: ClassRef, lines: Lines, name: str) -> Value | None:
    """What an instance's attribute denotes that its class declares as a relation; None for any other attribute."""
    for bind in bindings(module.block(lines), name):
        if not isinstance(bind.value, flow.Call):
            continue
        kind = last_name(bind.value.func)
        if kind not in TO_ONE + TO_MANY:
            continue
        target = _target(world, linker, module, cls, bind.value, lines)
        if kind in TO_MANY:
            return Query(MANAGER, target)
        return (
            Instance(target) if isinstance(target, ClassRef) else Object(target.path) if isinstance(target, Symbol) else UNKNOWN
        )
    return None


def is_to_one(module: Module, lines: Lines, name: str) -> bool:
    """Whether a class attribute is a foreign key or the like."""
    return any(last_name(call.func) in TO_ONE for call in _made(module, lines, name))


def is_column(module: Module, lines: Lines, name: str) -> bool:
    """Whether a class attribute is a field with a column of its own."""
    kinds = [last_name(call.func) for call in _made(module, lines, name)]
    return any(kind.endswith(("Field", "Key")) and kind not in (*TO_MANY, "GenericForeignKey") for kind in kinds)


def is_primary_key(module: Module, lines: Lines, name: str) -> bool:
    return any(argument.keyword == "primary_key" for call in _made(module, lines, name) for argument in call.args)


def _made(module: Module, lines: Lines, name: str) -> list[flow.Call]:
    return [bind.value for bind in bindings(module.block(lines), name) if isinstance(bind.value, flow.Call)]


def is_looked_up(module: Module, lines: Lines, name: str) -> bool:
    """Whether validating a value of a field asks the database: a relation, a unique column."""
    return any(
        last_name(call.func) in TO_ONE + TO_MANY or any(argument.keyword in ("unique", "primary_key") for argument in call.args)
        for call in _made(module, lines, name)
    )


def _target(world: World, linker: Linker, module: Module, cls: ClassRef, call: flow.Call, lines: Lines) -> Value | None:
    given = next((arg.value for arg in call.args if arg.keyword == "to"), None)
    if given is None:
        given = next((arg.value for arg in call.args if not arg.keyword and not arg.star), None)
    if given is None:
        return None
    value = ex.evaluate_quietly(linker.quiet_frame(module, lines[0]), given)
    if isinstance(value, Literal_) and isinstance(value.value, str):
        if value.value == "self":
            return cls
        label = value.value.rpartition(".")[2]
        found = linker.module_name(module, label)
        return found if isinstance(found, ClassRef) else world.model_named(value.value)
    return value if isinstance(value, (ClassRef, Symbol)) else None


def reverse(world: World, name: str) -> Value:
    """The manager behind `related_name`, or Django's default `<model>_set`."""
    return Query(MANAGER) if name.endswith("_set") or world.is_related_name(name) else UNKNOWN
