"""What a module's lists and dicts are filled with after their assignment: by its statements, and by registering functions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flake8_django_async.analysis import expressions as ex
from flake8_django_async.analysis.values import UNKNOWN, ClassRef, Collection, FunctionValue, Record, Tuple, Value, join
from flake8_django_async.project.modules import Module
from flake8_django_async.source import flow
from flake8_django_async.source.outline import ClassSpan, FunctionSpan

if TYPE_CHECKING:
    from flake8_django_async.analysis.world import World

PUTTING = ("append", "add")
MAX_USES = 60
"""Places that name a registering function; one that is named more often is not followed."""


def filled(world: World, module: Module, name: str, value: Value) -> Value:
    """A name of a module that begins as an empty list or dict, with what is put into that when modules are imported."""
    if value == Record(()):
        found = join(_entries(world, module, name))
        return value if found == UNKNOWN else Record((("", found),))
    if value == Tuple(()):
        found = join(_entries(world, module, name))
        return value if found == UNKNOWN else Collection(found)
    return value


def _entries(world: World, module: Module, name: str) -> Iterator[Value]:
    for first, last in module.outline.statements:
        if any(name in line for line in module.lines[first - 1 : last]):
            for statement in module.block((first, last)):
                yield from _put(world, module, first, statement, name)
    puts = re.compile(rf"\b{re.escape(name)}\s*(\[.*\]\s*=(?!=)|\.({'|'.join(PUTTING)})\()")
    for functions in module.outline.functions.values():
        for span in functions:
            if any(puts.search(line) for line in module.lines[span.header : span.last]):
                yield from _registered(world, module, span)


def _put(world: World, module: Module, line: int, statement: flow.Stmt, name: str) -> Iterator[Value]:
    """`HANDLERS["x"] = handle`, `HANDLERS.append(handle)`."""
    match statement:
        case flow.Bind(targets=(flow.Subscript(value=flow.Name(id=bound)),), value=value) if bound == name and value is not None:
            yield ex.evaluate_quietly(world.linker.quiet_frame(module, line), value)
        case flow.Evaluate(value=flow.Call(func=flow.Attribute(value=flow.Name(id=bound), attr=attr), args=args)):
            if bound == name and attr in PUTTING:
                yield from (ex.evaluate_quietly(world.linker.quiet_frame(module, line), item.value) for item in args)
        case _:
            pass


def _registered(world: World, module: Module, function: FunctionSpan) -> Iterator[Value]:
    """What is decorated with a function, or given to it where modules are imported."""
    mentions = world.project.index.mentions(function.name)
    for path, line in mentions if len(mentions) <= MAX_USES else ():
        user = world.module(path)
        if world.hosts.is_silent_file(path) or not _is_meant(world.linker.module_name(user, function.name), module, function):
            continue
        if user.lines[line - 1].lstrip().startswith("@"):
            yield from _decorated(world, user, line)
        else:
            yield from _given(world, user, line, function.name)


def _is_meant(value: Value, module: Module, function: FunctionSpan) -> bool:
    return isinstance(value, FunctionValue) and (value.ref.path, value.ref.line) == (module.path, function.first)


def _decorated(world: World, user: Module, line: int) -> Iterator[Value]:
    for spans in user.outline.functions.values():
        yield from (world.linker.function(user, span) for span in spans if _is_above(line, span))
    for name, cls in user.outline.classes.items():
        if _is_above(line, cls):
            yield ClassRef(user.path, name)


def _is_above(line: int, definition: FunctionSpan | ClassSpan) -> bool:
    return definition.first <= line < definition.header


def _given(world: World, user: Module, line: int, name: str) -> Iterator[Value]:
    for first, last in user.outline.statements:
        for statement in user.block((first, last)) if first <= line <= last else ():
            if isinstance(statement, flow.Evaluate) and isinstance(statement.value, flow.Call):
                if statement.value.func == flow.Name(name):
                    frame = world.linker.quiet_frame(user, first)
                    yield from (ex.evaluate_quietly(frame, argument.value) for argument in statement.value.args)
