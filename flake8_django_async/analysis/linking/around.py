"""Decorators of a class that stand around its handlers: `@method_decorator(counted, name="dispatch")`."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_django_async.analysis import expressions as ex
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.requests.hosts import HANDLERS
from flake8_django_async.analysis.values import ClassRef, FunctionValue, Tuple, Value
from flake8_django_async.source import flow
from flake8_django_async.source.outline import ClassSpan


def decorators(frame: Frame, cls: ClassSpan, method: str) -> Iterator[Value]:
    """The project's decorators that a class puts around a method, the innermost first."""
    if not any(name.rpartition(".")[2] == "method_decorator" for name in cls.decorators):
        return
    for expr in reversed(list(_expressions(frame, cls))):
        if isinstance(expr, flow.Call) and expr.args and _is_meant(expr, method):
            value = ex.evaluate_quietly(frame, expr.args[0].value)
            for item in reversed(value.items) if isinstance(value, Tuple) else (value,):
                if isinstance(item, (FunctionValue, ClassRef)):
                    yield item


def _expressions(frame: Frame, cls: ClassSpan) -> Iterator[flow.Expr | None]:
    lines = frame.module.lines[cls.first - 1 : cls.header - 1]
    starts = [number for number, line in enumerate(lines) if line.lstrip().startswith("@")]
    for first, end in zip(starts, [*starts[1:], len(lines)]):
        text = "".join(lines[first:end]).strip().removeprefix("@")
        yield frame.world.parse_expression(f"({text}\n)")  # a comment may follow


def _is_meant(call: flow.Call, method: str) -> bool:
    """`dispatch` calls the handler: what is around the one is around the other."""
    names = [argument.value for argument in call.args if argument.keyword == "name"]
    return flow.Constant(method) in names or flow.Constant("dispatch") in names and method in HANDLERS
