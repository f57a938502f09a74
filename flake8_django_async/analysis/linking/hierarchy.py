"""Class hierarchies: bases and method resolution order across modules, subclasses, what a class is a kind of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flake8_django_async.analysis import expressions as ex
from flake8_django_async.analysis import paths
from flake8_django_async.analysis.linking import relations
from flake8_django_async.analysis.memo import Memo
from flake8_django_async.analysis.values import UNKNOWN, ClassRef, Closed, Instance, Query, Symbol, Value, options
from flake8_django_async.source.outline import ClassSpan

if TYPE_CHECKING:
    from flake8_django_async.analysis.linking.names import Linker
    from flake8_django_async.analysis.world import World


class Hierarchy:
    """How the project's classes inherit, remembered."""

    def __init__(self, world: World, linker: Linker) -> None:
        self.world = world
        self.linker = linker
        self._orders: dict[ClassRef, tuple[ClassRef | str, ...]] = {}
        self._bases = Memo[ClassRef, "tuple[ClassRef | str, ...]"](world)
        self._children: dict[ClassRef, tuple[ClassRef, ...]] = {}
        self._spans: dict[ClassRef, ClassSpan | None] = {}

    def span(self, cls: ClassRef) -> ClassSpan | None:
        if cls not in self._spans:
            self._spans[cls] = self._find_span(cls)
        return self._spans[cls]

    def own(self, cls: ClassRef) -> Iterator[tuple[ClassRef, ClassSpan]]:
        """A class and those it inherits from, as far as they are the project's, in the order of attribute look-up."""
        for base in self.order(cls):
            if isinstance(base, ClassRef) and (span := self.span(base)) is not None:
                yield base, span

    def _find_span(self, cls: ClassRef) -> ClassSpan | None:
        found: ClassSpan | None = None
        classes = self.world.module(cls.path).outline.classes
        for part in cls.name.split("."):
            found = classes.get(part)
            classes = {} if found is None else found.classes
        return found

    def order(self, cls: ClassRef) -> tuple[ClassRef | str, ...]:
        """The method resolution order: classes of the project, then paths of libraries' classes (C3 where it exists)."""
        known = self._orders.get(cls)
        if known is None:
            self._orders[cls] = (cls,)
            parents = self.bases(cls)
            lists = [list(self._order_of(parent)) for parent in parents]
            # The usual case needs no merge, which would take cubic time for a long line of ancestors.
            merged = lists[0] if len(lists) == 1 else _merge([*lists, list(parents)])
            known = self._orders[cls] = (cls, *merged)
        return known

    def _order_of(self, parent: ClassRef | str) -> tuple[ClassRef | str, ...]:
        if isinstance(parent, ClassRef):
            return self.order(parent)
        return (parent, *self.world.models.bases(parent))

    def bases(self, cls: ClassRef) -> tuple[ClassRef | str, ...]:
        """The direct bases of a class, those that are known."""
        return self._bases.get(cls, lambda: self._find_bases(cls), ())

    def _find_bases(self, cls: ClassRef) -> tuple[ClassRef | str, ...]:
        span = self.span(cls)
        frame = self.linker.quiet_frame(self.world.module(cls.path), 1 if span is None else span.first)
        found: list[ClassRef | str] = []
        for text in () if span is None else span.bases:
            expr = self.world.parse_expression(text)
            value = UNKNOWN if expr is None else ex.evaluate_quietly(frame, expr)
            for option in options(value):
                base: ClassRef | str | None = None
                if isinstance(option, ClassRef) and option != cls:
                    base = option
                elif isinstance(option, Symbol):
                    base = self.world.models.canonical(option.path)
                elif isinstance(option, Closed) and option.role == "manager class":
                    queryset = option.args.positional[0]
                    base = queryset if isinstance(queryset, ClassRef) else None
                if base is not None and base not in found:
                    found.append(base)
        return tuple(found)

    def is_a(self, cls: ClassRef, *paths: str) -> bool:
        """Whether a class of the project inherits from one of these library classes."""
        return any(base in paths for base in self.order(cls))

    def instance(self, cls: ClassRef) -> Value:
        """What a variable of this class denotes."""
        return Query(cls) if self.is_rows(cls) else Instance(cls)

    def is_rows(self, cls: ClassRef) -> bool:
        return any(isinstance(base, str) and self.linker.is_manager(base) for base in self.order(cls))

    def is_model(self, cls: ClassRef) -> bool:
        return any(
            isinstance(base, str)
            and (base == paths.MODEL or base.endswith("models.Model") or paths.MODEL in self.world.models.bases(base))
            for base in self.order(cls)
        )

    def subclasses(self, cls: ClassRef) -> tuple[ClassRef, ...]:
        """Classes of the project that inherit from this one, nearest first; those of tests only for a class of a test."""
        known = self._children.get(cls)
        if known is None:
            known = self._children[cls] = tuple(self._find_subclasses(cls))
        return known

    def _find_subclasses(self, cls: ClassRef) -> Iterator[ClassRef]:
        seen = {cls}
        todo = [cls]
        in_test = self.world.hosts.is_silent_file(cls.path)
        while todo:
            parent = todo.pop(0)
            for child in self.world.headers_naming(parent.name.rpartition(".")[2], in_test=in_test):
                if child not in seen and parent in self.bases(child):
                    seen.add(child)
                    todo.append(child)
                    yield child

    def is_to_one(self, cls: ClassRef, name: str) -> bool:
        """Whether reading an attribute of a row may fetch another row."""
        for base, span in self.own(cls):
            if name in span.attributes:
                return relations.is_to_one(self.world.module(base.path), span.attributes[name][-1], name)
        return False

    def fetches_relations(self, cls: ClassRef) -> bool:
        """Whether a manager or queryset class of the project names `select_related` or `prefetch_related` anywhere."""
        return any(
            "select_related" in line or "prefetch_related" in line
            for base, span in self.own(cls)
            for line in self.world.module(base.path).lines[span.first - 1 : span.last]
        )


def _merge(lists: list[list[ClassRef | str]]) -> list[ClassRef | str]:
    """C3; where no consistent order exists, first come first."""
    merged: list[ClassRef | str] = []
    lists = [entries for entries in lists if entries]
    while lists:
        head = next((entries[0] for entries in lists if not any(entries[0] in other[1:] for other in lists)), lists[0][0])
        merged.append(head)
        lists = [rest for entries in lists if (rest := [entry for entry in entries if entry != head])]
    return merged
