"""flake8 reads compiled.jsonl, people write TOML: the two are one; and what the format does not allow is refused."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

import pytest

from flake8_django_async import analysis
from flake8_django_async.analysis import roles
from flake8_django_async.models import compile as compile_
from flake8_django_async.models.compile import ModelError, compiled, paths_of, read
from flake8_django_async.models.load import COMPILED, Models, Row
from flake8_django_async.models.vocabulary import ROLES

FILES = read()


def test_compiled_file_is_current() -> None:
    hint = "run python -m flake8_django_async.models.compile"
    assert COMPILED.read_text("utf-8") == compiled(FILES), hint


def test_every_row_arrives_as_it_is_written() -> None:
    models = Models()
    for content in FILES.values():
        for call in content.get("call", []):
            when = call.get("when", "await" if call.get("effect") == "wait" else None)
            keys = (call.get("effect"), call.get("length"), when, call.get("returns"), call.get("role"), call["why"])
            for path in paths_of(call):
                assert models.row(path) == Row(path, *keys, library=content["library"])


def test_every_type_arrives_as_it_is_written() -> None:
    models = Models()
    for content in FILES.values():
        for entry in content.get("type", []):
            for path in (entry["path"], *entry.get("aliases", []), *entry.get("former", [])):
                found = models.type(path)
                assert found is not None and found.path == entry["path"]


def test_each_role_of_the_vocabulary_is_borne_by_rows_and_means_something_to_the_analysis() -> None:
    """A word is implemented by a function of `analysis.roles`, or something asks for it by name."""
    borne = {call["role"] for content in FILES.values() for call in content.get("call", []) if "role" in call}
    sources = (ast.parse(path.read_text("utf-8")) for path in Path(analysis.__path__[0]).rglob("*.py"))
    asked = {node.value for tree in sources for node in ast.walk(tree) if isinstance(node, ast.Constant)} & set(ROLES)
    assert set(ROLES) == borne == {*roles.ROLES, *asked}


HEAD = 'library = "x"\n'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "needs 'library'"),
        (HEAD + "[[call]]\npaths = ['x.a']", "why"),
        (HEAD + "[[call]]\npaths = ['x.a']\nwhy = 'w'\nrole = 'rule'", "no word"),
        (HEAD + "[[call]]\npaths = ['x.a']\nwhy = 'w'\nreturns = 'modle'", "no word"),
        (HEAD + "[[call]]\npaths = ['x.a']\nwhy = 'w'\neffect = 'wait'", "length"),
        (HEAD + "[[call]]\npaths = ['x.a']\nwhy = 'w'\neffect = 'query'", "when"),
        (HEAD + "[[call]]\npaths = ['x.a', 'x.a']\nwhy = 'w'", "more than one row"),
        (HEAD + "[[type]]\npath = 'x.A'\naliases = ['x.B']\n[[call]]\npaths = ['x.B.a']\nwhy = 'w'", "alias"),
        (HEAD + "bananas = 1", "unknown key"),
        (HEAD + "by_name = { types = ['x.A'] }", "by_name needs"),
        (HEAD + "[[type]]\naliases = ['x.B']", "a type without a path"),
        (HEAD + "[[call]]\npaths = ['x.a']\nwhy = 'w'\nlength = 'long'", "only waits"),
    ],
)
def test_a_file_that_breaks_the_format_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "x.toml").write_text(textwrap.dedent(text))
    with pytest.raises(ModelError, match=problem):
        read(tmp_path)


def test_the_command_writes_what_is_current(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compile_, "COMPILED", tmp_path / "compiled.jsonl")
    compile_.main()
    assert (tmp_path / "compiled.jsonl").read_text("utf-8") == COMPILED.read_text("utf-8")
