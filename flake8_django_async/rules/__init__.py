"""The rules, one module each: its docstring is the rule's page. `judge` turns events into diagnostics."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator

from flake8_django_async.analysis.events import Event, Met
from flake8_django_async.analysis.state import Hold
from flake8_django_async.analysis.step import Step
from flake8_django_async.diagnostic import Diagnostic, Rule, Words

RULES: dict[str, Rule] = {
    rule.code: rule
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name)
    for rule in (importlib.import_module(f"{__name__}.{module.name}").RULE,)
}

PRECEDENCE = ("LDB103", "LDB104", "LDB102", "LDB101", "LDB105")
"""Of these only the first that applies is said of one waiting statement."""


def judge(events: Iterable[Event], words: Words = Words()) -> Iterator[Diagnostic]:
    """The diagnostics of the events of one file, in the order of its lines."""
    waits: dict[tuple[int, int], list[tuple[int, Diagnostic]]] = {}
    found: list[Diagnostic] = []
    for event in events:
        codes = PRECEDENCE if isinstance(event, Met) else RULES
        said = ((code, message) for code in codes if (message := RULES[code].judge(event, words)) is not None)
        code, message = next(said)
        opening, waiting = trace(event, code)
        at = event.at
        diagnostic = Diagnostic(at.path, at.line, at.column, code, message, (*opening, *waiting), len(opening))
        if isinstance(event, Met):
            waits.setdefault((event.at.line, event.at.column), []).append((PRECEDENCE.index(code), diagnostic))
        else:
            found.append(diagnostic)
    found.extend(min(candidates)[1] for candidates in waits.values())
    yield from sorted(set(found))


def trace(event: Event, code: str) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """From the reported function to the call that opened what a rule is about, and to the one that waits, outermost first."""
    if not isinstance(event, Met):
        return (), ()
    holder = RULES[code].holder(event)
    steps = holder.steps if isinstance(holder, Hold) else ()
    opening = (holder.opened, *steps) if holder.opened is not None else ()
    last = event.wait.steps[-1] if event.wait.steps else event.at
    return opening, (*event.wait.steps[:-1], Step(last.path, last.line, last.column, event.wait.name))
