"""From a file to its diagnostics."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from flake8_django_async.analysis.engine import analyse
from flake8_django_async.analysis.world import World
from flake8_django_async.diagnostic import Diagnostic, Words
from flake8_django_async.options import NOT_CONFIGURED, Configuration
from flake8_django_async.project.modules import Project
from flake8_django_async.project.settings import Settings
from flake8_django_async.room import with_room
from flake8_django_async.rules import judge

_worlds: dict[tuple[int, tuple[str, ...], Configuration], tuple[int, World]] = {}


def check(
    path: str, lines: Sequence[str] | None = None, tree: ast.Module | None = None, configuration: Configuration = NOT_CONFIGURED
) -> list[Diagnostic]:
    """All diagnostics of a file; `lines` and `tree` stand in for what is on disk."""
    project = Project.for_file(path, configuration.roots)
    module = project.module(path, lines, tree)
    world = world_of(project, path, configuration)
    events = with_room(lambda: analyse(world, module))
    return list(judge(events, Words(configuration.release)))


def world_of(project: Project, path: str, configuration: Configuration = NOT_CONFIGURED) -> World:
    """The world of a project, made anew when one of its files has changed."""
    settings = Settings.of(project, path)
    key = (id(project), settings.modules, configuration)
    generation, world = _worlds.get(key, (-1, None))
    if world is None or generation != project.generation:
        world = World(project, settings, configuration)
        _worlds[key] = (project.generation, world)
    return world
