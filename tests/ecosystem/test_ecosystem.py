"""The ecosystem check: how findings are compared and shown, and the real command between two revisions."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from flake8_django_async.project import tree
from tests.ecosystem.__main__ import outcome
from tests.ecosystem.findings import Difference, Finding, compare, lint
from tests.ecosystem.projects import LIST, Failure, Project, fetch, load
from tests.ecosystem.report import ROOM, Outcome, report
from tests.ecosystem.revisions import Revision, default_base, resolve, working_tree
from tests.integration.conftest import PROJECT, git
from tests.trial import HELD, lay_out, run

FINDING = Finding("shop/views.py", 7, 5, "LDB101", "held across 'post'")
SHOP = Project("shop", "https://github.com/example/shop", "0123456789" * 4)


def committed(folder: Path, files: dict[str, str]) -> str:
    """The commit of a local repository that has these files."""
    folder.mkdir(exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    lay_out(folder, files)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=some files")
    return git(folder, "rev-parse", "HEAD").stdout.strip()


# ------------------------------------------------------------------ differences


@pytest.mark.parametrize(
    ("base", "head", "expected"),
    [
        pytest.param([FINDING], [FINDING], Difference((), (), (), 1), id="same"),
        pytest.param([], [FINDING], Difference((FINDING,), (), (), 0), id="added"),
        pytest.param([FINDING], [], Difference((), (FINDING,), (), 0), id="removed"),
        pytest.param([FINDING] * 2, [FINDING], Difference((), (FINDING,), (), 1), id="one of two removed"),
    ],
)
def test_findings_are_counted(base: list[Finding], head: list[Finding], expected: Difference) -> None:
    assert compare(base, head) == expected


@pytest.mark.parametrize("new", [replace(FINDING, line=9), replace(FINDING, column=1), replace(FINDING, message="other words")])
def test_what_moved_or_has_other_words_is_changed(new: Finding) -> None:
    assert compare([FINDING], [new]) == Difference((), (), ((FINDING, new),), 0)


@pytest.mark.parametrize(
    "new", [replace(FINDING, code="LDB104"), replace(FINDING, path="b.py"), replace(FINDING, line=9, message="other words")]
)
def test_what_has_little_in_common_is_another_finding(new: Finding) -> None:
    assert compare([FINDING], [new]) == Difference((new,), (FINDING,), (), 0)


# ------------------------------------------------------------------ the report


def reported(*outcomes: Outcome) -> str:
    return report(Revision("old", "a"), Revision("new", "b"), outcomes)


def test_a_finding_links_to_its_line() -> None:
    text = reported(Outcome(SHOP, Difference((FINDING,), (), (), 3), (1.0, 2.0)))
    assert text.startswith("### Ecosystem: 1 added in 1 of 1 projects\n")
    assert "| shop | 1 | 0 | 0 | 3 | 1.0 → 2.0 |" in text
    link = f"https://github.com/example/shop/blob/{SHOP.commit}/shop/views.py#L7"
    assert f"\n+ <a href=\"{link}\">shop/views.py:7:5</a> LDB101 held across 'post'\n" in text


def test_a_changed_finding_is_shown_as_it_was_and_is() -> None:
    new = replace(FINDING, message="held <long>")
    text = reported(Outcome(replace(SHOP, repository="file:///shop"), Difference((), (), ((FINDING, new),), 0)))
    assert "\n~ shop/views.py:7:5 LDB101 held across 'post'\n→ LDB101 held &lt;long&gt;\n" in text


def test_a_finding_that_moved_is_shown_in_both_places() -> None:
    new = replace(FINDING, line=9)
    text = reported(Outcome(replace(SHOP, repository="file:///shop"), Difference((), (), ((FINDING, new),), 0)))
    assert "\n~ shop/views.py:7:5 LDB101 held across 'post'\n→ shop/views.py:9:5 LDB101 held across 'post'\n" in text


def test_a_project_without_a_difference_has_only_its_row() -> None:
    text = reported(Outcome(SHOP, Difference((), (), (), 3)))
    assert text.startswith("### Ecosystem: no findings differ in 1 projects\n")
    assert "<details" not in text


def test_a_project_that_was_not_compared_is_said_so() -> None:
    text = reported(Outcome(SHOP, failure="git fetch: no such repository"))
    assert text.startswith("### Ecosystem: no findings differ in 0 projects, 1 not compared\n")
    assert "**shop** was not compared: git fetch: no such repository" in text


def test_the_report_fits_a_comment_and_says_what_it_leaves_out() -> None:
    many = tuple(replace(FINDING, line=line) for line in range(1, 1001))
    text = reported(*[Outcome(SHOP, Difference(many, (), (), 0))] * 2)
    assert ROOM * 0.9 < len(text) < 65_536
    assert "… and 1000 more, for which there is no room here" in text


# ------------------------------------------------------------------ projects


def test_the_list_is_pinned() -> None:
    projects = load(LIST)
    assert len(projects) >= 8
    assert all(project.repository.startswith("https://") for project in projects.values())


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[shop]\nrepository = "x"\ncommit = "v1.0"', "in full"),
        ('[shop]\nrepository = "x"', "must have a repository and a commit"),
        ('["../shop"]\nrepository = "x"', "cannot be the name of a folder"),
        ("[shop", "list.toml: "),
    ],
)
def test_a_mistake_in_the_list_is_said(text: str, complaint: str, tmp_path: Path) -> None:
    lay_out(tmp_path, {"list.toml": text})
    with pytest.raises(Failure, match=complaint):
        load(tmp_path / "list.toml")


def test_a_checkout_is_its_commit_alone_and_fetched_once(tmp_path: Path) -> None:
    source = tmp_path / "source"
    committed(source, {"oldest.py": ""})
    commit = committed(source, {"views.py": "old = 1\n"})
    committed(source, {"views.py": "new = 1\n"})
    project = Project("shop", source.as_uri(), commit)
    checkout = fetch(project, tmp_path / "kept")
    assert (checkout / "views.py").read_text() == "old = 1\n"
    assert git(checkout, "rev-list", "--count", "HEAD").stdout == "1\n"
    shutil.rmtree(source)
    assert fetch(project, tmp_path / "kept") == checkout
    assert [path.name for path in (tmp_path / "kept").iterdir()] == [checkout.name]


def test_a_checkout_has_what_the_tool_reads_and_no_more(tmp_path: Path) -> None:
    names = ["app/views.py", "Pipfile", *(f"app/file{suffix}" for suffix in tree._NOTED if suffix.startswith("."))]
    commit = committed(tmp_path / "source", dict.fromkeys([*names, "photo.jpg"], "text\n"))
    checkout = fetch(Project("shop", (tmp_path / "source").as_uri(), commit), tmp_path / "kept")
    files = (path.relative_to(checkout) for path in checkout.rglob("*") if path.is_file())
    assert {path.as_posix() for path in files if path.parts[0] != ".git"} == set(names)


def test_a_flake8_that_fails_is_said_so(tmp_path: Path) -> None:
    python = lay_out(tmp_path, {"python": "#!/bin/sh\necho Traceback >&2\necho 'Boom: no idea' >&2\nexit 1\n"}) / "python"
    python.chmod(0o755)
    with pytest.raises(Failure, match="ended with 1: Boom: no idea"):
        lint(python, tmp_path, 60)


def test_where_one_revision_fails_the_other_one_is_told_too(tmp_path: Path) -> None:
    commit = committed(tmp_path / "shop", {"views.py": HELD})
    python = lay_out(tmp_path, {"python": "#!/bin/sh\nexit 1\n"}) / "python"
    python.chmod(0o755)
    project = Project("shop", (tmp_path / "shop").as_uri(), commit)
    done = outcome(project, tmp_path / "kept", {"BASE": python, "HEAD": Path(sys.executable)}, 60)
    assert done.failure.startswith("BASE: flake8 ended with 1: it said nothing; HEAD: 1 findings in ")


def test_a_flake8_that_does_not_end_is_ended(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="more than 0 s"):
        lint(Path(sys.executable), tmp_path, 0.001)


# ------------------------------------------------------------------ revisions


def test_a_branch_is_compared_with_where_it_left_main(tmp_path: Path) -> None:
    base = committed(tmp_path, {"a.py": ""})
    git(tmp_path, "switch", "--quiet", "--create", "branch")
    committed(tmp_path, {"b.py": ""})
    git(tmp_path, "switch", "--quiet", "main")
    committed(tmp_path, {"c.py": ""})
    git(tmp_path, "switch", "--quiet", "branch")
    committed(tmp_path, {"d.py": ""})
    assert default_base(tmp_path, working_tree(tmp_path)).commit == base
    assert default_base(tmp_path, resolve(tmp_path, "branch~")).commit == base


def test_main_is_compared_with_the_commit_before(tmp_path: Path) -> None:
    before = committed(tmp_path, {"a.py": ""})
    last = committed(tmp_path, {"b.py": ""})
    assert default_base(tmp_path, working_tree(tmp_path)).commit == before
    lay_out(tmp_path, {"b.py": "changed = 1\n"})
    assert default_base(tmp_path, working_tree(tmp_path)).commit == last


def test_an_unknown_revision_is_said(tmp_path: Path) -> None:
    committed(tmp_path, {"a.py": ""})
    with pytest.raises(Failure, match="knows no revision 'nowhere'"):
        resolve(tmp_path, "nowhere")


# ------------------------------------------------------------------ the command


def ecosystem(repository: Path, *arguments: str) -> tuple[int, str, str]:
    ran = run(repository, sys.executable, "-m", "tests.ecosystem", *arguments)
    return ran.status, ran.out, ran.err


def test_the_list_is_shown() -> None:
    status, out, _ = ecosystem(PROJECT, "--list", "--project=khoj")
    assert (status, out.split()[::2]) == (0, ["khoj", "https://github.com/khoj-ai/khoj"])


def test_a_mistake_in_what_is_asked_is_said() -> None:
    assert ecosystem(PROJECT, "--project=khodj")[0::2] == (
        2,
        f"python -m tests.ecosystem: there is no project 'khodj'; there are {', '.join(load(LIST))}\n",
    )


@pytest.mark.network
def test_a_change_of_behaviour_is_seen(tmp_path: Path) -> None:
    """A repository of ours whose working tree says something else than its commit."""
    ours = tmp_path / "ours"
    rule = "flake8_django_async/rules/ldb101_held_across_await.py"
    for name in ("flake8_django_async", "tests/ecosystem"):
        shutil.copytree(PROJECT / name, ours / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, ours)
    committed(ours, {})
    text = (PROJECT / rule).read_text(encoding="utf-8")
    (ours / rule).write_text(text.replace("is held across", "is kept over"), encoding="utf-8")

    commit = committed(tmp_path / "shop", {"manage.py": "", "views.py": HELD, "flake8.py": "raise SystemExit('not ours')\n"})
    tables = {"shop": tmp_path / "shop", "gone": tmp_path / "gone"}
    listed = "\n".join(f'[{name}]\nrepository = "{path.as_uri()}"\ncommit = "{commit}"' for name, path in tables.items())
    lay_out(tmp_path, {"list.toml": listed})

    status, out, err = ecosystem(ours, f"--projects={tmp_path / 'list.toml'}", f"--folder={tmp_path / 'kept'}")
    assert status == 1, err
    assert out.startswith("### Ecosystem: 1 changed in 1 of 1 projects, 1 not compared\n")
    assert "the working tree" in out and "with changes" in out
    assert "\n~ views.py:6:5 LDB101 database connection opened by 'User.objects.aget' (line 5) is held across" in out
    assert "\n→ LDB101 database connection opened by 'User.objects.aget' (line 5) is kept over" in out
    assert "**gone** was not compared: git fetch: " in out
