"""How calls are named in messages: as they are written, arguments left out."""

from __future__ import annotations

from flake8_django_async.analysis import paths
from flake8_django_async.analysis.state import DEFAULT
from flake8_django_async.source import flow

MAX_LENGTH = 60
OUTERMOST = ".0 "
"""Python's name for what a generator expression iterates, all that the function around evaluates of it; its spelling follows."""


def spell(expr: flow.Expr) -> str:
    """`Book.objects.filter(...).aget` for the callee of such a call; long chains lose their middle."""
    text = _spell(expr)
    if len(text) > MAX_LENGTH:
        head, tail = text.partition(".")[0], text.rpartition(".")[2]
        text = f"{head}...{tail}" if len(head) + len(tail) < MAX_LENGTH else f"{text[:MAX_LENGTH]}..."
    return text


def _spell(expr: flow.Expr) -> str:
    match expr:
        case flow.Name(id=name):
            return name.removeprefix(OUTERMOST)
        case flow.Constant(value=value):
            return repr(value)
        case flow.Attribute(value=value, attr=attr):
            return f"{_spell(value)}.{attr}"
        case flow.Call(func=func, args=args):
            plain = [_spell(arg.value) for arg in args if not arg.keyword and not arg.star]
            inner = (
                plain[0]
                if len(plain) == 1 and len(args) == 1 and isinstance(args[0].value, (flow.Name, flow.Attribute))
                else "..."
            )
            return f"{_spell(func)}({inner if args else ''})"
        case flow.Subscript(value=value, index=index):
            return f"{_spell(value)}[{_spell(index)}]"
        case flow.Await(value=value):
            return _spell(value)
        case flow.Lambda():
            return "lambda"
        case _:
            return "..."


def callee(expr: flow.Expr) -> str:
    """The name under which an awaited or called expression is known: its function's. A comprehension's is what it iterates."""
    while isinstance(expr, (flow.Await, flow.Comprehension)):
        expr = expr.value if isinstance(expr, flow.Await) else expr.clauses[0].iterable
    return spell(expr.func if isinstance(expr, flow.Call) else expr)


def api_name(path: str) -> str:
    """`openai.AsyncOpenAI.chat.completions.create` is known as `AsyncOpenAI.chat.completions.create`."""
    parts = path.removeprefix("builtins.").split(".")
    if len(parts) > 1 and parts[-1].startswith("__"):  # iterating or entering it: people write the object alone
        parts.pop()
    first_class = next((index for index, part in enumerate(parts) if part[:1].isupper()), None)
    return ".".join(parts[first_class:] if first_class is not None else parts)


def last_name(expr: flow.Expr) -> str:
    """The last part of a dotted name; "" for anything else."""
    return expr.attr if isinstance(expr, flow.Attribute) else expr.id if isinstance(expr, flow.Name) else ""


def connection(alias: str) -> str:
    """How the connection of a database is written; `connections[...]` where it may be any."""
    if alias == DEFAULT:
        return "connection"
    return "connections[...]" if alias == paths.ANY_ALIAS else f'connections["{alias}"]'
