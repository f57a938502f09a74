"""Every view of the fixtures, requested from a running Django: what its comments claim is what the pool shows."""

from __future__ import annotations

import pytest

from tests.expectations import Module, View, applies, modules
from tests.measured.judge import disagreements, reached
from tests.measured.measure import Measurements

MODULES = list(modules())
CLAIMS = [claim for module in MODULES for claim in module.claims]
# LDB204 is about coroutines that nobody awaits; asgiref warns of one fixture that wraps a bound coroutine function.
pytestmark = [
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:async_to_sync was passed a non-async-marked callable"),
]
# The second project, below `persistent/`, has a test of its own.
CLAIMING = {module.path: module for module in MODULES if module.claims and not module.path.startswith("persistent/")}
VIEWS = [view for module in CLAIMING.values() for view in module.views if view.runs()]


def together(path: str) -> pytest.MarkDecorator:
    """With `--dist loadgroup` the tests of one file stay in one process, which measures each view once."""
    return pytest.mark.xdist_group(path)


@pytest.mark.parametrize("view", [pytest.param(view, id=str(view), marks=together(view.path)) for view in VIEWS])
def test_django_does_what_the_comments_claim(view: View, measurements: Measurements) -> None:
    wrong = list(disagreements(CLAIMS, measurements.of(view)))
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize(
    "module", [pytest.param(module, id=module.path, marks=together(module.driven_by)) for module in CLAIMING.values()]
)
def test_every_claim_is_reached(module: Module, measurements: Measurements) -> None:
    drives = measurements.of_all(CLAIMING[module.driven_by].views)
    elsewhere = [view for view in module.views if not view.runs()]
    claims = [claim for claim in module.claims if not any(view.first <= claim.first <= view.last for view in elsewhere)]
    missed = [claim for claim in claims if applies(claim.condition) and not reached(claim, drives)]
    assert not missed, "\nno request came to\n" + "\n".join(map(str, missed))
