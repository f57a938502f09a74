"""Why the analysis reports what no path shows: programs are changed, step by step, until they do what it believes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

UNFORESEEN, CAUGHT, DECIDE, SUPPRESS = "__unforeseen__", "__caught__", "__decide__", "__suppress__"
"""What changed programs call these functions of `outcomes`."""


class _Fickle(ast.NodeTransformer):
    """A handler may let pass what another one of the same type catches."""

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.generic_visit(node)
        node.body.insert(0, _like(node.body[0], f"if {DECIDE}():\n    raise"))
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if ast.unparse(node.func) == "contextlib.suppress":
            node.func = _name(node, SUPPRESS)
        return node


class _Anew(ast.NodeTransformer):
    """A name for one of two functions chooses anew with each call."""

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        if isinstance(node.value, ast.IfExp) and ast.unparse(node.targets[0]).startswith("alias"):
            call = ast.parse(f"lambda *given: ({ast.unparse(node.value)})(*given)", mode="eval").body
            node.value = _placed(node, call)
        return node


class _Samples(ast.NodeTransformer):
    """All that is gathered with a `*` may be missing."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if ast.unparse(node.func) == "asyncio.gather" and any(isinstance(argument, ast.Starred) for argument in node.args):
            node.args = [argument if isinstance(argument, ast.Starred) else _perhaps(argument) for argument in node.args]
        return node


class _Rounds(ast.NodeTransformer):
    """A loop over a display runs any number of times."""

    def visit_For(self, node: ast.For) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.iter, ast.Tuple):
            node.iter = _placed(node, ast.parse("request.i0", mode="eval").body)
        return node


class _Raising(ast.NodeTransformer):
    """What is gathered raises at once, also with return_exceptions=True."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        node.keywords = [keyword for keyword in node.keywords if keyword.arg != "return_exceptions"]
        return node


class _Tests(ast.NodeTransformer):
    """A test that is always true or always false may go either way."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if ast.unparse(node.func) == "services.noop":
            return _placed(node, ast.Call(_name(node, "services.flag"), [_name(node, "request"), *node.args], node.keywords))
        return node


class _Unforeseen(ast.NodeTransformer):
    """What is guarded by handlers may raise at its beginning, and any of them may be what catches it."""

    def visit_Try(self, node: ast.Try) -> ast.AST:
        self.generic_visit(node)
        if node.handlers:
            node.body.insert(0, _like(node.body[0], f"{UNFORESEEN}({len(node.handlers)})"))
            for index, handler in enumerate(node.handlers):
                if handler.type is not None:
                    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
                    handler.type = ast.copy_location(
                        ast.Tuple([*types, _name(handler, f"{CAUGHT}[{index}]")], ast.Load()), handler
                    )
        return node


@dataclass(frozen=True, slots=True)
class Imprecision:
    """What the analysis does not tell apart, as a change after which programs do what it believes."""

    name: str
    change: type[ast.NodeTransformer] | None = None
    unordered: bool = False
    """Whether tasks and waits come and go in any order (see `Run.unordered`)."""


EXCEPTIONS = Imprecision("what a query or a wait can raise is known by its library only")
IMPRECISIONS = (
    Imprecision("a loop over a display is taken to run any number of times", _Rounds),
    Imprecision("gather(return_exceptions=True) is taken to raise", _Raising),
    Imprecision("a test that is constant", _Tests),
    Imprecision("a handler of what is not seen to raise is taken to run", _Unforeseen),
    Imprecision("tasks are taken to begin, to come to a thread and to end, in any order", unordered=True),
    Imprecision("handlers of the same type are taken to differ in what they catch", _Fickle),
    Imprecision("a name for one of several functions is taken to choose with each call", _Anew),
    Imprecision("all that is gathered is taken to be missing where a part of unknown length may be empty", _Samples),
)
TOO_MANY = "not known: there are more paths than were executed, and none of them showed which of these it is"
UNREACHED = "no path comes there: a function that is not called, code behind an exit"


def hypotheses() -> Iterator[tuple[Imprecision, ...]]:
    """What may explain an alarm: one imprecision, else the first so many of them; its last one names it."""
    yield (EXCEPTIONS,)
    for one in IMPRECISIONS:
        yield (one,)
    for count in range(2, len(IMPRECISIONS) + 1):
        yield IMPRECISIONS[:count]


def changed(texts: Mapping[str, str], imprecisions: tuple[Imprecision, ...]) -> dict[str, ast.Module]:
    """The modules of a program as the analysis believes them to be, each statement on its line."""
    trees = {path: ast.parse(text) for path, text in texts.items()}
    for imprecision in imprecisions:
        if imprecision.change is not None:
            trees = {path: imprecision.change().visit(tree) for path, tree in trees.items()}
    return {path: ast.fix_missing_locations(tree) for path, tree in trees.items()}


def _placed(at: ast.AST, made: ast.expr) -> ast.expr:
    for node in ast.walk(made):
        ast.copy_location(node, at)
    return made


def _name(at: ast.AST, dotted: str) -> ast.expr:
    return _placed(at, ast.parse(dotted, mode="eval").body)


def _perhaps(argument: ast.expr) -> ast.expr:
    chosen = ast.IfExp(_name(argument, f"{DECIDE}()"), ast.List([argument], ast.Load()), ast.List([], ast.Load()))
    return ast.copy_location(ast.Starred(ast.copy_location(chosen, argument), ast.Load()), argument)


def _like(at: ast.stmt, text: str) -> ast.stmt:
    """A statement on the line of another."""
    made = ast.parse(text).body[0]
    for node in ast.walk(made):
        ast.copy_location(node, at)
    return made
