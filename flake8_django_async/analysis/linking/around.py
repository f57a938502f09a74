"""Decorators of a class that stand around its handlers: `@method_decorator(counted, name="dispatch")`."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_django_async.analysis import expressions as ex
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.requests.hosts import HANDLERS
from flake8_django_async.analysis.values import ClassRef, Closed, FunctionValue, Symbol, Tuple, Value
from flake8_django_async.source import flow
from flake8_django_async.source.outline import ClassSpan, FunctionSpan

WRAPPER = "method_decorator"


def decorators(frame: Frame, owner: ClassRef, method: FunctionSpan | flow.Function) -> Iterator[tuple[int, Value]]:
    """What a class puts around a method, the innermost first, with its line: the project's own, and logins around sync ones.

    A login is sync code that looks at the user: around an async `dispatch` it raises.
    """
    cls = frame.world.linker.hierarchy.span(owner)
    for line, expr in reversed(list(_expressions(frame, cls))) if cls is not None else ():
        if isinstance(expr, flow.Call) and expr.args and _is_meant(expr, method.name):
            with frame.at((line - frame.line, 0, 0, 0), ""):
                value = ex.evaluate_quietly(frame, expr.args[0].value)
            for item in reversed(value.items) if isinstance(value, Tuple) else (value,):
                if isinstance(item, (FunctionValue, ClassRef)) or not method.is_async and _queries(frame, item):
                    yield line, item


def _expressions(frame: Frame, cls: ClassSpan) -> Iterator[tuple[int, flow.Expr | None]]:
    if not any(name.rpartition(".")[2] == WRAPPER for name in cls.decorators):
        return
    lines = frame.module.lines[cls.first - 1 : cls.header - 1]
    starts = [number for number, line in enumerate(lines) if line.lstrip().startswith("@")]
    for first, end in zip(starts, [*starts[1:], len(lines)]):
        text = "".join(lines[first:end]).strip().removeprefix("@")
        yield cls.first + first, frame.world.parse_expression(f"({text}\n)")  # a comment may follow


def _is_meant(call: flow.Call, method: str) -> bool:
    """`dispatch` calls the handler: what is around the one is around the other."""
    names = [argument.value for index, argument in enumerate(call.args) if argument.keyword == "name" or index == 1]
    return flow.Constant(method) in names or flow.Constant("dispatch") in names and method in HANDLERS


def _queries(frame: Frame, decorator: Value) -> bool:
    if isinstance(decorator, Closed):
        return decorator.role == "guard"
    row = frame.world.models.row(decorator.path) if isinstance(decorator, Symbol) else None
    return row is not None and row.role == "querying_decorator"
