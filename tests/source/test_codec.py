"""Flow survives being stored, and what is no flow is refused."""

from __future__ import annotations

import ast
import json
import marshal
from collections.abc import Callable, Iterator
from dataclasses import fields, make_dataclass
from typing import cast

import pytest

from flake8_django_async.source import codec, flow, lower
from flake8_django_async.source.outline import outline

SOURCE = '''\
@login_required
async def chat(request, /, *args: int, limit=-1, **options) -> "Reply":
    """Answers."""
    global seen
    import a.b as c
    book: Book | None = await Book.objects.aget(pk=request.GET["é"], **options)
    async with client.stream(f"{book}") as (reply, *rest), lock:
        async for part in reply:
            yield part if part else [x async for x in part if x]
        else:
            del book.title
    match book:
        case Book(title=title) as found if found:
            total += 1.5
        case _:
            assert not total, lambda x=1e400: {**x, None: (yield from x)}
    try:
        if (n := 10) and not book:
            raise Http404 from None
        elif n:
            return
    except* ValueError as error:
        while True:
            break
    finally:
        class Inner(Base):
            pass
'''
BLOCK = lower.block(SOURCE.splitlines(keepends=True), 1, SOURCE.count("\n"))


def as_it_is(data: codec.Data) -> codec.Data:
    return data


def through_marshal(data: codec.Data) -> codec.Data:
    return cast(codec.Data, marshal.loads(marshal.dumps(data)))


def through_json(data: codec.Data) -> codec.Data:
    return cast(codec.Data, json.loads(json.dumps(data)))


@pytest.mark.parametrize("stored", [as_it_is, through_marshal, through_json])
def test_a_block_comes_back(stored: Callable[[codec.Data], codec.Data]) -> None:
    assert codec.decode_block(stored(codec.encode(BLOCK))) == BLOCK


def test_true_is_not_one() -> None:
    block = (flow.Evaluate(flow.Constant(True), (0, 0, 0, 4)),)
    [back] = codec.decode_block(through_json(codec.encode(block)))
    assert isinstance(back, flow.Evaluate) and isinstance(back.value, flow.Constant) and back.value.value is True


@pytest.mark.parametrize(
    "data",
    [
        None,
        "x",
        0,
        {},
        {"a": 1},
        [None],
        [[]],
        [["Name", "x"]],
        [[-1]],
        [[10**9, "x"]],
        [[True, "x"]],
        [[codec.TAGS[flow.Name], "x"]],  # an expression, where a statement belongs
        [[codec.TAGS[flow.Break]]],
        [[codec.TAGS[flow.Break], [0, 0, 0]]],
        [[codec.TAGS[flow.Break], [0, 0, 0, "0"]]],
        [[codec.TAGS[flow.Break], [0, 0, 0, 0], 0]],
        [[codec.TAGS[flow.Declare], "galactic", ["x"]]],
        [[codec.TAGS[flow.Declare], "global", [1]]],
        [[codec.TAGS[flow.Declare], [], ["x"]]],
        [[codec.TAGS[flow.Import], "a", None, "a", False]],
        [[codec.TAGS[flow.Evaluate], [codec.TAGS[flow.Mapping], [1]], [0, 0, 0, 0]]],
    ],
)
def test_garbage_is_refused(data: codec.Data) -> None:
    with pytest.raises(ValueError):
        codec.decode_block(data)


def test_every_damaged_element_is_refused_or_harmless() -> None:
    broken: list[codec.Data] = [None, -1, "?", [], [[]], 1.5]
    for damage in broken:
        for damaged in damages(codec.encode(BLOCK), damage):
            try:
                assert isinstance(codec.decode_block(damaged), tuple)
            except ValueError:
                pass


def damages(data: codec.Data, damage: codec.Data) -> list[codec.Data]:
    """Copies of the data, in each of which one element is replaced."""
    if not isinstance(data, list):
        return [damage]
    return [[*data[:place], inner, *data[place + 1 :]] for place, item in enumerate(data) for inner in damages(item, damage)]


def test_what_is_nested_too_deep_is_refused() -> None:
    data: codec.Data = [codec.TAGS[flow.Name], "x"]
    at = (0, 0, 0, 0)
    value: flow.Expr = flow.Name("x")
    for _ in range(100_000):
        data = [codec.TAGS[flow.Not], data]
    for _ in range(5_000):
        value = flow.Not(value)
    with pytest.raises(ValueError):
        codec.decode_block([[codec.TAGS[flow.Evaluate], data, list(at)]])
    with pytest.raises(ValueError):
        codec.encode((flow.Evaluate(value, at),))


def test_every_class_of_the_flow_can_be_stored() -> None:
    for kind in codec.CLASSES:
        assert len(codec._fields(kind)) == len(codec.FIELDS[kind])


def test_the_schema_is_the_same_in_every_process() -> None:
    assert len(codec.SCHEMA) == 16
    assert " at 0x" not in repr([field.type for kind in codec.CLASSES for field in fields(kind)])


def test_the_schema_is_that_of_one_layout() -> None:
    """Data of an older layout lies under another key, and is not misread."""

    def other_fields() -> Iterator[list[tuple[str, object]]]:
        *first, at = [(field.name, field.type) for field in fields(flow.Try)]
        yield [*first, ("is_star", "bool"), at]
        yield [at, *first]
        yield [*first, ("at", "Lines")]

    place = codec.CLASSES.index(flow.Try)
    others = [make_dataclass("Try", layout) for layout in other_fields()]
    layouts = [[*codec.CLASSES[:place], other, *codec.CLASSES[place + 1 :]] for other in others]
    schemas = [codec.schema_of(layout) for layout in (codec.CLASSES, codec.CLASSES[::-1], *layouts)]
    assert schemas[0] == codec.SCHEMA and len(set(schemas)) == len(schemas)


@pytest.mark.parametrize("table", [[], 1, {1: []}, {"f": 1}, {"f": [1]}])
def test_a_table_of_another_shape_is_refused(table: object) -> None:
    data = codec.encode(outline(ast.parse("def f(): ..."), ["def f(): ..."]))
    assert isinstance(data, list)
    place = next(number for number, item in enumerate(data) if isinstance(item, dict) and item)
    with pytest.raises(ValueError):
        codec.decode_outline([*data[:place], cast(codec.Data, table), *data[place + 1 :]])
