"""libcst's expressions, as expressions of the flow."""

from __future__ import annotations

import ast
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import libcst as cst

from flake8_django_async.source import flow
from flake8_django_async.source.positions import Spans

CONSTANTS: dict[str, flow.Expr] = {
    "None": flow.Constant(None),
    "True": flow.Constant(True),
    "False": flow.Constant(False),
}
OPAQUE = flow.Opaque()


def lower_parenthesized(text: str) -> flow.Expr:
    """Lower an expression that stands between `(` in a line of its own and `)` in another; spans start below the first line."""
    module = cst.parse_module(text)
    match module.body:
        case [cst.SimpleStatementLine(body=[cst.Expr(value=node)])] if node.lpar and not is_empty(node):
            return Expressions(Spans(module, text, above=1)).lower(node)
    raise ValueError("not one expression")


def is_empty(node: cst.BaseExpression) -> bool:
    """Whether there is nothing between the parentheses that lower_parenthesized asks for."""
    return isinstance(node, cst.Tuple) and not node.elements and len(node.lpar) == 1


def identifier(node: cst.Name) -> str:
    """The name as Python sees it, which tells no compatibility characters apart."""
    return node.value if node.value.isascii() else unicodedata.normalize("NFKC", node.value)


def string_value(literal: str) -> str | None:
    """What a string literal stands for; None for bytes and for what Python would refuse."""
    quote = literal.find(literal[-1])
    prefix = literal[:quote].lower()
    if "b" in prefix:
        return None
    if "\\" not in literal or "r" in prefix:
        width = 3 if literal[quote : quote + 3] == literal[-1] * 3 and len(literal) - quote >= 6 else 1
        return literal[quote + width : -width]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes: flake8 has told already
        try:
            value = ast.literal_eval(literal)
        except (SyntaxError, ValueError):
            return None
    return value if isinstance(value, str) else None


class Expressions:
    """Lowers expressions: a method for each class of nodes, named after it.

    Only what matters is walked; whitespace and punctuation never are. `yields` tells whether the current scope has shown a
    `yield`.
    """

    def __init__(self, spans: Spans) -> None:
        self.spans = spans
        self.yields = False
        self._methods: dict[type[cst.CSTNode], Callable[[Any], flow.Expr]] = {}

    def lower(self, node: cst.CSTNode) -> flow.Expr:
        kind = node.__class__
        method = self._methods.get(kind)
        if method is None:
            method = self._methods[kind] = getattr(self, kind.__name__)
        return method(node)

    def optional(self, node: cst.CSTNode | None) -> flow.Expr | None:
        return None if node is None else self.lower(node)

    # names and literals

    def Name(self, node: cst.Name) -> flow.Expr:
        return CONSTANTS.get(node.value) or flow.Name(identifier(node))

    def Integer(self, node: cst.Integer) -> flow.Expr:
        try:
            return flow.Constant(int(node.value, 0))
        except ValueError:  # thousands of digits
            return OPAQUE

    def Float(self, node: cst.Float) -> flow.Expr:
        return flow.Constant(float(node.value))

    def Imaginary(self, node: cst.Imaginary) -> flow.Expr:
        return OPAQUE

    def Ellipsis(self, node: cst.Ellipsis) -> flow.Expr:
        return OPAQUE

    def SimpleString(self, node: cst.SimpleString) -> flow.Expr:
        value = string_value(node.value)
        return OPAQUE if value is None else flow.Constant(value)

    def ConcatenatedString(self, node: cst.ConcatenatedString) -> flow.Expr:
        values: list[str] = []
        parts: list[flow.Expr] = []
        known = True
        for piece in pieces(node):
            if isinstance(piece, cst.SimpleString):
                value = string_value(piece.value)
                known = known and value is not None
                values.append(value or "")
            else:
                known = False
                parts.extend(self.embedded(piece.parts))
        return flow.Constant("".join(values)) if known else flow.Opaque(tuple(parts))

    def FormattedString(self, node: cst.FormattedString) -> flow.Expr:
        return flow.Opaque(tuple(self.embedded(node.parts)))

    def TemplatedString(self, node: cst.TemplatedString) -> flow.Expr:
        return flow.Opaque(tuple(self.embedded(node.parts)))

    def embedded(self, parts: Sequence[cst.CSTNode]) -> Iterator[flow.Expr]:
        """The expressions in an f-string or a template string, those in format specifications included."""
        for part in parts:
            inner = getattr(part, "expression", None)
            if inner is not None:
                yield self.lower(inner)
                yield from self.embedded(getattr(part, "format_spec", None) or ())

    # access and calls

    def Attribute(self, node: cst.Attribute) -> flow.Expr:
        return flow.Attribute(self.lower(node.value), identifier(node.attr), self.spans.at(node))

    def Subscript(self, node: cst.Subscript) -> flow.Expr:
        value = self.lower(node.value)
        elements = [self.index(element.slice) for element in node.slice]
        alone = len(elements) == 1 and not isinstance(node.slice[0].comma, cst.Comma)
        if alone and not isinstance(elements[0], flow.Starred):
            return flow.Subscript(value, elements[0], self.spans.at(node))
        return flow.Subscript(value, flow.Sequence("tuple", tuple(elements)), self.spans.at(node))

    def index(self, node: cst.BaseSlice) -> flow.Expr:
        if isinstance(node, cst.Slice):
            return flow.Opaque(tuple(self.lower(part) for part in (node.lower, node.upper, node.step) if part))
        assert isinstance(node, cst.Index)
        value = self.lower(node.value)
        return flow.Starred(value) if node.star else value

    def Call(self, node: cst.Call) -> flow.Expr:
        return flow.Call(self.lower(node.func), self.arguments(node.args), self.spans.at(node))

    def arguments(self, nodes: Sequence[cst.Arg]) -> tuple[flow.Argument, ...]:
        """In the order of evaluation: Python takes `*more` that follows keywords before them."""
        arguments = [
            flow.Argument(self.lower(arg.value), identifier(arg.keyword) if arg.keyword else None, arg.star) for arg in nodes
        ]
        arguments.sort(key=lambda argument: argument.keyword is not None or argument.star == "**")
        return tuple(arguments)

    def Await(self, node: cst.Await) -> flow.Expr:
        return flow.Await(self.lower(node.expression), self.spans.at(node))

    def Yield(self, node: cst.Yield) -> flow.Expr:
        self.yields = True
        if isinstance(node.value, cst.From):
            return flow.YieldFrom(self.lower(node.value.item), self.spans.at(node))
        return flow.Yield(self.optional(node.value), self.spans.at(node))

    # displays

    def Tuple(self, node: cst.Tuple) -> flow.Expr:
        return self.display("tuple", node.elements)

    def List(self, node: cst.List) -> flow.Expr:
        return self.display("list", node.elements)

    def Set(self, node: cst.Set) -> flow.Expr:
        return self.display("set", node.elements)

    def display(self, kind: Literal["tuple", "list", "set"], elements: Sequence[cst.BaseElement]) -> flow.Expr:
        return flow.Sequence(kind, tuple(self.lower(element) for element in elements))

    def Element(self, node: cst.Element) -> flow.Expr:
        return self.lower(node.value)

    def StarredElement(self, node: cst.StarredElement) -> flow.Expr:
        return flow.Starred(self.lower(node.value))

    def Dict(self, node: cst.Dict) -> flow.Expr:
        return flow.Mapping(
            tuple(
                (self.lower(element.key) if isinstance(element, cst.DictElement) else None, self.lower(element.value))
                for element in node.elements
            )
        )

    # operators

    def BinaryOperation(self, node: cst.BinaryOperation) -> flow.Expr:
        left, right = self.lower(node.left), self.lower(node.right)
        if isinstance(node.operator, cst.BitOr):
            return flow.Binary("|", left, right)
        return flow.Binary("+", left, right) if isinstance(node.operator, cst.Add) else flow.Opaque((left, right))

    def Comparison(self, node: cst.Comparison) -> flow.Expr:
        """`x is not None` is opaque like every comparison but for `x in y`; `x is None` is its negation."""
        if len(node.comparisons) == 1 and isinstance(node.comparisons[0].operator, (cst.In, cst.NotIn)):
            return flow.Binary("in", self.lower(node.left), self.lower(node.comparisons[0].comparator))
        compared = flow.Opaque((self.lower(node.left), *(self.lower(target.comparator) for target in node.comparisons)))
        is_none = len(node.comparisons) == 1 and isinstance(node.comparisons[0].operator, (cst.Is, cst.Equal))
        return flow.Not(compared) if is_none and compared.parts[1] == flow.Constant(None) else compared

    def UnaryOperation(self, node: cst.UnaryOperation) -> flow.Expr:
        value = self.lower(node.expression)
        if isinstance(node.operator, cst.Not):
            return flow.Not(value)
        if isinstance(node.operator, cst.Minus) and isinstance(node.expression, (cst.Integer, cst.Float)):
            if isinstance(value, flow.Constant) and isinstance(value.value, (int, float)):
                return flow.Constant(-value.value)
        return flow.Opaque((value,))

    def BooleanOperation(self, node: cst.BooleanOperation) -> flow.Expr:
        op: Literal["and", "or"] = "and" if isinstance(node.operator, cst.And) else "or"
        return flow.Boolean(op, self.lower(node.left), self.lower(node.right))

    def IfExp(self, node: cst.IfExp) -> flow.Expr:
        return flow.Conditional(self.lower(node.test), self.lower(node.body), self.lower(node.orelse))

    def NamedExpr(self, node: cst.NamedExpr) -> flow.Expr:
        assert isinstance(node.target, cst.Name)
        return flow.Walrus(identifier(node.target), self.lower(node.value))

    # scopes

    def Lambda(self, node: cst.Lambda) -> flow.Expr:
        parameters = self.parameters(node.params)
        outer, self.yields = self.yields, False
        body = flow.Return(self.lower(node.body), self.spans.at(node.body))
        is_generator, self.yields = self.yields, outer
        return flow.Lambda(
            flow.Function(
                name="<lambda>",
                parameters=parameters,
                returns=None,
                decorators=(),
                body=(body,),
                is_async=False,
                is_generator=is_generator,
                header=self.spans.line(node),
                at=self.spans.at(node),
            )
        )

    def parameters(self, node: cst.Parameters) -> tuple[flow.Parameter, ...]:
        found = [self.parameter(param, "positional") for param in (*node.posonly_params, *node.params)]
        if isinstance(node.star_arg, cst.Param):
            found.append(self.parameter(node.star_arg, "*"))
        found.extend(self.parameter(param, "keyword") for param in node.kwonly_params)
        if node.star_kwarg is not None:
            found.append(self.parameter(node.star_kwarg, "**"))
        return tuple(found)

    def parameter(self, node: cst.Param, kind: Literal["positional", "keyword", "*", "**"]) -> flow.Parameter:
        annotation = self.optional(node.annotation.annotation if node.annotation else None)
        return flow.Parameter(identifier(node.name), kind, annotation, self.optional(node.default))

    def GeneratorExp(self, node: cst.GeneratorExp) -> flow.Expr:
        return self.comprehension("generator", node, node.elt)

    def ListComp(self, node: cst.ListComp) -> flow.Expr:
        return self.comprehension("list", node, node.elt)

    def SetComp(self, node: cst.SetComp) -> flow.Expr:
        return self.comprehension("set", node, node.elt)

    def DictComp(self, node: cst.DictComp) -> flow.Expr:
        return self.comprehension("dict", node, node.key, node.value)

    def StarredDictComp(self, node: cst.StarredDictComp) -> flow.Expr:
        return self.comprehension("dict", node, node.value)

    def comprehension(
        self, kind: Literal["list", "set", "dict", "generator"], node: cst.BaseComp, *element: cst.BaseExpression
    ) -> flow.Expr:
        loops = [node.for_in]
        while loops[-1].inner_for_in is not None:
            loops.append(loops[-1].inner_for_in)
        first = self.lower(node.for_in.iter)  # the only part that belongs to the scope around
        outer = self.yields
        clauses = tuple(
            flow.Clause(
                target=self.lower(loop.target),
                iterable=first if loop is node.for_in else self.lower(loop.iter),
                conditions=tuple(self.lower(condition.test) for condition in loop.ifs),
                is_async=loop.asynchronous is not None,
            )
            for loop in loops
        )
        lowered = tuple(map(self.lower, element))
        self.yields = outer
        return flow.Comprehension(kind, lowered, clauses, self.spans.at(node))


def pieces(node: cst.ConcatenatedString) -> Iterator[cst.SimpleString | cst.FormattedString]:
    """The literals of an implicit concatenation, in order."""
    rest: cst.CSTNode = node
    while isinstance(rest, cst.ConcatenatedString):
        yield rest.left
        rest = rest.right
    assert isinstance(rest, (cst.SimpleString, cst.FormattedString))
    yield rest
