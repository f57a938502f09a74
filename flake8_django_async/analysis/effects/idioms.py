"""Django's idioms on a receiver that nothing is known of: calls that no other library's look like.

A name alone tells nothing (`cache.aget`, `serializer.asave`); what stands beside it may: `x.objects.aget(...)`, keywords that
are lookups, `update_fields=`.
"""

from __future__ import annotations

import re

from flake8_django_async.analysis import paths
from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.values import UNKNOWN, Arguments, Literal_, Method, Query, Value
from flake8_django_async.source import flow

LOOKUP = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*__[a-z]\w*")
OTHER_ORMS = ("mongoengine", "ormar", "tortoise")


def method(frame: Frame, called: flow.Attribute, args: Arguments) -> Value:
    """The method that a call like this must mean, or UNKNOWN."""
    name = called.attr
    if name in ("filter", "exclude") and _has_lookups(args):
        found = Method(Query(paths.QUERYSET), f"{paths.QUERYSET}.{name}")
    elif name == "asave" and any(key == "update_fields" for key, _ in args.keywords):
        found = Method(UNKNOWN, f"{paths.MODEL}.{name}")
    elif name.startswith("a") and _is_of_manager(called.value) and frame.world.models.member(paths.QUERYSET, name):
        found = Method(Query(paths.QUERYSET), f"{paths.QUERYSET}.{name}")
    else:
        return UNKNOWN
    return UNKNOWN if any(map(frame.world.project.index.importers, OTHER_ORMS)) else found


def _has_lookups(args: Arguments) -> bool:
    """`filter(author__name="Ann")`; a search engine's `filter("term", author__name="Ann")` names its kind first."""
    named = any(isinstance(value, Literal_) for value in args.positional)
    return not named and any(LOOKUP.fullmatch(key) for key, _ in args.keywords)


def _is_of_manager(receiver: flow.Expr) -> bool:
    """`x.objects`, or a queryset that it gives: `x.objects.filter(...)`."""
    while isinstance(receiver, (flow.Call, flow.Attribute)):
        if isinstance(receiver, flow.Attribute) and receiver.attr in ("objects", "_default_manager"):
            return True
        receiver = receiver.func if isinstance(receiver, flow.Call) else receiver.value
    return False
