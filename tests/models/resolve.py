"""Follows the path of a row or type through an installed library, as its user's code would: modules, classes, attributes of instances.

What an attribute of an instance is, annotations tell: of properties, of class bodies, of return types, of the parameters that
`__init__` stores. A step that nothing tells raises `Unresolved`.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib
import inspect
import sys
import textwrap
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


class Unresolved(Exception):
    """The library has nothing at this path."""


@dataclass(frozen=True)
class InstanceOf:
    """Some instance of a class that the walk has not got, only its type."""

    type: Any


def resolve(path: str) -> Any:
    """The object at a path: a module, class, function, value, or `InstanceOf` where only the type is known."""
    names = path.split(".")
    found: Any = None
    for count in range(len(names), 0, -1):
        try:
            found = importlib.import_module(".".join(names[:count]))
        except ImportError:
            continue
        break
    if found is None:
        raise Unresolved(f"{path}: no module {names[0]}")
    for done, name in enumerate(names[count:], count):
        try:
            found = step(found, name)
        except Unresolved as error:
            raise Unresolved(f"{path}: no {name!r} in {'.'.join(names[:done])}: {error}") from None
    return found


def step(found: Any, name: str) -> Any:
    """What `name` is on a module, on a class or on an instance of it."""
    if isinstance(found, types.ModuleType):
        try:
            return getattr(found, name)
        except AttributeError:
            raise Unresolved("not in the module") from None
    if not isinstance(found, (type, InstanceOf)):
        try:
            return inspect.getattr_static(found, name) if name not in dir(type(found)) else step(type(found), name)
        except AttributeError:
            raise Unresolved("not in the value") from None
    cls = found.type if isinstance(found, InstanceOf) else found
    for definition in (_defined, _annotated, _assigned):
        result = definition(cls, name)
        if result is not None:
            return result
    raise Unresolved("no attribute, annotation or assignment")


def _defined(cls: type, name: str) -> Any:
    try:
        value = inspect.getattr_static(cls, name)
    except AttributeError:
        return None
    getter = value.fget if isinstance(value, property) else value.func if isinstance(value, functools.cached_property) else None
    if getter is None and not inspect.isroutine(value) and hasattr(type(value), "__get__"):
        getter = next((g for g in (getattr(value, key, None) for key in ("fget", "func", "wrapped")) if callable(g)), None)
    if getter is not None:
        return InstanceOf(hinted_class(getter, "return"))
    if isinstance(value, types.MemberDescriptorType):
        return _annotated(cls, name) or _assigned(cls, name) or InstanceOf(None)
    return value.__func__ if isinstance(value, (staticmethod, classmethod)) else value


def _annotated(cls: type, name: str) -> Any:
    for owner in cls.__mro__:
        if name in owner.__dict__.get("__annotations__", {}):
            return InstanceOf(_class(owner.__dict__["__annotations__"][name], owner))
    return None


def _assigned(cls: type, name: str) -> Any:
    for owner in cls.__mro__:
        for value, scope in _assignments(owner, name):
            return InstanceOf(_type_of(value, owner, scope))
    return None


def _assignments(owner: type, name: str) -> Iterator[tuple[ast.expr, dict[str, ast.expr | None]]]:
    """Values (or annotations) that methods of a class store in `self.name`, with the parameters of that method."""
    for function in _methods(owner):
        parameters = {arg.arg: arg.annotation for arg in (*function.args.args, *function.args.kwonlyargs)}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign):
                targets, value = node.targets, node.value
            elif isinstance(node, ast.AnnAssign):
                targets, value = [node.target], node.annotation
            else:
                continue
            if any(isinstance(t, ast.Attribute) and t.attr == name and ast.unparse(t.value) == "self" for t in targets):
                yield value, parameters


@functools.cache
def _methods(owner: type) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The syntax of a class's own methods. (Not of the class: some say that they live in another module.)"""
    found: list[ast.FunctionDef | ast.AsyncFunctionDef] = []
    for function in vars(owner).values():
        with contextlib.suppress(OSError, TypeError, SyntaxError):
            tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
            found.extend(node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
    return found


def _module(where: Any) -> types.ModuleType | None:
    """The module whose names an annotation in a class or function sees."""
    function = getattr(where, "__init__", where) if isinstance(where, type) else where
    name = getattr(function, "__globals__", {}).get("__name__") or getattr(where, "__module__", "")
    return sys.modules.get(str(name))


def _type_of(value: ast.expr, owner: type, scope: dict[str, ast.expr | None]) -> Any:
    if isinstance(value, ast.Name) and value.id in scope:
        annotated = scope[value.id]
        return _class(ast.unparse(annotated), owner) if annotated is not None else None
    return _class(ast.unparse(value.func if isinstance(value, ast.Call) else value), owner)


def hinted_class(function: Any, name: str) -> Any:
    """The class that an annotation of a function names, if it does."""
    return next(iter(hinted_classes(function, name)), None)


def hinted_classes(function: Any, name: str) -> list[Any]:
    """All classes that an annotation of a function names: of a union, each."""
    function = inspect.unwrap(function)
    return _classes(_evaluate(getattr(function, "__annotations__", {}).get(name), function))


def _class(hint: Any, where: Any) -> Any:
    return next(iter(_classes(_evaluate(hint, where))), None)


def _evaluate(hint: Any, where: Any) -> Any:
    """A hint, evaluated if it is text; names that only TYPE_CHECKING imports count too."""
    if not isinstance(hint, str):
        return hint
    try:
        return eval(hint, {}, _Names(_module(where)))
    except Exception:
        return None


def _classes(hint: Any) -> list[Any]:
    """The classes of a hint: through unions, Annotated, generics and bounds of type variables."""
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return [found for part in typing.get_args(hint) if part is not type(None) for found in _classes(part)]
    if origin in (typing.Annotated, typing.ClassVar, typing.Final):
        return _classes(typing.get_args(hint)[0])
    if isinstance(hint, typing.TypeVar):
        return _classes(hint.__bound__)
    return [found for found in (origin or hint,) if isinstance(found, type)]


class _Names(dict[str, Any]):
    """The names of a module, and those that its source imports anywhere."""

    def __init__(self, module: types.ModuleType | None) -> None:
        super().__init__(vars(module) if module else {})
        self._module = module

    def __missing__(self, name: str) -> Any:
        for node in ast.walk(_tree(self._module)):
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    if (alias.asname or alias.name) == name:
                        package = self._module.__spec__.parent if self._module and self._module.__spec__ else ""
                        source = importlib.import_module("." * node.level + (node.module or ""), package)
                        return getattr(source, alias.name)
        raise KeyError(name)


@functools.cache
def _tree(module: types.ModuleType | None) -> ast.Module:
    return ast.parse(inspect.getsource(module) if module else "")
