"""What the analysis found, before any rule judges it: plain facts with places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from flake8_django_async.analysis.state import Hold, Key, Scope
from flake8_django_async.analysis.step import Step

WaitKind: TypeAlias = Literal["await", "block", "yield", "stream"]
Problem: TypeAlias = Literal["event-loop", "thread", "bound-method", "never-runs", "other-alias", "transaction", "keeps"]


@dataclass(frozen=True, slots=True)
class Wait:
    """A long wait: its API name as people know it, how it waits, the calls that lead to it (outermost first)."""

    name: str
    kind: WaitKind
    why: str
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Met:
    """A wait is reached with connections checked out. `at` is the waiting statement in the function where both meet."""

    at: Step
    wait: Wait
    holds: tuple[Hold, ...]
    transactions: tuple[Scope, ...] = ()
    cursors: tuple[Scope, ...] = ()


@dataclass(frozen=True, slots=True)
class Released:
    """A release that does not do what it seems to: `held` are the connections that stay, or break, `keys` what they are."""

    at: Step
    name: str
    problem: Problem
    alias: str | None = None
    held: tuple[Hold, ...] = ()
    keys: frozenset[Key] = frozenset()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Leaked:
    """A query in a thread that no request cleans up, still open when that thread's work ends."""

    at: Step
    hold: Hold


@dataclass(frozen=True, slots=True)
class Outlived:
    """A task that nobody awaits queries after a wait, by when the request may have cleaned up."""

    at: Step
    hold: Hold


@dataclass(frozen=True, slots=True)
class Persistent:
    """Settings that keep connections open beyond a request where that does harm."""

    at: Step
    alias: str
    has_pool: bool


@dataclass(frozen=True, slots=True)
class Unread:
    """Code that only we cannot read."""

    at: Step
    reason: str


Event: TypeAlias = Met | Released | Leaked | Outlived | Persistent | Unread


@dataclass(frozen=True, slots=True)
class Reach:
    """A wait inside a callee, and which of the caller's connections, transactions and cursors are still open at it."""

    wait: Wait
    keys: frozenset[Key]
    transactions: frozenset[Key] = frozenset()
    cursors: frozenset[Key] = frozenset()
