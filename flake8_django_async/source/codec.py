"""Flows and outlines as nested lists of plain values, which `marshal` and `json` can store, and back.

A node is `[tag, field, ...]`, a tuple a list of its items, a mapping a dict, a span a list of its four numbers. The tag is the
place of the node's class in flow.py and outline.py. So data is worth nothing once these have other classes or fields: store it
under `SCHEMA`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, TypeAlias, Union, cast, get_args, get_origin, get_type_hints

from flake8_django_async.source import flow, outline

Data: TypeAlias = "list[Data] | tuple[Data, ...] | dict[str, Data] | str | int | float | bool | None"
#: The value for data; it may raise ValueError, TypeError, LookupError or RecursionError for data of another shape.
Decoder: TypeAlias = Callable[[Any], Any]

CLASSES: tuple[type, ...] = (
    *(kind for kind in vars(flow).values() if isinstance(kind, type) and is_dataclass(kind)),
    outline.FunctionSpan, outline.ClassSpan, outline.Outline,
)  # fmt: skip
FIELDS: dict[type, tuple[str, ...]] = {kind: tuple(field.name for field in fields(kind)) for kind in CLASSES}
TAGS = {kind: tag for tag, kind in enumerate(CLASSES)}
PLAIN = frozenset({str, int, float, bool, type(None)})
LISTS = frozenset({list, tuple})
FOUR_NUMBERS = [int] * 4


def schema_of(classes: Sequence[type]) -> str:
    """A text that differs whenever the data for some flow may: by the order of classes, their fields, and the types of these."""
    layout = [(kind.__name__, [(field.name, field.type) for field in fields(kind)]) for kind in classes]
    return hashlib.sha256(repr(layout).encode()).hexdigest()[:16]


SCHEMA = schema_of(CLASSES)


def encode(value: flow.Block | outline.Outline) -> Data:
    """Plain data for a block or an outline. Raises ValueError for one that is nested too deep."""
    try:
        return cast(Data, _encode(value))
    except RecursionError:
        raise ValueError("nested too deep to be stored") from None


def decode_block(data: Data) -> flow.Block:
    """The block that `encode` made data of. Raises ValueError for data that no block gives."""
    return cast(flow.Block, _decode(flow.Block, data))


def decode_outline(data: Data) -> outline.Outline:
    """The outline that `encode` made data of. Raises ValueError for data that no outline gives."""
    return cast(outline.Outline, _decode(outline.Outline, data))


def _encode(value: Any) -> Any:
    kind = value.__class__
    names = FIELDS.get(kind)
    if kind is dict:
        return {key: _encode(item) for key, item in value.items()}
    if names is None:
        return [item if item.__class__ in PLAIN else _encode(item) for item in value]
    data = [TAGS[kind]]
    for name in names:
        field = getattr(value, name)
        data.append(field if field.__class__ in PLAIN else _encode(field))
    return data


def _decode(kind: object, data: Data) -> object:
    try:
        return _decoder(kind)(data)
    except (TypeError, LookupError, RecursionError) as error:
        raise ValueError(f"not what was stored: {error}") from error


@cache
def _decoder(kind: Any) -> Decoder:
    """The decoder for values of the type that a field of flow.py is annotated with."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind == flow.Span:
        return _span
    if origin is Literal:
        return _one_of(arguments)
    if origin is tuple and arguments[-1] is Ellipsis:
        return _items(_decoder(arguments[0]))
    if origin is Mapping:
        return _table(_decoder(arguments[1]))
    if origin is tuple:
        return _fixed([_decoder(argument) for argument in arguments])
    return _any_of(arguments if origin in (Union, UnionType) else (kind,))


@cache
def _fields(kind: type) -> list[Decoder]:
    """The decoders for the fields of a class; made when they are first needed, for expressions hold expressions."""
    hints = get_type_hints(kind, localns={"Import": flow.Import})
    return [_decoder(hints[name]) for name in FIELDS[kind]]


def _any_of(kinds: tuple[Any, ...]) -> Decoder:
    """Plain values and nodes of the given classes."""
    plain = PLAIN.intersection(kinds)
    nodes = {TAGS[kind]: kind for kind in kinds if kind not in plain}

    def decode(data: Any) -> Any:
        if data.__class__ in plain:
            return data
        if data.__class__ not in LISTS or data[0].__class__ is not int:
            raise ValueError("not a node")
        kind = nodes[data[0]]
        return kind(*[field(each) for field, each in zip(_fields(kind), data[1:], strict=True)])

    return decode


def _items(item: Decoder) -> Decoder:
    def decode(data: Any) -> Any:
        if data.__class__ not in LISTS:
            raise ValueError("not a list")
        return tuple([item(each) for each in data])

    return decode


def _table(item: Decoder) -> Decoder:
    def decode(data: Any) -> Any:
        if data.__class__ is not dict or any(key.__class__ is not str for key in data):
            raise ValueError("not a table")
        return {key: item(each) for key, each in data.items()}

    return decode


def _fixed(items: list[Decoder]) -> Decoder:
    def decode(data: Any) -> Any:
        if data.__class__ not in LISTS:
            raise ValueError("not a list")
        return tuple([item(each) for item, each in zip(items, data, strict=True)])

    return decode


def _one_of(values: tuple[Any, ...]) -> Decoder:
    def decode(data: Any) -> Any:
        if data not in values:
            raise ValueError("not one of the values")
        return data

    return decode


def _span(data: Any) -> Any:
    if data.__class__ not in LISTS or [each.__class__ for each in data] != FOUR_NUMBERS:
        raise ValueError("not a span")
    return tuple(data)
