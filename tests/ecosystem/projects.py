"""The projects: a list of repositories at fixed commits, and their checkouts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

LIST = Path(__file__).with_name("projects.toml")
KINDS = ("*.py", "*.toml", "*.cfg", "*.ini", "*.txt", "*.in", "Pipfile")
"""What the tool reads of a project, a tenth of its bytes: the rest stays where it is."""
HOOK = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"}
"""What git gives its hooks and `rebase --exec`: with it, a checkout would go where our own files lie."""


class Failure(Exception):
    """Something could not be done: the reason, in one line."""


@dataclass(frozen=True, slots=True)
class Project:
    """One repository, a URL that git understands, at one commit, which is given in full."""

    name: str
    repository: str
    commit: str

    def link(self, path: str, line: int) -> str | None:
        """Where GitHub shows a line of it for ever; None elsewhere."""
        if not self.repository.startswith("https://github.com/"):
            return None
        return f"{self.repository.removesuffix('.git')}/blob/{self.commit}/{quote(path)}#L{line}"


def load(path: Path) -> dict[str, Project]:
    """The projects of a list, by name. Raises Failure."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        tables: dict[str, object] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Failure(f"{path}: {error}") from None
    return {name: _project(name, table, path) for name, table in tables.items()}


def _project(name: str, table: object, path: Path) -> Project:
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise Failure(f"{path}: {name!r} cannot be the name of a folder")
    if not isinstance(table, dict) or set(table) != {"repository", "commit"}:
        raise Failure(f"{path}: [{name}] must have a repository and a commit, and nothing else")
    if not re.fullmatch(r"[0-9a-f]{40}", str(table["commit"])):
        raise Failure(f"{path}: the commit of [{name}] must be given in full, 40 hexadecimal digits")
    return Project(name, str(table["repository"]), table["commit"])


def git(folder: Path, *arguments: str) -> str:
    """What git says. Raises Failure with its complaint."""
    environment = {name: value for name, value in os.environ.items() if name not in HOOK} | {"GIT_TERMINAL_PROMPT": "0"}
    done = subprocess.run(
        ["git", *arguments], check=False, cwd=folder, env=environment, capture_output=True, encoding="utf-8", errors="replace"
    )
    if done.returncode:
        raise Failure(f"git {arguments[0]}: {' '.join(done.stderr.split()) or f'ended with {done.returncode}'}")
    return done.stdout.strip()


def fetch(project: Project, folder: Path) -> Path:
    """The checkout of a project below a folder that is kept: fetched once, and of its one commit no more than KINDS. Raises Failure."""
    checkout = folder / f"{project.name}-{project.commit}"
    if not checkout.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as temporary:
            begun = Path(temporary, project.name)  # under its final name only when it is whole
            begun.mkdir()
            git(begun, "init", "--quiet")
            git(begun, "remote", "add", "origin", project.repository)
            git(begun, "config", "core.sparseCheckout", "true")
            (begun / ".git/info").mkdir(exist_ok=True)  # templates of git's may leave it out
            (begun / ".git/info/sparse-checkout").write_text("\n".join(KINDS), encoding="utf-8")
            git(begun, "fetch", "--quiet", "--depth=1", "--no-tags", "--filter=blob:none", "origin", project.commit)
            git(begun, "-c", "core.autocrlf=false", "checkout", "--quiet", "--detach", "FETCH_HEAD")
            try:
                begun.rename(checkout)
            except OSError:
                if not checkout.exists():  # another run was faster
                    raise
    return checkout
