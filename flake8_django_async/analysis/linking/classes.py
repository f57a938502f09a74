"""Classes: what an attribute of a class, an instance, a queryset or a module is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_django_async.analysis import paths
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.linking import relations
from flake8_django_async.analysis.linking.instances import Instances
from flake8_django_async.analysis.memo import Memo
from flake8_django_async.analysis.values import (
    NONE,
    UNKNOWN,
    Choice,
    ClassRef,
    Closed,
    Factory,
    Foreign,
    FunctionValue,
    Generator,
    Guarded,
    Instance,
    Iterator_,
    Literal_,
    Method,
    ModuleRef,
    Object,
    Partial,
    Pending,
    Query,
    Record,
    Super,
    Symbol,
    Synced,
    Task,
    Threaded,
    Value,
    join,
    options,
)  # fmt: skip
from flake8_django_async.project.modules import Module
from flake8_django_async.source.outline import ClassSpan, FunctionSpan

if TYPE_CHECKING:
    from flake8_django_async.analysis.linking.names import Linker
    from flake8_django_async.analysis.world import World

MANAGER_NAMES = ("objects", "_default_manager", "_base_manager")
MAX_OVERRIDERS = 16
PLAIN = (ClassRef, Instance, ModuleRef, Object, Query, Symbol)
"""What attributes are asked of again and again, and is the same wherever it is equal."""


class Classes:
    """Answers about classes of the project, remembered."""

    def __init__(self, world: World, linker: Linker) -> None:
        self.world = world
        self.linker = linker
        self.hierarchy = linker.hierarchy
        self.instances = Instances(world, linker)
        self._attributes = Memo[tuple[Value, str], Value](world)
        self._bodies = Memo[tuple[ClassRef, str], "tuple[Value, Value | None]"](world)

    # ------------------------------------------------------------ attributes

    def attribute(self, frame: Frame, value: Value, name: str) -> Value:
        """An attribute of a value; UNKNOWN where it is not known to exist."""
        if isinstance(value, Instance) and frame.state is not None and value == frame.receiver:
            stored = frame.state.names.get(f"self.{name}")
            if stored is not None:
                return stored
        if (
            not isinstance(value, PLAIN)
            or isinstance(value, Instance)
            and not all(isinstance(held, PLAIN) for _, held in value.fields)
        ):
            return self._attribute(frame, value, name)  # an equal value may hold the closure of another frame
        return self._attributes.get((value, name), lambda: self._attribute(frame, value, name), UNKNOWN)

    def _attribute(self, frame: Frame, value: Value, name: str) -> Value:
        match value:
            case ModuleRef(path=path):
                return self._of_module(path, name)
            case Symbol(path=path):
                return self._of_symbol(path, name)
            case ClassRef():
                return self.of_class(frame, value, name)
            case Instance():
                return self._of_instance(frame, value, name)
            case Query():
                return self._of_query(frame, value, name)
            case Object(type=type_):
                return self._of_object(value, type_, name)
            case Super(owner=owner, receiver=receiver):
                return self._of_super(frame, owner, receiver, name)
            case FunctionValue():
                return self._of_task(value, name)
            case Threaded() | Synced() | Partial() | Guarded() | Factory():
                return UNKNOWN
            case Record():
                return Method(value, f"builtins.dict.{name}")
            case Literal_(value=str()) if name == "join":
                return Method(value, "builtins.str.join")
            case Task() | Pending() | Generator() | Foreign() | Iterator_():
                return Method(value, f"builtins.{type(value).__name__}.{name}")
            case _:
                return self._by_name(value, name)

    def _of_module(self, path: str, name: str) -> Value:
        module = self.world.module(path)
        found = self.linker.module_name(module, name)
        if found != UNKNOWN and found != Symbol(f"builtins.{name}"):
            return found
        inner = self.world.project.submodule(module, name)
        return UNKNOWN if inner is None else ModuleRef(inner.path, inner.name)

    def _of_symbol(self, path: str, name: str) -> Value:
        if name in MANAGER_NAMES and path.rpartition(".")[2][:1].isupper() and self.world.is_django_model(path):
            known = self.world.models.attribute(path, name)
            return Query(known or paths.MANAGER, Symbol(path))
        return self.linker.symbol(f"{path}.{name}")

    def _of_object(self, value: Object, type_: str, name: str) -> Value:
        if type_.endswith("TaskGroup") and name == "create_task":
            return Symbol("asyncio.TaskGroup.create_task")
        row = self.world.models.member(type_, name)
        if row is not None:
            return Method(value, f"{type_}.{name}")
        known = self.world.models.attribute(type_, name)
        if known is not None:
            return self.linker.typed(known)
        if paths.MODEL in (type_, *self.world.models.bases(type_)):
            return relations.reverse(self.world, name)
        return UNKNOWN

    def _of_task(self, function: FunctionValue, name: str) -> Value:
        """What a decorator has made of a function that a worker runs: `work.delay`; itself it can still be called."""
        frame = self.linker.quiet_frame(self.world.module(function.ref.path), function.ref.line)
        for row in self.linker.decorator_rows(frame, function.ref.flow.decorators):
            if row.role == "task" and row.returns == "django.tasks.Task" and name in ("enqueue", "aenqueue"):
                return Method(function, f"{row.returns}.{name}")
            if row.role == "task" and row.returns is not None:
                return self._of_object(Object(row.returns), row.returns, name)
        return UNKNOWN

    def _by_name(self, value: Value, name: str) -> Value:
        """A method whose name alone tells what it does."""
        row = self.world.models.unique_method(name)
        return UNKNOWN if row is None else Method(value, row.path)

    def _of_query(self, frame: Frame, value: Query, name: str) -> Value:
        if isinstance(value.type, ClassRef):
            found = self._in_order(frame, self.hierarchy.order(value.type), name, value)
            if found != UNKNOWN:
                return found
        path = value.type if isinstance(value.type, str) else paths.QUERYSET
        for owner in (path, paths.QUERYSET, paths.MANAGER):
            if self.world.models.member(owner, name) is not None:
                return Method(value, f"{owner}.{name}")
        return UNKNOWN

    def of_class(self, frame: Frame, cls: ClassRef, name: str) -> Value:
        if name == "DoesNotExist" or name == "MultipleObjectsReturned":
            return Symbol(f"django.core.exceptions.{name}")
        found = self._in_order(frame, self.hierarchy.order(cls), name, cls)
        if isinstance(found, Query) and found.model is None:
            return Query(found.type, cls, found.alias)
        if found == UNKNOWN and name in MANAGER_NAMES and not self._is_foreign_orm(cls):
            return Query(paths.MANAGER, cls)
        return found

    def _is_foreign_orm(self, cls: ClassRef) -> bool:
        return any(
            isinstance(base, str) and base.split(".")[0] in ("mongoengine", "sqlalchemy", "tortoise")
            for base in self.hierarchy.order(cls)
        )

    def _of_instance(self, frame: Frame, value: Instance, name: str) -> Value:
        if name in dict(value.fields) and not self.instances.has_init(value.type):
            return dict(value.fields)[name]  # a dataclass's field, before its default
        found = self._in_order(frame, self.hierarchy.order(value.type), name, value)
        if found == UNKNOWN:
            found = self.instances.attribute(value, name)
        if not value.exact:
            found = self._with_overriders(frame, value, name, found)
        if found == UNKNOWN and name.startswith(("get_next_by_", "get_previous_by_")) and self.hierarchy.is_model(value.type):
            return Method(value, f"{paths.MODEL}.refresh_from_db")
        if found == UNKNOWN and self.hierarchy.is_model(value.type):
            found = relations.reverse(self.world, name)
        return found if found != UNKNOWN else self._by_name(value, name)

    def _with_overriders(self, frame: Frame, value: Instance, name: str, found: Value) -> Value:
        """A receiver of a declared class may be of any subclass: join what they make of the name."""
        if name.startswith("__"):
            return found
        known: list[Value] = [found]
        for child in self.hierarchy.subclasses(value.type):
            if len(known) > MAX_OVERRIDERS:
                break
            span, receiver = self.hierarchy.span(child), Instance(child)
            if span is not None and (name in span.methods or name in span.attributes):
                known.append(self._own(child, span, name, receiver))
            elif found in (UNKNOWN, NONE):
                inherited = self._in_order(frame, self.hierarchy.order(child), name, receiver)
                known.append(self.instances.attribute(receiver, name) if inherited == UNKNOWN else inherited)
        return join(known)

    def _of_super(self, frame: Frame, owner: ClassRef, receiver: Value, name: str) -> Value:
        if isinstance(receiver, Query):
            cls = receiver.type if isinstance(receiver.type, ClassRef) else owner
        else:
            cls = receiver.type if isinstance(receiver, Instance) else receiver if isinstance(receiver, ClassRef) else owner
        order = self.hierarchy.order(cls)
        rest = order[order.index(owner) + 1 :] if owner in order else self.hierarchy.order(owner)[1:]
        found = self._in_order(frame, rest, name, receiver)
        if found == UNKNOWN and isinstance(receiver, Instance) and not receiver.exact:
            # A mixin: what stands behind it is known of the classes that mix it in.
            found = join(
                self._of_super(frame, owner, Instance(child, exact=True), name)
                for child in self.hierarchy.subclasses(receiver.type)
            )
        return found

    def _in_order(self, frame: Frame, order: tuple[ClassRef | str, ...], name: str, receiver: Value) -> Value:
        for entry in order:
            if isinstance(entry, ClassRef):
                span = self.hierarchy.span(entry)
                if span is not None and (name in span.methods or name in span.attributes or name in span.classes):
                    return self._own(entry, span, name, receiver)
            elif self.world.models.member(entry, name) is not None:
                return Method(receiver, f"{entry}.{name}")
            elif (known := self.world.models.attribute(entry, name)) is not None:
                return self.linker.typed(known)
        return UNKNOWN

    def _own(self, cls: ClassRef, span: ClassSpan, name: str, receiver: Value) -> Value:
        """An attribute that stands in the class itself."""
        module = self.world.module(cls.path)
        if name in span.methods:
            return self._method(module, cls, span.methods[name], receiver)
        if name in span.classes:
            return ClassRef(cls.path, f"{cls.name}.{name}")
        found, field = self._of_body(module, cls, span, name)
        if isinstance(receiver, Instance) and field is not None:
            return field
        return bind_receiver(found, receiver) if not isinstance(found, (ClassRef, Query)) else found

    def _of_body(self, module: Module, cls: ClassRef, span: ClassSpan, name: str) -> tuple[Value, Value | None]:
        """What the assignments in a class's body make of a name: for the class, and for its instances if it is a relation."""

        def find() -> tuple[Value, Value | None]:
            value = join(self.linker.assigned(module, lines, name, cls) for lines in span.attributes[name])
            return value, relations.field(self.world, self.linker, module, cls, span.attributes[name][-1], name)

        return self._bodies.get((cls, name), find, (UNKNOWN, None))

    def in_body(self, cls: ClassRef, name: str) -> Value | None:
        """A name in the body of a class, where another name of that body is meant: `stream = _stream`."""
        span = self.hierarchy.span(cls)
        if span is None or name not in span.methods:
            return None
        return self.linker.function(self.world.module(cls.path), span.methods[name][-1], cls)

    def _method(self, module: Module, cls: ClassRef, spans: tuple[FunctionSpan, ...], receiver: Value) -> Value:
        span = next(
            (it for it in spans if any(d.rpartition(".")[2] in ("property", "cached_property") for d in it.decorators)), spans[-1]
        )
        value = self.linker.function(module, span, cls)
        kinds = {decorator.rpartition(".")[2] for decorator in span.decorators}
        if "staticmethod" in kinds:
            return value
        if "classmethod" in kinds or "classproperty" in kinds:
            owner = receiver.type if isinstance(receiver, Instance) else receiver
            return bind_receiver(value, owner)
        return bind_receiver(value, receiver) if not isinstance(receiver, ClassRef) else value

    # ------------------------------------------------------------ serializers

    def serializer_queries(self, receiver: Value | None) -> bool:
        """Whether validating or reading this serializer queries: a model's does by itself."""
        if isinstance(receiver, Object):
            return "ModelSerializer" in receiver.type
        if not isinstance(receiver, Instance):
            return False
        return any(isinstance(base, str) and "ModelSerializer" in base for base in self.hierarchy.order(receiver.type))


def bind_receiver(value: Value, receiver: Value) -> Value:
    """A function that is read from an instance gets it as its first argument."""
    match value:
        case FunctionValue(ref=ref, receiver=None, closure=closure) if ref.owner is not None or closure is not None:
            return FunctionValue(ref, receiver, closure)
        case Threaded(function=inner, thread=thread, releases=releases):
            return Threaded(bind_receiver(inner, receiver), thread, releases)
        case Guarded(function=inner, path=path, line=line):
            return Guarded(bind_receiver(inner, receiver), path, line)
        case Factory(function=inner):
            return Factory(bind_receiver(inner, receiver))
        case Synced(function=inner):
            return Synced(bind_receiver(inner, receiver))
        case Closed(role=("property" | "atomic" | "within") as role, args=args):
            return Closed(role, replace(args, positional=tuple(bind_receiver(item, receiver) for item in args.positional)))
        case Choice():
            return join(bind_receiver(option, receiver) for option in options(value))
        case _:
            return value
