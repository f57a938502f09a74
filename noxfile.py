"""The fixtures, measured on each Django and the Pythons that run it; and how much the tests see of a change.

nox                            the matrix
nox -s "measured(6.1-3.13)"    one of it
nox -s coverage                fails, and prints them, if lines or branches of the package are run by no test;
                               behind --, pytest's options: -n 2
nox -s mutation                changes of the interpreter that no test notices; behind --, the mutants of one function
"""

from __future__ import annotations

import nox

nox.options.default_venv_backend = "venv"
nox.options.sessions = ["measured"]

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


@nox.session
def coverage(session: nox.Session) -> None:
    """Branches included, of all tests that take neither PostgreSQL nor the network; commands that tests start count too."""
    session.install("-e", ".[test]", "coverage>=7.10")
    # Left out: tests that watch which files a process writes and which modules it imports, coverage's own among them.
    watching = [
        "tests/test_untouched.py",
        "tests/plugin/test_cache_in_use.py::test_files_that_may_not_grow",
        "tests/models/test_load.py::test_running_needs_no_toml",
    ]
    tests = ["--no-measured", "-m", "not network", *(f"--deselect={test}" for test in watching), *session.posargs]
    session.run("coverage", "erase")
    # A cache of its own: with the user's, what was analysed before would not run.
    session.run("coverage", "run", "-m", "pytest", "-q", *tests, env={"XDG_CACHE_HOME": session.create_tmp()})
    session.run("coverage", "combine", "-q")
    session.run("coverage", "report")


@nox.session
def mutation(session: nox.Session) -> None:
    """What survives is equivalent, or a test is missing: `mutmut show NAME` in the session's environment prints the change."""
    session.install("-e", ".[test]", "mutmut>=3.8")
    session.run("mutmut", "run", "--max-children", "2", *session.posargs)
    session.run("mutmut", "results")
