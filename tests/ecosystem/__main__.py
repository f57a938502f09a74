"""Ecosystem check: what two revisions of ours find in real projects, and where they differ, as Markdown.

    python -m tests.ecosystem                  where this branch left main, and the working tree
    python -m tests.ecosystem BASE             another revision, and the working tree
    python -m tests.ecosystem BASE HEAD        two revisions
    python -m tests.ecosystem --project khoj   one project of the list

Needs git and the network. `+` is found by HEAD only, `-` by BASE only, `~` stands over the same finding in another place or with
other words. Findings that differ are no error: they are for people to judge. Ends with 0 when all projects were compared, 1 when
one could not be fetched or flake8 failed on it, 2 when there is a mistake in what was asked or a revision cannot be installed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flake8_django_async.project.cache import default_folder
from tests.ecosystem.findings import Run, compare, lint
from tests.ecosystem.projects import LIST, Failure, Project, fetch, load
from tests.ecosystem.report import Outcome, report
from tests.ecosystem.revisions import Revision, default_base, install, resolve, working_tree

REPOSITORY = Path(__file__).resolve().parents[2]


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m tests.ecosystem", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("base", nargs="?", metavar="BASE", help="without it, where the branch left main; on main, the commit before")
    made.add_argument("head", nargs="?", metavar="HEAD", help="without it, the working tree with what is not committed")
    made.add_argument("--project", action="append", default=[], metavar="NAME", help="only this one; may be repeated")
    made.add_argument("--projects", type=Path, default=LIST, metavar="FILE", help="another list; the first is tests/ecosystem/projects.toml")
    made.add_argument("--list", action="store_true", help="show the list, and do nothing")
    made.add_argument("--folder", type=Path, help="where checkouts are kept, instead of the platform's folder for caches")
    made.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="so many projects at once")
    made.add_argument("--limit", type=float, default=600, metavar="SECONDS", help="for flake8 on one project (600)")
    return made


def main(argv: Sequence[str] | None = None) -> int:
    options = parser().parse_args(argv)
    try:
        projects = chosen(load(options.projects), options.project)
        if options.list:
            print("\n".join(f"{project.name:20} {project.commit} {project.repository}" for project in projects))
            return 0
        head = resolve(REPOSITORY, options.head) if options.head else working_tree(REPOSITORY)
        base = resolve(REPOSITORY, options.base) if options.base else default_base(REPOSITORY, head)
        with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(options.jobs) as pool:
            pythons = environments(Path(temporary), base, head, pool)
            folder = (options.folder or cache()).resolve()
            outcomes = list(pool.map(lambda project: outcome(project, folder, pythons, options.limit), projects))
    except Failure as failure:
        print(f"python -m tests.ecosystem: {failure}", file=sys.stderr)
        return 2
    print(report(base, head, outcomes))
    return 1 if any(done.failure for done in outcomes) else 0


def chosen(projects: dict[str, Project], names: Sequence[str]) -> list[Project]:
    """The projects of these names, or all. Raises Failure."""
    for name in names:
        if name not in projects:
            raise Failure(f"there is no project {name!r}; there are {', '.join(projects)}")
    return [project for name, project in projects.items() if not names or name in names]


def cache() -> Path:
    """Beside the plugin's own cache, which throws away what it does not know. Raises Failure."""
    folder = default_folder()
    if folder is None:
        raise Failure("this platform has no folder for caches: name one with --folder")
    return Path(f"{folder}-ecosystem")


def environments(place: Path, base: Revision, head: Revision, pool: ThreadPoolExecutor) -> dict[str, Path]:
    """A Python for each revision."""
    say(f"installing {base.label}\n       and {head.label}")
    revisions = {"BASE": base, "HEAD": head}
    futures = {name: pool.submit(install, REPOSITORY, revision, place / name) for name, revision in revisions.items()}
    return {name: future.result() for name, future in futures.items()}


def outcome(project: Project, folder: Path, pythons: dict[str, Path], limit: float) -> Outcome:
    """One project, from its checkout to the difference. Where one revision fails, what the other one does is of interest, too."""
    runs: list[Run] = []
    told: list[str] = []
    try:
        checkout = fetch(project, folder)
    except Failure as failure:
        say(f"{project.name}: {failure}")
        return Outcome(project, failure=str(failure))
    for name, python in pythons.items():
        try:
            runs.append(run := lint(python, checkout, limit))
            told.append(f"{name}: {len(run.findings)} findings in {run.seconds:.1f} s")
        except Failure as failure:
            told.append(f"{name}: {failure}")
        say(f"{project.name}, {told[-1]}")
    if len(runs) < len(pythons):
        return Outcome(project, failure="; ".join(told))
    base, head = runs
    return Outcome(project, compare(base.findings, head.findings), (base.seconds, head.seconds))


def say(text: str) -> None:
    """Progress, beside the report."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
