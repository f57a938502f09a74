"""Settings modules, carried out on paper: assignments, branches, imports of other settings modules.

Where the way is not known, both are taken and what differs is unknown.
"""

from __future__ import annotations

import ast
import fnmatch
import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from flake8_django_async.source.outline import FunctionSpan, dotted, imported

from ..module import Module
from ..modules import Project
from .evaluate import bind, combine, evaluate, truth
from .values import UNKNOWN, Exhausted, Line, Scope, Table, Value, copied, fits, items_of, join


@dataclass(slots=True)
class _Run:
    """The carrying out of one module (or of a file that is included in it)."""

    project: Project
    module: Module
    scope: Scope
    scopes: dict[str, Scope]
    used: list[Module]


def execute(project: Project, module: Module, scopes: dict[str, Scope], used: list[Module]) -> Scope:
    """The names that a settings module ends with. `scopes` are those of modules that were carried out before.

    `used` gains every module that was read. A module that cannot be read, and one that imports itself, may bind anything.
    """
    if module.path in scopes:
        return scopes[module.path]
    scope = Scope(module.path)
    scope.only_reads = lambda name: _only_reads(project, module, name)
    scopes[module.path] = Scope(module.path, open=True)  # what a cycle of imports sees
    _carry_out(_Run(project, module, scope, scopes, used), module)
    scope.only_reads = lambda name: False  # lets go of the project
    scopes[module.path] = scope
    return scope


def _carry_out(run: _Run, module: Module) -> None:
    run.used.append(module)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse("".join(module.lines))
        if module.problem is not None:
            raise Exhausted
        _block(tree.body, run)
    except (Exhausted, SyntaxError, ValueError, RecursionError, MemoryError):
        run.scope.forget()


def _block(body: Sequence[ast.stmt], run: _Run) -> bool:
    """Carry out statements; whether what follows them is reached."""
    for node in body:
        run.scope.step()
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            if node.value is not None:
                value = evaluate(node.value, run.scope)
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    _assign(target, value, run.scope)
        elif isinstance(node, ast.AugAssign):
            _augment(node, run.scope)
        elif isinstance(node, ast.Expr):
            if not _include(node.value, run):
                evaluate(node.value, run.scope)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            _import(node, run)
        elif isinstance(node, ast.If):
            if not _if(node, run):
                return False
        elif isinstance(node, ast.Try) or type(node).__name__ == "TryStar":
            _try(node, run)  # type: ignore[arg-type]
        elif isinstance(node, ast.For):
            _for(node, run)
        elif isinstance(node, ast.With):
            for item in node.items:
                evaluate(item.context_expr, run.scope)
                if item.optional_vars is not None:
                    bind(item.optional_vars, UNKNOWN, run.scope)
            if not _block(node.body, run):
                return False
        elif isinstance(node, ast.ClassDef):
            run.scope.names[node.name] = UNKNOWN
            if any(dotted(base).endswith("Configuration") for base in node.bases):
                run.scope.forget()  # django-configurations: the settings are a class's attributes
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            run.scope.names[node.name] = UNKNOWN
        elif isinstance(node, ast.Raise):
            return False
        elif not isinstance(node, (ast.Pass, ast.Assert, ast.Global)):
            _blur(node, run.scope)
    return True


def _assign(target: ast.expr, value: Value, scope: Scope) -> None:
    if isinstance(target, ast.Subscript):
        key = UNKNOWN if isinstance(target.slice, ast.Slice) else evaluate(target.slice, scope)
        container = _container(target.value, scope)
        if isinstance(container, Table):
            before = container.get(key)
            container.set(key, value, (scope.path, target.lineno))
            if not fits(container):  # inside itself
                container.set(key, UNKNOWN if before is container else before, None)
        elif container is not UNKNOWN:
            scope.escape(container)
    elif not isinstance(target, ast.Attribute):
        bind(target, value, scope)


def _container(node: ast.expr, scope: Scope) -> Value:
    """The table that `node[...] = value` changes; one that is unknown becomes an open table with that key."""
    found = evaluate(node, scope)
    if found is UNKNOWN and isinstance(node, (ast.Name, ast.Subscript)):
        if isinstance(node, ast.Name) and node.id not in scope.names and not scope.open:
            return UNKNOWN
        found = Table(open=True)
        _assign(node, found, scope)
    return found


def _augment(node: ast.AugAssign, scope: Scope) -> None:
    value = evaluate(node.value, scope)
    before = evaluate(node.target, scope)
    if isinstance(node.op, ast.Add) and isinstance(before, list):  # in place, and from any iterable
        items = items_of(value)
        after: Value = UNKNOWN if items is None else combine(node.op, before, items)
    else:
        after = combine(node.op, before, value)
    _assign(node.target, after if fits(after) else UNKNOWN, scope)


def _if(node: ast.If, run: _Run) -> bool:
    known = truth(evaluate(node.test, run.scope))
    if known is not None:
        return _block(node.body if known else node.orelse, run)
    before = _state(run.scope)
    first = _block(node.body, run)
    one = _state(run.scope)
    _restore(run.scope, before)
    second = _block(node.orelse, run)
    if first and second:
        _join(run.scope, one)
    elif first:
        _restore(run.scope, one)
    return first or second


def _try(node: ast.Try, run: _Run) -> None:
    """Whether an import fails is told from the project's files; any other exception may happen or not."""
    before = _state(run.scope)
    imports = _imports_in(node.body, run)
    ways: list[_State] = []
    if imports != "missing" and _block([*node.body, *node.orelse], run):
        ways.append(_state(run.scope))
    for handler in node.handlers:
        kind = "" if handler.type is None else dotted(handler.type)
        if imports == "found" and kind in ("ImportError", "ModuleNotFoundError"):
            continue
        _restore(run.scope, before)
        if handler.name:
            run.scope.names[handler.name] = UNKNOWN
        if _block(handler.body, run):
            ways.append(_state(run.scope))
    _restore(run.scope, ways[0] if ways else before)
    for way in ways[1:]:
        _join(run.scope, way)
    _block(node.finalbody, run)


def _imports_in(body: Sequence[ast.stmt], run: _Run) -> Literal["found", "missing", "foreign"]:
    """Whether imports in the body of a `try` find their modules in the project.

    One that does not is "missing" when it is relative or imports everything: `from .local import *` names a file that
    is not kept with the source.
    """
    result: Literal["found", "foreign"] = "found"
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for statement in imported(node):
                if run.project.resolve_import(statement, run.module).module is None:
                    if statement.level or statement.member == "*":
                        return "missing"
                    result = "foreign"
    return result


def _for(node: ast.For, run: _Run) -> None:
    items = items_of(evaluate(node.iter, run.scope))
    leaves = any(isinstance(inner, (ast.Break, ast.Continue)) for inner in ast.walk(node))
    if items is not None and not leaves:
        for item in items:
            bind(node.target, item, run.scope)
            if not _block(node.body, run):
                return
    else:
        for _ in range(2):
            before = _state(run.scope)
            bind(node.target, UNKNOWN, run.scope)
            if _block(node.body, run):
                _join(run.scope, before)
            else:
                _restore(run.scope, before)
    _block(node.orelse, run)


def _blur(node: ast.stmt, scope: Scope) -> None:
    """A statement that is not carried out: what it names may have any value after it."""
    for inner in ast.walk(node):
        scope.step()
        if isinstance(inner, ast.Name):
            if isinstance(inner.ctx, ast.Load):
                scope.escape(scope.names.get(inner.id))
            else:
                scope.names[inner.id] = UNKNOWN


# ---------------------------------------------------------------- imports


def _import(node: ast.Import | ast.ImportFrom, run: _Run) -> None:
    for statement in imported(node):
        found = run.project.resolve_import(statement, run.module)
        if statement.member == "*":
            if found.module is None:
                run.scope.forget()
            else:
                _merge(execute(run.project, found.module, run.scopes, run.used), run.scope)
        elif found.module is not None and found.member is not None and found.member.isupper():
            other = execute(run.project, found.module, run.scopes, run.used)
            run.scope.names[statement.name] = copied(other.names).get(found.member, UNKNOWN)
            if found.member in other.lines:
                run.scope.lines[statement.name] = other.lines[found.member]
        else:
            run.scope.names[statement.name] = UNKNOWN


def _merge(other: Scope, scope: Scope) -> None:
    if other.open:
        scope.forget()
    for name, value in copied(other.names).items():
        if not name.startswith("_"):
            scope.names[name] = value
            if name in other.lines:
                scope.lines[name] = other.lines[name]


def _only_reads(project: Project, module: Module, name: str) -> bool:
    """Whether a function of the project that is called as `name` in a settings module never stores into its parameters."""
    for statement in module.outline.imports:
        if statement.name == name:
            found = project.resolve_import(statement, module)
            if found.module is not None and found.member is not None:
                return any(_reads(found.module, span) for span in found.module.outline.functions.get(found.member, ())[-1:])
    return False


def _reads(module: Module, span: FunctionSpan) -> bool:
    try:
        tree = ast.parse("".join(module.lines[span.header - 1 : span.last]))
    except SyntaxError:  # one that is indented
        return False
    return not any(map(_stores, ast.walk(tree)))


def _stores(node: ast.AST) -> bool:
    if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return isinstance(node.value, ast.Name)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.attr in ("update", "setdefault", "pop", "__setitem__")
    return False


def _include(node: ast.expr, run: _Run) -> bool:
    """`include("base.py", optional("local.py"))` of django-split-settings: files carried out in the same scope."""
    if not isinstance(node, ast.Call) or dotted(node.func) != "include":
        return False
    if not any(it.name == "include" and it.module.startswith("split_settings") for it in run.module.outline.imports):
        return False
    for arg in node.args:
        if isinstance(arg, ast.Call) and dotted(arg.func) == "optional" and arg.args:
            arg = arg.args[0]
        pattern = evaluate(arg, run.scope)
        if not isinstance(pattern, str):
            run.scope.forget()
            continue
        folder, name = os.path.split(os.path.normpath(os.path.join(run.module.folder, pattern)))
        known = run.project.finder.tree.folders.get(folder)
        for each in fnmatch.filter(known.modules, name) if known is not None else ():
            module = run.project.at(os.path.join(folder, each))
            if module is not None and module not in run.used:
                outer, run.scope.path = run.scope.path, module.path
                _carry_out(_Run(run.project, module, run.scope, run.scopes, run.used), module)
                run.scope.path = outer
    return True


# ---------------------------------------------------------------- ways

_State: TypeAlias = "tuple[dict[str, Value], dict[str, Line], bool]"


def _state(scope: Scope) -> _State:
    scope.step(20)
    return copied(scope.names), dict(scope.lines), scope.open


def _restore(scope: Scope, state: _State) -> None:
    names, lines, is_open = state
    scope.names, scope.lines, scope.open = copied(names), dict(lines), is_open


def _join(scope: Scope, state: _State) -> None:
    names, lines, is_open = state
    for name in {**scope.names, **names}:
        both = name in names and name in scope.names
        scope.names[name] = join(scope.names[name], names[name]) if both else UNKNOWN
    scope.lines = {**lines, **scope.lines}
    scope.open = scope.open or is_open
