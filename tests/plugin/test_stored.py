"""Verdicts are the same with a cold cache, a warm one, a damaged one and none."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from flake8_django_async import check as checking
from flake8_django_async import stored
from flake8_django_async.diagnostic import Diagnostic
from flake8_django_async.options import Configuration
from flake8_django_async.project.cache import CHECKSUM, Cache, sealed
from flake8_django_async.project.fingerprint import Fingerprint
from flake8_django_async.project.modules import Module, Project
from tests.trial import lay_out

HELPERS = """
    import asyncio

    async def ask():
        await asyncio.sleep(5)
"""
VIEWS = """
    from django.contrib.auth.models import User
    from shop.helpers import ask

    async def view(request):
        user = await User.objects.aget(pk=1)
        await ask()
        return user
"""
FILES = {"manage.py": "", "shop/__init__.py": "", "shop/helpers.py": HELPERS, "shop/views.py": VIEWS}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "project", FILES)


def run(project: Path, folder: Path, *, no_cache: bool = False, text: str | None = None) -> list[tuple[int, str]]:
    """What a process of its own would say of the view."""
    path = project / "shop" / "views.py"
    lines = (path.read_text(encoding="utf-8") if text is None else text).splitlines(keepends=True)
    forget()
    try:
        found = checking.check_cached(str(path), lines, None, Configuration(cache_dir=str(folder), no_cache=no_cache))
    finally:
        for results in stored._results.values():
            results.flush()
        for _, flows in stored._caches.values():
            flows.flush()
        forget()
    return [(diagnostic.line, diagnostic.text) for diagnostic in found]


def forget() -> None:
    Project.forget_all()
    checking._worlds.clear()
    stored._results.clear()
    stored._caches.clear()
    Module.flows = None


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are really analysed from now on."""
    seen: list[str] = []
    check: Callable[..., list[Diagnostic]] = checking.check

    def analysed(path: str, *rest: object) -> list[Diagnostic]:
        seen.append(path)
        return check(path, *rest)

    monkeypatch.setattr(checking, "check", analysed)
    return seen


def test_cold_warm_and_off_agree(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    off = run(project, tmp_path / "cache", no_cache=True)
    assert [line for line, _ in off] == [6]
    assert not (tmp_path / "cache").exists()
    seen = counted(monkeypatch)
    assert run(project, tmp_path / "cache") == off
    assert len(seen) == 1
    assert run(project, tmp_path / "cache") == off
    assert len(seen) == 1


def test_a_change_of_another_file_counts(project: Path, tmp_path: Path) -> None:
    assert run(project, tmp_path / "cache")
    helpers = project / "shop" / "helpers.py"
    text = helpers.read_text(encoding="utf-8")
    helpers.write_text(text.replace("sleep(5)", "sleep(0)"), encoding="utf-8")
    assert run(project, tmp_path / "cache") == []
    helpers.write_text(text, encoding="utf-8")
    assert run(project, tmp_path / "cache")


def test_a_buffer_counts_and_is_not_kept(project: Path, tmp_path: Path) -> None:
    assert run(project, tmp_path / "cache")
    buffer = (project / "shop" / "views.py").read_text(encoding="utf-8").replace("await ask()", "ask")
    assert run(project, tmp_path / "cache", text=buffer) == []
    assert run(project, tmp_path / "cache")


def test_a_change_while_a_file_is_analysed_keeps_nothing(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check: Callable[..., list[Diagnostic]] = checking.check

    def slow(*given: object) -> list[Diagnostic]:
        found = check(*given)  # type: ignore[arg-type]  # whatever was given
        (project / "shop" / "helpers.py").write_text("async def ask(): pass\n", encoding="utf-8")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(checking, "check", slow)
        assert run(project, tmp_path / "cache")
    assert run(project, tmp_path / "cache") == []


def test_a_change_that_is_taken_back_keeps_nothing(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the analysis has seen in between is not what the files say at either look."""
    check: Callable[..., list[Diagnostic]] = checking.check
    helpers = project / "shop" / "helpers.py"
    text = helpers.read_text(encoding="utf-8")

    def meanwhile(*given: object) -> list[Diagnostic]:
        helpers.write_text("async def ask(): pass\n", encoding="utf-8")
        found = check(*given)  # type: ignore[arg-type]  # whatever was given
        helpers.write_text(text, encoding="utf-8")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(checking, "check", meanwhile)
        assert run(project, tmp_path / "cache") == []
    assert run(project, tmp_path / "cache")


def test_another_encoding_is_kept_too(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text on disk is no buffer's, though its bytes are others."""
    path = project / "shop" / "views.py"
    text = "# coding: latin-1, as \u00e9\n" + path.read_text(encoding="utf-8")
    path.write_text(text, encoding="latin-1")
    seen = counted(monkeypatch)
    assert run(project, tmp_path / "cache", text=text) == run(project, tmp_path / "cache", text=text) != []
    assert len(seen) == 1


@pytest.mark.parametrize("kind", ["results", "files", "flows"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"1",
        b"[1,2]",
        b'{"a":1}',
        b"[[],[[1]]]",
    ],
)
def test_a_foreign_cache_changes_no_verdict(project: Path, tmp_path: Path, kind: str, body: bytes) -> None:
    """Whole files with their checksum, of something else."""
    cache = tmp_path / "cache"
    expected = run(project, cache)
    for path in cache.rglob(f"{kind}/*.json"):
        path.write_bytes(sealed(path.stem, body))
    assert run(project, cache) == expected
    assert run(project, cache) == expected


def test_wrong_types_in_their_right_places(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    expected = run(project, cache)
    for path in cache.rglob("*.json"):
        body = path.read_bytes()[CHECKSUM:]
        path.write_bytes(sealed(path.stem, body.replace(b":5", b':"5"').replace(b",6,", b',"6",').replace(b"null", b"true")))
    assert b',"6",' in b"".join(path.read_bytes() for path in cache.rglob("results/*.json"))
    assert run(project, cache) == expected


@pytest.mark.parametrize("kind", ["results", "files", "flows"])
def test_a_digit_that_has_flipped(project: Path, tmp_path: Path, kind: str) -> None:
    """It is JSON of the right shape still: another line, another name, another file's hash."""
    cache = tmp_path / "cache"
    expected = run(project, cache)
    for path in cache.rglob(f"{kind}/*.json"):
        stored = path.read_bytes()
        path.write_bytes(stored[:CHECKSUM] + stored[CHECKSUM:].translate(bytes.maketrans(b"0123456789ask", b"1234567890tsk")))
    assert run(project, cache) == expected


def test_a_place_that_cannot_be_written(project: Path, tmp_path: Path) -> None:
    place = tmp_path / "cache"
    place.write_text("a file", encoding="utf-8")
    assert run(project, place) == run(project, place, no_cache=True)


def test_what_could_not_be_analysed_is_looked_at_again(project: Path, tmp_path: Path) -> None:
    """A limit of time, or of memory, may be another's the next time."""
    deep = " or ".join(["request.GET"] * 1_500)
    lay_out(project, {"shop/views.py": f"{textwrap.dedent(VIEWS)}\nasync def deep(request):\n    return {deep}\n"})
    found = run(project, tmp_path / "cache")
    assert [text[:6] for _, text in found] == ["LDB101", "LDB900"]
    assert run(project, tmp_path / "cache") == found
    assert not list((tmp_path / "cache").glob("*/results/*.json"))


def test_a_file_that_goes_between_two_looks_changes_the_state(project: Path, tmp_path: Path) -> None:
    found = Project.for_file(str(project / "shop/views.py"))
    fingerprint = Fingerprint(found, Cache(str(tmp_path / "cache")))
    before = fingerprint.taken()
    assert fingerprint.taken() == before
    (project / "shop/helpers.py").unlink()
    assert fingerprint.taken() != before


def test_each_file_has_its_modules_looked_at_on_disk_once(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project that is asked for begins another look at what it has read."""
    asked: list[str] = []
    of_file = Project.for_file

    def counted(path: str, explicit_roots: tuple[str, ...] = ()) -> Project:
        asked.append(path)
        return of_file(path, explicit_roots)

    monkeypatch.setattr(Project, "for_file", counted)
    run(project, tmp_path / "cache")
    run(project, tmp_path / "cache", no_cache=True)
    assert asked == [str(project / "shop/views.py")] * 2
