"""Forms: what validating one asks the database, by its fields, its hooks and its model."""

from __future__ import annotations

from flake8_django_async.analysis import calls, columns
from flake8_django_async.analysis.effects import effects
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.roles.kinds import Role, effect
from flake8_django_async.analysis.values import (
    NO_ARGUMENTS,
    UNKNOWN,
    Arguments,
    Instance,
    Object,
    Value,
    options,
)  # fmt: skip
from flake8_django_async.models.load import Row

CHOICES = ("ModelChoiceField", "ModelMultipleChoiceField")


def _valid(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """A form looks up the choices of models among its fields, then calls its own `clean_<field>` and `clean`."""
    if isinstance(receiver, Instance) and frame.state is not None:
        _validate(frame, receiver)
    return UNKNOWN


def _valid_of_model(frame: Frame, row: Row, receiver: Value | None, args: Arguments) -> Value:
    """A model's form looks up relations and unique columns, too."""
    if not isinstance(receiver, Instance):
        return effect(frame, row, receiver, args)
    _validate(frame, receiver)
    return (
        effect(frame, row, receiver, args)
        if not columns.are_plain(frame, receiver.type, written=True, declared=False)
        else UNKNOWN
    )


def _validate(frame: Frame, form: Instance) -> None:
    linker = frame.world.linker
    spans = [span for _, span in linker.hierarchy.own(form.type)]
    hooks = [name for span in spans for name in span.methods if name.startswith("clean_")]
    for name in dict.fromkeys(name for span in spans for name in span.attributes):
        fields = options(linker.attribute(frame, form.type, name))
        if any(isinstance(field, Object) and field.type.rpartition(".")[2] in CHOICES for field in fields):
            effects.query(frame, asynchronous=False, name=name)
    for name in dict.fromkeys((*sorted(hooks), "clean")):
        if name != "clean" or any(name in span.methods for span in spans):
            calls.call_method(frame, form, name, NO_ARGUMENTS)


ROLES: dict[str, Role] = {
    "form_valid": _valid,
    "model_form_valid": _valid_of_model,
}
