"""The matrix: the fixtures, measured on each Django and the Pythons that run it.

nox                        all of it
nox -s "measured(6.1-3.13)"    one of it
"""

from __future__ import annotations

import nox

nox.options.default_venv_backend = "venv"

MATRIX = [("5.1", "3.10"), ("5.2", "3.11")] + [
    (django, python) for django in ("5.2", "6.0", "6.1") for python in ("3.12", "3.13")
]


@nox.session
@nox.parametrize("django,python", [nox.param(django, python, id=f"{django}-{python}") for django, python in MATRIX])
def measured(session: nox.Session, django: str) -> None:
    """What the fixtures claim, held against flake8 and against this Django."""
    session.install("-e", ".[test]", f"django~={django}.0")
    tests = session.posargs or ["tests/measured", "tests/test_fixtures_static.py"]
    session.run("python", "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup", *tests)
