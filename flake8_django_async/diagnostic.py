"""What a rule is and what it says: Rule, Diagnostic, and the trace behind a diagnostic."""

from __future__ import annotations

import inspect
import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from flake8_django_async.analysis.events import Event, Met
    from flake8_django_async.analysis.state import Hold, Scope
    from flake8_django_async.analysis.step import Step


class Words(NamedTuple):
    """What messages take from the configuration."""

    release: str = ""
    """The project's own release call, as it is to be written: "await release_connections()"."""


class Diagnostic(NamedTuple):
    """One finding.

    `line` is 1-based, `column` 0-based. `trace` leads to the query in its first `opening` steps, then to the wait.
    """

    path: str
    line: int
    column: int
    code: str
    message: str
    trace: tuple[Step, ...] = ()
    opening: int = 0

    @property
    def text(self) -> str:
        return f"{self.code} {self.message}"


def _first_hold(event: Met) -> Hold | Scope:
    return event.holds[0]


class Rule(NamedTuple):
    """A rule: `judge` says its message for an event, or None; `page` is the documentation people read.

    `holder` is what its message is about where a wait is reached: the way to it is the first part of the trace.
    """

    code: str
    name: str
    page: str
    judge: Callable[[Event, Words], str | None]
    holder: Callable[[Met], Hold | Scope] = _first_hold

    @property
    def summary(self) -> str:
        """The first line of the page."""
        return inspect.cleandoc(self.page).splitlines()[0].rstrip(".")


def opened_by(hold: Hold | Scope, path: str) -> str:
    """`'Book.objects.aget' (line 8)`: the call of the reported function that opened a connection."""
    step = hold.opened
    assert step is not None
    return f"'{step.name}' ({place_of(step, path)})"


def place_of(step: Step, path: str) -> str:
    """Where a step is, seen from a file; the same on each machine."""
    if step.path == path:
        return f"line {step.line}"
    return f"{os.path.relpath(step.path, os.path.dirname(path)).replace(os.sep, '/')} line {step.line}"


def cure(words: Words, code: str) -> str:
    """What to do, in a few words."""
    return f"release it first: {words.release}" if words.release else f"release it first, see {code}"
