"""Answers that are found once, though they may ask for each other in circles."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from flake8_django_async.analysis.world import World

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memo(Generic[K, V]):
    """Answers by what was asked. One that comes to ask for itself is cut short, and nothing that was found on the way there is kept.

    Else what is told would depend on which question came first.
    """

    __slots__ = ("_known", "_underway", "_world")

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[K, V] = {}
        self._underway: set[K] = set()

    def get(self, key: K, find: Callable[[], V], cut: V) -> V:
        if key in self._known:
            return self._known[key]
        if key in self._underway:
            self._world.cuts += 1
            return cut
        self._underway.add(key)
        cuts = self._world.cuts
        try:
            found = find()
        finally:
            self._underway.discard(key)
        if self._world.cuts == cuts:
            self._known[key] = found
        return found
