"""Expressions of settings modules, evaluated on paper: literals, names, displays, comprehensions, a few pure calls.

Nothing is run. Whatever could depend on the environment, the clock or other code is `UNKNOWN`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from flake8_django_async.source.outline import dotted

from .calls import LONGEST, function, method
from .values import UNKNOWN, Scope, Table, Value, fits, is_scalar, items_of, join, same


def evaluate(node: ast.expr, scope: Scope) -> Value:
    """The value of an expression; `UNKNOWN` where the source does not tell. Effects on the scope are carried out."""
    scope.step()
    handler = _HANDLERS.get(type(node))
    if handler is None:
        return UNKNOWN
    value = handler(node, scope)
    return value if is_scalar(value) or fits(value) else UNKNOWN


def _constant(node: ast.Constant, scope: Scope) -> Value:
    value = node.value
    return value if value is None or isinstance(value, (bool, int, float, str)) else UNKNOWN


def _name(node: ast.Name, scope: Scope) -> Value:
    return scope.names.get(node.id, UNKNOWN)


def _items(nodes: Sequence[ast.expr], scope: Scope) -> list[Value] | None:
    found: list[Value] = []
    known = True
    for node in nodes:
        if isinstance(node, ast.Starred):
            inner = items_of(evaluate(node.value, scope))
            known = known and inner is not None
            found.extend(inner or ())
        else:
            found.append(evaluate(node, scope))
    return found if known else None


def _list(node: ast.List, scope: Scope) -> Value:
    items = _items(node.elts, scope)
    return UNKNOWN if items is None else items


def _tuple(node: ast.Tuple | ast.Set, scope: Scope) -> Value:
    items = _items(node.elts, scope)
    return UNKNOWN if items is None else tuple(items)


def _dict(node: ast.Dict, scope: Scope) -> Value:
    table = Table()
    for key, value in zip(node.keys, node.values):
        if key is None:
            inner = evaluate(value, scope)
            table.update(inner if isinstance(inner, Table) else Table(open=True))
        else:
            table.set(evaluate(key, scope), evaluate(value, scope), (scope.path, key.lineno))
    return table


def _binary(node: ast.BinOp, scope: Scope) -> Value:
    return combine(node.op, evaluate(node.left, scope), evaluate(node.right, scope))


def combine(op: ast.operator, left: Value, right: Value) -> Value:
    """`left op right` for what settings do: joining lists and strings, tables, small arithmetic."""
    if isinstance(op, ast.Add):
        if isinstance(left, list) and isinstance(right, list) and len(left) + len(right) < LONGEST:
            return left + right
        if isinstance(left, tuple) and isinstance(right, tuple) and len(left) + len(right) < LONGEST:
            return left + right
        if isinstance(left, str) and isinstance(right, str) and len(left) + len(right) < LONGEST:
            return left + right
    if isinstance(op, ast.BitOr) and isinstance(left, Table) and isinstance(right, Table):
        table = Table()
        table.update(left)
        table.update(right)
        return table
    if isinstance(left, (int, float)) and isinstance(right, (int, float)) and max(abs(left), abs(right)) < 1e12:
        if isinstance(op, ast.Add):
            return left + right
        if isinstance(op, ast.Sub):
            return left - right
        if isinstance(op, ast.Mult):
            return left * right
        if isinstance(op, ast.Div) and right:
            return left / right
    return UNKNOWN


def _unary(node: ast.UnaryOp, scope: Scope) -> Value:
    value = evaluate(node.operand, scope)
    if isinstance(node.op, ast.Not):
        known = truth(value)
        return UNKNOWN if known is None else not known
    if isinstance(node.op, ast.USub) and isinstance(value, (int, float)):
        return -value
    return UNKNOWN


def truth(value: Value) -> bool | None:
    """The value as a condition; None when it is not known."""
    if value is UNKNOWN:
        return None
    if isinstance(value, Table):
        return True if value.items else None if value.open else False
    return bool(value)


def _boolean(node: ast.BoolOp, scope: Scope) -> Value:
    is_and = isinstance(node.op, ast.And)
    value: Value = is_and
    for part in node.values:
        value = evaluate(part, scope)
        known = truth(value)
        if known is None or known is not is_and:
            return value if known is not None else UNKNOWN
    return value


def _compare(node: ast.Compare, scope: Scope) -> Value:
    left = evaluate(node.left, scope)
    rights = [evaluate(part, scope) for part in node.comparators]
    if len(rights) != 1:
        return UNKNOWN
    op, right = node.ops[0], rights[0]
    negative = isinstance(op, (ast.NotEq, ast.IsNot, ast.NotIn))
    if isinstance(op, (ast.In, ast.NotIn)):
        if isinstance(left, str) and isinstance(right, str):
            return (left in right) is not negative
        items = items_of(right)
        if left is UNKNOWN or items is None:
            return UNKNOWN
        if any(same(left, item) for item in items):
            return not negative
        return UNKNOWN if UNKNOWN in items else negative
    if isinstance(op, (ast.Eq, ast.NotEq, ast.Is, ast.IsNot)) and is_scalar(left) and is_scalar(right):
        return (left == right) is not negative
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        if isinstance(op, (ast.Lt, ast.LtE)):
            return left < right or (isinstance(op, ast.LtE) and left == right)
        return left > right or (isinstance(op, ast.GtE) and left == right)
    return UNKNOWN


def _conditional(node: ast.IfExp, scope: Scope) -> Value:
    known = truth(evaluate(node.test, scope))
    if known is not None:
        return evaluate(node.body if known else node.orelse, scope)
    return join(evaluate(node.body, scope), evaluate(node.orelse, scope))


def _subscript(node: ast.Subscript, scope: Scope) -> Value:
    value = evaluate(node.value, scope)
    if isinstance(node.slice, ast.Slice):
        return UNKNOWN
    index = evaluate(node.slice, scope)
    if isinstance(value, Table):
        return value.get(index)
    if isinstance(value, (list, tuple)) and isinstance(index, int) and -len(value) <= index < len(value):
        return value[index]
    return UNKNOWN


def _walrus(node: ast.NamedExpr, scope: Scope) -> Value:
    value = scope.names[node.target.id] = evaluate(node.value, scope)
    return value


def _comprehension(node: ast.ListComp | ast.SetComp | ast.GeneratorExp, scope: Scope) -> Value:
    before = dict(scope.names)
    found: list[Value] = []
    known = _rounds(node.generators, scope, lambda: found.append(evaluate(node.elt, scope)))
    scope.names = before
    return found if known else UNKNOWN


def _dict_comprehension(node: ast.DictComp, scope: Scope) -> Value:
    before = dict(scope.names)
    table = Table()
    line = (scope.path, node.lineno)
    known = _rounds(node.generators, scope, lambda: table.set(evaluate(node.key, scope), evaluate(node.value, scope), line))
    scope.names = before
    return table if known else UNKNOWN


def _rounds(clauses: Sequence[ast.comprehension], scope: Scope, body: Callable[[], None]) -> bool:
    """Run the body for every round of a comprehension; whether it is known how often."""
    if not clauses:
        body()
        return True
    clause = clauses[0]
    items = items_of(evaluate(clause.iter, scope))
    if items is None or len(items) > LONGEST:
        return False
    for item in items:
        scope.step()
        bind(clause.target, item, scope)
        tests = [truth(evaluate(test, scope)) for test in clause.ifs]
        if False not in tests and (None in tests or not _rounds(clauses[1:], scope, body)):
            return False
    return True


def bind(target: ast.expr, value: Value, scope: Scope) -> None:
    """`target = value` for names and tuples of names."""
    if isinstance(target, ast.Name):
        scope.names[target.id] = value
        scope.lines[target.id] = (scope.path, target.lineno)
    elif isinstance(target, (ast.Tuple, ast.List)):
        items = items_of(value)
        known = items is not None and len(items) == len(target.elts)
        for number, inner in enumerate(target.elts):
            bind(inner, items[number] if items is not None and known else UNKNOWN, scope)
    elif isinstance(target, ast.Starred):
        bind(target.value, UNKNOWN, scope)


_NAMESPACES = ("globals", "locals", "vars")


def _is_namespace(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and dotted(node.func) in _NAMESPACES


def _call(node: ast.Call, scope: Scope) -> Value:
    name = dotted(node.func)
    if name in _NAMESPACES:
        scope.forget()
        return UNKNOWN
    if any(_is_namespace(arg) for arg in node.args) and scope.only_reads(name):
        return UNKNOWN
    receiver = evaluate(node.func.value, scope) if isinstance(node.func, ast.Attribute) else UNKNOWN
    args = [evaluate(arg.value if isinstance(arg, ast.Starred) else arg, scope) for arg in node.args]
    keywords = {keyword.arg: evaluate(keyword.value, scope) for keyword in node.keywords}
    line = (scope.path, node.lineno)
    if None in keywords or any(isinstance(arg, ast.Starred) for arg in node.args):
        for value in (receiver, *args, *keywords.values()):
            scope.escape(value)
        return UNKNOWN
    named = {key: value for key, value in keywords.items() if key is not None}
    if isinstance(node.func, ast.Attribute) and receiver is not UNKNOWN:
        return method(receiver, node.func.attr, args, named, scope, line)
    return function(name, args, named, scope, line)


_HANDLERS: dict[type[ast.expr], Callable[..., Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.List: _list,
    ast.Tuple: _tuple,
    ast.Set: _tuple,
    ast.Dict: _dict,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: _conditional,
    ast.Subscript: _subscript,
    ast.NamedExpr: _walrus,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _dict_comprehension,
    ast.Call: _call,
}
