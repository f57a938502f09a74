"""The screen: what need not be read, told from names and lines alone. It skips work, and never changes a verdict."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flake8_django_async.analysis import expressions as ex
from flake8_django_async.analysis.requests import entries
from flake8_django_async.analysis.values import UNKNOWN, ClassRef, Method, Symbol, Value, options
from flake8_django_async.project.modules import Module
from flake8_django_async.source.outline import FunctionSpan

if TYPE_CHECKING:
    from flake8_django_async.analysis.world import World

PLAIN_DECORATORS = frozenset({
    "abstractmethod", "cached_property", "classmethod", "deleter", "getter", "lru_cache", "overload", "override", "property",
    "setter", "staticmethod", "wraps",
})  # fmt: skip
"""Last names of decorators that leave a sync function sync. Any other one may hand it to a thread."""


EFFECT = re.compile(r"[(@\[.]|\b(?:await|yield|with|for)\b")
"""What can query, wait or release: a call, a decorator, an item, an attribute, and what has their effects without a call."""


def may_matter(world: World, module: Module, span: FunctionSpan, owner: ClassRef | None) -> bool:
    """Whether running a function as an entry may find anything."""
    if not may_be_root(world, module, span, owner):
        return False
    lines = module.lines
    if span.first != span.header or "(" not in lines[span.header - 1]:
        return True  # decorators, or a header that this does not know
    _, _, behind = lines[span.header - 1].partition("(")
    return EFFECT.search(behind) is not None or any(EFFECT.search(line) for line in lines[span.header : span.last])


def may_be_root(world: World, module: Module, span: FunctionSpan, owner: ClassRef | None) -> bool:
    """Whether a function may be an entry: async, handed to a thread by a decorator, a handler, or a maker of async functions."""
    return (
        span.is_async
        or any(_may_thread(world, module, span, name) for name in span.decorators)
        or makes_async(module, span)
        or entries.is_sync_entry(world, module, span, owner)
    )


def _may_thread(world: World, module: Module, span: FunctionSpan, name: str) -> bool:
    """Whether a decorator may hand a sync function to a thread: the project's own may, a library's only if a row says so."""
    if name.rpartition(".")[2] in PLAIN_DECORATORS:
        return False
    expr = world.parse_expression(name) if name else None
    if expr is None:
        return True
    found = ex.evaluate_quietly(world.linker.quiet_frame(module, span.first), expr)
    return any(_is_known(world, option) for option in options(found))


def _is_known(world: World, decorator: Value) -> bool:
    if decorator == UNKNOWN:
        return False
    if isinstance(decorator, (Symbol, Method)):
        return world.models.row(decorator.path) is not None or world.models.type(decorator.path) is not None
    return True


def makes_async(module: Module, span: FunctionSpan) -> bool:
    """Whether async functions are nested in a sync one: decorators, middleware."""
    return any(line.lstrip().startswith("async def ") for line in module.lines[span.header : span.last])
