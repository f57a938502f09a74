"""django_orm.toml is what the installed django-stubs say."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from flake8_django_async.models import from_stubs
from tests.trial import lay_out

since = pytest.mark.skipif(sys.version_info < (3, 11), reason="the rows are those of django-stubs 6, which wants Python 3.11")


@since
@pytest.mark.parametrize("folder", [[], [str(from_stubs.installed_stubs())]], ids=["installed", "given"])
def test_generated_file_is_current(folder: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    current = from_stubs.TARGET.read_text("utf-8")
    monkeypatch.setattr(sys, "argv", ["from_stubs", *folder])
    monkeypatch.setattr(from_stubs, "TARGET", tmp_path / "django_orm.toml")
    from_stubs.main()
    assert (tmp_path / "django_orm.toml").read_text("utf-8") == current, "run python -m flake8_django_async.models.from_stubs"


def test_without_stubs_it_asks_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["from_stubs"])
    monkeypatch.setattr(from_stubs, "installed_stubs", lambda: None)
    with pytest.raises(SystemExit, match="not installed"):
        from_stubs.main()


def test_a_class_that_is_gone_is_told(tmp_path: Path) -> None:
    """Of stubs of another version, whose modules have other classes."""
    lay_out(tmp_path, {source.stub: "" for source in from_stubs.SOURCES})
    with pytest.raises(SystemExit, match="has no class"):
        from_stubs.generate(tmp_path)
