"""Reverse questions about a project."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from flake8_django_async.project import index
from flake8_django_async.project.index import Index
from flake8_django_async.project.modules import Project
from tests.project.conftest import LayOut


def index_of(home: Path) -> Index:
    return Project.for_file(str(home / "manage.py")).index


def test_mentions_are_whole_words_in_sorted_order(lay_out: LayOut) -> None:
    home = lay_out({
        "manage.py": "",
        "b.py": "ask()\n\nx = ask; ask\ntask = asked = ask_llm\n",
        "a/z.py": "'ask'",
        "a.py": "caf\u00e9 = \u00e9ask\n",
    })  # fmt: skip
    assert index_of(home).mentions("ask") == ((f"{home}/a/z.py", 1), (f"{home}/b.py", 1), (f"{home}/b.py", 3))
    assert index_of(home).mentions("caf\u00e9") == ((f"{home}/a.py", 1),)
    assert index_of(home).mentioning("missing") == ()
    assert index_of(home).mentions("") == ()


def test_lines_are_those_of_flake8(lay_out: LayOut) -> None:
    home = lay_out({"manage.py": ""})
    (home / "a.py").write_bytes(b"\xef\xbb\xbfword\r\n\x0c\rword\n\nword")
    assert [line for _, line in index_of(home).mentions("word")] == [1, 3, 5]


def test_many_questions_have_the_answers_of_few(lay_out: LayOut, monkeypatch: pytest.MonkeyPatch) -> None:
    home = lay_out({"manage.py": "", "a.py": "\n".join(f"word{n} = other{n}" for n in range(100)), "b.py": "word7\n"})
    few = [Index(index_of(home).files()).mentions(f"word{n}") for n in range(100)]
    many = index_of(home)
    assert [many.mentions(f"word{n}") for n in range(100)] == few
    assert len(few[7]) == 2


def test_subclasses(lay_out: LayOut) -> None:
    home = lay_out({
        "manage.py": "",
        "a.py": """
            class One(Base): ...
            class Two[T](base.Base[T], metaclass=Meta): ...
            if x:
                class Three(
                    Mixin,  # not (Other
                    make(Other).Base,
                ):
                    y = Late
            class Four(Based): ...
            # class Five(Base): ...
            x = "class Six(Base)"
            class Seven: ...
            """,
    })  # fmt: skip
    assert [(header.name, header.line) for header in index_of(home).subclasses("Base")] == [("One", 1), ("Two", 2), ("Three", 4)]
    assert [header.name for header in index_of(home).subclasses("Mixin")] == ["Three"]
    assert [header.name for header in index_of(home).subclasses("Meta")] == ["Two"]
    assert index_of(home).subclasses("Late") == ()


def test_definitions(lay_out: LayOut) -> None:
    home = lay_out({
        "manage.py": "",
        "a.py": "def ask(): ...\nclass A:\n    async  def ask(self): ask\n",
        "b.py": "x = 1; ask = 2\nclass ask: ...\n# def ask\ndef asked(): ...\n",
    })  # fmt: skip
    assert [(Path(it.path).stem, it.line) for it in index_of(home).definitions("ask")] == [("a", 1), ("a", 3), ("b", 2)]


def test_importers(lay_out: LayOut) -> None:
    home = lay_out({
        "manage.py": "",
        "a.py": "from shop.views import x\n",
        "b.py": "def f():\n    import shop.views\n",
        "c.py": "from shop import (  # these\n    models,\n    views,\n)\n",
        "d.py": "from shop import models, \\\n    views\n",
        "e.py": "views = 1  # import views\nimport x  # views\n",
        "f.py": "from .views import *\n",
    })  # fmt: skip
    assert [Path(path).stem for path in index_of(home).importers("views")] == ["a", "b", "c", "d", "f"]


def test_large_files_are_listed_but_not_searched(lay_out: LayOut, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "LARGEST", 10)
    home = lay_out({"manage.py": "", "a.py": "word = 100000\n", "b.py": "word\n"})
    assert index_of(home).files() == (f"{home}/a.py", f"{home}/b.py", f"{home}/manage.py")
    assert index_of(home).mentioning("word") == (f"{home}/b.py",)


@pytest.mark.parametrize(
    "text",
    [
        "class a(" * 120_000,
        "class A(\n" * 110_000,
        "\nfrom x import (",
        "from x import \\\n" * 65_000,
        "class A[" * 120_000,
        "(" * 10**6,
    ],
    ids=["one line", "headers", "import", "continued", "parameters", "brackets"],
)
def test_no_text_takes_long(lay_out: LayOut, text: str) -> None:
    home = lay_out({"manage.py": ""})
    (home / "a.py").write_text(text[: index.LARGEST - 4] + "\nword")
    start = time.process_time()
    index_of(home).subclasses("word")
    index_of(home).importers("word")
    index_of(home).mentions("word")
    assert time.process_time() - start < 5
