"""Shrinking: from a program that shows a failure to the smallest part of it that still does."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from tests.differential.generate import Program

Fails = Callable[[Program], bool]
Item = TypeVar("Item")
_Edit = Callable[[], None]


def shrink(program: Program, fails: Fails, *, rounds: int = 12) -> Program:
    """Take away statements, unwrap blocks, simplify expressions, for as long as the program still fails."""
    for _ in range(rounds):
        smaller = _pass(program, fails)
        if smaller is program:
            break
        program = smaller
    return program


def _pass(program: Program, fails: Fails) -> Program:
    for module in ("views", "helpers"):
        index = 0
        while True:
            tree = ast.parse(getattr(program, module))
            edits = list(_edits(tree))
            if index >= len(edits):
                break
            edits[index]()
            candidate = _with(program, module, tree)
            if candidate is not None and getattr(candidate, module) != getattr(program, module) and _still(candidate, fails):
                program = candidate
            else:
                index += 1
    return program


def _still(program: Program, fails: Fails) -> bool:
    try:
        return fails(program)
    except Exception:
        return False


def _with(program: Program, module: str, tree: ast.Module) -> Program | None:
    try:
        text = ast.unparse(ast.fix_missing_locations(tree))
        compile(text, "shrunk", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return None
    made = replace(program)
    setattr(made, module, text + "\n" if text else "")
    left = {node.name for part in (made.helpers, made.views) for node in ast.parse(part).body if hasattr(node, "name")}
    made.roots = [root for root in program.roots if root[1] in left]
    return made


def _edits(tree: ast.Module) -> Iterator[_Edit]:
    """All single simplifications, the greatest first. Each changes the tree in place."""
    yield from _in_blocks(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and node.handlers and (node.finalbody or len(node.handlers) > 1):
            for handler in list(node.handlers):
                yield _removal(node.handlers, handler)
        if isinstance(node, (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try)) and node.orelse:
            yield _setting(node, "orelse", [])
        if isinstance(node, ast.Try) and node.finalbody and node.handlers:
            yield _setting(node, "finalbody", [])
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for decorator in list(node.decorator_list):
                yield _removal(node.decorator_list, decorator)
        if isinstance(node, ast.Match) and len(node.cases) > 1:
            for case in list(node.cases):
                yield _removal(node.cases, case)
    yield from _in_expressions(tree)


def _in_blocks(tree: ast.Module) -> Iterator[_Edit]:
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if not isinstance(block, list):
                continue
            for statement in list(block):
                yield _replacement(block, statement, [])
                for inner in ("body", "orelse", "finalbody"):
                    content = getattr(statement, inner, None)
                    if (
                        isinstance(content, list)
                        and content
                        and not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
                    ):
                        yield _replacement(block, statement, content)
                for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
                    yield _replacement(block, statement, part.body)


def _in_expressions(tree: ast.Module) -> Iterator[_Edit]:
    """An expression in the place of a larger one around it."""
    for node in ast.walk(tree):
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.expr):
                for smaller in _parts(value):
                    yield _setting(node, name, smaller)
            elif isinstance(value, list):
                for index, item in enumerate(value):
                    if isinstance(item, ast.expr) and not isinstance(item, ast.Starred):
                        for smaller in _parts(item):
                            yield _item(value, index, smaller)
                        if len(value) > 1 and isinstance(node, (ast.Call, ast.List, ast.Tuple, ast.BoolOp)):
                            yield _removal(value, item)


def _parts(value: ast.expr) -> Iterator[ast.expr]:
    match value:
        case ast.IfExp(body=body, orelse=orelse):
            yield from (body, orelse)
        case ast.BoolOp(values=values) | ast.List(elts=values) | ast.Tuple(elts=values):
            yield from values
        case ast.NamedExpr(value=inner) | ast.UnaryOp(operand=inner):
            yield inner
        case ast.Compare(left=left, comparators=others):
            yield from (left, *others)
        case ast.Dict(values=items):
            yield from items
        case ast.JoinedStr(values=items):
            yield from (item.value for item in items if isinstance(item, ast.FormattedValue))
        case ast.Call(func=ast.Attribute(value=ast.Name(id="services"), attr="noop"), args=[first, *_]):
            yield first
        case ast.ListComp(elt=element):
            yield element
        case ast.Await(value=ast.Call(args=[ast.Call() as first, *_], func=ast.Attribute(value=ast.Name(id="asyncio")))):
            yield ast.Await(first)
        case ast.Call(keywords=[*_, ast.keyword(value=last)]):
            yield last
        case _:
            pass


def _replacement(block: list[ast.stmt], statement: ast.stmt, content: list[ast.stmt]) -> _Edit:
    def edit() -> None:
        index = block.index(statement)
        block[index : index + 1] = copy.deepcopy(content)
        if not block:
            block.append(ast.Pass())

    return edit


def _removal(items: list[Item], item: Item) -> _Edit:
    return lambda: items.remove(item)


def _item(items: list[ast.expr], index: int, value: ast.expr) -> _Edit:
    def edit() -> None:
        items[index] = value

    return edit


def _setting(node: ast.AST, name: str, value: object) -> _Edit:
    return lambda: setattr(node, name, value)
