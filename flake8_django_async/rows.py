"""Whether a row of the user names something, as far as the project's own source can tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flake8_django_async.project.modules import Module, Project
from flake8_django_async.suggest import did_you_mean

if TYPE_CHECKING:
    from flake8_django_async.models.load import Row


def problem(row: Row, project: Project) -> str | None:
    """Why a row names nothing, in one line; None when it does, or lies in a library, which is not read."""
    parts = row.path.split(".")
    for count in range(len(parts), 0, -1):
        module = project.find(".".join(parts[:count]))
        if module is not None:
            return _inside(module, parts[:count], parts[count:])
    return None


def _inside(module: Module, module_parts: Sequence[str], rest: Sequence[str]) -> str | None:
    name = ".".join(module_parts)
    if not rest:
        return f"{name} is a module; a row is about a function or method"
    functions, classes = set(module.outline.functions), module.outline.classes
    if module.problem:
        return None
    for word in rest[:-1]:
        if word not in classes:
            return f"{name} defines no class {word!r}{did_you_mean(word, list(classes))}"
        name, functions, classes = f"{name}.{word}", set(classes[word].methods), classes[word].classes
    if rest[-1] in functions:
        return None
    if rest[-1] in classes:
        return f"{name}.{rest[-1]} is a class; a row is about a function or method"
    return f"{name} defines no {rest[-1]!r} itself{did_you_mean(rest[-1], sorted(functions))}"
