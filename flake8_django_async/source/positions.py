"""Where the nodes of a libcst tree stand in their text.

libcst's own PositionProvider costs twice the parse: it keeps an object for the span of every node, whitespace included. Here the
same walk (libcst's code generation) only notes how many tokens were written when a node began and ended, and spans are
worked out for the few nodes that are asked for. That costs a fifth of the parse.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, cast

import libcst as cst

from flake8_django_async.source import flow

if TYPE_CHECKING:
    from libcst._nodes.internal import CodegenState

LINE_END = re.compile("\n")
#: What may stand between the last expression of a header and its colon.
BEFORE_COLON = re.compile(r"(?:[\s),\\]|#.*)*:")


class Spans:
    """The spans of the nodes of `module`, which was read from `text`.

    The first `above` lines are not counted; `cut` characters are missing in front of the first line.

    Raises ValueError when libcst gives other lines back: then no position could be trusted.
    """

    def __init__(self, module: cst.Module, text: str, above: int, cut: int = 0) -> None:
        recorder = Recorder(module)
        # Recorder has all that code generation calls, and none of what CodegenState keeps for it.
        module._codegen(cast("CodegenState", recorder))
        self._tokens = recorder.spans
        self._offsets = [0, *accumulate(map(len, recorder.tokens))]
        # libcst forgets a few spaces (`except OSError :`, `f"{x!s }"`): columns behind them are wrong, the next line's are not.
        self._text = "".join(recorder.tokens)
        self._lines = [-cut, *(end.end() for end in LINE_END.finditer(self._text))]
        if text.count("\n") != len(self._lines) - 1:
            raise ValueError("libcst does not give back the lines it read")
        self._above = above + 1

    def at(self, node: cst.CSTNode) -> flow.Span:
        """The span of an expression (without its own parentheses), a small statement, or a decorator."""
        start, end = self._tokens[id(node)]
        return self._span(self._offsets[start], self._offsets[end])

    def header(self, node: cst.CSTNode, last: cst.CSTNode | None) -> flow.Span:
        """The span of a compound statement's header, colon included; `last` is the last expression in it, if it has any."""
        start = self._offsets[self._tokens[id(node)][0]]
        end = start + len("try") if last is None else self._offsets[self._tokens[id(last)][1]]
        colon = BEFORE_COLON.match(self._text, end)
        return self._span(start, colon.end() if colon else end)

    def between(self, first: cst.CSTNode, last: cst.CSTNode) -> flow.Span:
        """From the start of one node to the end of another."""
        return self._span(self._offsets[self._tokens[id(first)][0]], self._offsets[self._tokens[id(last)][1]])

    def line(self, node: cst.CSTNode) -> int:
        """The line a node starts in."""
        return bisect_right(self._lines, self._offsets[self._tokens[id(node)][0]]) - self._above

    def _span(self, start: int, end: int) -> flow.Span:
        lines = self._lines
        first = bisect_right(lines, start)
        last = first if first < len(lines) and end < lines[first] else bisect_right(lines, end)
        return (first - self._above, start - lines[first - 1], last - self._above, end - lines[last - 1])


class Recorder:
    """What libcst's code generation writes to: a CodegenState that notes the first and the last token of each node."""

    __slots__ = ("add_token", "default_indent", "default_newline", "increase_indent", "indents", "open", "spans", "tokens")

    def __init__(self, module: cst.Module) -> None:
        self.default_indent = module.default_indent
        self.default_newline = module.default_newline
        self.tokens: list[str] = []
        self.indents: list[str] = []
        #: By id of the node: indexes of its first token and of the one after its last.
        self.spans: dict[int, tuple[int, int]] = {}
        self.open: list[tuple[int, cst.CSTNode | None, int]] = []
        self.add_token = self.tokens.append
        self.increase_indent = self.indents.append

    def decrease_indent(self) -> None:
        self.indents.pop()

    def add_indent_tokens(self) -> None:
        self.tokens.extend(self.indents)

    def before_codegen(self, node: cst.CSTNode) -> None:
        pass

    def after_codegen(self, node: cst.CSTNode) -> None:
        pass

    def record_syntactic_position(
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> Recorder:
        """Called where a node proper begins; the result is entered at once and left where it ends, unless `end_node` ends it."""
        self.open.append((id(node), end_node, len(self.tokens)))
        return self

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: object) -> None:
        node, end_node, start = self.open.pop()
        ended = self.spans.get(id(end_node))  # a suite ends with its last statement; a bracket is noted by nobody, and ends here
        self.spans[node] = (start, ended[1] if ended else len(self.tokens))
