"""What becomes of each kind of node. Spans have their own tests; here they are left out of what is compared."""

from __future__ import annotations

import dataclasses
import textwrap
import warnings

import libcst as cst
import pytest

from flake8_django_async.source import flow
from flake8_django_async.source.flow import (
    Argument,
    Assert,
    Augment,
    Await,
    Binary,
    Bind,
    Boolean,
    Break,
    Call,
    Clause,
    Comprehension,
    Conditional,
    Constant,
    Continue,
    Declare,
    Evaluate,
    Handler,
    If,
    Import,
    Item,
    Mapping,
    Name,
    Not,
    Opaque,
    Raise,
    Return,
    Sequence,
    Starred,
    Subscript,
    Walrus,
    While,
    With,
    Yield,
    YieldFrom,
)  # fmt: skip
from flake8_django_async.source.lower import block, expression

HERE = (0, 0, 0, 0)
a, b, c, d, x, y = map(Name, "abcdxy")


def without_spans(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(map(without_spans, value))
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    changes = {field.name: without_spans(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return type(value)(**(changes | {"at": HERE} if "at" in changes else changes))


def lowered(source: str) -> object:
    lines = textwrap.dedent(source).splitlines(keepends=True)
    return without_spans(block(lines, 1, len(lines)))


def value_of(source: str) -> object:
    found = lowered(f"_ = {source}")
    assert isinstance(found, tuple)
    return found[0].value


def function(source: str) -> flow.Function:
    lines = textwrap.dedent(source).splitlines(keepends=True)
    [define] = block(lines, 1, len(lines))
    assert isinstance(define, flow.Define)
    return define.function


def call(func: flow.Expr, *values: flow.Expr) -> Call:
    return Call(func, tuple(map(Argument, values)), HERE)


def attribute(value: flow.Expr, attr: str) -> flow.Attribute:
    return flow.Attribute(value, attr, HERE)


def subscript(value: flow.Expr, index: flow.Expr) -> Subscript:
    return Subscript(value, index, HERE)


class TestExpressions:
    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("None", Constant(None)),
            ("True", Constant(True)),
            ("...", Opaque()),
            ("0x1F", Constant(31)),
            ("1_000", Constant(1000)),
            ("-1", Constant(-1)),
            ("-0.5", Constant(-0.5)),
            ("1j", Opaque()),
            ("1" * 5000, Opaque()),
            ("b'x'", Opaque()),
            ("'é'", Constant("é")),
            ("''", Constant("")),
            ("''''a'b'''", Constant("'a'b")),
            (r"'a\n\x41\N{DIGIT ONE}'", Constant("a\nA1")),
            (r"rb'\n'", Opaque()),
            (r"R'\n'", Constant(r"\n")),
            (r"u'\d'", Constant(r"\d")),
            (r"'\N{no such name}'", Opaque()),
            ("'a' r'b' '''c'''", Constant("abc")),
            ("b'a' b'b'", Opaque()),
            ("'a' f'{x}' f'{y:{a}}'", Opaque((x, y, a))),
            ("f'{x!r:>{a}.{b}} {y=}'", Opaque((x, a, b, y))),
            ("f'''{f'{x}'}'''", Opaque((Opaque((x,)),))),
            ("a.b", attribute(a, "b")),
            ("a[b]", subscript(a, b)),
            ("a[b,]", subscript(a, Sequence("tuple", (b,)))),
            ("a[b, c]", subscript(a, Sequence("tuple", (b, c)))),
            ("a[*b]", subscript(a, Sequence("tuple", (Starred(b),)))),
            ("a[b:c]", subscript(a, Opaque((b, c)))),
            ("a[::d]", subscript(a, Opaque((d,)))),
            ("a[b:c, d]", subscript(a, Sequence("tuple", (Opaque((b, c)), d)))),
            ("a()", call(a)),
            ("a(b, *c, x=d, **y)", Call(a, (Argument(b), Argument(c, star="*"), Argument(d, "x"), Argument(y, star="**")), HERE)),
            ("await a", Await(a, HERE)),
            ("a, *b", Sequence("tuple", (a, Starred(b)))),
            ("[]", Sequence("list", ())),
            ("{a}", Sequence("set", (a,))),
            ("{a: b, **c}", Mapping(((a, b), (None, c)))),
            ("a + b * c", Binary("+", a, Opaque((b, c)))),
            ("a < b is not c", Opaque((a, b, c))),
            ("~a", Opaque((a,))),
            ("a | b | None", Binary("|", Binary("|", a, b), Constant(None))),
            ("not a and b or c", Boolean("or", Boolean("and", Not(a), b), c)),
            ("a if b else c", Conditional(test=b, body=a, orelse=c)),
            ("(x := a)", Walrus("x", a)),
            ("(yield)", Yield(None, HERE)),
            ("yield a", Yield(a, HERE)),
            ("yield from a", YieldFrom(a, HERE)),
            ("((a))", a),
            ("ﬁ.ﬁ", attribute(Name("fi"), "fi")),
        ],
    )
    def test_values(self, source: str, expected: flow.Expr) -> None:
        assert value_of(source) == expected

    def test_arguments_are_in_the_order_of_evaluation(self) -> None:
        expected = (Argument(b), Argument(d, star="*"), Argument(c, "x"), Argument(y, star="**"))
        assert value_of("a(b, x=c, *d, **y)") == Call(a, expected, HERE)

    def test_comprehensions(self) -> None:
        first = Clause(a, b, (c, d), is_async=True)
        second = Clause(x, y, (), is_async=False)
        assert value_of("[x async for a in b if c if d for x in y]") == Comprehension("list", (x,), (first, second), HERE)
        assert value_of("{a: b for x in y}") == Comprehension("dict", (a, b), (second,), HERE)
        assert value_of("{a for x in y}") == Comprehension("set", (a,), (second,), HERE)
        assert lowered("a(b for x in y)") == (Evaluate(call(a, Comprehension("generator", (b,), (second,), HERE)), HERE),)

    def test_a_lambda_is_a_function_that_returns(self) -> None:
        found = value_of("lambda a, *b, c=x: y")
        assert isinstance(found, flow.Lambda)
        assert found.function == flow.Function(
            name="<lambda>",
            parameters=(
                flow.Parameter("a", "positional", None, None),
                flow.Parameter("b", "*", None, None),
                flow.Parameter("c", "keyword", None, x),
            ),
            returns=None,
            decorators=(),
            body=(Return(y, HERE),),
            is_async=False,
            is_generator=False,
            header=0,
            at=HERE,
        )

    def test_invalid_escapes_warn_nobody(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert value_of(r"'\d'") == Constant(r"\d")


class TestStatements:
    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("a()", Evaluate(call(a), HERE)),
            ("a = b.c = d", Bind((a, attribute(b, "c")), d, None, HERE)),
            ("a, b = c", Bind((Sequence("tuple", (a, b)),), c, None, HERE)),
            ("a: b = c", Bind((a,), c, b, HERE)),
            ("a: b", Bind((a,), None, b, HERE)),
            ("a.b += c", Augment(attribute(a, "b"), c, HERE)),
            ("assert a, b", Assert(a, b, HERE)),
            ("return", Return(None, HERE)),
            ("return a", Return(a, HERE)),
            ("raise", Raise(None, None, HERE)),
            ("raise a from b", Raise(a, b, HERE)),
            ("global a, b", Declare("global", ("a", "b"))),
            ("nonlocal a", Declare("nonlocal", ("a",))),
            ("del a", Evaluate(Opaque(), HERE)),
            ("del a.b, [c[d], x[:y]]", Evaluate(Opaque((a, c, d, x, Opaque((y,)))), HERE)),
            ("import a", Import("a", None, "a", 0)),
            ("import a.b", Import("a.b", None, "a", 0)),
            ("import a.b as c", Import("a.b", None, "c", 0)),
            ("from a.b import c", Import("a.b", "c", "c", 0)),
            ("from . import c as d", Import("", "c", "d", 1)),
            ("from ...a import (c)", Import("a", "c", "c", 3)),
            ("from a import *", Import("a", "*", "*", 0)),
            ("while a: break", While(a, (Break(HERE),), (), HERE)),
            ("while a: continue\nelse: b", While(a, (Continue(HERE),), (Evaluate(b, HERE),), HERE)),
            ("for a in b: pass", flow.For(a, b, (), (), False, HERE)),
            ("async for a in b: pass\nelse: c", flow.For(a, b, (), (Evaluate(c, HERE),), True, HERE)),
            ("with a: pass", With((Item(a, None),), (), False, HERE)),
            ("async with a as b, c: pass", With((Item(a, b), Item(c, None)), (), True, HERE)),
            ("with (a as (b, c), d,): pass", With((Item(a, Sequence("tuple", (b, c))), Item(d, None)), (), False, HERE)),
        ],
    )
    def test_one_statement(self, source: str, expected: flow.Stmt) -> None:
        assert lowered(source) == (expected,)

    @pytest.mark.parametrize("source", ["pass", "'docstring'", "...", "type A[T] = f(T)", "# nothing", ""])
    def test_what_does_nothing_leaves_nothing(self, source: str) -> None:
        assert lowered(source) == ()

    def test_several_in_a_line(self) -> None:
        assert lowered("a; b;") == (Evaluate(a, HERE), Evaluate(b, HERE))
        assert lowered("import a, b") == (Import("a", None, "a", 0), Import("b", None, "b", 0))

    def test_elif_is_an_if_in_else(self) -> None:
        found = lowered("""
            if a: x
            elif b: y
            else: c
            """)
        inner = If(b, (Evaluate(y, HERE),), (Evaluate(c, HERE),), HERE)
        assert found == (If(a, (Evaluate(x, HERE),), (inner,), HERE),)

    def test_try(self) -> None:
        found = lowered("""
            try: a
            except b as x: pass
            except (c, d): pass
            except: raise
            else: x
            finally: y
            """)
        handlers = (
            Handler(b, "x", ()),
            Handler(Sequence("tuple", (c, d)), None, ()),
            Handler(None, None, (Raise(None, None, HERE),)),
        )
        assert found == (flow.Try((Evaluate(a, HERE),), handlers, (Evaluate(x, HERE),), (Evaluate(y, HERE),), HERE),)

    def test_try_star(self) -> None:
        assert lowered("try: pass\nexcept* a: pass") == (flow.Try((), (Handler(a, None, ()),), (), (), HERE),)

    @pytest.mark.parametrize(
        ("case", "names", "always"),
        [
            ("_", (), True),
            ("a", ("a",), True),
            ("a if b", ("a",), True),
            ("(a as b)", ("a", "b"), True),
            ("1 | _", (), True),
            ("None", (), False),
            ("a.b", (), False),
            ("x()", (), False),
            ("x.y(a, b=c) as d", ("a", "c", "d"), False),
            ("x() | y()", (), False),
            ("x() | 1", (), False),
            ("[a, [b, *c], *_]", ("a", "b", "c"), False),
            ("a, *_", ("a",), False),
            ("{'k': a, b.c: {**d}, **x}", ("a", "d", "x"), False),
            ("{'k': a}", ("a",), False),
            ("[1, a] | [a, 2]", ("a",), False),
        ],
    )
    def test_patterns(self, case: str, names: tuple[str, ...], always: bool) -> None:
        found = lowered(f"match x, y:\n case {case}: return")
        guard = b if " if b" in case else None
        assert found == (flow.Match(Sequence("tuple", (x, y)), (flow.Case(names, always, guard, (Return(None, HERE),), HERE),), HERE),)

    def test_a_class(self) -> None:
        [found] = block(["@a\n", "class X[T](b, *c, metaclass=d):\n", "    x = y\n"], 1, 3)
        bases = (b, c)
        assert without_spans(found) == flow.DefineClass("X", bases, (a,), (Bind((x,), y, None, HERE),), HERE)


class TestFunctions:
    def test_all_parts(self) -> None:
        found = function("""\
            @a
            @b.c
            async def f[T: x](a, /, b: "c" = x, *args: *d, c=y, **kw) -> d:
                pass
            """)
        assert without_spans(found) == flow.Function(
            name="f",
            parameters=(
                flow.Parameter("a", "positional", None, None),
                flow.Parameter("b", "positional", Constant("c"), x),
                flow.Parameter("args", "*", Starred(d), None),
                flow.Parameter("c", "keyword", None, y),
                flow.Parameter("kw", "**", None, None),
            ),
            returns=d,
            decorators=(a, attribute(b, "c")),
            body=(),
            is_async=True,
            is_generator=False,
            header=2,
            at=HERE,
        )

    @pytest.mark.parametrize(
        "body",
        ["yield", "x = yield a", "yield from a", "if a: (yield)", "[a for a in (yield)]", "def g(a=(yield)): a", "lambda a=(yield): a"],
    )
    def test_generators(self, body: str) -> None:
        assert function(f"def f():\n {body}").is_generator

    @pytest.mark.parametrize("body", ["def g(): yield", "lambda: (yield)", "[(yield) for a in b]", "(a for a in b)"])
    def test_no_generators(self, body: str) -> None:
        assert not function(f"def f():\n {body}").is_generator


@pytest.mark.skipif(not hasattr(cst, "TemplatedString"), reason="libcst reads the strings of Python 3.14 since 1.8.3")
def test_a_template_string_is_what_is_in_it() -> None:
    assert expression("t'{a:{b}} {c!r}'") == Opaque((Name("a"), Name("b"), Name("c")))


@pytest.mark.skipif(not hasattr(cst, "StarredDictComp"), reason="libcst reads the comprehensions of Python 3.15 since 1.9")
def test_a_dict_of_dicts() -> None:
    found = expression("{**a for a in b}")
    assert isinstance(found, Comprehension) and (found.kind, found.element) == ("dict", (Name("a"),))


def test_a_number_that_is_too_large_has_no_negative() -> None:
    assert expression("-" + "9" * 5_000) == Opaque((Opaque(),))
