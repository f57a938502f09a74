"""Instances: what a class's methods store in them, and what they are constructed with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flake8_django_async.analysis import calls
from flake8_django_async.analysis.effects import streams
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.memo import Memo
from flake8_django_async.analysis.values import (
    NONE,
    UNKNOWN,
    Arguments,
    Choice,
    ClassRef,
    Closed,
    Collection,
    Factory,
    FunctionRef,
    FunctionValue,
    Generator,
    Guarded,
    Instance,
    Method,
    Object,
    Partial,
    Pending,
    Query,
    Record,
    Symbol,
    Synced,
    Task,
    Threaded,
    Tuple,
    Value,
    join,
)  # fmt: skip
from flake8_django_async.project.modules import Module
from flake8_django_async.source import flow
from flake8_django_async.source.outline import ClassSpan, FunctionSpan
from flake8_django_async.source.walk import attribute_assignments, bindings

if TYPE_CHECKING:
    from flake8_django_async.analysis.linking.names import Linker
    from flake8_django_async.analysis.world import World

SET = re.compile(r"\bself\.(\w+)(?=\s*(?:\[[^\]]*\]\s*)?(?::[^=]+)?=(?!=))")
DATACLASS = ("dataclass", "define", "frozen")
"""Last names of decorators that make `__init__` of the class's fields: of dataclasses and attrs."""
MADE = re.compile(SET.pattern.replace("self", r"[\w.]+", 1))
"""The same of any name: `__new__` calls the instance as it likes."""
TELLING = (
    FunctionValue, Threaded, Synced, Partial, Instance, Object, Query, ClassRef, Symbol, Generator, Pending, Task, Method, Choice,
    Guarded, Closed, Factory,
)  # fmt: skip
"""Values of arguments that an instance is told apart by."""


class Instances:
    """Answers about instances of the project's classes, remembered."""

    def __init__(self, world: World, linker: Linker) -> None:
        self.world = world
        self.linker = linker
        self.hierarchy = linker.hierarchy
        self._fields = Memo[tuple[Instance, str], Value](world)
        self._abstract: dict[ClassRef, bool] = {}
        self._setters: dict[ClassRef, dict[str, list[FunctionSpan]]] = {}

    def attribute(self, value: Instance, name: str) -> Value:
        """An attribute that methods set: `self.client = AsyncOpenAI()`."""
        given = dict(value.fields).get(name, UNKNOWN)

        def find() -> Value:
            classes = (cls for cls in self.hierarchy.order(value.type) if isinstance(cls, ClassRef))
            found = [stored for cls in classes for stored in self._assignments(cls, name, value)]
            known = join(found) if found else given
            return Collection(UNKNOWN) if known == Tuple(()) else known  # other methods fill it

        return self._fields.get((value, name), find, given)

    def _assignments(self, cls: ClassRef, name: str, receiver: Instance) -> Iterator[Value]:
        module = self.world.module(cls.path)
        for method in self._setters_of(cls).get(name, ()):
            raw = self.linker.raw_function(module, method, cls)
            if raw is not None:
                yield from self._assigned_in(module, raw, name, receiver)

    def _setters_of(self, cls: ClassRef) -> dict[str, list[FunctionSpan]]:
        if cls not in self._setters:
            span = self.hierarchy.span(cls)
            self._setters[cls] = {} if span is None else _setters(self.world.module(cls.path), span)
        return self._setters[cls]

    def _assigned_in(self, module: Module, method: FunctionValue, name: str, receiver: Instance) -> Iterator[Value]:
        given = dict(receiver.fields) if method.ref.flow.name == "__init__" else {}
        if method.ref != self._init(receiver.type):  # what its subclass hands on is not what that was given
            given = {key: value for key, value in given.items() if value != NONE}
        frame = self.linker.quiet_frame(module, method.ref.line)
        frame.owner, frame.receiver = method.ref.owner, receiver
        args = Arguments(keywords=tuple(given.items()))
        bound = self.linker.parameters.bind(FunctionValue(method.ref, receiver), args, entry=True)
        assert frame.state is not None
        frame.names = bound
        frame.state.names.update(bound)
        for found in attribute_assignments(method.ref.flow.body, name, of_any=method.ref.flow.name == "__new__"):
            value = self.linker.assigned_in(frame, found)
            yield Record((("", value),)) if found.is_entry else value

    def construct(self, cls: ClassRef, args: Arguments) -> Value:
        """An instance made by calling a class; managers and querysets are queries."""
        if self.hierarchy.is_rows(cls):
            model = args.get(0, "model")
            return Query(cls, model if isinstance(model, (ClassRef, Symbol)) else None)
        fields: dict[str, Value] = {}
        init = self._init(cls)
        if init is not None:
            parameters = [parameter for parameter in init.flow.parameters[1:] if parameter.kind in ("positional", "keyword")]
            names = [parameter.name for parameter in parameters]
            empty = {it.name for it in parameters if it.default == flow.Constant(None)}
        elif self.hierarchy.is_a(cls, "rest_framework.serializers.BaseSerializer"):
            names = ["instance", "data"]
            empty = set()
        else:
            empty = self._empty_fields(cls)
            names = [
                name
                for base in reversed(self.hierarchy.order(cls))
                if isinstance(base, ClassRef)
                for name in self._declared(base)
            ]
        if not args.open:
            fields.update(dict.fromkeys(empty, NONE))
        fields.update(zip(names, args.positional))
        fields.update(args.keywords)
        told = sorted(
            (name, value) for name, value in fields.items() if isinstance(value, TELLING) or name in empty and value == NONE
        )
        if cls not in self._abstract:
            self._abstract[cls] = self._is_abstract(cls)
        return Instance(cls, exact=not self._abstract[cls], fields=tuple(told))

    def _empty_fields(self, cls: ClassRef) -> set[str]:
        """The fields of a dataclass that are None unless they are given, and that none of its methods sets."""
        found: set[str] = set()
        own = list(self.hierarchy.own(cls))
        is_model = self.hierarchy.is_a(cls, "pydantic.BaseModel")
        for base, span in own:
            if not is_model and not any(name.rpartition(".")[2] in DATACLASS for name in span.decorators):
                continue
            module = self.world.module(base.path)
            for name, lines in span.attributes.items():
                if all(bind.value == flow.Constant(None) for bind in bindings(module.block(lines[-1]), name)):
                    found.add(name)
        return {name for name in found if not any(name in self._setters_of(base) for base, _ in own)}

    def hand_over(self, frame: Frame, cls: ClassRef, args: Arguments) -> None:
        """A response class of the project's streams what its `__init__` hands to Django's; its argument where that is unseen."""
        assert frame.state is not None
        known = frame.state.streams
        init = self.linker.attribute(frame, Instance(cls, exact=True), "__init__")
        if isinstance(init, FunctionValue):
            calls.call(frame, init, args)
        if frame.state is not None and frame.state.streams == known:
            content = args.get(0, "streaming_content")
            streams.hand_over(frame, UNKNOWN if content is None else content, piecewise=self._defines(cls, "__aiter__"))

    def has_init(self, cls: ClassRef) -> bool:
        """Whether a class of the project says itself what becomes of its arguments."""
        return self._init(cls) is not None

    def _init(self, cls: ClassRef) -> FunctionRef | None:
        for base, span in self.hierarchy.own(cls):
            if "__init__" in span.methods:
                raw = self.linker.raw_function(self.world.module(base.path), span.methods["__init__"][-1], base)
                return raw.ref if raw is not None else None
        return None

    def _is_abstract(self, cls: ClassRef) -> bool:
        """Whether a class leaves methods to its subclasses, so that only one of those is ever made."""
        defined: dict[str, FunctionSpan] = {}
        for _, span in self.hierarchy.own(cls):
            for name, methods in span.methods.items():
                defined.setdefault(name, methods[-1])
        return any("abstractmethod" in name for method in defined.values() for name in method.decorators)

    def _defines(self, cls: ClassRef, name: str) -> bool:
        return any(name in span.methods for _, span in self.hierarchy.own(cls))

    def _declared(self, cls: ClassRef) -> list[str]:
        span = self.hierarchy.span(cls)
        return list(span.attributes) if span is not None else []


def _setters(module: Module, span: ClassSpan) -> dict[str, list[FunctionSpan]]:
    """The methods that may set an attribute of `self`, by its name."""
    found: dict[str, list[FunctionSpan]] = {}
    for method in (method for methods in span.methods.values() for method in methods):
        lines = module.lines[method.header - 1 : method.last]
        pattern, mark = (MADE, ".") if method.name == "__new__" else (SET, "self.")
        for name in {name for line in lines if mark in line for name in pattern.findall(line)}:
            found.setdefault(name, []).append(method)
    return found
