"""The real pre-commit on a real git repository, both ways of using it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.integration.conftest import Distributions, git
from tests.trial import HELD, lay_out

pytestmark = pytest.mark.network

VIEW = HELD.replace("await asyncio.sleep(5)", "await ask()").replace("import asyncio", "from shop.llm import ask")
QUICK = "async def ask():\n    return 1\n"
SLOW = "import asyncio\n\nasync def ask():\n    await asyncio.sleep(5)\n"


def start(folder: Path, configuration: str) -> Path:
    """A repository whose commits run the hooks, with one clean commit."""
    project = lay_out(folder / "project", {"manage.py": "", "shop/views.py": VIEW, "shop/llm.py": QUICK, ".pre-commit-config.yaml": configuration})
    git(project, "init", "--quiet")
    hook = project / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pre_commit run\n')
    hook.chmod(0o755)
    git(project, "add", "--all")
    git(project, "commit", "--message=clean")
    return project


def commit(project: Path, name: str, text: str) -> tuple[bool, str]:
    """Whether a commit of one changed file goes through, and what the hooks said."""
    lay_out(project, {name: text})
    git(project, "add", name)
    done = git(project, "commit", f"--message={name}", check=False)
    return done.returncode == 0, done.stdout + done.stderr


def test_our_hook_sees_a_wait_that_is_added_to_a_helper(tmp_path: Path, repository: Path) -> None:
    """The commit changes llm.py only; the finding is in views.py."""
    project = start(tmp_path, f"repos:\n- repo: {repository}\n  rev: v0\n  hooks:\n  - id: flake8-django-async\n")
    passed, told = commit(project, "shop/llm.py", SLOW)
    assert not passed
    assert "shop/views.py:6:19: LDB101" in told or "shop/views.py:6:5: LDB101" in told
    passed, told = commit(project, "shop/llm.py", QUICK + "\n")
    assert passed, told


def test_additional_dependencies_of_flake8s_hook_see_changed_files_only(tmp_path: Path, distributions: Distributions) -> None:
    """flake8's own hook, written out: it passes the files of the commit, so a wait in a helper goes unseen."""
    project = start(
        tmp_path,
        f"""
        repos:
        - repo: local
          hooks:
          - id: flake8
            name: flake8
            entry: flake8 --select=LDB,E9
            language: python
            types: [python]
            require_serial: true
            additional_dependencies: [flake8, "{distributions.wheel}"]
        """,
    )
    passed, told = commit(project, "shop/views.py", VIEW.replace("await ask()", "await __import__('asyncio').sleep(5)\n    import asyncio\n    await asyncio.sleep(5)"))
    assert not passed
    assert "shop/views.py:8:5: LDB101" in told
    git(project, "checkout", "--quiet", "HEAD", "--", "shop/views.py")
    passed, told = commit(project, "shop/llm.py", SLOW)
    assert passed, told
