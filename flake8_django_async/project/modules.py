"""Modules and projects: files read at most once in a process, found by the names that code imports them by.

Nothing is imported or run. A file that cannot be read or parsed is a module with a `problem` and an empty outline.
"""

from __future__ import annotations

import ast
import os
import stat
import time
import warnings
from collections.abc import Sequence
from typing import NamedTuple

from flake8_django_async.source import flow
from flake8_django_async.source.outline import Lines, Outline, outline
from flake8_django_async.source.text import lines_of

from .names import Finder, Place
from .roots import Layout, import_roots, layout_of, real_path
from .tree import Tree, read_tree

LARGEST = 1_000_000
"""Bytes of the largest file that is read when another one imports it. The file that is linted may be larger."""

_RECHECK = 1.0  # seconds after which a project looks for new and removed files again


class Module:
    """One Python file, read when it is first asked for. A namespace package is a module without lines.

    `path` is absolute, and that of a package is its `__init__.py` (of a namespace package its folder). `name` is
    dotted. `lines` have their ends and are those of flake8, 1-based in all spans.
    """

    def __init__(self, path: str, name: str, *, is_namespace: bool = False) -> None:
        self.path = path
        self.name = name
        self.is_namespace = is_namespace
        self.is_package = is_namespace or os.path.basename(path) == "__init__.py"
        self.stamp = _stamp(path)
        self.unread: dict[Lines, str] = {}
        """Spans that could not be lowered, and why."""
        self._problem: str | None = None
        self._lines: list[str] | None = [] if is_namespace else None
        self._tree: ast.Module | None = None
        self._outline: Outline | None = Outline() if is_namespace else None
        self._blocks: dict[Lines, flow.Block] = {}

    def __repr__(self) -> str:
        return f"<Module {self.name} at {self.path!r}>"

    @property
    def package(self) -> str:
        """The dotted name that relative imports start from; "" for a module outside packages."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @property
    def folder(self) -> str:
        """The folder of the module's file; of a namespace package the folder itself."""
        return self.path if self.is_namespace else os.path.dirname(self.path)

    @property
    def lines(self) -> list[str]:
        if self._lines is None:
            self._lines, self._problem = _read(self.path)
        return self._lines

    @property
    def outline(self) -> Outline:
        """Names and spans; empty where the module has a problem."""
        if self._outline is None:
            lines = self.lines
            tree = self._tree
            if tree is None and self._problem is None:
                tree, self._problem = _parse(lines)
            try:
                self._outline = Outline() if tree is None else outline(tree, lines)
            except (RecursionError, MemoryError):
                self._problem, self._outline = "nested too deeply", Outline()
            self._tree = None
        return self._outline

    @property
    def problem(self) -> str | None:
        """Why the module cannot be read, in a few words; None for one that can."""
        _ = self.outline
        return self._problem

    def block(self, span: Lines) -> flow.Block:
        """The flow of whole statements, first and last line 1-based; empty where they cannot be read (`unread`)."""
        block = self._blocks.get(span)
        if block is None:
            from flake8_django_async.source import lower  # brings libcst: only for what is read

            try:
                block = lower.block(self.lines, *span)
            except (lower.LoweringError, RecursionError, MemoryError) as error:
                self.unread[span] = str(error) or "nested too deeply"
                block = ()
            self._blocks[span] = block
        return block

    def take(self, lines: Sequence[str] | None, tree: ast.Module | None) -> None:
        """Use what flake8 has read already, where this module has not."""
        if lines is not None and self._lines is None:
            self._lines = list(lines)
        if self._outline is None:
            self._tree = tree

    def holds(self, lines: Sequence[str]) -> bool:
        """Whether the module's text is this."""
        return self.lines == list(lines)

    @property
    def is_read(self) -> bool:
        return self._lines is not None


class Target(NamedTuple):
    """What an import binds. In the project: a module, or a `member` of it ("*" for a star import).

    `dotted` is the absolute name in either case, as "httpx.AsyncClient"; "" for a relative import out of the roots.
    """

    module: Module | None
    member: str | None
    dotted: str


class Project:
    """All modules of one project, shared by all files that are linted in a process."""

    _known: dict[tuple[Layout, tuple[str, ...]], Project] = {}

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
        self._finder: Finder | None = None

    @property
    def finder(self) -> Finder:
        """The project's folders, roots and names."""
        if self._finder is None:
            tree = self._read_tree()
            self._finder = Finder(tree, import_roots(self._layout, tree, self._explicit), lambda name: False)
            self._read_at = time.monotonic()
        return self._finder

    def _read_tree(self) -> Tree:
        layout = self._layout
        return read_tree((*self._explicit, *layout.deep), layout.shallow, layout.packages_only)

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
        if statement.level:
            return self._relative(statement, importer)
        names = statement.module.split(".")
        if statement.member is None:
            module = self.find(statement.module, importer)
            if len(names) == 1 or statement.name != names[0]:
                return Target(module, None, module.name if module else statement.module)
            return Target(module and self._outermost(module, len(names)), None, names[0])
        module = self.find(statement.module, importer)
        if module is None:  # a namespace package, if the member is a module in it
            module = self.find(f"{statement.module}.{statement.member}", importer)
            dotted = f"{statement.module}.{statement.member}".removesuffix(".*")
            return Target(module, None, module.name if module else dotted)
        return self._member(module, statement.member, importer)

    def _relative(self, statement: flow.Import, importer: Module) -> Target:
        package = self._folder(importer, statement.level - 1)
        name = importer.package.split(".") if importer.package else []
        name = name[: len(name) - statement.level + 1] if statement.level - 1 <= len(name) else []
        parts = statement.module.split(".") if statement.module else []
        dotted = ".".join((*name, *parts, *([statement.member] if statement.member not in (None, "*") else [])))
        if package is None:
            return Target(None, None, "")
        for part in parts:
            inner = self.submodule(package, part)
            if inner is None:
                return Target(None, None, dotted)
            package = inner
        return self._member(package, statement.member or "*", importer)

    def _member(self, module: Module, member: str, importer: Module) -> Target:
        """`from module import member`: an attribute of the module wins over a module inside a package."""
        if member == "*":
            return Target(module, "*", module.name)
        dotted = f"{module.name}.{member}" if module.name else member
        if module.is_package and (module is importer or not self._binds(module, member)):
            inner = self.submodule(module, member)
            if inner is not None:
                return Target(inner, None, dotted)
            if module.is_namespace:
                return Target(None, None, dotted)
        return Target(module, member, dotted)

    def _binds(self, package: Module, name: str) -> bool:
        """Whether a package's own code binds a name to something other than its submodule of that name."""
        found = package.outline
        if name in found.functions or name in found.classes or name in found.assignments:
            return True
        return any(
            it.name == name and not (it.member == name and (it.module == package.name or (it.level == 1 and not it.module)))
            for it in found.imports
        )

    def _folder(self, importer: Module, steps: int) -> Module | None:
        """The package `steps` above the package of a module."""
        folder = self.finder.upwards(importer.folder, steps)
        if folder is None:
            return None
        init = os.path.join(folder, "__init__.py")
        return self.at(init) or self.at(folder)

    def _outermost(self, module: Module, length: int) -> Module | None:
        folder = module.folder if module.is_package else os.path.join(module.folder, "_")
        for _ in range(length - 1):
            folder = os.path.dirname(folder)
        return self.at(os.path.join(folder, "__init__.py")) or self.at(folder)

    def _at_place(self, place: Place | None) -> Module | None:
        return None if place is None else self.at(place.path)

    def _current(self, path: str) -> Module | None:
        """A module that was read before and has not changed since; looked at once for each linted file."""
        module = self._modules.get(path)
        if module is not None and self._checked[path] != self._round:
            self._checked[path] = self._round
            if module.stamp != _stamp(path):
                del self._modules[path]
                self.generation += 1
                return None
        return module

    def _begin(self) -> None:
        """Another file is linted: what was read is checked against the disk again, as far as it is used."""
        self._round += 1
        if self._finder is not None and time.monotonic() - self._read_at > _RECHECK:
            self._read_at = time.monotonic()
            if not self._finder.tree.is_current():
                tree = self._read_tree()
                if tree.folders != self._finder.tree.folders or tree.links != self._finder.tree.links:
                    self._finder = None
                    self.generation += 1
                else:  # a file of no interest has come or gone
                    self._finder.tree.changed = tree.changed


def _stamp(path: str) -> tuple[int, int] | None:
    """Time of change and size; None when there is nothing there."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return (0, 0) if stat.S_ISDIR(status.st_mode) else (status.st_mtime_ns, status.st_size)


def _read(path: str) -> tuple[list[str], str | None]:
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            return [], "not a file"
        if status.st_size > LARGEST:
            return [], "too large"
        with open(path, "rb") as stream:
            return lines_of(stream.read()), None
    except (OSError, ValueError) as error:
        return [], getattr(error, "strerror", None) or "cannot be opened"


def _parse(lines: list[str]) -> tuple[ast.Module | None, str | None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes are their author's business
            return ast.parse("".join(lines)), None
    except SyntaxError as error:
        return None, f"{error.msg} (line {error.lineno})" if error.lineno else str(error.msg)
    except ValueError as error:  # null bytes, until Python 3.12
        return None, str(error)
    except (RecursionError, MemoryError):
        return None, "nested too deeply"
