"""From the path of a file to its project: the top folder, and the folders that imports start from.

Nothing here looks at the working directory. A project is never the home directory, a temporary folder or the root of
the file system as a whole: of a file right below one of these, only its own package and its neighbours count.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import NamedTuple

from .files import REPOSITORY_MARKERS
from .tree import MARKERS, Tree, is_left_out

_MARKERS = (*sorted(MARKERS), "tox.ini")
_WIDEST_GAP = 3  # folders without a marker between two that have one, as in top/pyproject.toml, top/api/src/manage.py
_HIGHEST = 60


class Layout(NamedTuple):
    """Where a project lies: its top folder, and what of it is walked (see `read_tree`)."""

    top: str
    deep: tuple[str, ...]
    shallow: tuple[str, ...] = ()
    packages_only: bool = False


class Root(NamedTuple):
    """A folder that absolute imports can start from.

    A strong one says so itself (manage.py, pyproject.toml, setup.py, setup.cfg, their `src`, the top, an option). A
    weak one only holds modules or top-level packages; it may be on the path or may not.
    """

    path: str
    is_strong: bool
    is_explicit: bool = False


def real_path(path: str) -> str:
    """The absolute path with links of its folder resolved. The file itself may be a link, or may not exist."""
    try:
        folder, name = os.path.split(os.path.abspath(path))
        return os.path.join(os.path.realpath(folder), name)
    except (OSError, ValueError):  # a null character
        return path


@lru_cache(maxsize=4096)
def layout_of(folder: str) -> Layout:
    """The project of the files in a folder, given by its real absolute path.

    The top is the nearest ancestor with `.git` or `.hg`; else the outermost one that holds manage.py, pyproject.toml
    or the like with no wide gap between; else the parent of the outermost package.
    """
    top = _marked_top(folder)
    if top is not None:
        return Layout(top, (top,))
    package = None
    while _has(folder, "__init__.py") and os.path.dirname(folder) != folder:
        package, folder = folder, os.path.dirname(folder)
    if folder in _shared() or _is_boundary(folder):
        return Layout(folder, (package,) if package else (), (folder,), packages_only=True)
    return Layout(folder, (folder,), packages_only=True)


def import_roots(layout: Layout, tree: Tree, explicit: tuple[str, ...]) -> tuple[Root, ...]:
    """All folders of the tree that imports can start from, in the tree's order, the explicit ones first."""
    roots = {path: Root(path, is_strong=True, is_explicit=True) for path in explicit}
    strong = {layout.top}
    for path, folder in tree.folders.items():
        parent, name = os.path.split(path)
        says_so = path in strong or folder.is_marked or (name == "src" and parent in strong)
        if says_so and not folder.is_package:
            strong.add(path)
            roots.setdefault(path, Root(path, is_strong=True))
        elif says_so or (not folder.is_package and _holds_code(path, tree)):
            roots.setdefault(path, Root(path, is_strong=False))
    return tuple(roots.values())


def _holds_code(path: str, tree: Tree) -> bool:
    folder = tree.folders[path]
    if folder.modules:
        return True
    return any((inner := tree.folders.get(os.path.join(path, name))) and inner.is_package for name in folder.folders)


def _marked_top(folder: str) -> str | None:
    marked, gap = None, 0
    for _ in range(_HIGHEST):
        if os.path.dirname(folder) == folder or (folder in _shared() and not _has(folder, "manage.py")):
            break
        if any(_has(folder, name) for name in REPOSITORY_MARKERS):
            return folder
        if gap <= _WIDEST_GAP:
            if any(_has(folder, name) for name in _MARKERS):
                marked, gap = folder, 0
            elif marked:
                gap += 1
        if _is_boundary(folder) or folder in _shared():
            break
        folder = os.path.dirname(folder)
    return marked


def _is_boundary(folder: str) -> bool:
    """Whether a project above this folder leaves it out, so that what lies in it is no part of that project."""
    return is_left_out(os.path.basename(folder), _has(folder, "__init__.py")) or _has(folder, "pyvenv.cfg")


def _has(folder: str, name: str) -> bool:
    return os.path.exists(os.path.join(folder, name))


@lru_cache(maxsize=1)
def _shared() -> frozenset[str]:
    """Folders that hold the things of many: the home directory and all above it, temporary folders, the root."""
    home = os.path.realpath(os.path.expanduser("~"))
    shared = {home, os.path.realpath(os.sep)}
    shared.update(os.path.realpath(path) for path in ("/tmp", "/var/tmp"))
    shared.update(os.path.realpath(value) for name in ("TMPDIR", "TEMP", "TMP") if (value := os.environ.get(name)))
    while os.path.dirname(home) != home:
        home = os.path.dirname(home)
        shared.add(home)
    return frozenset(shared)
