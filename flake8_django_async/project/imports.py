"""What import statements bind, as Python's import system would decide it for the code of a project."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple, Protocol

from .module import Module
from .names import Finder

if TYPE_CHECKING:
    from flake8_django_async.source import flow


class Target(NamedTuple):
    """What an import binds: a module of the project, a `member` of one ("*" for a star import), or neither.

    `dotted` is the absolute name in either case, as "httpx.AsyncClient"; "" for a relative import out of the roots.
    """

    module: Module | None
    member: str | None
    dotted: str


class Modules(Protocol):
    """The part of a project that is needed here."""

    @property
    def finder(self) -> Finder: ...
    def at(self, path: str) -> Module | None: ...
    def find(self, dotted: str, importer: Module | None = None) -> Module | None: ...
    def submodule(self, module: Module, name: str) -> Module | None: ...


def resolve(project: Modules, statement: flow.Import, importer: Module) -> Target:
    """What one name of an import statement denotes, seen from the module that it stands in."""
    if statement.level:
        return _relative(project, statement, importer)
    module = project.find(statement.module, importer)
    dotted = module.name if module else statement.module
    if statement.member is None:
        first, dot, _ = statement.module.partition(".")
        if dot and statement.name == first:  # binds the outermost package
            return Target(module and _outermost(project, module, statement.module.count(".")), None, first)
        return Target(module, None, dotted)
    if module is not None:
        return _member(project, module, statement.member, importer)
    if statement.member == "*":
        return Target(None, "*", dotted)
    # A namespace package is in the project if the member is a module in it.
    dotted = f"{dotted}.{statement.member}"
    module = project.find(dotted, importer)
    return Target(module, None, module.name if module else dotted)


def _relative(project: Modules, statement: flow.Import, importer: Module) -> Target:
    folder = project.finder.upwards(importer.folder, statement.level - 1)
    if folder is None or statement.member is None:
        return Target(None, None, "")
    package = _package_at(project, folder)
    for part in statement.module.split(".") if statement.module else ():
        package = package and project.submodule(package, part)
    if package is not None:
        return _member(project, package, statement.member, importer)
    parts = importer.package.split(".")
    kept = parts[: max(len(parts) - statement.level + 1, 0)]
    member = [] if statement.member == "*" else [statement.member]
    return Target(None, None, ".".join(filter(None, [*kept, statement.module, *member])))


def _member(project: Modules, module: Module, member: str, importer: Module) -> Target:
    """`from module import member`: an attribute of a package wins over a module inside it."""
    if member == "*":
        return Target(module, "*", module.name)
    dotted = f"{module.name}.{member}" if module.name else member
    if module.is_package and (module is importer or not _binds(module, member)):
        inner = project.submodule(module, member)
        if inner is not None or module.is_namespace:
            return Target(inner, None, dotted)
    return Target(module, member, dotted)


def _binds(package: Module, name: str) -> bool:
    """Whether a package's own code binds a name to something other than its submodule of that name."""
    found = package.outline
    if name in found.functions or name in found.classes or name in found.assignments:
        return True
    for it in found.imports:
        if it.name == name:
            is_submodule = it.member == name and (it.module == package.name or (it.level == 1 and not it.module))
            if not is_submodule:
                return True
    return False


def _outermost(project: Modules, module: Module, dots: int) -> Module | None:
    folder = module.path if module.is_namespace or not module.is_package else module.folder
    for _ in range(dots):
        folder = os.path.dirname(folder)
    return _package_at(project, folder)


def _package_at(project: Modules, folder: str) -> Module | None:
    return project.at(os.path.join(folder, "__init__.py")) or project.at(folder)
