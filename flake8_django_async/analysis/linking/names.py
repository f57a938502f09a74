"""Linking: what a name denotes, across scopes and modules."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from flake8_django_async.analysis import calls
from flake8_django_async.analysis import expressions as ex
from flake8_django_async.analysis.frame import LOOP, Frame
from flake8_django_async.analysis.linking import around, registered
from flake8_django_async.analysis.linking.annotations import annotated
from flake8_django_async.analysis.linking.classes import Classes
from flake8_django_async.analysis.linking.hierarchy import Hierarchy
from flake8_django_async.analysis.linking.parameters import Parameters
from flake8_django_async.analysis.memo import Memo
from flake8_django_async.analysis.requests.hosts import enclosing
from flake8_django_async.analysis.sizes import without
from flake8_django_async.analysis.values import (
    BLANK,
    NONE,
    UNKNOWN,
    Arguments,
    Choice,
    ClassRef,
    Closed,
    Closure,
    Factory,
    FunctionRef,
    FunctionValue,
    Guarded,
    Instance,
    Literal_,
    Method,
    ModuleRef,
    Object,
    Partial,
    Query,
    Super,
    Symbol,
    Synced,
    Threaded,
    Tuple,
    Value,
    join,
    known,
    options,
)  # fmt: skip
from flake8_django_async.models.load import Row
from flake8_django_async.project.modules import Module
from flake8_django_async.source import flow
from flake8_django_async.source.outline import FunctionSpan, Lines
from flake8_django_async.source.walk import Assignment, bindings, find_definition, flags, free_names, name_assignments

if TYPE_CHECKING:
    from flake8_django_async.analysis.world import World

BUILTINS = frozenset(dir(builtins))
CALLABLES = (FunctionValue, Threaded, Guarded, Factory, Synced, Partial, Closed, Choice)
MAX_ASSIGNMENTS = 4
"""Assignments of one module-level name that are looked at; one assigned more often is unknown."""


class Linker:
    """Names to values, remembered per module."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.hierarchy = Hierarchy(world, self)
        self.classes = Classes(world, self)
        self.parameters = Parameters(world, self)
        self._names = Memo[tuple[str, str], Value](world)
        self._functions = Memo[tuple[str, Lines, str], Value](world)
        self._free: dict[FunctionRef, frozenset[str]] = {}
        self._flags: dict[FunctionRef, frozenset[str]] = {}
        self._shadowing: dict[FunctionRef, frozenset[str]] = {}

    # ------------------------------------------------------------ names

    def name(self, frame: Frame, name: str) -> Value:
        """A name in a function: its own scope, then the module's."""
        assert frame.state is not None
        found = frame.state.names.get(name)
        if found is not None:
            if isinstance(found, Closed) and found.role == "flag":
                return found.args.positional[0]
            return join((found, self.module_name(frame.module, name))) if name in frame.globals else found
        if frame.body_of is not None:
            found = self.classes.in_body(frame.body_of, name)
            if found is not None:
                return found
        return self.module_name(frame.module, name)

    def module_name(self, module: Module, name: str) -> Value:
        """A name at the level of a module, then of the builtins."""
        return self._names.get((module.path, name), lambda: self._module_name(module, name), UNKNOWN)

    def _module_name(self, module: Module, name: str) -> Value:
        found: list[Value] = []
        for value in self._bindings(module, name):
            # The first that tells: what follows is a fallback (`except ImportError`), or for other settings.
            if value != UNKNOWN and not isinstance(value, Literal_):
                return registered.filled(self.world, module, name, value)
            found.append(value)
        if not found and not name.startswith("_"):
            stars = (self._from_star(module, it, name) for it in module.outline.imports if it.member == "*")
            found.extend(value for value in stars if value != UNKNOWN)
        if not found and name in BUILTINS:
            return Symbol(f"builtins.{name}")
        if NONE in found:
            found.extend(self._assigned_by_functions(module, name))
        return join(found) if found else UNKNOWN

    def _assigned_by_functions(self, module: Module, name: str) -> Iterator[Value]:
        """What functions assign to a name that they declare `global`: a client that is made when it is first asked for."""
        mark = re.compile(rf"\s*global\b[\w\s,]*\b{re.escape(name)}\b")
        for number, line in enumerate(module.lines, 1):
            around = enclosing(module, number) if "global" in line and mark.match(line) else None
            raw = self.raw_function(module, *around) if around is not None else None
            for found in name_assignments(raw.ref.flow.body, name) if raw is not None else ():
                if not found.is_entry and found.bind.value is not None:
                    yield self.assigned_in(self.quiet_frame(module, number), found)

    def _bindings(self, module: Module, name: str) -> Iterator[Value]:
        """The values that a module binds to a name."""
        outline = module.outline
        for statement in outline.imports:
            if statement.name == name and statement.member != "*":
                yield self.imported(module, statement)
        spans = outline.assignments.get(name, ())
        if len(spans) <= MAX_ASSIGNMENTS:
            yield from (self.assigned(module, span, name) for span in spans)
        if name in outline.functions:
            yield self.function(module, outline.functions[name][-1])
        if name in outline.classes:
            yield ClassRef(module.path, name)

    def _from_star(self, module: Module, statement: flow.Import, name: str) -> Value:
        target = self.world.project.resolve_import(statement, module)
        if target.module is not None:
            found = self.module_name(target.module, name)
            return UNKNOWN if isinstance(found, Symbol) and found.path.startswith("builtins.") else found
        path = f"{target.dotted}.{name}"
        return self.symbol(path) if self.world.models.row(path) or self.world.models.type(path) else UNKNOWN

    def imported(self, module: Module, statement: flow.Import) -> Value:
        """What one name of an import statement is bound to."""
        target = self.world.project.resolve_import(statement, module)
        if target.module is None:
            return self.symbol(target.dotted) if target.dotted else UNKNOWN
        if target.member is None or target.member == "*":
            return ModuleRef(target.module.path, target.module.name)
        found = self.module_name(target.module, target.member)
        if isinstance(found, Symbol) and found.path == f"builtins.{target.member}":
            return UNKNOWN
        return found

    def symbol(self, path: str) -> Value:
        """A library's object by its path; what is known to be an instance is one (`django.db.connection`)."""
        path = self.world.models.canonical(path)
        owner, _, name = path.rpartition(".")
        row = self.world.models.row(path)
        if row is not None and row.role in ("connection", "connections"):
            return Object(path, "default" if row.role == "connection" else "")
        known = self.world.models.type(owner) if owner else None
        if known is not None and name in known.members:
            return self.typed(known.members[name])
        return Symbol(path)

    def typed(self, path: str) -> Value:
        """An instance of a library's type."""
        if path == "user":
            return self.user()
        path = self.world.models.canonical(path)
        if self.is_manager(path):
            return Query(path)
        return Object(path)

    def is_manager(self, path: str) -> bool:
        known = ("django.db.models.QuerySet", "django.db.models.Manager", "django.db.models.manager.BaseManager")
        return path in known or any(base in known for base in self.world.models.bases(path))

    def user_model(self) -> Value:
        """The class that AUTH_USER_MODEL names."""
        return self.world.user_model()

    def user(self) -> Value:
        model = self.user_model()
        return Instance(model) if isinstance(model, ClassRef) else Object(model.path) if isinstance(model, Symbol) else UNKNOWN

    # ------------------------------------------------------------ definitions

    def quiet_frame(self, module: Module, line: int = 1) -> Frame:
        """A frame at the level of a module, for values only."""
        return Frame(self.world, module, LOOP, line=line)

    def function(self, module: Module, span: FunctionSpan, owner: ClassRef | None = None) -> Value:
        """A function of a module or class, as its decorators leave it."""
        key = (module.path, (span.first, span.last), span.name)
        return self._functions.get(key, lambda: self._function(module, span, owner), UNKNOWN)

    def _function(self, module: Module, span: FunctionSpan, owner: ClassRef | None) -> Value:
        raw = self.raw_function(module, span, owner)
        found = UNKNOWN if raw is None else self._decorate(self.quiet_frame(module, span.first), raw, raw.ref.flow)
        if owner is not None:
            frame = self.quiet_frame(module, span.first)
            for line, decorator in around.decorators(frame, owner, span):
                found = self._apply_decorator(frame, decorator, found, line)
        return found

    def raw_function(self, module: Module, span: FunctionSpan, owner: ClassRef | None = None) -> FunctionValue | None:
        """A function without its decorators; None where its text cannot be read."""
        code = find_definition(module.block((span.first, span.last)), span.name)
        if code is None:
            return None
        name = f"{owner.name}.{span.name}" if owner else span.name
        return FunctionValue(FunctionRef(module.path, name, span.first, code, owner, code.at))

    def nested(self, frame: Frame, code: flow.Function) -> Value:
        """A function or lambda inside another one, closed over what it reads."""
        outer = frame.function.name if frame.function else ""
        ref = FunctionRef(frame.module.path, f"{outer}.{code.name}".lstrip("."), frame.line, code, frame.owner, code.at)
        if ref not in self._free:
            self._free[ref] = free_names(code)
        value = FunctionValue(ref, closure=self.captured(frame, ref, self._free[ref]))
        if not frame.quiet:
            frame.nested[code.at[:2]] = value
        return self._decorate(frame, value, code) if code.decorators else value

    def captured(self, frame: Frame, ref: FunctionRef, free: frozenset[str]) -> Closure:
        """What a nested function sees now of the frame that defines it."""
        # Functions that capture each other, defined in a loop, would hold all earlier ones: what holds an earlier one of this
        # function is left out, and the rest is bounded.
        names = frame.state.names if frame.state is not None else {}
        known = sorted(name for name in free if name in names and name != ref.flow.name)
        seen = ((name, self.world.bounded(without(ref, frame.serial, names[name]))) for name in known)
        return Closure(frame.serial, tuple(seen), free)

    def flags(self, ref: FunctionRef) -> frozenset[str]:
        """The parameters that a function tests by themselves."""
        if ref not in self._flags:
            self._flags[ref] = flags(ref.flow)
        return self._flags[ref]

    def shadowing(self, ref: FunctionRef) -> frozenset[str]:
        """The parameters of a function that have the name of something in its module, which they are not."""
        if ref not in self._shadowing:
            outline = self.world.module(ref.path).outline
            bound = {*outline.functions, *outline.classes, *outline.assignments, *(it.name for it in outline.imports)}
            self._shadowing[ref] = frozenset(parameter.name for parameter in ref.flow.parameters) & bound
        return self._shadowing[ref]

    def _decorate(self, frame: Frame, value: FunctionValue, code: flow.Function) -> Value:
        result: Value = value
        lines = decorator_lines(frame.module, frame.line + code.at[0], frame.line + code.header, len(code.decorators))
        for line, expr in zip(reversed(lines), reversed(code.decorators)):
            decorator = ex.evaluate_quietly(frame, expr)
            if decorator == UNKNOWN:
                continue
            made = known(self._apply_decorator(frame, decorator, result, line))
            if all(isinstance(option, CALLABLES) or self._is_callable(frame, option) for option in options(made)):
                result = made
        return result

    def _is_callable(self, frame: Frame, made: Value) -> bool:
        """Whether a class that decorates makes callable instances."""
        return isinstance(made, Instance) and isinstance(self.attribute(frame, made, "__call__"), FunctionValue)

    def _apply_decorator(self, frame: Frame, decorator: Value, function: Value, line: int) -> Value:
        if isinstance(decorator, Symbol):
            name = decorator.path.rpartition(".")[2]
            if name in ("staticmethod", "classmethod"):
                return function
            if name == "property" or name == "cached_property":
                return Closed("property", Arguments((function,)))
        with frame.at((line - frame.line, 0, 0, 0), ""):
            return ex.quietly(frame, lambda: calls.call(frame, decorator, Arguments((function,))))

    def decorator_rows(self, frame: Frame, decorators: Iterable[flow.Expr]) -> Iterator[Row]:
        """The rows of decorators, whether they are called first or not."""
        for expr in decorators:
            value = ex.evaluate_quietly(frame, expr.func if isinstance(expr, flow.Call) else expr)
            for option in options(value):
                row = self.world.models.row(option.path) if isinstance(option, (Symbol, Method)) else None
                if row is not None:
                    yield row

    def assigned(self, module: Module, span: Lines, name: str, body_of: ClassRef | None = None) -> Value:
        """The value of an assignment at the level of a module, or of the body of a class."""
        frame = self.quiet_frame(module, span[0])
        frame.body_of = body_of
        found = [self._bound(frame, bind, name) for bind in bindings(module.block(span), name)]
        return join(found) if found else UNKNOWN

    def assigned_in(self, frame: Frame, found: Assignment) -> Value:
        """The value of an assignment in a function, behind what that has imported and assigned before."""
        assert frame.state is not None
        for statement in found.before:
            if isinstance(statement, flow.Import):
                frame.state.names[statement.name] = self.imported(frame.module, statement)
                continue
            for target in statement.targets:
                if statement.value is not None and isinstance(target, flow.Name):
                    frame.state.names[target.id] = ex.evaluate_quietly(frame, statement.value)
        return self._value(frame, found.bind)

    def _value(self, frame: Frame, bind: flow.Bind) -> Value:
        value = UNKNOWN if bind.value is None else ex.evaluate_quietly(frame, bind.value)
        if value in BLANK and bind.annotation is not None:
            declared = self.annotation(frame, bind.annotation)
            return value if declared == UNKNOWN else declared
        return value

    def _bound(self, frame: Frame, bind: flow.Bind, name: str) -> Value:
        value = self._value(frame, bind)
        return next((part for target in bind.targets for part in _parts_bound(target, value, name)), UNKNOWN)

    def annotation(self, frame: Frame, expr: flow.Expr) -> Value:
        return annotated(frame, expr)

    # ------------------------------------------------------------ attributes

    def attribute(self, frame: Frame, value: Value, name: str) -> Value:
        return self.classes.attribute(frame, value, name)

    def super_(self, frame: Frame) -> Value:
        if frame.owner is None or frame.receiver is None:
            return UNKNOWN if frame.owner is None else Super(frame.owner, Instance(frame.owner))
        return Super(frame.owner, frame.receiver)

    def construct(self, cls: ClassRef, args: Arguments) -> Value:
        return self.classes.instances.construct(cls, args)

    def serializer_queries(self, receiver: Value | None) -> bool:
        return self.classes.serializer_queries(receiver)


def _parts_bound(target: flow.Expr, value: Value, name: str) -> Iterator[Value]:
    """What an assignment to a target binds to a name of it."""
    if target == flow.Name(name):
        yield value
    elif isinstance(target, flow.Sequence) and isinstance(value, Tuple) and len(target.items) == len(value.items):
        for item, part in zip(target.items, value.items):
            yield from _parts_bound(item, part, name)


def decorator_lines(module: Module, first: int, header: int, count: int) -> list[int]:
    """The line of each decorator between a definition's first line and its `def`; the first line where it is not plain."""
    lines = [line for line in range(first, header) if module.lines[line - 1].lstrip().startswith("@")]
    return lines if len(lines) == count else [first] * count
