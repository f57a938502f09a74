"""django-ninja's routers: the `auth=` of the API or router that one is added to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from flake8_django_async.analysis import expressions as ex
from flake8_django_async.analysis.values import ModuleRef, options
from flake8_django_async.project.modules import Module
from flake8_django_async.source import flow
from flake8_django_async.source.walk import bindings

if TYPE_CHECKING:
    from flake8_django_async.analysis.world import World

MAX_DEPTH = 4
MAX_LINES = 8
"""Lines of one call of `add_router`."""


class Auth(NamedTuple):
    """An `auth=` argument, and the module that it stands in."""

    module: Module
    value: flow.Expr


def auth_of(world: World, module: Module, router: flow.Expr, depth: int = 0) -> Auth | None:
    """The `auth=` that a router or API of this module is made with, or else added with, or else that what it is added to has."""
    if not isinstance(router, flow.Name) or depth > MAX_DEPTH:
        return None
    for lines in module.outline.assignments.get(router.id, ()):
        for bind in bindings(module.block(lines), router.id):
            if isinstance(bind.value, flow.Call) and (own := keyword(bind.value, "auth")) is not None:
                return Auth(module, own)
    for other, parent, call in _additions(world, module, router.id):
        given = keyword(call, "auth")
        found = Auth(other, given) if given is not None else auth_of(world, other, parent, depth + 1)
        if found is not None:
            return found
    return None


def keyword(call: flow.Call, name: str) -> flow.Expr | None:
    return next((argument.value for argument in call.args if argument.keyword == name), None)


def _additions(world: World, module: Module, name: str) -> Iterator[tuple[Module, flow.Expr, flow.Call]]:
    """The calls `parent.add_router(prefix, router)` of a router, with the module that each stands in and its parent."""
    for path, line in world.project.index.mentions("add_router"):
        other = world.module(path)
        call = _call_at(world, other, line)
        if call is None or not isinstance(call.func, flow.Attribute):
            continue
        given = keyword(call, "router") or next((argument.value for argument in call.args[1:2] if not argument.keyword), None)
        if given is not None and _is_router(world, other, given, module, name):
            yield other, call.func.value, call


def _call_at(world: World, module: Module, line: int) -> flow.Call | None:
    text = ""
    for row in module.lines[line - 1 : line - 1 + MAX_LINES]:
        text += row.strip() + " "
        if text.count("(") <= text.count(")"):
            expr = world.parse_expression(text.strip()) if re.match(r"[\w.]+\.add_router\(", text) else None
            return expr if isinstance(expr, flow.Call) else None
    return None


def _is_router(world: World, other: Module, given: flow.Expr, module: Module, name: str) -> bool:
    """Whether an expression of another module names a variable of this one."""
    match given:
        case flow.Constant(value=str(text)):
            return text == f"{module.name}.{name}"
        case flow.Name(id=known):
            if other.path == module.path:
                return known == name
            return any(
                statement.name == known
                and statement.member == name
                and (target := world.project.resolve_import(statement, other)).module is not None
                and target.module.path == module.path
                for statement in other.outline.imports
            )
        case flow.Attribute(value=owner, attr=attr) if attr == name:
            found = ex.evaluate_quietly(world.linker.quiet_frame(other), owner)
            return any(isinstance(option, ModuleRef) and option.path == module.path for option in options(found))
        case _:
            return False
