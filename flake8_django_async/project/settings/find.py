"""Which settings modules a file runs with: those that manage.py, asgi.py and wsgi.py name, else those that look so."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..files import read_text
from ..module import Module
from ..modules import Project

_RUNNERS = ("manage.py", "asgi.py", "wsgi.py")
_NAMED = re.compile(
    r"""DJANGO_SETTINGS_MODULE["']\s*(?:,|\]\s*=)\s*["']([\w.]+)["']"""  # environ.setdefault(..., "x.y"), environ[...] = "x.y"
)
_CONFIGURED = re.compile(r"""^[ \t]*DJANGO_SETTINGS_MODULE\s*=\s*["']?([\w.]+)""", re.MULTILINE)
_CONFIGURATION = ("pyproject.toml", "pytest.ini", "setup.cfg", "tox.ini")
_LOOKS_SO = re.compile(r"^[ \t]*(?:DATABASES|INSTALLED_APPS|ROOT_URLCONF)\b[^=\n]*=|import[ \t]+\*", re.MULTILINE)
_TESTS = re.compile(r"^test|_tests?\.py$|^ci\.py$")


@dataclass(frozen=True, slots=True)
class Candidates:
    """Settings modules by the folder that they serve, and the files that name them."""

    by_folder: Mapping[str, Mapping[str, Module]]
    files: tuple[str, ...]

    def of(self, folder: str) -> tuple[Module, ...]:
        """The modules for code in a folder, sorted by path.

        Several when manage.py and asgi.py differ; none when nothing tells.
        """
        chosen: dict[str, Module] = {}
        for base in _nearest(folder, list(self.by_folder)):
            chosen.update(self.by_folder[base])
        return tuple(_without_tests([chosen[path] for path in sorted(chosen)]))


def candidates(project: Project) -> Candidates:
    """All settings modules of a project."""
    found: dict[str, dict[str, Module]] = {}
    places = _named(project)
    for place, names in places:
        for name in names:
            for module in _modules_of(project, name, place):
                found.setdefault(_base(project, place), {})[module.path] = module
    if not found:
        for module in _alike(project):
            found.setdefault(_base(project, module.path), {})[module.path] = module
    return Candidates(found, tuple(place for place, _ in places))


def _named(project: Project) -> list[tuple[str, list[str]]]:
    """Files that name settings modules, and the names: those that run the project, else the configuration of tests."""
    tree = project.finder.tree
    for files, pattern in ((_RUNNERS, _NAMED), (_CONFIGURATION, _CONFIGURED)):
        found = [(file, pattern.findall(read_text(file))) for file in tree.files_named(*files)]
        if any(names for _, names in found):
            return found
    return []


def _modules_of(project: Project, name: str, place: str) -> list[Module]:
    """The module of this name; of a package that sets nothing, the modules in it: one is chosen when it is deployed."""
    found = project.find(name, project.module(place))
    if found is None or not found.is_package or _looks_so(found):
        return [found] if found is not None else []
    folder = project.finder.tree.folders.get(found.folder)
    inner = [project.submodule(found, each.removesuffix(".py")) for each in folder.modules] if folder is not None else []
    return _without_tests([module for module in inner if module is not None and _looks_so(module)])


def _looks_so(module: Module) -> bool:
    return _LOOKS_SO.search("".join(module.lines)) is not None


def _without_tests(modules: list[Module]) -> list[Module]:
    others = [module for module in modules if not _TESTS.search(os.path.basename(module.path))]
    return others or modules


def _base(project: Project, file: str) -> str:
    """The folder that a runner or a settings module serves: the one its outermost package lies in."""
    folder = os.path.dirname(file)
    folders = project.finder.tree.folders
    while folder in folders and folders[folder].is_package:
        folder = os.path.dirname(folder)
    return folder


def _alike(project: Project) -> list[Module]:
    """Modules named settings that look like Django's; of a package named settings its modules."""
    found = []
    for path, folder in project.finder.tree.folders.items():
        names = folder.modules if os.path.basename(path) == "settings" else {"settings.py"}.intersection(folder.modules)
        for name in names:
            module = project.at(os.path.join(path, name))
            if module is not None and _looks_so(module):
                found.append(module)
    return _without_tests(found)


def _nearest(folder: str, bases: list[str]) -> list[str]:
    """The deepest base above a folder; with none above it, all that are equally near."""
    above = [base for base in bases if folder == base or folder.startswith(base.rstrip(os.sep) + os.sep)]
    if above:
        return [max(above, key=len)]
    near: dict[int, list[str]] = {}
    for base in bases:
        common = os.path.commonpath([folder, base])
        near.setdefault(folder[len(common) :].count(os.sep) + base[len(common) :].count(os.sep), []).append(base)
    return near[min(near)] if near else []
