"""From dotted names to files, as Python's import system would find them in a project that is not installed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import NamedTuple

from .roots import Root
from .tree import Tree


class Place(NamedTuple):
    """A module's file (a package's `__init__.py`), or the folder of a namespace package."""

    path: str
    is_namespace: bool = False


class Finder:
    """Finds modules in one tree. Names are looked up from the roots, nearest to the importing folder first.

    `is_foreign` tells top-level names that belong to a declared dependency: a weak root does not shadow these.
    """

    def __init__(self, tree: Tree, roots: tuple[Root, ...], is_foreign: Callable[[str], bool]) -> None:
        self.tree = tree
        self.roots = roots
        self._is_foreign = is_foreign
        self._strong = frozenset(root.path for root in roots if root.is_strong)
        self._regular: dict[str, list[Root]] = {}
        self._namespaces: dict[str, list[Root]] = {}
        for root in roots:
            self._index(root)
        self._found: dict[tuple[str, str], Place | None] = {}

    def find(self, dotted: str, folder: str) -> Place | None:
        """What an absolute import of `dotted` finds from code in `folder`. Regular packages win over namespaces."""
        key = (dotted, folder)
        if key not in self._found:
            self._found[key] = self._search(dotted.split("."), folder)
        return self._found[key]

    def inside(self, folder: str, name: str) -> Place | None:
        """The module or package `name` right inside a folder: a package wins over a module, that over a namespace."""
        inner = self.tree.child(folder, name)
        if inner is not None and self.tree.folders[inner].is_package:
            return Place(os.path.join(inner, "__init__.py"))
        here = self.tree.folders.get(folder)
        if here is not None and name + ".py" in here.modules:
            return Place(os.path.join(folder, name + ".py"))
        return None if inner is None else Place(inner, is_namespace=True)

    def upwards(self, folder: str, steps: int) -> str | None:
        """The package folder `steps` above a package folder; None when that would leave the import roots."""
        for _ in range(steps):
            parent = os.path.dirname(folder)
            if parent == folder or not self._is_within(parent):
                return None
            folder = parent
        return folder

    def name_of(self, path: str) -> str:
        """The dotted name by which the project is most likely to import a file."""
        folder, name = os.path.split(path)
        names = [] if name == "__init__.py" else [name.removesuffix(".py")]
        while self._is_package(folder):
            folder, name = os.path.split(folder)
            names.append(name)
        above, extra = folder, list[str]()
        while above not in self._strong:
            above, name = os.path.split(above)
            extra.append(name)
            if not name.isidentifier() or above not in self.tree.folders:
                extra.clear()
                break
        return ".".join(reversed(names + extra))

    def _index(self, root: Root) -> None:
        here = self.tree.folders.get(root.path)
        if here is None:
            return
        for name in here.folders:
            place = self.inside(root.path, name)
            if place is not None:
                known = self._namespaces if place.is_namespace else self._regular
                if root.is_strong or not place.is_namespace:
                    known.setdefault(name, []).append(root)
        for link in self.tree.links:
            if os.path.dirname(link) == root.path:
                self._regular.setdefault(os.path.basename(link), []).append(root)
        for name in here.modules:
            self._regular.setdefault(name.removesuffix(".py"), []).append(root)

    def _search(self, names: list[str], folder: str) -> Place | None:
        for known in (self._regular, self._namespaces):
            candidates = known.get(names[0], ())
            usable = [root for root in candidates if self._may_serve(root, names[0], folder)]
            for root in sorted(usable, key=lambda root: _distance(root, folder)):
                place = self._follow(root.path, names)
                if place is not None and not place.is_namespace:
                    return place
        return None

    def _follow(self, folder: str, names: list[str]) -> Place | None:
        place = None
        for name in names:
            if place is not None:
                if not place.is_namespace and os.path.basename(place.path) != "__init__.py":
                    return None  # a module holds no modules
                folder = place.path if place.is_namespace else os.path.dirname(place.path)
            place = self.inside(folder, name)
            if place is None:
                return None
        return place

    def _may_serve(self, root: Root, name: str, folder: str) -> bool:
        if root.is_explicit or (root.is_strong and _holds(root.path, folder)):
            return True
        if name in sys.stdlib_module_names:
            return False
        if root.is_strong:
            return True
        # A loose module beside an importer is on the path when the importer is run; one elsewhere is not.
        is_package = self.tree.child(root.path, name) is not None
        return (is_package or _holds(root.path, folder)) and not self._is_foreign(name)

    def _is_package(self, folder: str) -> bool:
        here = self.tree.folders.get(folder)
        return here is not None and here.is_package

    def _is_within(self, folder: str) -> bool:
        """Whether a folder is a package below a root, or a namespace below a strong one."""
        return self._is_package(folder) or any(folder != root and _holds(root, folder) for root in self._strong)


def _holds(outer: str, inner: str) -> bool:
    return inner == outer or inner.startswith(outer.rstrip(os.sep) + os.sep)


def _distance(root: Root, folder: str) -> tuple[int, int, str]:
    """Explicit roots first, then strong and weak ones above the folder, then strong and weak ones elsewhere."""
    kind = 0 if root.is_explicit else (1 if root.is_strong else 2) + (0 if _holds(root.path, folder) else 2)
    mine, other = folder.split(os.sep), root.path.split(os.sep)
    common = 0
    for left, right in zip(mine, other):
        if left != right:
            break
        common += 1
    return (kind, len(mine) + len(other) - 2 * common, root.path)
