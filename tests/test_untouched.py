"""Nothing of the project is imported or run, nothing is read outside it, nothing is written but the cache.

The projects here are full of traps: every file that somebody might run writes a mark, and an audit hook tells all that flake8 does.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

import pytest

from tests.trial import HELD, lay_out, run

TRAP = """import os
with open({mark!r}, "a") as mark:
    mark.write(__file__)
raise SystemExit(f"{{__file__}} was run")
"""
RUN_BY_SOMEBODY = (
    "manage.py", "setup.py", "conftest.py", "noxfile.py", "sitecustomize.py", "usercustomize.py", "__init__.py", "__main__.py", "plugin.py",
    "config/__init__.py", "config/settings.py", "config/urls.py", "config/asgi.py", "shop/__init__.py", "shop/apps.py", "shop/models.py",
    "shop/llm.py", "shop/migrations/__init__.py", "shop/migrations/0001_initial.py", "shop/templatetags/tags.py",
    "ast.py", "json.py", "re.py", "tokenize.py", "tomllib.py", "tomli.py", "threading.py", "multiprocessing/__init__.py", "libcst/__init__.py",
    "django/__init__.py", "asgiref/sync.py", "httpx.py", "flake8/__init__.py", "flake8_django_async/__init__.py",
    "flake8_django_async/rules/__init__.py", "flake8_django_async/models/__init__.py",
)  # fmt: skip
CONFIGURED = {
    "pyproject.toml": """
        [build-system]
        requires = []
        build-backend = "plugin"
        backend-path = ["."]
        [project.entry-points."flake8.extension"]
        TRP = "plugin:Plugin"
        [tool.pytest.ini_options]
        DJANGO_SETTINGS_MODULE = "config.settings"
        [tool.django-stubs]
        django_settings_module = "config.settings"
        [tool.mypy]
        plugins = ["plugin"]
        [tool.flake8-django-async]
        release = "__import__('plugin')"
        [[tool.flake8-django-async.rows]]
        path = "plugin.run"
        effect = "wait"
        reason = "__import__('plugin')"
        """,
    "trap.egg-info/entry_points.txt": "[flake8.extension]\nTRP = plugin:Plugin\n",
    "trap.pth": "import plugin\n",
    "config/asgi.py": "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\n",
    "config/settings.py": """
        from plugin import *
        DATABASES = {"default": {"ENGINE": "plugin", "CONN_MAX_AGE": exec("import plugin") or 60}}
        INSTALLED_APPS = ["shop"]
        MIDDLEWARE = ["plugin.run"]
        ROOT_URLCONF = "config.urls"
        """,
    "plugin.py": "def run(*arguments): ...\n",
    "shop/llm.py": "import asyncio\nfrom ....outside import secret\nfrom ...outside import other\nasync def ask(): await asyncio.sleep(5)\n",
}
VIEW = HELD.replace("import asyncio", "from shop.llm import ask\nfrom shop.models import *").replace("asyncio.sleep(5)", "ask()")
WATCHED = """
import sys
sys.path[:] = [path for path in sys.path if path]
import os
import pathlib
project, cache, around = map(os.path.realpath, sys.argv[1:4])
LOOKS = {"open", "os.listdir", "os.scandir"}
WRITES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate", "os.chmod", "os.chown", "os.utime", "os.link", "os.symlink"}
RUNS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.startfile", "socket.connect", "ctypes.dlopen"}
FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

def within(path, folder):
    path = os.path.realpath(os.fsdecode(path))
    return path == folder or path.startswith(folder + os.sep)

def watch(event, arguments):
    if event in WRITES or (event == "open" and not isinstance(arguments[0], int) and arguments[2] & FLAGS):
        paths = [path for path in arguments[: 2 if event in ("os.rename", "os.link") else 1] if isinstance(path, (str, bytes, os.PathLike))]
        if not all(within(path, cache) for path in paths):
            tell("writes", event, arguments)
    elif event in LOOKS and isinstance(arguments[0], str) and within(arguments[0], around) and not within(arguments[0], project):
        if event != "open" or arguments[0].endswith(".py"):  # flake8 looks for its own configuration
            tell("looks", event, arguments)
    elif event == "exec" and os.path.isabs(arguments[0].co_filename) and within(arguments[0].co_filename, project):
        tell("runs", event, arguments)
    elif event == "import" and arguments[1] and within(arguments[1], project):
        tell("imports", event, arguments)
    elif event in RUNS:
        tell("starts", event, arguments)

def tell(*what):
    os.write(1, f"{what}\\n".encode("utf-8", "backslashreplace"))

from flake8.main.cli import main
sys.addaudithook(watch)
sys.argv[:4] = ["flake8"]
sys.exit(main())
"""
"""Runs flake8 and prints what it does that it must not; workers that are forked inherit the hook."""


@pytest.fixture
def trapped(tmp_path: Path) -> Path:
    """A project among others, below a folder that is its own."""
    project = tmp_path / "around" / "project"
    trap = TRAP.format(mark=str(tmp_path / "mark"))
    lay_out(project, dict.fromkeys(RUN_BY_SOMEBODY, trap))
    lay_out(project, {name: (trap if name.endswith(".py") else "") + text for name, text in CONFIGURED.items()})
    lay_out(project, {f"shop/views{number}.py": VIEW for number in range(3)})
    return lay_out(tmp_path / "around", {"outside.py": trap, "__init__.py": trap, "around/outside.py": trap}) / "project"


def test_traps(trapped: Path, tmp_path: Path) -> None:
    """The command as users start it, with files that bear the names of all that flake8 and the plugin import."""
    flake8 = Path(sysconfig.get_path("scripts")) / "flake8"
    before = sorted(tmp_path.rglob("*"))
    ran = run(trapped, sys.executable, str(flake8), "--select=LDB", "-j2", f"--django-async-cache-dir={tmp_path / 'cache'}", ".")
    assert not (tmp_path / "mark").exists()
    assert not ran.err and sum(" LDB101 " in line for line in ran.lines) == 3, ran.out
    assert sorted(path for path in tmp_path.rglob("*") if tmp_path / "cache" not in (path, *path.parents)) == before


def watched(project: Path, cache: Path, *arguments: str) -> tuple[list[str], list[str]]:
    """What flake8 says, and what it does that it must not."""
    command = (
        sys.executable,
        "-B",
        "-c",
        WATCHED,
        str(project),
        str(cache),
        str(project.parent),
        "--select=LDB",
        *arguments,
        ".",
    )
    ran = run(project, *command, env={"PYTHONDONTWRITEBYTECODE": "1"})
    assert not ran.err
    return [line for line in ran.lines if " LDB" in line], [line for line in ran.lines if line.startswith("(")]


@pytest.mark.parametrize("workers", ["-j1", "-j2"])
def test_an_audit_hook_sees_nothing(workers: str, trapped: Path, tmp_path: Path) -> None:
    cold, warm = (
        watched(trapped, tmp_path / "cache", workers, f"--django-async-cache-dir={tmp_path / 'cache'}") for _ in range(2)
    )
    assert cold == warm and len(cold[0]) == 3 and not cold[1]


def test_the_audit_hook_has_eyes(tmp_path: Path) -> None:
    plugin = "class Plugin:\n    def __init__(self, tree): ...\n    def run(self): return []\n"
    setup = "[flake8:local-plugins]\nextension = TRP = used:Plugin\npaths = .\n"
    project = lay_out(tmp_path / "project", {"used.py": plugin, "setup.cfg": setup, "views.py": HELD})
    _, done = watched(project, tmp_path / "elsewhere", "-j1", f"--django-async-cache-dir={tmp_path / 'cache'}")
    assert {line.split("'")[1] for line in done} >= {"writes", "runs"}
