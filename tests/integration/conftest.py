"""One wheel and one environment for all integration tests of a run, whichever worker asks first."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from tests.trial import run

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Distributions:
    """What `python -m build` makes."""

    sdist: Path
    wheel: Path


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment. `packages` are the names of what is installed in it at first."""

    folder: Path
    packages: frozenset[str]

    def script(self, name: str) -> str:
        return str(self.folder / ("Scripts" if os.name == "nt" else "bin") / name)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the workers of pytest-xdist share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@contextmanager
def once(folder: Path) -> Iterator[bool]:
    """Whether this worker is the one to fill a folder; the others wait until it is done."""
    with FileLock(f"{folder}.lock"):
        yield not (done := folder.with_suffix(".done")).exists()
        done.touch()


def succeed(folder: Path, *command: str) -> str:
    ran = run(folder, *command)
    assert ran.status == 0, f"{' '.join(command)}\n{ran.out}\n{ran.err}"
    return ran.out


@pytest.fixture(scope="session")
def distributions(shared: Path) -> Distributions:
    """sdist and wheel, the wheel built from the sdist."""
    folder = shared / "dist"
    with once(folder) as first:
        if first:
            succeed(PROJECT, sys.executable, "-m", "build", "--outdir", str(folder))
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return Distributions(sdist, wheel)


@pytest.fixture(scope="session")
def environment(shared: Path, distributions: Distributions) -> Environment:
    """A clean environment with the wheel and what it depends on; later tests may add to it."""
    folder = shared / "environment"
    listed = shared / "packages.txt"
    with once(folder) as first:
        if first:
            succeed(shared, sys.executable, "-m", "venv", str(folder))
            made = Environment(folder, frozenset())
            succeed(shared, made.script("python"), "-m", "pip", "install", "--quiet", str(distributions.wheel))
            listed.write_text(succeed(shared, made.script("python"), "-m", "pip", "list", "--format=freeze"))
    names = (line.partition("=")[0].lower().replace("_", "-") for line in listed.read_text().splitlines())
    return Environment(folder, frozenset(names))


@pytest.fixture(scope="session")
def tools(shared: Path, environment: Environment) -> Environment:
    """The same environment with what people use flake8 from."""
    with once(shared / "tools") as first:
        if first:
            succeed(shared, environment.script("python"), "-m", "pip", "install", "--quiet", "python-lsp-server", "flake8-pyproject")
    return environment


@pytest.fixture(scope="session")
def repository(shared: Path, distributions: Distributions) -> Path:
    """A git repository with what the sdist has, as pre-commit clones it from GitHub; its tag is `v0`."""
    folder = shared / "repository"
    with once(folder) as first:
        if first:
            with tarfile.open(distributions.sdist) as archive:
                archive.extractall(folder, **({"filter": "data"} if sys.version_info >= (3, 12) else {}))
            (source,) = folder.iterdir()
            git(source, "init", "--quiet")
            git(source, "add", "--all", "--force")
            git(source, "commit", "--quiet", "--message=sdist")
            git(source, "tag", "v0")
    (source,) = folder.iterdir()
    return source


def git(folder: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """git with an author, whatever the machine's configuration is."""
    names = {f"GIT_{who}_{what}": "nobody@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    env = {**os.environ, **names, "PRE_COMMIT_HOME": str(folder.parent / "pre-commit-home")}
    done = subprocess.run(["git", *arguments], check=False, cwd=folder, env=env, capture_output=True, text=True)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done
