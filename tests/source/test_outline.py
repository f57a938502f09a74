"""Outlines: which names a module binds, and whether every span can be cut out and parsed."""

from __future__ import annotations

import ast
import sys
import sysconfig
import textwrap
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from flake8_django_async.source.flow import Import
from flake8_django_async.source.outline import ClassSpan, Outline, outline


def read(source: str) -> Outline:
    source = textwrap.dedent(source).lstrip("\n")
    return outline(ast.parse(source), source.splitlines(keepends=True))


def test_functions_begin_at_their_first_decorator() -> None:
    (span,) = read("""
        @login_required
        @cache.page(60)
        @registry["x"]
        async def view(request):
            return 1
        """).functions["view"]
    assert (span.first, span.header, span.last, span.is_async) == (1, 4, 5, True)
    assert span.decorators == ("login_required", "cache.page", "")


def test_a_decorator_below_its_sign() -> None:
    (span,) = read("""
        x = 1
        @(
            wrap
        )
        def view(request): ...
        """).functions["view"]
    assert span.first == 2


def test_every_definition_of_a_name_is_kept_in_order() -> None:
    found = read("""
        if fast:
            def load(): ...
        else:
            async def load(): ...
        """)
    assert [span.header for span in found.functions["load"]] == [2, 4]


def test_bodies_of_functions_are_not_entered() -> None:
    found = read("""
        def f():
            import httpx
            x = 1
            call()
        """)
    assert (found.imports, dict(found.assignments), found.statements) == ((), {}, ())


def test_imports() -> None:
    found = read("""
        import a.b
        import a.b as c
        from ..x import y as z, w
        from . import *
        try:
            import fast
        except ImportError:
            import slow as fast
        if TYPE_CHECKING:
            from t import T
        """)
    assert found.imports == (
        Import("a.b", None, "a", 0),
        Import("a.b", None, "c", 0),
        Import("x", "y", "z", 2),
        Import("x", "w", "w", 2),
        Import("", "*", "*", 1),
        Import("fast", None, "fast", 0),
        Import("slow", None, "fast", 0),
        Import("t", "T", "T", 0),
    )


def test_a_class() -> None:
    found = read("""
        @register
        class Shop(models.Model, Generic[T], Manager.from_queryset(Books), metaclass=Meta):
            name: str
            title = caption = field()
            title += 1
            a, (b, *c) = 1, (2, 3)

            class Meta(Base):
                ordering = ["pk"]

            @property
            def price(self): ...
            @price.setter
            def price(self, value): ...
            async def load(self): ...
        """).classes["Shop"]
    assert (found.first, found.header, found.last, found.decorators) == (1, 2, 15, ("register",))
    assert found.bases == ("models.Model", "Generic[T]", "Manager.from_queryset(Books)")
    assert found.attributes == {
        "name": ((3, 3),), "title": ((4, 4), (5, 5)), "caption": ((4, 4),), "a": ((6, 6),), "b": ((6, 6),), "c": ((6, 6),),
    }  # fmt: skip
    assert found.classes["Meta"].attributes == {"ordering": ((9, 9),)}
    assert [(span.first, span.last, span.decorators) for span in found.methods["price"]] == [
        (11, 12, ("property",)),
        (13, 14, ("price.setter",)),
    ]
    assert found.methods["load"][0].is_async


def test_bases_that_are_other_expressions() -> None:
    found = read("class A(make(x=1), Base[int, 'str'], *others): ...")
    assert found.classes["A"].bases == ("make(x=1)", "Base[int, 'str']", "*others")


def test_statements_and_main() -> None:
    found = read('''
        """Docstring."""
        signal.connect(handler)
        settings.DEBUG = True
        DATABASES["default"] = {}
        for model in models:
            admin.register(model)
        if __name__ == "__main__":
            import sys
            run()
        ''')
    assert found.statements == ((2, 2), (3, 3), (4, 4), (6, 6))
    assert found.main == ((7, 9),)
    assert [it.name for it in found.imports] == ["sys"]


def test_statements_on_one_line_share_a_span() -> None:
    found = read("""
        a = [
            1]; b = 2; c = (
            3)
        """)
    assert found.assignments == {"a": ((1, 3),), "b": ((1, 3),), "c": ((1, 3),)}


def test_a_statement_behind_a_colon_has_the_span_of_its_compound() -> None:
    found = read("""
        try: import json
        except ImportError: json = None
        if x: a = 1
        elif y: b = 2
        else: c = 3
        class K: d = 4; e = 5
        """)
    assert found.assignments == {"json": ((1, 2),), "a": ((3, 5),), "b": ((3, 5),), "c": ((3, 5),)}
    assert found.classes["K"].attributes == {"d": ((6, 6),), "e": ((6, 6),)}


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`type X = ...` came with Python 3.12")
def test_type_statements_bind_a_name() -> None:
    assert read("type Pair = tuple[int, int]").assignments == {"Pair": ((1, 1),)}


def test_long_chains_of_elif() -> None:
    source = "if a0: b0 = 0\n" + "".join(f"elif a{n}: b{n} = {n}\n" for n in range(1, 2000))
    try:
        tree = ast.parse(source)
    except (RecursionError, MemoryError):
        pytest.skip("this Python cannot read it")
    assert len(outline(tree).assignments) == 2000


def library() -> list[Path]:
    files = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py")) + sorted(
        Path(sysconfig.get_path("stdlib")).glob("asyncio/*.py")
    )
    return files[::3]


@pytest.mark.parametrize("path", library(), ids=lambda path: path.name)
def test_every_span_can_be_cut_out_and_parsed(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines(keepends=True)
    if "\f" in source or "\x1c" in source:
        pytest.skip("splitlines() splits at more than line ends")
    found = outline(ast.parse(source), lines)
    for name, first, last in spans(found):
        text = "".join(lines[first - 1 : last])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse("if 1:\n" + text if text[:1].isspace() else text)
        assert name is None or any(name in (getattr(node, "name", 0), getattr(node, "id", 0)) for node in ast.walk(tree))


def spans(found: Outline | ClassSpan) -> Iterator[tuple[str | None, int, int]]:
    functions, assignments = (
        (found.functions, found.assignments) if isinstance(found, Outline) else (found.methods, found.attributes)
    )
    for name, definitions in functions.items():
        yield from ((name, span.first, span.last) for span in definitions)
    for name, bound in assignments.items():
        yield from ((name, first, last) for first, last in bound)
    for name, inner in found.classes.items():
        yield (name, inner.first, inner.last)
        yield from spans(inner)
    if isinstance(found, Outline):
        yield from ((None, first, last) for first, last in found.statements + found.main)


def test_a_base_that_is_nested_too_deep_has_no_text() -> None:
    text = f"class A(f{'()' * 700}): ..."
    assert outline(ast.parse(text), [text]).classes["A"].bases == ("",)


def test_a_decorator_far_below_its_sign() -> None:
    lines = ["@(\n", *["\n"] * 25, "deco)\n", "def f(): ...\n"]
    (span,) = outline(ast.parse("".join(lines)), lines).functions["f"]
    assert (span.first, span.header) == (27, 28)
