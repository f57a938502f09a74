"""django_orm.toml is what the installed django-stubs say."""

from __future__ import annotations

import sys

import pytest

from flake8_django_async.models.from_stubs import TARGET, generate, installed_stubs

STUBS = installed_stubs()


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the newest django-stubs want Python 3.11")
@pytest.mark.skipif(STUBS is None, reason="django-stubs is not installed")
def test_generated_file_is_current() -> None:
    assert STUBS is not None
    assert TARGET.read_text("utf-8") == generate(STUBS), "run python -m flake8_django_async.models.from_stubs"
