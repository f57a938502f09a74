"""Each fixture by itself: what is said of a file does not depend on the files before it. Quick, for all is in one process."""

from __future__ import annotations

import pytest

from flake8_django_async.check import check
from flake8_django_async.project.modules import Project
from tests.expectations import FIXTURES, Module, modules
from tests.reported import Reported, differences


@pytest.mark.parametrize("module", list(modules()), ids=lambda module: module.path)
def test_a_fixture_alone_is_said_what_its_comments_claim(module: Module) -> None:
    path = str(FIXTURES / module.path)
    Project.for_file(path).generation += 1  # another world: nothing is left of other files
    said = [Reported(module.path, diagnostic.line, diagnostic.code, diagnostic.message) for diagnostic in check(path)]
    wrong = list(differences(module, said))
    assert not wrong, "\n" + "\n".join(wrong)
