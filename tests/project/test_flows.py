"""Outlines of other modules are kept between runs, under their text; what is damaged is read again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from flake8_django_async.project import flows as flows_
from flake8_django_async.project import module as module_
from flake8_django_async.project.cache import CHECKSUM, Cache, digest, sealed
from flake8_django_async.project.flows import Flows
from flake8_django_async.project.module import Module
from flake8_django_async.source import codec, flow
from flake8_django_async.source.outline import ClassSpan, Outline

TEXT = '''\
import a.b as c
from . import d

@login_required
async def view(request):
    pass

class Book(models.Model):
    title: str = "é"
    class Meta:
        ordering = ["title"]
    @property
    def name(self):
        return self.title

if __name__ == "__main__":
    view.connect(1)
'''


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The texts that are parsed; Module has no flows behind the test."""
    texts: list[str] = []
    parse = module_._parse
    monkeypatch.setattr(module_, "_parse", lambda lines: texts.append("".join(lines)) or parse(lines))
    monkeypatch.setattr(Module, "flows", None)
    yield texts


def outlined(folder: Path, text: str = TEXT) -> Outline:
    """The outline of a module, in a run of its own as far as the cache sees it."""
    path = folder / "shop.py"
    path.write_text(text, encoding="utf-8")
    Module.flows = flows = Flows(Cache(str(folder / "cache")))
    found = Module(str(path), "shop").outline
    flows.flush()
    return found


def test_the_second_run_parses_nothing(tmp_path: Path, parsed: list[str]) -> None:
    first = outlined(tmp_path)
    assert first.functions and first.classes and first.imports and first.main
    assert outlined(tmp_path) == first
    assert parsed == [TEXT]


def test_another_text_is_parsed(tmp_path: Path, parsed: list[str]) -> None:
    outlined(tmp_path)
    changed = outlined(tmp_path, TEXT.replace("Book", "Page"))
    assert list(changed.classes) == ["Page"]
    assert len(parsed) == 2


def test_a_text_that_cannot_be_parsed_is_not_kept(tmp_path: Path, parsed: list[str]) -> None:
    for _ in range(2):
        assert outlined(tmp_path, "def f(:\n") == Outline()
    assert len(parsed) == 2


@pytest.mark.parametrize("data", [[], ["x"], [1, 2], {"a": 1}, None], ids=str)
def test_what_is_no_outline_is_parsed_again(tmp_path: Path, parsed: list[str], data: object) -> None:
    first = outlined(tmp_path)
    [stored] = (tmp_path / "cache").rglob("*.json")
    content = json.loads(stored.read_bytes()[CHECKSUM:])
    content["outline"] = content["outline"].partition("[")[0] + json.dumps(data)
    stored.write_bytes(sealed(stored.stem, json.dumps(content).encode()))
    assert outlined(tmp_path) == first
    assert len(parsed) == 2


def test_what_is_nested_too_deep_is_not_kept(tmp_path: Path, parsed: list[str]) -> None:
    value: flow.Expr = flow.Name("x")
    for _ in range(5_000):
        value = flow.Not(value)
    flows = Flows(Cache(str(tmp_path)))
    flows.keep("a.py", "key", (flow.Evaluate(value, (0, 0, 0, 1)),))
    deep = ClassSpan("A", 1, 1, 1, (), {}, {}, {}, ())
    for _ in range(5_000):
        deep = ClassSpan("A", 1, 1, 1, (), {}, {}, {"A": deep}, ())
    flows.keep_outline("a.py", "", Outline(classes={"A": deep}))
    flows.flush()
    assert not list(tmp_path.rglob("*.json"))


def test_what_is_no_flow_is_as_good_as_none(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path))
    cache.write("flows", digest("a.py", codec.SCHEMA), {"number": 1, "text": "[", "deep": "[" * 100_000})
    assert [Flows(cache).find("a.py", key) for key in ("number", "text", "deep", "missing")] == [None] * 4


def test_what_was_kept_in_another_layout_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Flows(Cache(str(tmp_path)))
    kept.keep("a.py", "key", (flow.Break((0, 0, 0, 5)),))
    kept.flush()
    assert Flows(Cache(str(tmp_path))).find("a.py", "key") is not None
    monkeypatch.setattr(codec, "SCHEMA", codec.schema_of(codec.CLASSES[:-1]))
    assert Flows(Cache(str(tmp_path))).find("a.py", "key") is None


def test_of_a_module_with_very_many_only_those_in_use_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows_, "MOST", 2)
    for name in ("one", "two", "three"):
        flows = Flows(Cache(str(tmp_path)))
        flows.keep("a.py", name, (flow.Break((0, 0, 0, 5)),))
        flows.flush()
    flows = Flows(Cache(str(tmp_path)))
    assert [flows.find("a.py", name) is not None for name in ("one", "two", "three")] == [False, False, True]
