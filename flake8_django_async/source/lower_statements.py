"""libcst's statements, as statements of the flow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import libcst as cst

from flake8_django_async.source import flow
from flake8_django_async.source.lower_expressions import Expressions, identifier
from flake8_django_async.source.lower_patterns import is_irrefutable, names_of
from flake8_django_async.source.positions import Spans


def lower_module(text: str, indented: bool, cut: int = 0) -> flow.Block:
    """Lower the statements of `text`: those below the `if` in its first line when they are `indented`.

    `cut` characters are missing in front of the first line.
    """
    module = cst.parse_module(text)
    lowerer = Lowerer(Spans(module, text, above=1 if indented else 0, cut=cut))
    if not indented:
        return lowerer.statements(module.body)
    match module.body:
        case [cst.If(body=suite, orelse=None)]:
            return lowerer.suite(suite)
    raise ValueError("not whole statements")


class Lowerer:
    """Lowers statements: a method for each class of nodes, named after it; what leaves no trace in the flow gives None."""

    def __init__(self, spans: Spans) -> None:
        self.spans = spans
        self.expressions = Expressions(spans)
        self.lower = self.expressions.lower
        self.optional = self.expressions.optional
        self._methods: dict[type[cst.CSTNode], Callable[[Any], flow.Block]] = {}

    def statements(self, nodes: Iterable[cst.CSTNode]) -> flow.Block:
        found: list[flow.Stmt] = []
        for node in nodes:
            kind = node.__class__
            method = self._methods.get(kind)
            if method is None:
                method = self._methods[kind] = getattr(self, kind.__name__)
            found.extend(method(node))
        return tuple(found)

    def suite(self, node: cst.BaseSuite | cst.Else | cst.Finally | None) -> flow.Block:
        if node is None:
            return ()
        if isinstance(node, (cst.Else, cst.Finally)):
            node = node.body
        return self.statements(node.body)

    # simple statements

    def SimpleStatementLine(self, node: cst.SimpleStatementLine) -> flow.Block:
        return self.statements(node.body)

    def Expr(self, node: cst.Expr) -> flow.Block:
        if isinstance(node.value, (cst.SimpleString, cst.Ellipsis)):
            return ()  # a docstring, a stub's body
        return (flow.Evaluate(self.lower(node.value), self.spans.at(node)),)

    def Del(self, node: cst.Del) -> flow.Block:
        return (flow.Evaluate(flow.Opaque(tuple(self.deleted(node.target))), self.spans.at(node)),)

    def deleted(self, target: cst.BaseExpression) -> Iterator[flow.Expr]:
        """What is evaluated to find what to delete."""
        if isinstance(target, (cst.Tuple, cst.List)):
            for element in target.elements:
                yield from self.deleted(element.value)
        elif isinstance(target, cst.Attribute):
            yield self.lower(target.value)
        elif isinstance(target, cst.Subscript):
            yield self.lower(target.value)
            yield from (self.expressions.index(element.slice) for element in target.slice)

    def Pass(self, node: cst.Pass) -> flow.Block:
        return ()

    def Break(self, node: cst.Break) -> flow.Block:
        return (flow.Break(self.spans.at(node)),)

    def Continue(self, node: cst.Continue) -> flow.Block:
        return (flow.Continue(self.spans.at(node)),)

    def Return(self, node: cst.Return) -> flow.Block:
        return (flow.Return(self.optional(node.value), self.spans.at(node)),)

    def Raise(self, node: cst.Raise) -> flow.Block:
        cause = node.cause.item if node.cause else None
        return (flow.Raise(self.optional(node.exc), self.optional(cause), self.spans.at(node)),)

    def Assert(self, node: cst.Assert) -> flow.Block:
        return (flow.Assert(self.lower(node.test), self.optional(node.msg), self.spans.at(node)),)

    def Assign(self, node: cst.Assign) -> flow.Block:
        value = self.lower(node.value)
        targets = tuple(self.lower(target.target) for target in node.targets)
        return (flow.Bind(targets, value, None, self.spans.at(node)),)

    def AnnAssign(self, node: cst.AnnAssign) -> flow.Block:
        value = self.optional(node.value)
        annotation = self.lower(node.annotation.annotation)
        return (flow.Bind((self.lower(node.target),), value, annotation, self.spans.at(node)),)

    def AugAssign(self, node: cst.AugAssign) -> flow.Block:
        return (flow.Augment(self.lower(node.target), self.lower(node.value), self.spans.at(node)),)

    def Global(self, node: cst.Global) -> flow.Block:
        return (flow.Declare("global", tuple(identifier(item.name) for item in node.names)),)

    def Nonlocal(self, node: cst.Nonlocal) -> flow.Block:
        return (flow.Declare("nonlocal", tuple(identifier(item.name) for item in node.names)),)

    def TypeAlias(self, node: cst.TypeAlias) -> flow.Block:
        return ()  # evaluated when asked for, if ever

    def Import(self, node: cst.Import | cst.LazyImport) -> flow.Block:
        found = []
        for alias in node.names:
            module = dotted(alias.name)
            found.append(flow.Import(module, None, bound(alias) or module.partition(".")[0], 0))
        return tuple(found)

    def ImportFrom(self, node: cst.ImportFrom | cst.LazyImportFrom) -> flow.Block:
        module = dotted(node.module) if node.module else ""
        level = len(node.relative)
        if isinstance(node.names, cst.ImportStar):
            return (flow.Import(module, "*", "*", level),)
        members = [(dotted(alias.name), bound(alias)) for alias in node.names]
        return tuple(flow.Import(module, member, name or member, level) for member, name in members)

    LazyImport = Import
    LazyImportFrom = ImportFrom

    # compound statements

    def If(self, node: cst.If) -> flow.Block:
        test, body = self.lower(node.test), self.suite(node.body)
        orelse = self.If(node.orelse) if isinstance(node.orelse, cst.If) else self.suite(node.orelse)
        return (flow.If(test, body, orelse, self.spans.header(node, node.test)),)

    def While(self, node: cst.While) -> flow.Block:
        at = self.spans.header(node, node.test)
        return (flow.While(self.lower(node.test), self.suite(node.body), self.suite(node.orelse), at),)

    def For(self, node: cst.For) -> flow.Block:
        return (
            flow.For(
                target=self.lower(node.target),
                iterable=self.lower(node.iter),
                body=self.suite(node.body),
                orelse=self.suite(node.orelse),
                is_async=node.asynchronous is not None,
                at=self.spans.header(node, node.iter),
            ),
        )

    def With(self, node: cst.With) -> flow.Block:
        items = tuple(
            flow.Item(self.lower(item.item), self.lower(item.asname.name) if item.asname else None) for item in node.items
        )
        last = node.items[-1]
        at = self.spans.header(node, last.asname.name if last.asname else last.item)
        return (flow.With(items, self.suite(node.body), node.asynchronous is not None, at),)

    def Try(self, node: cst.Try | cst.TryStar) -> flow.Block:
        return (
            flow.Try(
                body=self.suite(node.body),
                handlers=tuple(map(self.handler, node.handlers)),
                orelse=self.suite(node.orelse),
                final=self.suite(node.finalbody),
                at=self.spans.header(node, None),
            ),
        )

    TryStar = Try

    def handler(self, node: cst.ExceptHandler | cst.ExceptStarHandler) -> flow.Handler:
        name = node.name.name if node.name else None
        return flow.Handler(
            type=self.optional(node.type),
            name=identifier(name) if isinstance(name, cst.Name) else None,
            body=self.suite(node.body),
        )

    def Match(self, node: cst.Match) -> flow.Block:
        cases = tuple(map(self.case, node.cases))
        return (flow.Match(self.lower(node.subject), cases, self.spans.header(node, node.subject)),)

    def case(self, node: cst.MatchCase) -> flow.Case:
        return flow.Case(
            names=tuple(names_of(node.pattern)),
            always=is_irrefutable(node.pattern),
            guard=self.optional(node.guard),
            body=self.suite(node.body),
            at=self.spans.header(node, node.guard or node.pattern),
        )

    # scopes

    def FunctionDef(self, node: cst.FunctionDef) -> flow.Block:
        expressions = self.expressions
        decorators = self.decorators(node.decorators)
        parameters = expressions.parameters(node.params)
        returns = self.optional(node.returns.annotation if node.returns else None)
        outer, expressions.yields = expressions.yields, False
        body = self.suite(node.body)
        is_generator, expressions.yields = expressions.yields, outer
        function = flow.Function(
            name=identifier(node.name),
            parameters=parameters,
            returns=returns,
            decorators=decorators,
            body=body,
            is_async=node.asynchronous is not None,
            is_generator=is_generator,
            header=self.spans.line(node),
            at=self.spans.between(node.decorators[0] if node.decorators else node, node),
        )
        return (flow.Define(function),)

    def ClassDef(self, node: cst.ClassDef) -> flow.Block:
        decorators = self.decorators(node.decorators)
        bases = tuple(argument.value for argument in self.expressions.arguments(node.bases))
        at = self.spans.between(node.decorators[0] if node.decorators else node, node)
        return (flow.DefineClass(identifier(node.name), bases, decorators, self.suite(node.body), at),)

    def decorators(self, nodes: Sequence[cst.Decorator]) -> tuple[flow.Expr, ...]:
        return tuple(self.lower(node.decorator) for node in nodes)


def dotted(node: cst.BaseExpression) -> str:
    """`a.b.c` as text."""
    if isinstance(node, cst.Attribute):
        return f"{dotted(node.value)}.{identifier(node.attr)}"
    assert isinstance(node, cst.Name)
    return identifier(node)


def bound(alias: cst.ImportAlias) -> str | None:
    """The name after `as`."""
    name = alias.asname.name if alias.asname else None
    return identifier(name) if isinstance(name, cst.Name) else None
