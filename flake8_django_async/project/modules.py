"""Projects: the modules of one source tree, found by the names that code imports them by.

All files are read at most once in a process, and again only when they have changed on disk.
"""

from __future__ import annotations

import ast
import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from .files import LARGEST, stamp_of
from .imports import Target, resolve
from .module import Module
from .names import Finder, Place
from .roots import Layout, import_roots, layout_of, real_path
from .tree import Tree, read_tree

if TYPE_CHECKING:
    from flake8_django_async.source import flow

    from .index import Index

__all__ = ["Module", "Project", "Target"]

_RECHECK = 1.0  # seconds after which a project looks for new and removed files again
_SHARE = 300  # looking may take one part in this of the time


class Project:
    """All modules of one project, shared by all files that are linted in a process."""

    _known: ClassVar[dict[tuple[Layout, tuple[str, ...]], Project]] = {}

    @classmethod
    def for_file(cls, path: str, explicit_roots: tuple[str, ...] = ()) -> Project:
        """The project of a file. Explicit roots are folders, absolute or below the project's top.

        Input without a path ("-", "stdin") is a project of its own without other files.
        """
        if path in ("-", "stdin") and not os.path.exists(path):
            layout = Layout("", ())
        else:
            layout = layout_of(os.path.dirname(real_path(path)))
        roots = tuple(real_path(os.path.join(layout.top, root)).rstrip(os.sep) for root in explicit_roots)
        project = cls._known.get((layout, roots))
        if project is None:
            project = cls._known[layout, roots] = cls(layout, roots)
        project._begin()
        return project

    @classmethod
    def forget_all(cls) -> None:
        """Drop everything that this process has read."""
        cls._known.clear()
        layout_of.cache_clear()

    def __init__(self, layout: Layout, explicit: tuple[str, ...]) -> None:
        self.top = layout.top
        self.generation = 0
        """Grows when a file that had been read has changed on disk, or files have come or gone."""
        self._layout = layout
        self._explicit = explicit
        self._modules: dict[str, Module] = {}
        self._checked: dict[str, int] = {}
        self._round = 0
        self._read_at = 0.0
        self._took = 0.0
        self._finder: Finder | None = None
        self._index: Index | None = None
        self._old_index: Index | None = None
        self._buffers: dict[str, tuple[tuple[int, int] | None, bytes]] = {}
        self._large: str | None = None
        self._dependencies: frozenset[str] | None = None

    @property
    def finder(self) -> Finder:
        """The project's folders, roots and names."""
        if self._finder is None:
            tree = self._read_tree()
            roots = import_roots(self._layout, tree, self._explicit)
            self._finder = Finder(tree, roots, self._is_declared)
            self._read_at = time.monotonic()
        return self._finder

    @property
    def dependencies(self) -> frozenset[str]:
        """Names of the distributions that the project declares to depend on, lower case, with "-"."""
        if self._dependencies is None:
            from .dependencies import declared  # its patterns take time to compile, and few runs ask

            self._dependencies = declared(self.finder.tree)
        return self._dependencies

    def _is_declared(self, name: str) -> bool:
        from .dependencies import is_declared

        return is_declared(name, self.dependencies)

    def _read_tree(self) -> Tree:
        layout = self._layout
        return read_tree((*self._explicit, *layout.deep), layout.shallow, layout.packages_only)

    @property
    def index(self) -> Index:
        """The answers to reverse questions; files are read at the first one."""
        if self._index is None:
            from .index import Index  # as above

            buffers = {path: text for path, (stamp, text) in self._buffers.items() if stamp == stamp_of(path)}
            self._index = Index(self.finder.tree.files(), buffers, self._old_index)
            self._old_index = None
        return self._index

    def module(self, path: str, lines: Sequence[str] | None = None, tree: ast.Module | None = None) -> Module:
        """The module of a file that is linted; `lines` and `tree` are flake8's, and stand in for the file on disk."""
        path = real_path(path)
        module = self._current(path)
        if module is not None and lines is not None and module.is_read and not module.holds(lines):
            module = None
            self.generation += 1
        if module is None:
            module = self._modules[path] = Module(path, self.finder.name_of(path))
            self._checked[path] = self._round
        module.take(lines, tree)
        if lines is not None:
            self._lay_over(module)
        return module

    def at(self, path: str) -> Module | None:
        """The module of a file of the project (as in `Module.path`); None when there is no such file."""
        module = self._current(path)
        if module is None:
            is_namespace = os.path.isdir(path)
            module = Module(path, self.finder.name_of(path), is_namespace=is_namespace)
            if not module.stamp:
                return None
            self._modules[path] = module
            self._checked[path] = self._round
        return module

    def find(self, dotted: str, importer: Module | None = None) -> Module | None:
        """The module or package of this absolute name, looked up from the importer's folder; None if not in the project.

        A namespace package is never found by its own name (a library of that name would win), only as part of a chain.
        """
        folder = self.top if importer is None else importer.folder
        return self._at_place(self.finder.find(dotted, folder))

    def submodule(self, module: Module, name: str) -> Module | None:
        """The module or package `name` right inside a package."""
        return self._at_place(self.finder.inside(module.folder, name)) if module.is_package else None

    def resolve_import(self, statement: flow.Import, importer: Module) -> Target:
        """What one name of an import statement denotes, seen from the module that it stands in."""
        return resolve(self, statement, importer)

    def _at_place(self, place: Place | None) -> Module | None:
        return None if place is None else self.at(place.path)

    def _current(self, path: str) -> Module | None:
        """A module that was read before and has not changed since; looked at once for each linted file."""
        module = self._modules.get(path)
        if module is not None and self._checked[path] != self._round:
            self._checked[path] = self._round
            if module.stamp != stamp_of(path):
                del self._modules[path]
                self.generation += 1
                return None
        return module

    def _lay_over(self, module: Module) -> None:
        """Let the index see a module's buffer instead of the file."""
        text = "".join(module.lines).encode("utf-8", "surrogatepass")
        if len(text) > LARGEST or (module.stamp and module.stamp[1] > LARGEST):
            self._large = module.path
            self.generation += 1
        self._buffers[module.path] = (module.stamp, text)
        if self._index is not None and not self._index.has(module.path, text):
            self._old_index, self._index = self._index, None

    def look_again(self) -> None:
        """Something has changed on disk: compare what was read now, not some time later."""
        self._read_at = float("-inf")
        self._begin()

    def _begin(self) -> None:
        """Another file is linted: what was read is checked against the disk again, as far as it is used."""
        self._round += 1
        if self._large is not None:  # it was read because it was linted: to other files it is too large, whichever comes first
            self._modules.pop(self._large, None)
            self._buffers.pop(self._large, None)
            self._large = None
            self._drop_index()
        start = time.monotonic()
        if self._finder is None or start - self._read_at < max(_RECHECK, _SHARE * self._took):
            return
        if not self._finder.tree.is_current():
            tree = self._read_tree()
            if tree.folders == self._finder.tree.folders and tree.links == self._finder.tree.links:
                self._finder.tree.changed = tree.changed  # a file of no interest has come or gone
            else:
                self._finder = self._dependencies = None
                self._drop_index()
        if self._index is not None and not self._index.is_current():
            self._drop_index()
        self._read_at = time.monotonic()
        self._took = self._read_at - start

    def _drop_index(self) -> None:
        self._old_index, self._index = self._index or self._old_index, None
        self.generation += 1
