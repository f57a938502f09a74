"""Rows and querysets: what rows bring with them when they are fetched, and what a queryset that was read answers by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_django_async.analysis.linking import relations
from flake8_django_async.analysis.values import (
    NONE,
    UNKNOWN,
    Arguments,
    ClassRef,
    Instance,
    Literal_,
    Object,
    Query,
    Symbol,
    Value,
)

if TYPE_CHECKING:
    from flake8_django_async.analysis.frame import Frame

ANY = "*"
"""Among the names of fetched relations: some that are not known."""
ANSWERED = frozenset({
    "count", "acount", "exists", "aexists", "contains", "acontains", "first", "afirst", "__len__", "__bool__", "__iter__",
    "__aiter__", "__getitem__", "__contains__",
})  # fmt: skip
"""What a queryset that was read whole answers from its rows."""


def is_answered(query: Query, name: str) -> bool:
    """Whether a method of a queryset, or of the manager of a prefetched relation, sends nothing."""
    return query.empty or (query.evaluated or query.prefetched) and name in ANSWERED


def derived(frame: Frame, query: Query, name: str, args: Arguments) -> Query:
    """The queryset that a method of another gives: it has read nothing, unless the relation came with the row."""
    query = replace(query, evaluated=query.prefetched and name == "all", prefetched=False)
    match name:
        case "select_related":
            return replace(query, bare=_resets(args))
        case "prefetch_related":
            return replace(query, related=() if _resets(args) else (*query.related, *_lookups(args)))
        case "only":
            named = {text.partition("__")[0] for text in _texts(args)}
            return replace(query, missing=tuple(field for field in _fields(frame, query.model) if field not in named))
        case "defer":
            return replace(query, missing=() if _resets(args) else (*query.missing, *_texts(args)))
        case _:
            return query


def row(frame: Frame, query: Query) -> Value:
    """A row of a queryset, as it comes from the database."""
    match query.model:
        case ClassRef() as model:
            return Instance(model, bare=is_bare(frame, query), related=query.related, missing=query.missing)
        case Symbol(path=path):
            return Object(path)
        case _:
            return UNKNOWN


def is_bare(frame: Frame, query: Query) -> bool:
    """Whether the rows of a query come without their relations."""
    own = isinstance(query.type, ClassRef) and frame.world.linker.hierarchy.fetches_relations(query.type)
    return query.bare and not own


def attribute_queries(frame: Frame, value: Instance, name: str) -> bool:
    """Whether reading an attribute of a row fetches another row, or a column that was left out."""
    if name in value.missing or name.removesuffix("_id") in value.missing:
        return True
    if not value.bare or name in value.related or ANY in value.related:
        return False
    return frame.world.linker.hierarchy.is_to_one(value.type, name)


def related(value: Instance, name: str, found: Value) -> Value:
    """The manager of a relation, of which the rows may have come with the row at hand."""
    if isinstance(found, Query) and (name in value.related or ANY in value.related):
        return replace(found, prefetched=True)
    return found


def _resets(args: Arguments) -> bool:
    """Whether None was given, which takes back what was said before."""
    return args.positional == (NONE,)


def _lookups(args: Arguments) -> Iterator[str]:
    """The relations that `prefetch_related` names, without those behind them."""
    for value in args.positional:
        known = isinstance(value, Literal_) and isinstance(value.value, str)
        yield str(value.value).partition("__")[0] if known and isinstance(value, Literal_) else ANY
    if args.open:
        yield ANY


def _texts(args: Arguments) -> Iterator[str]:
    return (value.value for value in args.positional if isinstance(value, Literal_) and isinstance(value.value, str))


def _fields(frame: Frame, model: Value | None) -> Iterator[str]:
    """The columns that a model of the project declares, but for its key, which every row has."""
    for cls, span in frame.world.linker.hierarchy.own(model) if isinstance(model, ClassRef) else ():
        module = frame.world.module(cls.path)
        columns = ((name, lines[-1]) for name, lines in span.attributes.items() if relations.is_column(module, lines[-1], name))
        yield from (name for name, lines in columns if not relations.is_primary_key(module, lines, name))
