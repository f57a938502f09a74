"""Whether a row of the user names something, as far as the project's own source can tell."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from flake8_django_async.project.modules import Module, Project

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
            return f"{name} defines no class {word!r}{_near(word, list(classes))}"
        name, functions, classes = f"{name}.{word}", set(classes[word].methods), classes[word].classes
    if rest[-1] in functions:
        return None
    if rest[-1] in classes:
        return f"{name}.{rest[-1]} is a class; a row is about a function or method"
    return f"{name} defines no {rest[-1]!r} itself{_near(rest[-1], sorted(functions))}"


def _near(word: str, known: Sequence[str]) -> str:
    near = get_close_matches(word, known, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""
