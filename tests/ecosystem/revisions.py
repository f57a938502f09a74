"""Our own revisions: which two are meant, and an environment for each."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

from tests.ecosystem.projects import Failure, git


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit of ours, or the working tree, whose `commit` is None. `label` says which, to people."""

    label: str
    commit: str | None


def resolve(repository: Path, name: str) -> Revision:
    """The revision that git knows by a name. Raises Failure."""
    try:
        commit = git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except Failure:
        raise Failure(f"git knows no revision {name!r}") from None
    return Revision(git(repository, "log", "-1", "--format=%h %s", commit), commit)


def working_tree(repository: Path) -> Revision:
    """What lies there now, committed or not."""
    changed = " with changes" if _is_changed(repository) else ""
    return Revision(f"the working tree, {git(repository, 'log', '-1', '--format=%h %s')}{changed}", None)


def default_base(repository: Path, head: Revision) -> Revision:
    """Where the work began: where it left main, or, on main itself, the commit before it."""
    commit = head.commit or git(repository, "rev-parse", "HEAD")
    for name in ("origin/main", "main"):
        try:
            base = git(repository, "merge-base", name, commit)
        except Failure:
            continue
        if base != commit or (head.commit is None and _is_changed(repository)):
            return resolve(repository, base)
    return resolve(repository, f"{commit}^")


def _is_changed(repository: Path) -> bool:
    return bool(git(repository, "status", "--porcelain"))


def install(repository: Path, revision: Revision, folder: Path) -> Path:
    """The Python of a new environment in a folder, with flake8 and this revision. Raises Failure."""
    source = repository
    if revision.commit is not None:
        source = folder / "source"
        archive = folder / "source.tar"
        folder.mkdir()
        git(repository, "archive", "--format=tar", f"--output={archive}", revision.commit)
        with tarfile.open(archive) as content:
            content.extractall(source, filter="data")
    environment = folder / "environment"
    _succeed(sys.executable, "-m", "venv", str(environment))
    python = environment / ("Scripts" if os.name == "nt" else "bin") / "python"
    # -I: a PYTHONPATH that leads to the working tree must not put it in the place of a revision.
    _succeed(str(python), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(source))
    return python


def _succeed(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode:
        raise Failure(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
