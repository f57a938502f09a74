"""Every span is where CPython's own parser says it is, over functions of the standard library.

`ast` counts columns in bytes of UTF-8; here they are turned into characters.
"""

from __future__ import annotations

import ast
import dataclasses
import io
import re
import sys
import sysconfig
import textwrap
import tokenize
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from flake8_django_async.source import flow, lower

Found = Counter[tuple[str, flow.Span]]

#: Kinds of the flow whose span is that of a node of ast.
EXACT: dict[type[ast.AST], type] = {
    ast.Call: flow.Call,
    ast.Attribute: flow.Attribute,
    ast.Subscript: flow.Subscript,
    ast.Await: flow.Await,
    ast.Yield: flow.Yield,
    ast.YieldFrom: flow.YieldFrom,
    ast.ListComp: flow.Comprehension,
    ast.SetComp: flow.Comprehension,
    ast.DictComp: flow.Comprehension,
    ast.Expr: flow.Evaluate,
    ast.Delete: flow.Evaluate,
    ast.Assert: flow.Assert,
    ast.Assign: flow.Bind,
    ast.AnnAssign: flow.Bind,
    ast.AugAssign: flow.Augment,
    ast.Return: flow.Return,
    ast.Raise: flow.Raise,
    ast.Break: flow.Break,
    ast.Continue: flow.Continue,
}
#: Kinds whose span is their header's: from the start of the node to the colon.
HEADED: dict[type[ast.AST], type] = {
    ast.If: flow.If,
    ast.While: flow.While,
    ast.For: flow.For,
    ast.AsyncFor: flow.For,
    ast.With: flow.With,
    ast.AsyncWith: flow.With,
    ast.Try: flow.Try,
    ast.Match: flow.Match,
}
if sys.version_info >= (3, 11):
    HEADED[ast.TryStar] = flow.Try
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
#: Until 3.12 the positions of what stands in an f-string are wrong.
TRUE_F_STRINGS = sys.version_info >= (3, 12)


class Characters:
    """Spans of ast's nodes, in characters, relative to line `first` (1-based)."""

    def __init__(self, lines: list[str], first: int) -> None:
        self.lines = lines
        self.first = first

    def column(self, line: int, offset: int) -> int:
        text = self.lines[line - 1]
        return offset if text.isascii() else len(text.encode()[:offset].decode())

    def span(self, node: ast.AST) -> flow.Span:
        assert isinstance(node, (ast.stmt, ast.expr))
        last, last_column = node.end_lineno or 0, node.end_col_offset or 0
        start = (node.lineno - self.first, self.column(node.lineno, node.col_offset))
        return (*start, last - self.first, self.column(last, last_column))

    def text(self, span: flow.Span) -> str:
        line, column, end_line, end_column = span
        lines = self.lines[line + self.first - 1 : end_line + self.first]
        lines[-1] = lines[-1][:end_column]
        lines[0] = lines[0][column:]
        return "".join(lines)


def expected(node: ast.AST, characters: Characters, found: Found) -> None:
    """Count what the flow should hold of a node of ast and all it evaluates."""
    kind = EXACT.get(type(node))
    dropped = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and is_dropped(node.value, characters)
    if kind and not dropped:
        found[kind.__name__, characters.span(node)] += 1
    elif isinstance(node, SCOPES):
        first = node.decorator_list[0] if node.decorator_list else node
        at = characters.span(node)
        if node.decorator_list:
            line, column, _, _ = characters.span(first)
            before = characters.lines[line + characters.first - 1][:column]
            at = (line, before.rindex("@") if "@" in before else -1, *at[2:])
        if characters.text(at).endswith(";"):  # ast counts it in the end of a scope
            at = (*at[:3], at[3] - 1)
        name = "DefineClass" if isinstance(node, ast.ClassDef) else "Function"
        found[name, at] += 1
    elif isinstance(node, ast.Lambda):
        found["Function", characters.span(node)] += 1
    for child in evaluated(node):
        expected(child, characters, found)


def is_dropped(constant: ast.Constant, characters: Characters) -> bool:
    """Whether a constant as a statement is left out: one plain string, or `...`."""
    if constant.value is Ellipsis:
        return True
    text = characters.text(characters.span(constant))
    literals = [token for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type == tokenize.STRING]
    return isinstance(constant.value, (str, bytes)) and len(literals) == 1


def evaluated(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.JoinedStr() if not TRUE_F_STRINGS:
            return
        case ast.Delete(targets=targets):
            for target in targets:
                yield from deleted(target)
        case ast.match_case(guard=guard, body=body):
            yield from [guard] if guard else []
            yield from body
        case ast.ClassDef():
            yield from [*node.bases, *node.decorator_list, *node.body]
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from [node.args, *([node.returns] if node.returns else []), *node.decorator_list, *node.body]
        case ast.stmt() if type(node).__name__ == "TypeAlias":
            return
        case _:
            yield from ast.iter_child_nodes(node)


def deleted(target: ast.expr) -> Iterator[ast.expr]:
    match target:
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            for element in elements:
                yield from deleted(element)
        case ast.Attribute(value=value):
            yield value
        case ast.Subscript(value=value, slice=index):
            yield from (value, index)


def headers(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Compound statements and generator expressions: their spans have no equal in ast."""
    if type(node) in HEADED:
        yield HEADED[type(node)].__name__, node
    elif isinstance(node, ast.GeneratorExp):
        yield "Generator", node
    for child in evaluated(node):
        yield from headers(child)


def actual(value: object, found: Found) -> None:
    """Count the spans of a flow."""
    if isinstance(value, tuple):
        for item in value:
            actual(item, found)
    elif isinstance(value, flow.Function) and value.name == "<lambda>":
        found["Function", value.at] += 1
        actual(value.parameters, found)
        [result] = value.body  # its span may lack parentheses that ast counts
        assert isinstance(result, flow.Return)
        actual(result.value, found)
    elif dataclasses.is_dataclass(value):
        name = type(value).__name__
        if isinstance(value, flow.Comprehension) and value.kind == "generator":
            name = "Generator"
        for field in dataclasses.fields(value):
            item = getattr(value, field.name)
            if field.name == "at":
                found[name, item] += 1
            else:
                actual(item, found)


def differences(lines: list[str], node: ast.AST, first: int, last: int) -> list[str]:
    """What differs between ast and the flow of lines `first` to `last`, which hold the statement `node`."""
    characters = Characters(lines, first)
    wanted: Found = Counter()
    expected(node, characters, wanted)
    got: Found = Counter()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        actual(lower.block(lines, first, last), got)
    wrong = []
    starts = Counter((name, characters.span(n)[:2]) for name, n in headers(node) if name != "Generator")
    ends = Counter(characters.span(n)[2:] for name, n in headers(node) if name == "Generator")
    for (name, span), count in list(got.items()):
        if name in {kind.__name__ for kind in HEADED.values()}:
            del got[name, span]
            starts[name, span[:2]] -= count
            if not characters.text(span).endswith(":"):
                wrong.append(f"header {name} {span} {characters.text(span)!r}")
        elif name == "Case":  # ast does not say where it is
            del got[name, span]
            if not re.fullmatch(r"case\b.*:", characters.text(span), re.DOTALL):
                wrong.append(f"header {name} {span} {characters.text(span)!r}")
        elif name == "Generator":
            del got[name, span]
            line, column, end_line, end_column = span
            rest = "".join([lines[end_line + first - 1][end_column:], *lines[end_line + first :]])
            skipped = re.match(r"(?:[\s,]|#.*)*\)", rest)
            assert skipped, (span, rest[:50])
            before, line_end, after = skipped.group().rpartition("\n")
            ends[end_line + skipped.group().count("\n"), len(after) + (0 if line_end else end_column)] -= count
    if not TRUE_F_STRINGS and any(isinstance(n, ast.JoinedStr) for n in ast.walk(node)):
        got &= wanted  # what stands in f-strings cannot be compared
        starts, ends = +starts, +ends
    wrong += [f"missing {key}" for key in wanted - got] + [f"unexpected {key}" for key in got - wanted]
    wrong += [f"start {start} {count}" for start, count in starts.items() if count]
    wrong += [f"end {end} {count}" for end, count in ends.items() if count]
    return wrong


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The outermost functions, methods included."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node
        elif isinstance(node, (ast.stmt, ast.ExceptHandler)):
            yield from functions(node)


def read(path: Path) -> tuple[list[str], ast.Module]:
    """The lines of a file as flake8 reads them, and its tree."""
    with tokenize.open(path) as file:
        lines = file.readlines()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return lines, ast.parse("".join(lines))


def bounds(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[int, int]:
    assert node.end_lineno is not None
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]), node.end_lineno


#: Modules of the standard library: much async code, old code and new.
MODULES = ["asyncio", "ast.py", "argparse.py", "contextlib.py", "dataclasses.py", "enum.py", "inspect.py", "typing.py", "unittest/mock.py"]


@pytest.mark.parametrize("module", MODULES)
def test_positions_in_the_standard_library(module: str) -> None:
    path = Path(sysconfig.get_path("stdlib"), module)
    found = [node for file in ([path] if path.is_file() else sorted(path.rglob("*.py"))) for node in checked(file)]
    assert len(found) > 10


def checked(path: Path) -> list[ast.AST]:
    lines, tree = read(path)
    nodes = list(functions(tree))
    for node in nodes:
        assert not differences(lines, node, *bounds(node)), f"{path}:{node.lineno}"
    return list(nodes)


SOURCES = {
    "characters of several bytes": """\
        async def f(ключ="é", *, 名=g("中")):
            return "𝒳", await ключ.get(f"é{名.x('é') if 名 else 名[1:2]}", 名=名["中"].x) or [x.é for x in 名.x]
        """,
    "a method, decorated": """\
        class A:
            @d.é("é")   # ü
            @e

            # ü
            async   def f(self): x = (yield self.x); del self.x.y, self["é"].z
        """,
    "all statements": """\
        def f():
            global x; nonlocal_ = 1; x += a.b; assert a.b, c(); y: int = (a.b)
            if (a): return (a.b)
            elif b.c (): raise a() from b()
            else : pass
            try :
                pass
            except (A, B) as e: continue_ = 1
            else:
                pass
            finally: x
            for i , in (a), b: break
            while ( a): continue
            with a as b, ( c.d( ) ) : pass
            with (a as b.c,): pass
            match a.b , :
                case A(b=c) | B.C() if d.e: f.g()
                case [*_]: pass
            class C(a.b, metaclass=c):
                x = lambda *a, b=c.d: ( a.b)
            def g(): pass;
        """,
    "strange layout": """\
        class A:
              def f ( self ,
            a = b . c [ 1 ]
              ) :
        # less indented
                return (  # a comment (
                  x for x in ( y ) . z
                ) , f( x for x in y ) , f(
                   x for x in y  # )
                   ) , \\
            [ x . y \\
         for x in y ]
        """,
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_positions_in_layouts(source: str, line_end: str) -> None:
    text = textwrap.dedent(source)
    lines = text.splitlines(keepends=True)
    for node in functions(ast.parse(text)):
        assert not differences([line.replace("\n", line_end) for line in lines], node, *bounds(node))
