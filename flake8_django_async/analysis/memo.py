"""Answers that are found once, though they may ask for each other in circles."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from flake8_django_async.analysis.world import World

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
NEVER = 1 << 30
"""A level that no question has: nothing was cut short."""


class Memo(Generic[K, V]):
    """Memoised answers.

    A question that recurs while it is being answered gets `cut`; answers on the way to it that relied on `cut` are not kept,
    its own is. Else what is told would depend on which question came first.
    """

    __slots__ = ("_known", "_underway", "_world")

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[K, V] = {}
        self._underway: dict[K, int] = {}
        """By what is asked, how many questions were asked around it."""

    def get(self, key: K, find: Callable[[], V], cut: V) -> V:
        if key in self._known:
            return self._known[key]
        world = self._world
        if key in self._underway:
            world.cut(self._underway[key])
            return cut
        level, outer = world.asked, world.cut_to
        self._underway[key] = level
        world.asked, world.cut_to = level + 1, NEVER
        try:
            found = find()
        finally:
            del self._underway[key]
            world.asked, inner = level, world.cut_to
            world.cut_to = outer if inner >= level else min(outer, inner)
        if inner >= level:
            self._known[key] = found
        return found
