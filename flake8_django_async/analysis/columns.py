"""Whether the fields of a model's form or serializer are plain columns, which neither fetch nor look up anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flake8_django_async.analysis.linking import relations
from flake8_django_async.analysis.values import ClassRef, Literal_, Object, Tuple
from flake8_django_async.source import flow
from flake8_django_async.source.walk import bindings

if TYPE_CHECKING:
    from flake8_django_async.analysis.frame import Frame

CONSTRAINED = re.compile(r"\b(unique_together|constraints|unique_for_(date|month|year)|depth)\b")
HOOKS = ("to_internal_value", "get_fields")
"""Methods of a serializer that may make any field of it; its other hooks are followed."""
KINDS = ("rest_framework.serializers.", "rest_framework.fields.")


def are_plain(frame: Frame, cls: ClassRef, *, written: bool, declared: bool = True) -> bool:
    """Whether every field that `Meta.fields` names is known to be plain: when `written` it is validated, else shown.

    `declared`: fields of the class itself count, too, as a serializer's do.
    """
    linker = frame.world.linker
    meta = linker.attribute(frame, cls, "Meta")
    if not isinstance(meta, ClassRef):
        return False
    model, fields = linker.attribute(frame, meta, "model"), linker.attribute(frame, meta, "fields")
    if not isinstance(model, ClassRef) or not isinstance(fields, Tuple) or not fields.items:
        return False
    if declared and any(name in span.methods for _, span in frame.world.linker.hierarchy.own(cls) for name in HOOKS):
        return False
    if _mentions(frame, model) or _mentions(frame, meta):
        return False
    return all(
        isinstance(item, Literal_)
        and isinstance(item.value, str)
        and (
            _is_plain_field(frame, cls, item.value)
            if declared and any(item.value in span.attributes for _, span in frame.world.linker.hierarchy.own(cls))
            else _is_plain_column(frame, model, item.value, written=written)
        )
        for item in fields.items
    )


def _mentions(frame: Frame, cls: ClassRef) -> bool:
    """Whether a class speaks of constraints over several columns, or of nested rows."""
    return any(
        CONSTRAINED.search(line)
        for base, span in frame.world.linker.hierarchy.own(cls)
        for line in frame.world.module(base.path).lines[span.first - 1 : span.last]
    )


def _is_plain_field(frame: Frame, cls: ClassRef, name: str) -> bool:
    found = frame.world.linker.attribute(frame, cls, name)
    if not isinstance(found, Object) or not found.type.startswith(KINDS) or "Related" in found.type:
        return False
    if found.type.endswith("MethodField"):
        return any(f"get_{name}" in span.methods for _, span in frame.world.linker.hierarchy.own(cls))
    for base, span in frame.world.linker.hierarchy.own(cls):
        for lines in span.attributes.get(name, ()):
            for bind in bindings(frame.world.module(base.path).block(lines), name):
                if isinstance(bind.value, flow.Call) and any(
                    argument.keyword in ("source", "validators") for argument in bind.value.args
                ):
                    return False
    return True


def _is_plain_column(frame: Frame, model: ClassRef, name: str, *, written: bool) -> bool:
    if name in ("id", "pk"):
        return True
    for base, span in frame.world.linker.hierarchy.own(model):
        if name in span.attributes:
            module, lines = frame.world.module(base.path), span.attributes[name][-1]
            # A foreign key is shown by the number that is in the row, and looked up when it is validated.
            return relations.is_column(module, lines, name) and not (written and relations.is_looked_up(module, lines, name))
    return False
