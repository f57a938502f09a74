"""Parameters: the first names of a call, by argument, annotation, default, or what a framework is known to pass."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_django_async.analysis import calls, paths
from flake8_django_async.analysis import expressions as ex
from flake8_django_async.analysis.memo import Memo
from flake8_django_async.analysis.values import (
    NO_ARGUMENTS,
    NONE,
    UNKNOWN,
    Arguments,
    Choice,
    ClassRef,
    Collection,
    FunctionRef,
    FunctionValue,
    Instance,
    Object,
    Record,
    Tuple,
    Value,
    join,
)
from flake8_django_async.source import flow

if TYPE_CHECKING:
    from flake8_django_async.analysis.linking.names import Linker
    from flake8_django_async.analysis.world import World

SERIALIZER_HOOKS = ("perform_create", "perform_update")
"""Methods that REST framework's mixins call with the view's serializer."""


class Parameters:
    """What the parameters of the project's functions denote, remembered where no argument tells."""

    def __init__(self, world: World, linker: Linker) -> None:
        self.world = world
        self.linker = linker
        self._expected_values = Memo[tuple[FunctionRef, str, bool], Value](world)

    def bind(self, function: FunctionValue, args: Arguments, *, entry: bool = False) -> dict[str, Value]:
        """The first names of a call: closed-over ones, then parameters by argument, annotation, default.

        An `entry` is called with arguments that are not known, also for parameters that it could do without.
        """
        names = self._closed_over(function)
        positional = list(args.positional)
        if function.receiver is not None:
            positional.insert(0, function.receiver)
        keywords = dict(args.keywords)
        for parameter in function.ref.flow.parameters:
            value: Value | None = None
            if parameter.kind == "*":
                value = Collection(join(positional)) if args.open or entry else Tuple(tuple(positional))
                positional = []
            elif parameter.kind == "**":
                value = Record((*keywords.items(), *((("", UNKNOWN),) if entry else ())))
            elif parameter.kind == "positional" and positional:
                value = positional.pop(0)
            elif parameter.name in keywords:
                value = keywords.pop(parameter.name)
            if value is None and not args.open and not entry:
                value = NONE if parameter.default == flow.Constant(None) else _own_default(function, parameter)
            if value is None or value == UNKNOWN:
                value = self._expected(function.ref, parameter, given=value is not None or args.open)
            names[parameter.name] = self._as_now(value)
        return names

    def _as_now(self, value: Value) -> Value:
        """A nested function with what the one around it has bound since: the names of a call must tell all that it may see."""
        if isinstance(value, Choice):
            return join(map(self._as_now, value.options))
        if not isinstance(value, FunctionValue) or value.closure is None:
            return value
        live = self.world.frames.get(value.closure.frame)
        if live is None or live.state is None:
            return value
        return replace(value, closure=self.linker.captured(live, value.ref, value.closure.free))

    def _expected(self, ref: FunctionRef, parameter: flow.Parameter, *, given: bool) -> Value:
        """A parameter that no known value was given for."""
        return self._expected_values.get(
            (ref, parameter.name, given), lambda: self._find_expected(ref, parameter, given=given), UNKNOWN
        )

    def _find_expected(self, ref: FunctionRef, parameter: flow.Parameter, *, given: bool) -> Value:
        scope = self.linker.quiet_frame(self.world.module(ref.path), ref.line)
        if (
            ref.owner is not None
            and parameter in ref.flow.parameters[2:3]
            and (handler := self._handler(ref.owner, ref.flow)) != UNKNOWN
        ):
            return handler
        if parameter.annotation is not None:
            value = self.linker.annotation(scope, parameter.annotation)
            if value != UNKNOWN:
                return value
        if parameter.default is not None and not given:
            return ex.evaluate_quietly(scope, parameter.default)
        if parameter.name == "serializer" and ref.owner is not None and ref.flow.name in SERIALIZER_HOOKS:
            return calls.call_method(scope, Instance(ref.owner), "get_serializer", NO_ARGUMENTS)
        if parameter.name == "request" and parameter.annotation is None:
            rest = ref.owner is not None and "rest_framework.views.APIView" in self.linker.hierarchy.order(ref.owner)
            return Object(paths.REST_REQUEST if rest else paths.REQUEST)
        if ref.owner is not None and parameter is ref.flow.parameters[0] and parameter.name in ("self", "cls"):
            return Instance(ref.owner) if parameter.name == "self" else ref.owner
        return UNKNOWN

    def _handler(self, owner: ClassRef, code: flow.Function) -> Value:
        """The model's call that an agent hands to its middleware: `awrap_model_call(self, request, handler)`."""
        for base in self.linker.hierarchy.order(owner):
            row = self.world.models.member(base, code.name) if isinstance(base, str) else None
            if row is not None and row.role == "around_model" and row.returns is not None:
                frame = self.linker.quiet_frame(self.world.module(owner.path))
                return self.linker.attribute(frame, Object(row.returns), "ainvoke" if code.is_async else "invoke")
        return UNKNOWN

    def _closed_over(self, function: FunctionValue) -> dict[str, Value]:
        closure = function.closure
        if closure is None:
            return {}
        names = dict(closure.names)
        if function.ref.flow.name in closure.free:
            names[function.ref.flow.name] = function.with_receiver(None)
        live = self.world.frames.get(closure.frame)
        if live is not None and live.state is not None:
            names.update((name, live.state.names[name]) for name in closure.free & live.state.names.keys())
        return names


def _own_default(function: FunctionValue, parameter: flow.Parameter) -> Value | None:
    """What `lambda client=client: ...` has taken from the function around it."""
    if function.closure is None or not isinstance(parameter.default, flow.Name):
        return None
    return dict(function.closure.names).get(parameter.default.id)
