"""flake8 on the fixtures: each claimed code on its statement, and nothing else.

The comments themselves are held against a running Django by `tests/measured`: where that passes and this fails, flake8 differs.
"""

from __future__ import annotations

import pytest

from flake8_django_async.rules import RULES
from tests.expectations import Module, modules
from tests.reported import differences, reported

MODULES = list(modules())


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.path)
def test_flake8_reports_what_the_comments_claim(module: Module) -> None:
    said = [diagnostic for diagnostic in reported() if diagnostic.path == module.path]
    wrong = list(differences(module, said))
    assert not wrong, "\n" + "\n".join(wrong)


def test_every_rule_is_claimed() -> None:
    claimed = {claim.code for module in MODULES for claim in module.claims}
    assert {code for code in RULES if code < "LDB9"} <= claimed
