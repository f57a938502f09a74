"""The folders of a project that can hold Python code, read from disk once and checked for changes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

MARKERS = frozenset({"manage.py", "pyproject.toml", "setup.py", "setup.cfg"})

_OTHERS = frozenset({"node_modules", "bower_components", "site-packages", "dist-packages", "__pycache__", "__pypackages__"})
_OUTPUT = frozenset({"build", "dist"})  # of a build, unless it is a package
_NOTED = (".toml", ".cfg", ".ini", ".txt", ".in", "Pipfile")  # what settings and dependencies are read from
_DEEPEST = 40
_MOST_FOLDERS = 50_000


def is_left_out(name: str, is_package: bool) -> bool:
    """Whether folders of this name are no part of a project: hidden ones, packages of others, caches, output."""
    if name in _OUTPUT:
        return not is_package
    return name.startswith(".") or name in _OTHERS


class Folder(NamedTuple):
    """One folder: its Python files, other files that may configure it, the folders in it; all sorted names."""

    modules: tuple[str, ...]
    notes: tuple[str, ...]
    folders: tuple[str, ...]

    @property
    def is_package(self) -> bool:
        return "__init__.py" in self.modules

    @property
    def is_marked(self) -> bool:
        return not MARKERS.isdisjoint(self.modules) or not MARKERS.isdisjoint(self.notes)


class Tree:
    """Folders by real absolute path, parents before children, in sorted order; each with its time of change.

    `links` are links inside the tree to folders of the tree: a look-up follows them, the walk does not.
    """

    def __init__(self) -> None:
        self.folders: dict[str, Folder] = {}
        self.links: dict[str, str] = {}
        self.changed: dict[str, int] = {}

    def child(self, path: str, name: str) -> str | None:
        """The folder `name` in the folder `path`, None when there is none."""
        inner = os.path.join(path, name)
        inner = self.links.get(inner, inner)
        return inner if inner in self.folders else None

    def files(self) -> Iterator[str]:
        """Absolute paths of all Python files, folder by folder, sorted."""
        for path, folder in self.folders.items():
            for name in folder.modules:
                yield os.path.join(path, name)

    def files_named(self, *names: str) -> Iterator[str]:
        """Absolute paths of the files of these names."""
        for path, folder in self.folders.items():
            for name in names:
                if name in folder.modules or name in folder.notes:
                    yield os.path.join(path, name)

    def is_current(self) -> bool:
        """Whether no folder has gained or lost an entry since it was read."""
        return all(_changed(path) == when for path, when in self.changed.items())


def read_tree(deep: tuple[str, ...], shallow: tuple[str, ...] = (), packages_only: bool = False) -> Tree:
    """The tree below the folders `deep` (real absolute paths), and the folders `shallow` alone.

    With `packages_only` the walk enters packages only. A folder that cannot be read is as good as empty. Links to
    folders are never walked, so a loop of links ends.
    """
    tree = Tree()
    stack = [(path, 0, False) for path in reversed(shallow)]
    stack.extend((path, 0, True) for path in reversed(deep))
    while stack and len(tree.folders) < _MOST_FOLDERS:
        path, depth, enter = stack.pop()
        if path in tree.folders:
            continue
        when = _changed(path)
        folder = _read_folder(path, deep, tree)
        if folder is None:
            continue
        is_package = folder.is_package
        if depth and (is_left_out(os.path.basename(path), is_package) or (packages_only and not is_package)):
            continue
        tree.folders[path] = folder
        tree.changed[path] = when
        if enter and depth < _DEEPEST:
            stack.extend((os.path.join(path, name), depth + 1, True) for name in reversed(folder.folders))
    return tree


def _changed(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except (OSError, ValueError):
        return -1


def _read_folder(path: str, deep: tuple[str, ...], tree: Tree) -> Folder | None:
    """None for a folder that cannot be read, and for a virtual environment."""
    modules, notes, folders = [], [], []
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                name = entry.name
                if name == "pyvenv.cfg":
                    return None
                if name.endswith(".py"):
                    if _is_file(entry):
                        modules.append(name)
                elif entry.is_dir(follow_symlinks=False):
                    if not is_left_out(name, is_package=True):
                        folders.append(name)
                elif name.endswith(_NOTED):
                    notes.append(name)
                elif entry.is_symlink():
                    _note_link(entry.path, deep, tree)
    except (OSError, ValueError):
        return None
    return Folder(tuple(sorted(modules)), tuple(sorted(notes)), tuple(sorted(folders)))


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link to itself
        return False


def _note_link(path: str, deep: tuple[str, ...], tree: Tree) -> None:
    real = os.path.realpath(path)
    if not os.path.isdir(real):
        return
    if any(real.startswith(start + os.sep) for start in deep) and not path.startswith(real + os.sep):
        tree.links[path] = real
