"""Outline: the names and line spans of one module, read from its `ast` tree without entering function bodies.

Lines are 1-based and inclusive, as flake8 counts them. A span covers whole statements that can be cut out of the
source and parsed alone: statements that share a line share a span, and one that follows a colon on its line
(`else: x = 1`) has the span of the compound statement around it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    from .flow import Import

Lines: TypeAlias = tuple[int, int]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class FunctionSpan:
    """A `def`: `first` is the line of its first decorator, `header` that of `def`, `last` its last line.

    `decorators` are dotted names ("login_required", and "method_decorator" for a call of it); "" is anything else.
    """

    name: str
    first: int
    header: int
    last: int
    is_async: bool
    decorators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassSpan:
    """A `class`; lines as in `FunctionSpan`. `bases` are source text ("View", "Generic[T]"), keywords left out.

    `methods` has every definition of a name in order (getter and setter, overloads). `attributes` has the spans of
    the assignments in the class body that bind a name, annotations without a value included.
    """

    name: str
    first: int
    header: int
    last: int
    bases: tuple[str, ...]
    methods: Mapping[str, tuple[FunctionSpan, ...]]
    attributes: Mapping[str, tuple[Lines, ...]]
    classes: Mapping[str, ClassSpan]
    decorators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """What a module binds at its own level, also under `if`, `try`, `with`, `for`, `while` and `match`.

    `statements` are the spans of what runs without binding a name: calls such as `signal.connect(f)`, assignments to
    attributes and items. `main` are the spans of `if __name__ == "__main__":`, whose statements are in no other
    field but for imports and definitions. Of a class that is defined twice the last definition stands.
    """

    imports: tuple[Import, ...] = ()
    functions: Mapping[str, tuple[FunctionSpan, ...]] = field(default_factory=dict)
    classes: Mapping[str, ClassSpan] = field(default_factory=dict)
    assignments: Mapping[str, tuple[Lines, ...]] = field(default_factory=dict)
    statements: tuple[Lines, ...] = ()
    main: tuple[Lines, ...] = ()


def outline(tree: ast.Module, lines: Sequence[str] = ()) -> Outline:
    """The outline of a parsed module.

    With the module's lines at hand, spans are right also for what the tree does not tell: an `@` that stands on a
    line above its decorator, a statement after the colon of `else:`.
    """
    found = _read(tree.body, lines, None)
    return Outline(
        imports=tuple(found.imports),
        functions=_frozen(found.functions),
        classes=found.classes,
        assignments=_frozen(found.assignments),
        statements=tuple(dict.fromkeys(found.statements)),
        main=tuple(found.main),
    )


@dataclass(slots=True)
class _Found:
    imports: list[Import] = field(default_factory=list)
    functions: dict[str, list[FunctionSpan]] = field(default_factory=dict)
    classes: dict[str, ClassSpan] = field(default_factory=dict)
    assignments: dict[str, list[Lines]] = field(default_factory=dict)
    statements: list[Lines] = field(default_factory=list)
    main: list[Lines] = field(default_factory=list)


def _read(body: Sequence[ast.stmt], lines: Sequence[str], around: Lines | None) -> _Found:
    found = _Found()
    main: Lines = (0, 0)
    for node, span in _statements(body, lines, around):
        in_main = main[0] <= node.lineno <= main[1]
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.functions.setdefault(node.name, []).append(_function(node, span[0]))
        elif isinstance(node, ast.ClassDef):
            found.classes[node.name] = _class(node, span, lines)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found.imports.extend(imported(node))
        elif in_main:
            pass
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            for name in _bound(node.targets if isinstance(node, ast.Assign) else [node.target]):
                if name is None:
                    found.statements.append(span)
                else:
                    found.assignments.setdefault(name, []).append(span)
        elif isinstance(node, ast.Expr):
            if not isinstance(node.value, ast.Constant):
                found.statements.append(span)
        elif isinstance(node, ast.If):
            if _is_main(node.test):
                main = span
                found.main.append(span)
        elif type(node).__name__ == "TypeAlias":  # pragma: no cover  # `type X = ...`, since Python 3.12
            alias = getattr(node, "name", None)
            if isinstance(alias, ast.Name):
                found.assignments.setdefault(alias.id, []).append(span)
    return found


# ---------------------------------------------------------------- statements and their spans


def _statements(body: Sequence[ast.stmt], lines: Sequence[str], around: Lines | None) -> Iterator[tuple[ast.stmt, Lines]]:
    """Every statement in source order, also inside compound statements but not inside definitions.

    A stack of its own, not recursion: a chain of ten thousand `elif` is nested that deep in the tree.
    """
    stack = [_spanned(body, lines, around)]
    while stack:
        for node, span in stack[-1]:
            yield node, span
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                blocks = _blocks(node)
                if blocks:
                    stack.append(_inner(node, blocks, lines, span))
                    break
        else:
            stack.pop()


def _inner(
    node: ast.stmt, blocks: Sequence[Sequence[ast.stmt]], lines: Sequence[str], span: Lines
) -> Iterator[tuple[ast.stmt, Lines]]:
    for block in blocks:
        for child, own in _spanned(block, lines, span):
            is_elif = isinstance(child, ast.If) and isinstance(node, ast.If) and child.col_offset == node.col_offset
            yield child, span if is_elif else own


def _blocks(node: ast.stmt) -> list[Sequence[ast.stmt]]:
    """The statement lists right inside a compound statement; empty for a simple one."""
    blocks: list[Sequence[ast.stmt]] = []
    if isinstance(node, ast.Match):
        blocks.extend(case.body for case in node.cases)
    elif hasattr(node, "body"):
        blocks.append(node.body)
        blocks.extend(handler.body for handler in getattr(node, "handlers", ()))
        blocks.append(getattr(node, "orelse", []))
        blocks.append(getattr(node, "finalbody", []))
    return blocks


def _spanned(block: Sequence[ast.stmt], lines: Sequence[str], around: Lines | None) -> Iterator[tuple[ast.stmt, Lines]]:
    """Each statement of one block with the span that can be cut out for it."""
    start = 0
    while start < len(block):
        end = start + 1
        last = _last(block[start])
        while end < len(block) and block[end].lineno <= last:
            last = max(last, _last(block[end]))
            end += 1
        first = _first(block[start], lines)
        span = (first, last)
        if around is not None and not _starts_line(block[start], first, lines, around):
            span = around
        for node in block[start:end]:
            yield node, span
        start = end


def _last(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _first(node: ast.stmt, lines: Sequence[str]) -> int:
    decorators = getattr(node, "decorator_list", None)
    if not decorators:
        return node.lineno
    first: int = decorators[0].lineno
    # The tree has the line of the expression, which in `@(` is below that of its `@`.
    for line in range(first, max(first - 20, 0), -1):
        if line <= len(lines) and lines[line - 1].lstrip().startswith("@"):
            return line
    return first


def _starts_line(node: ast.stmt, first: int, lines: Sequence[str], around: Lines) -> bool:
    if not 0 < first <= len(lines):
        return first != around[0]
    if first != node.lineno:
        return True  # decorators are alone on their lines
    line = lines[first - 1]
    return len(line) - len(line.lstrip()) == node.col_offset


# ---------------------------------------------------------------- parts


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, first: int) -> FunctionSpan:
    decorators = tuple(map(_decorator, node.decorator_list))
    return FunctionSpan(node.name, first, node.lineno, _last(node), isinstance(node, ast.AsyncFunctionDef), decorators)


def _class(node: ast.ClassDef, span: Lines, lines: Sequence[str]) -> ClassSpan:
    body = _read(node.body, lines, span)
    return ClassSpan(
        name=node.name,
        first=span[0],
        header=node.lineno,
        last=span[1],
        bases=tuple(map(_source, node.bases)),
        methods=_frozen(body.functions),
        attributes=_frozen(body.assignments),
        classes=body.classes,
        decorators=tuple(map(_decorator, node.decorator_list)),
    )


def imported(node: ast.Import | ast.ImportFrom) -> Iterator[Import]:
    """What an import statement binds, name by name."""
    from .flow import Import  # its classes take long to make, and a run that finds everything in the cache needs none

    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(alias.name, None, alias.asname or alias.name.partition(".")[0], 0)
    else:
        for alias in node.names:
            yield Import(node.module or "", alias.name, alias.asname or alias.name, node.level)


def _bound(targets: Sequence[ast.expr]) -> Iterator[str | None]:
    """Names that the targets bind; None for a target that is an attribute or an item."""
    stack = list(reversed(targets))
    while stack:
        target = stack.pop()
        if isinstance(target, ast.Name):
            yield target.id
        elif isinstance(target, (ast.Tuple, ast.List)):
            stack.extend(reversed(target.elts))
        elif isinstance(target, ast.Starred):
            stack.append(target.value)
        else:
            yield None


def _is_main(test: ast.expr) -> bool:
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return False
    sides = (test.left, test.comparators[0])
    return any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides)


def dotted(node: ast.expr) -> str:
    """`a.b.c` as text; "" for anything but names and attributes."""
    attributes = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join((node.id, *reversed(attributes)))


def _decorator(node: ast.expr) -> str:
    return dotted(node.func if isinstance(node, ast.Call) else node)


def _source(node: ast.expr) -> str:
    """The text of a base class. The usual shapes are written here, since `ast.unparse` is slow."""
    if text := dotted(node):
        return text
    if isinstance(node, ast.Subscript):
        head, opening, closing = dotted(node.value), "[", "]"
        items = node.slice.elts if isinstance(node.slice, ast.Tuple) and node.slice.elts else [node.slice]
    elif isinstance(node, ast.Call) and not node.keywords:
        head, opening, closing, items = dotted(node.func), "(", ")", node.args
    else:
        head, opening, closing, items = "", "", "", []
    texts = [dotted(item) for item in items]
    if head and all(texts):
        return f"{head}{opening}{', '.join(texts)}{closing}"
    try:
        return ast.unparse(node)
    except (RecursionError, ValueError):  # a base a thousand calls deep
        return ""


def _frozen(found: Mapping[str, list[_T]]) -> dict[str, tuple[_T, ...]]:
    return {name: tuple(items) for name, items in found.items()}
