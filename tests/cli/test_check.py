"""`flake8-django-async check`: flake8's verdicts, in four formats."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from flake8_django_async.cli import main
from tests.expectations import FIXTURES
from tests.reported import reported
from tests.trial import HELD, as_anybody, command, flake8, lay_out, run


def test_the_same_verdicts_as_the_plugin_on_the_fixtures() -> None:
    ran = command(FIXTURES.parent, "check", "--isolated", "fixtures/")
    ours = [line for line in ran.lines if ": LDB" in line]
    told = [(line.split(":")[0], int(line.split(":")[1]), line.split(": ", 1)[1]) for line in ours]
    assert told == [(f"fixtures/{found.path}", found.line, f"{found.code} {found.text}") for found in reported()]


def test_flake8s_configuration_noqa_and_discovery_count(tmp_path: Path) -> None:
    hidden = HELD.replace("sleep(5)", "sleep(5)  # noqa: LDB101")
    lay_out(tmp_path, {"a.py": HELD, "b.py": hidden, "c/d.py": HELD, "build/e.py": HELD, "f.txt": HELD})
    lay_out(tmp_path, {"setup.cfg": "[flake8]\nexclude = build\nper-file-ignores =\n    c/*:LDB101\n"})
    ran = command(tmp_path, "check")
    assert (ran.status, [line.split(" ")[:2] for line in ran.lines]) == (1, [["a.py:6:5:", "LDB101"]])
    assert flake8(tmp_path).out == "./" + ran.out
    assert len(command(tmp_path, "check", "--disable-noqa", "--exclude=build", "-j2").lines) == 2
    assert command(tmp_path, "check", "--extend-ignore", "LDB101").status == 0
    assert command(tmp_path, "check", "--exit-zero").status == 0


def test_a_selection_of_other_checkers_does_not_silence_it(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a.py": HELD, "setup.cfg": "[flake8]\nselect = E,F\n"})
    assert flake8(tmp_path, "--select=E9,F").lines == []
    assert len(command(tmp_path, "check").lines) == 1
    lay_out(tmp_path, {"setup.cfg": "[flake8]\nselect = E,F,LDB2\n"})
    assert command(tmp_path, "check").lines == []


def test_only_our_rules_and_files_that_python_rejects(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a.py": "import os\nx=1\n", "b.py": "def f(:\n"})
    ran = command(tmp_path, "check")
    assert ran.status == 1
    assert [line.split(":")[0] for line in ran.lines] == ["b.py"]


def test_our_options_and_stdin(tmp_path: Path) -> None:
    ran = command(tmp_path, "check", "--release", "await ours()", "--stdin-display-name=shop/views.py", "-", stdin=HELD)
    assert ran.lines[0].startswith("shop/views.py:7:5: LDB101")
    assert ran.lines[0].endswith("release it first: await ours()")


def test_mistakes_are_one_line_and_status_2(tmp_path: Path) -> None:
    ran = command(tmp_path, "check", "--hosts=taks")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("flake8-django-async: error: flake8's django-async-hosts: unknown value 'taks'")
    assert len(ran.err.splitlines()) == 1
    assert command(tmp_path, "check", "--config=none.cfg").status == 2
    assert command(tmp_path, "check", "--no-such-option").status == 2
    assert command(tmp_path, "trace", "nowhere").status == 2


@pytest.mark.parametrize("option", ["--write-baseline", "--output-file"])
def test_a_file_that_cannot_be_written_is_one_line_and_status_2(tmp_path: Path, option: str) -> None:
    """1 would say that something was found."""
    lay_out(tmp_path, {"a.py": HELD})
    ran = command(tmp_path, "check", f"{option}=nowhere/file")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "flake8-django-async: error: cannot write nowhere/file: No such file or directory\n"


def test_json_has_the_trace(tmp_path: Path) -> None:
    lay_out(tmp_path, {"views.py": HELD})
    (found,) = json.loads(command(tmp_path, "check", "--format=json").out)
    assert {key: found[key] for key in ("path", "line", "column", "code", "within")} == {
        "path": "views.py", "line": 6, "column": 5, "code": "LDB101", "within": "view",
    }  # fmt: skip
    assert [(step["line"], step["name"]) for step in found["trace"]] == [(5, "User.objects.aget"), (6, "asyncio.sleep")]


def test_the_trace_leads_to_what_the_message_names(tmp_path: Path) -> None:
    view = """
import requests
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import transaction

def work():
    User.objects.get(pk=1)
    with transaction.atomic(using="other"):
        requests.get("x")

def read():
    User.objects.get(pk=1)
    for user in User.objects.iterator():
        requests.get("x")

async def view(request):
    await sync_to_async(work)()

async def other(request):
    await sync_to_async(read)()
"""
    lay_out(tmp_path, {"views.py": view.lstrip()})
    found = json.loads(command(tmp_path, "check", "--format=json").out)
    opened = [(each["code"], each["trace"][0]["name"]) for each in found]
    assert opened == [("LDB104", "transaction.atomic"), ("LDB103", "User.objects.iterator")]


def test_github_annotations(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a,b.py": HELD})
    (line,) = command(tmp_path, "check", "--format=github").lines
    assert line.startswith("::error file=a%2Cb.py,line=6,col=5,title=LDB101::LDB101 database connection opened by")


def test_output_file_and_colour(tmp_path: Path) -> None:
    lay_out(tmp_path, {"views.py": HELD})
    plain = command(tmp_path, "check")
    assert "\033" not in plain.out
    assert "\033[31m" in command(tmp_path, "check", "--color=always").out
    assert command(tmp_path, "check", "--output-file=report.txt").out == ""
    assert (tmp_path / "report.txt").read_text() == plain.out


@pytest.mark.parametrize("format", ["text", "json", "sarif", "github"])
def test_nothing_found(tmp_path: Path, format: str) -> None:
    lay_out(tmp_path, {"views.py": "x = 1\n"})
    ran = command(tmp_path, "check", f"--format={format}")
    assert ran.status == 0
    if format in ("json", "sarif"):
        json.loads(ran.out)
    else:
        assert ran.out == ""


@pytest.fixture
def no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file whose name is no UTF-8."""
    try:
        lay_out(tmp_path, {os.fsdecode(b"caf\xe9.py"): HELD})
    except OSError:
        pytest.skip("this file system has no such names")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_a_name_that_is_no_text_in_reports(form: str, no_text: Path) -> None:
    assert main(["check", "-j1", f"--format={form}", "--output-file=report"]) == 1
    report = (no_text / "report").read_bytes()
    assert json.loads(report) if form in ("json", "sarif") else b"caf\xe9.py" in report


def test_a_name_that_is_no_text_in_a_baseline(no_text: Path) -> None:
    assert main(["check", "-j1", "--write-baseline=known.json"]) == 0
    assert main(["check", "-j1", "--baseline=known.json"]) == 0


def test_what_flake8_gives_up_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Interrupted, or installed where flake8 does not find us."""
    monkeypatch.chdir(lay_out(tmp_path, {"a.py": HELD}))

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("flake8.checker.Manager.run_serial", interrupted)
        assert main(["check", "-j1"]) == 130
    with monkeypatch.context() as patch:
        patch.setattr("flake8_django_async.cli.drive.Plugin", object)
        assert main(["check", "-j1"]) == 2
        assert "flake8 does not find the plugin" in capsys.readouterr().err


def test_what_cannot_be_analysed_twice_has_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(lay_out(tmp_path, {"a.py": HELD}))

    def fails(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr("flake8_django_async.cli.drive.check", fails)
    assert main(["check", "-j1", "--format=json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert found["code"] == "LDB101"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode that closes a file")
def test_a_file_that_may_not_be_read_is_reported(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a.py": HELD})
    (tmp_path / "a.py").chmod(0)
    ran = run(tmp_path, *as_anybody(sys.executable, "-m", "flake8_django_async", "check", "--extend-select=E9", "--format=json"))
    assert [found["code"] for found in json.loads(ran.out)] == ["E902"]
