"""django_orm.toml is what the installed django-stubs say."""

from __future__ import annotations

import sys

import pytest

from flake8_django_async.models.from_stubs import TARGET, generate, installed_stubs

@pytest.mark.skipif(sys.version_info < (3, 11), reason="the rows are those of django-stubs 6, which wants Python 3.11")
def test_generated_file_is_current() -> None:
    stubs = installed_stubs()
    assert stubs is not None, "the tests' environment has django-stubs"
    assert TARGET.read_text("utf-8") == generate(stubs), "run python -m flake8_django_async.models.from_stubs"
