"""Which text is read: slices of files, expressions given as text, and what cannot be read."""

from __future__ import annotations

import subprocess
import sys

import libcst as cst
import pytest

from flake8_django_async.source.flow import (
    Attribute,
    Binary,
    Bind,
    Constant,
    Declare,
    Define,
    Evaluate,
    Expr,
    If,
    Import,
    Name,
    Return,
    Sequence,
    Span,
    Subscript,
)  # fmt: skip
from flake8_django_async.source.lower import LoweringError, block, expression, guarded
from flake8_django_async.source.positions import Spans

a, b, c = map(Name, "abc")


class TestSlices:
    """A slice is any whole statements of a file, wherever they stand."""

    def spans(self, lines: list[str], first: int, last: int) -> list[Span]:
        return [statement.at for statement in block(lines, first, last) if not isinstance(statement, (Define, Declare, Import))]

    def test_in_a_class(self) -> None:
        [define] = block(["class A:\n", "    @b\n", "    def f(self):\n", "        return 1\n", "x = 1\n"], 2, 4)
        assert isinstance(define, Define)
        assert (define.function.at, define.function.header) == ((0, 4, 2, 16), 1)
        [result] = define.function.body
        assert isinstance(result, Return) and result.at == (2, 8, 2, 16)

    @pytest.mark.parametrize(
        ("lines", "expected"),
        [
            (["x = 1"], (0, 0, 0, 5)),
            (["  x = 1"], (0, 2, 0, 7)),
            (["\tx = 1\n"], (0, 1, 0, 6)),
            (["\ufeffx = 1\n"], (0, 0, 0, 5)),
            (["x = 1\r\n"], (0, 0, 0, 5)),
            (["\fx = 1\n"], (0, 1, 0, 6)),
            (["  \fx = 1\n"], (0, 3, 0, 8)),
            (["\f  x = 1\n"], (0, 3, 0, 8)),
            (["  x = \\\n", "1\n"], (0, 2, 1, 1)),
            (["  x = (\n", "# c\n", "1)\n"], (0, 2, 2, 2)),
            (["  x = '''\n", "a\fb\x85c\u2028\n", "'''\n"], (0, 2, 2, 3)),
            (["  x = '''\r\n", "a\r", "'''\r\n"], (0, 2, 2, 3)),
            (["  x = 1 \\\n"], (0, 2, 0, 7)),
            (["# c\n", "  x = 1\n"], (1, 2, 1, 7)),
            (["\n", "    # c\n", "x = 1\n"], (2, 0, 2, 5)),
            (["x = '中𝒳é'\n"], (0, 0, 0, 9)),
        ],
    )
    def test_one_statement(self, lines: list[str], expected: Span) -> None:
        assert self.spans(lines, 1, len(lines)) == [expected]

    def test_comments_and_blank_lines_around_less_indented_code(self) -> None:
        lines = ["  if a:\n", "# b\n", "      x\n", " # c\n", "\n", "      y\n", "# d\n"]
        [found] = block(lines, 1, len(lines))
        assert isinstance(found, If)
        assert [statement.at for statement in found.body if isinstance(statement, Evaluate)] == [(2, 6, 2, 7), (5, 6, 5, 7)]

    def test_line_ends_in_strings_are_as_python_reads_them(self) -> None:
        [found] = block(["x = '''a\r\n", "b\r", "c'''"], 1, 3)
        assert isinstance(found, Bind) and found.value == Constant("a\nb\nc")

    def test_headers_end_with_their_colon(self) -> None:
        lines = ["with (a as b,  # :\n", "      c\n", "     ) :  x\n", "while (a):\n", "  pass\n", "try : pass\n", "finally: pass\n"]
        assert self.spans(lines, 1, 7) == [(0, 0, 2, 8), (3, 0, 3, 10), (5, 0, 5, 5)]

    def test_after_spaces_that_libcst_forgets_the_next_lines_are_right(self) -> None:
        lines = ["try:\n", "    pass\n", "except a :\n", "    pass\n", "x = 1\n"]
        assert self.spans(lines, 1, 5) == [(0, 0, 0, 4), (4, 0, 4, 5)]


class TestText:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("a", a),
            ("a.b", Attribute(a, "b", (0, 0, 0, 3))),
            ("ﬁ", Name("fi")),
            ("None", Constant(None)),
            (" a ", a),
            ("a[b]", Subscript(a, b, (0, 0, 0, 4))),
            ("é[b.c]", Subscript(Name("é"), Attribute(b, "c", (0, 2, 0, 5)), (0, 0, 0, 6))),
            ("a |\nb.c", Binary("|", a, Attribute(b, "c", (1, 0, 1, 3)))),
            ("a + b", Binary("+", a, b)),
            ("a not in b", Binary("in", a, b)),
            ("a # c", a),
            ("()", Sequence("tuple", ())),
            ("a, b", Sequence("tuple", (a, b))),
        ],
    )
    def test_expressions(self, text: str, expected: Expr) -> None:
        assert expression(text) == expected

    @pytest.mark.parametrize("text", ["", " ", "# c", "if", "a.if", "a.", "a b", "a)(b", "a) + (b", "a); (b", "a = b", "\ud800"])
    def test_what_is_no_expression(self, text: str) -> None:
        with pytest.raises(LoweringError):
            expression(text)

    def test_dotted_names_need_no_libcst(self) -> None:
        code = (
            "import sys; from flake8_django_async.source.lower import expression;"
            "expression('models.Book'); expression('None'); sys.exit('libcst' in sys.modules)"
        )
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

    def test_libcst_matchers_are_never_imported(self) -> None:
        code = (
            "import sys; from flake8_django_async.source.lower import block;"
            "block(['def f(): pass'], 1, 1); sys.exit('libcst.matchers' in sys.modules)"
        )
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


class TestErrors:
    @pytest.mark.parametrize(
        "text",
        [
            "def f(:\n",
            "x = (\n",
            "  a\n b\n",
            "a\n  b\n",
            "x = '\ud800'\n",
            "(" * 5_000 + ")" * 5_000,
            "[" * 150 + "x" + "]" * 149,
            "x = a" + ".b()" * 10_000,
            "x = a" + "[0]" * 10_000,
            "x = " + "not " * 10_000 + "a",
            "x = " + "lambda: " * 10_000 + "a",
            "x = " + "a if b else " * 10_000 + "a",
            "x = " + "a + " * 10_000 + "a",
            "x = " + "- " * 10_000 + "a",
            "x = a" + " ** a" * 10_000,
            "x = a" + " and a" * 10_000 + " or a" * 10_000,
            "x = (" + "'a'\n" * 10_000 + ")",
            "if a: pass\n" + "elif a: pass\n" * 10_000,
        ],
        ids=range(18),
    )
    def test_are_one_short_line(self, text: str) -> None:
        with pytest.raises(LoweringError) as error:
            block(text.splitlines(keepends=True), 1, text.count("\n") + 1)
        message = str(error.value)
        assert message and "\n" not in message and len(message) <= 200


    def test_a_slice_that_is_no_whole_statements(self) -> None:
        with pytest.raises(LoweringError, match="not whole statements"):
            block(["    a = 1\n", "else:\n", "    b = 2\n"], 1, 3)

    def test_who_interrupts_is_heard(self) -> None:
        def interrupted() -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            guarded("x", interrupted)

    def test_lines_that_do_not_come_back(self) -> None:
        with pytest.raises(ValueError, match="the lines it read"):
            Spans(cst.parse_module("a\nb\n"), "a\n", above=0)
