"""From the text of one function to its flow.

    block(lines, 12, 40)               the statements of these lines
    expression("type[Book] | None")    an annotation or a base class that is given as text

libcst reads the slice, and nothing but the slice; it is imported when the first slice is read (200 ms).
"""

from __future__ import annotations

import ast
import re
import unicodedata
import warnings
from collections.abc import Callable, Sequence
from keyword import iskeyword
from typing import TypeVar

from flake8_django_async.source import flow

T = TypeVar("T")

HEADER = "if 1:\n"
BOM = "\ufeff"
CONSTANTS = {"None": None, "True": True, "False": False}
#: libcst's parser is native and dies of a stack overflow: of 1,000 to 2,000 brackets, of 3,000 to 6,000 nested nodes. Each level
#: needs one of these in the text; CPython takes 200 brackets.
NESTING = re.compile(r"[^\w\s,]|\b(?:and|await|elif|for|if|in|is|lambda|not|or|yield)\b")
SHALLOW = 1000
DEEPEST = 1000


class LoweringError(Exception):
    """libcst cannot read this text; the message is one short line."""


def block(lines: Sequence[str], first: int, last: int) -> flow.Block:
    """Lower the whole statements in lines `first` to `last` (1-based, inclusive; a function starts at its first decorator).

    Spans count lines from `first` (it is line 0) and columns in characters of the line as it is; a byte order mark is no column.
    Raises LoweringError.
    """
    text = "".join(lines[first - 1 : last])
    if first == 1:
        text = text.removeprefix(BOM)
    if "\r" in text:  # Python reads all line ends as \n, in strings as well
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.endswith("\n") or text.endswith("\\\n"):  # a line that goes on in a blank one, which is not in the slice
        text += "\n"
    indented = is_indented(text)
    cut = 0
    if indented:
        text = HEADER + text
    elif text[0] in " \t\f":  # a form feed, which libcst forgets
        cut = len(text) - len(text.lstrip(" \t\f"))
        text = text[cut:]

    def lower() -> flow.Block:
        from flake8_django_async.source.lower_statements import lower_module

        return lower_module(text, indented, cut)

    return guarded(text, lower)


def expression(text: str) -> flow.Expr:
    """Lower an expression given as text, such as a string annotation; spans are relative to the text.

    Plain dotted names are read without libcst. Raises LoweringError.
    """
    dotted = dotted_name(text)
    if dotted is not None:
        return dotted
    text = "(\n" + text.replace("\r\n", "\n").replace("\r", "\n") + "\n)\n"

    def lower() -> flow.Expr:
        from flake8_django_async.source.lower_expressions import lower_parenthesized

        return lower_parenthesized(text)

    return guarded(text, lower)


def dotted_name(text: str) -> flow.Expr | None:
    """`a.b.c` as an expression; None for every other text."""
    if not text.replace(".", "").isidentifier():
        return None
    parts = text.split(".")
    if not all(part.isidentifier() for part in parts):
        return None
    if text in CONSTANTS:
        return flow.Constant(CONSTANTS[text])
    if len(parts) > DEEPEST // 10 or any(map(iskeyword, parts)):
        return None
    end = len(parts[0])
    value: flow.Expr = flow.Name(unicodedata.normalize("NFKC", parts[0]))
    for part in parts[1:]:
        end += 1 + len(part)
        value = flow.Attribute(value, unicodedata.normalize("NFKC", part), (0, 0, 0, end))
    return value


def is_indented(text: str) -> bool:
    """Whether the first statement stands in a block."""
    for line in text.split("\n"):
        code = line.lstrip(" \t\f")
        if code and code[0] != "#":
            indent = line[: len(line) - len(code)]
            return bool(indent.rpartition("\f")[2])  # a form feed sets Python's count of the indent back to 0
    return False


def guarded(text: str, lower: Callable[[], T]) -> T:
    """Run `lower`, and let nothing but a LoweringError escape."""
    try:
        check_depth(text)
        return lower()
    except LoweringError:
        raise
    except RecursionError:
        raise LoweringError("nested too deep") from None
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of libcst's native parser is no Exception
        raise LoweringError(one_line(error)) from error


def check_depth(text: str) -> None:
    """Refuse what would overflow the stack of libcst's native parser."""
    if len(text) < SHALLOW or len(NESTING.findall(text)) < SHALLOW:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes: flake8 has told already
        tree = ast.parse(text)
    nodes: list[tuple[ast.AST, int]] = [(tree, 0)]
    for node, depth in nodes:
        if depth > DEEPEST:
            raise LoweringError("nested too deep")
        depth += len(node.values) if isinstance(node, ast.BoolOp) else 1  # libcst nests `a and b and c`
        nodes.extend((child, depth) for child in ast.iter_child_nodes(node))


def one_line(error: BaseException) -> str:
    message = getattr(error, "message", None) or str(error) or type(error).__name__
    return " ".join(str(message).split())[:200]
