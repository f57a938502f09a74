"""From a file to its diagnostics.

What the analysis needs is imported when a file is analysed: most files of most runs are as they were the last time.
"""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flake8_django_async.options import NOT_CONFIGURED, Configuration
from flake8_django_async.project.module import Module
from flake8_django_async.project.modules import Project

if TYPE_CHECKING:
    from flake8_django_async.analysis.world import World
    from flake8_django_async.diagnostic import Diagnostic

_worlds: dict[tuple[int, tuple[str, ...], Configuration], tuple[int, World]] = {}


def check_cached(path: str, lines: Sequence[str], tree: ast.Module | None, configuration: Configuration) -> list[Diagnostic]:
    """As `check`, with the cache that is configured."""
    from flake8_django_async.stored import opened, results_of

    cache = opened(configuration)
    Module.flows = cache[1] if cache is not None else None
    project = Project.for_file(path, configuration.roots)
    if cache is None or not project.top:
        return check(path, lines, tree, configuration, project)
    results = results_of(project, cache[0], configuration)
    state = results.state(path, lines)
    found = results.find(path, state) if state else None
    if found is None:
        found = check(path, lines, tree, configuration, project)
        if state:
            results.keep(path, state, found)
    return found


def check(
    path: str,
    lines: Sequence[str] | None = None,
    tree: ast.Module | None = None,
    configuration: Configuration = NOT_CONFIGURED,
    project: Project | None = None,
) -> list[Diagnostic]:
    """All diagnostics of a file; `lines` and `tree` stand in for what is on disk; `project` is its own, if it is at hand."""
    from flake8_django_async.analysis.engine import analyse
    from flake8_django_async.diagnostic import Words
    from flake8_django_async.room import with_room
    from flake8_django_async.rules import judge

    if project is None:
        project = Project.for_file(path, configuration.roots)
    module = project.module(path, lines, tree)
    world = world_of(project, path, configuration)
    with _uncollected():
        events = with_room(lambda: analyse(world, module))
    return list(judge(events, Words(configuration.release)))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the cyclic collector, which would look through all that is known of the project again and again.

    The few circles of one file wait for its end.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def world_of(project: Project, path: str, configuration: Configuration = NOT_CONFIGURED) -> World:
    """The world of a project, made anew when one of its files has changed."""
    from flake8_django_async.analysis.world import World
    from flake8_django_async.project.settings import Settings

    settings = Settings.of(project, path)
    key = (id(project), settings.modules, configuration)
    generation, world = _worlds.get(key, (-1, None))
    if world is None or generation != project.generation:
        world = World(project, settings, configuration)
        _worlds[key] = (project.generation, world)
    return world
