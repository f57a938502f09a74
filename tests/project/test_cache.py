"""The cache: whatever is wrong with it, nothing is raised and nothing wrong is read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flake8_django_async.project.cache import Cache, default_folder, sealed


def files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.json"))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    Cache(str(tmp_path)).write("kind", "key", {"a": [1, "\udcff", None]})
    assert Cache(str(tmp_path)).read("kind", "key") == {"a": [1, "\udcff", None]}
    assert Cache(str(tmp_path)).read("kind", "other") is None
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["trimmed", "key.json"] or files(tmp_path)


@pytest.mark.parametrize("text", [b"", b"1", b"\xff\x00", sealed("other", b"1"), *(sealed("key", body) for body in (b"", b"[", b"[" * 100_000))])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, text: bytes) -> None:
    cache = Cache(str(tmp_path))
    cache.write("kind", "key", 1)
    [path] = files(tmp_path)
    path.write_bytes(text)
    assert cache.read("kind", "key") is None
    cache.write("kind", "key", 2)
    assert cache.read("kind", "key") == 2


def test_no_byte_changes_unnoticed(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path))
    cache.write("kind", "key", [12, "text"])
    [path] = files(tmp_path)
    stored = path.read_bytes()
    for place in range(len(stored)):
        path.write_bytes(stored[:place] + bytes([stored[place] ^ 1]) + stored[place + 1 :])
        assert cache.read("kind", "key") is None
    for end in range(len(stored)):
        path.write_bytes(stored[:end])
        assert cache.read("kind", "key") is None


def test_a_folder_in_the_place_of_a_file(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path))
    cache.write("kind", "key", 1)
    [path] = files(tmp_path)
    path.unlink()
    path.mkdir()
    assert cache.read("kind", "key") is None
    cache.write("kind", "key", 2)
    assert cache.read("kind", "key") is None
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("")
    cache = Cache(str(place))
    cache.write("kind", "key", 1)
    assert cache.read("kind", "key") is None


def test_data_that_cannot_be_stored(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path))
    cache.write("kind", "key", object())
    assert cache.read("kind", "key") is None
    cache.write("kind", "key", 1)
    assert cache.read("kind", "key") == 1


def test_the_oldest_files_are_thrown_out(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path), limit=1_000)
    for number in range(30):
        cache.write("kind", f"key{number}", "x" * 80)
        path = next(path for path in files(tmp_path) if path.stem == f"key{number}")
        os.utime(path, (number + 1, number + 1))
    cache.trim()
    left = files(tmp_path)
    assert sum(path.stat().st_size for path in left) <= 1_000
    assert {path.stem for path in left} == {f"key{number}" for number in range(30 - len(left), 30)}


def test_other_things_in_the_folder_are_let_alone(tmp_path: Path) -> None:
    """`cache-dir = "."` is a mistake that costs nobody a file."""
    others = [tmp_path / name for name in ("package.json", "trimmed", "data/old.json", "data/kind/old.json", "data-000000000000/x.json")]
    for path in others:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x" * 2_000)
        os.utime(path, (1, 1))
    cache = Cache(str(tmp_path), limit=1_000)
    cache.write("kind", "key", "x" * 2_000)
    assert {path.read_text() for path in others} == {"x" * 2_000}
    assert cache.read("kind", "key") is None


def test_the_platform_says_where(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("flake8_django_async.project.cache.sys.platform", "linux")
    monkeypatch.setattr("flake8_django_async.project.cache.os.name", "posix")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_folder() == str(tmp_path / "flake8-django-async")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert default_folder() == str(tmp_path / "home" / ".cache" / "flake8-django-async")
    monkeypatch.setattr("flake8_django_async.project.cache.sys.platform", "darwin")
    assert default_folder() == str(tmp_path / "home" / "Library" / "Caches" / "flake8-django-async")


def test_a_folder_that_is_not_there_is_not_too_large(tmp_path: Path) -> None:
    Cache(str(tmp_path / "missing"), limit=0).trim()
    assert not (tmp_path / "missing").exists()
