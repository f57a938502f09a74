"""What the flow keeps of a `case` pattern: the names it binds, whether it always matches."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from flake8_django_async.source.lower_expressions import identifier


def names_of(pattern: cst.CSTNode) -> Iterator[str]:
    """The names a pattern binds, each once, in order of appearance."""
    return iter(dict.fromkeys(_names(pattern)))


def _names(pattern: cst.CSTNode) -> Iterator[str]:
    match pattern:
        case cst.MatchAs(pattern=inner, name=name):
            if inner is not None:
                yield from _names(inner)
            if name is not None:
                yield identifier(name)
        case cst.MatchStar(name=cst.Name() as name):
            yield identifier(name)
        case cst.MatchOr(patterns=alternatives):
            for alternative in alternatives:
                yield from _names(alternative.pattern)
        case cst.MatchList(patterns=elements) | cst.MatchTuple(patterns=elements):
            for element in elements:
                yield from _names(element.value if isinstance(element, cst.MatchSequenceElement) else element)
        case cst.MatchMapping(elements=entries, rest=rest):
            for entry in entries:
                yield from _names(entry.pattern)
            if rest is not None:
                yield identifier(rest)
        case cst.MatchClass(patterns=positional, kwds=keywords):
            for sub in positional:
                yield from _names(sub.value)
            for keyword in keywords:
                yield from _names(keyword.pattern)


def is_irrefutable(pattern: cst.MatchPattern) -> bool:
    """Whether a pattern matches whatever it is given."""
    match pattern:
        case cst.MatchAs(pattern=inner):
            return inner is None or is_irrefutable(inner)
        case cst.MatchOr(patterns=alternatives):
            return any(is_irrefutable(alternative.pattern) for alternative in alternatives)
    return False
