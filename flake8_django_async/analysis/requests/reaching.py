"""Sync code that requests of other files reach.

A sync function is nobody's entry: what it does to a connection is found while the requests that call it are followed. Where
it may block, those requests are looked for in the whole project, so that what is said of a file does not depend on where its
callers stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flake8_django_async.analysis.requests import entries
from flake8_django_async.analysis.requests.hosts import Node
from flake8_django_async.analysis.values import ClassRef
from flake8_django_async.project.modules import Module
from flake8_django_async.source.outline import ClassSpan

if TYPE_CHECKING:
    from flake8_django_async.analysis.world import World
    from flake8_django_async.source import flow

WORD = re.compile(r"[^\W\d]\w*")
MAX_SEEN = 60
"""Callers of callers that are looked at for one function."""
MAX_ROOTS = 12
"""Requests that are followed for one function: the first in the order of files and lines."""


class Reaching:
    """Which functions may block, as far as their text and their imports tell; and which requests call them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._blocking: dict[Node, bool] = {}
        self._names: dict[Node, tuple[Node | bool, ...]] = {}

    def is_asked(self) -> bool:
        """Whether requests of this project hand sync code to their thread at all."""
        importers = self.world.project.index.importers
        return self.world.reports_sync_views or any(map(importers, ("sync_to_async", "database_sync_to_async")))

    # ------------------------------------------------------------ what may block

    def may_block(self, node: Node) -> bool:
        """Whether a function's text names a call of a library that blocks for long, or a function of the project whose text does.

        Only names are followed, and methods of the function's own class: a screen of what is worth a look.
        """
        if node not in self._blocking:
            seen, todo = {node}, [node]
            while todo:
                for other in self._named(todo.pop()):
                    if other is True or other is not False and self._blocking.get(other):
                        self._blocking[node] = True
                        return True
                    if other is not False and other not in seen and other not in self._blocking:
                        seen.add(other)
                        todo.append(other)
            self._blocking.update(dict.fromkeys(seen, False))
        return self._blocking[node]

    def _named(self, node: Node) -> tuple[Node | bool, ...]:
        if node not in self._names:
            self._names[node] = tuple(self._find_named(node))
        return self._names[node]

    def _find_named(self, node: Node) -> Iterator[Node | bool]:
        """What the words of a function stand for: functions of the project, and whether a library's name leads to a long wait."""
        module, span = self.world.module(node.path), node.span
        words = set(WORD.findall("".join(module.lines[span.header : span.last])))
        for statement in module.outline.imports:
            if statement.name in words:
                yield from self._of_import(module, statement, words)
        for name in words & module.outline.functions.keys():
            yield Node(module.path, module.outline.functions[name][-1], None)
        for name in words & module.outline.classes.keys():
            yield from _methods(module.outline.classes[name], ClassRef(module.path, name), words)
        if node.owner is not None:
            for base, cls in self.world.linker.hierarchy.own(node.owner):
                yield from _methods(cls, base, words)

    def _of_import(self, module: Module, statement: flow.Import, words: set[str]) -> Iterator[Node | bool]:
        target = self.world.project.resolve_import(statement, module)
        if target.module is None:
            models = self.world.models
            if models.row(target.dotted) is not None or models.type(target.dotted) is not None:
                yield models.blocks(target.dotted)
            else:
                yield not words.isdisjoint(models.blocking_names(target.dotted))
            return
        outline = target.module.outline
        for name in words & outline.functions.keys() if target.member is None else {target.member} & outline.functions.keys():
            yield Node(target.module.path, outline.functions[name][-1], None)
        for name in words & outline.classes.keys() if target.member is None else {target.member or ""} & outline.classes.keys():
            yield from _methods(outline.classes[name], ClassRef(target.module.path, name), words)

    # ------------------------------------------------------------ who reaches it

    def roots(self, node: Node) -> list[Node]:
        """The entries of other files from which calls may lead to a sync function, in the order of files and lines."""
        seen, todo = {node}, [node]
        found: list[Node] = []
        while todo and len(seen) <= MAX_SEEN:
            current = todo.pop(0)
            for caller in self.world.hosts.callers_of(current).functions:
                if caller in seen:
                    continue
                seen.add(caller)
                module = self.world.module(caller.path)
                if not caller.span.is_async and not entries.is_sync_entry(self.world, module, caller.span, caller.owner):
                    todo.append(caller)
                elif caller.path != node.path and not self.world.hosts.is_silent(module, caller.span, caller.owner):
                    found.append(caller)
        return sorted(found, key=lambda root: (root.path, root.span.first))[:MAX_ROOTS]


def _methods(span: ClassSpan, cls: ClassRef, words: set[str]) -> Iterator[Node]:
    for name in words & span.methods.keys():
        yield Node(cls.path, span.methods[name][-1], cls)
