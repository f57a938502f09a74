"""The cache in real runs: shared, cut off, damaged, closed, full, old. Whatever becomes of it, flake8 says the same."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import flake8_django_async
from tests.trial import HELPERS, VIEWS, as_anybody, lay_out, meanwhile, run

FLAKE8 = (sys.executable, "-m", "flake8", "--select=LDB")
FILES = {"manage.py": "", "shop/__init__.py": "", "shop/helpers.py": HELPERS, "shop/more.py": VIEWS, "shop/views.py": VIEWS}
LINTED = 3
"""Files with async code: as many results are stored."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("project"), FILES)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def expected(project: Path) -> str:
    """What flake8 says without a cache."""
    ran = run(project, *FLAKE8, "--django-async-no-cache", "-j1", "shop")
    assert len(ran.lines) == 2 and not ran.err
    return ran.out


def linting(cache: Path, *options: str) -> tuple[str, ...]:
    return (*FLAKE8, f"--django-async-cache-dir={cache}", *options, "shop")


def stored(cache: Path, kind: str = "*") -> list[Path]:
    return sorted(cache.glob(f"*/{kind}/*.json"))


def test_many_at_once(project: Path, cache: Path, expected: str) -> None:
    """Runs that begin with nothing and write the same files at the same time, two workers each."""
    runs = [
        subprocess.Popen(linting(cache, "-j2"), cwd=project, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(3)
    ]
    assert [process.communicate(timeout=300)[0] for process in runs] == [expected] * 3
    assert len(stored(cache, "results")) == LINTED
    assert not list(cache.rglob("*.tmp"))
    assert run(project, *linting(cache, "-j1")).out == expected


def test_a_run_that_is_killed(project: Path, cache: Path, expected: str) -> None:
    for wait in (0.2, 0.4, 0.6):
        with subprocess.Popen(linting(cache, "-j1"), cwd=project, stdout=subprocess.DEVNULL) as process:
            time.sleep(wait)
            process.send_signal(signal.SIGKILL)
    assert run(project, *linting(cache, "-j1")).out == expected


def damage(cache: Path, chance: random.Random) -> int:
    """Cut off, change, remove or replace a file of the cache; returns how many were there to choose from."""
    files = stored(cache)
    if not files:
        return 0
    path = chance.choice(files)
    try:
        data = path.read_bytes()
        match chance.randrange(5):
            case 0:
                path.write_bytes(data[: chance.randrange(len(data) + 1)])
            case 1:
                path.write_bytes(data.translate(bytes.maketrans(b"5ak", b"6bl")))
            case 2:
                path.unlink()
                path.mkdir()
            case 3:
                shutil.rmtree(path.parent)
            case _:
                path.write_bytes(chance.choice(files).read_bytes())
    except OSError:  # flake8, or an earlier damage, was faster
        return 0
    return len(files)


def test_a_cache_that_is_damaged_all_the_time(project: Path, cache: Path, expected: str) -> None:
    chance, done = random.Random(7), list[int]()
    with meanwhile(lambda: done.append(damage(cache, chance))):
        for workers in ("-j1", "-j2"):
            ran = run(project, *linting(cache, workers))
            assert (ran.out, ran.err) == (expected, "")
    assert any(done)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode that closes a folder")
@pytest.mark.parametrize(("mode", "is_warm"), [(0o500, False), (0o500, True), (0o000, True)])
def test_a_cache_that_is_closed(mode: int, is_warm: bool, project: Path, cache: Path, expected: str) -> None:
    command = as_anybody(*linting(cache, "-j1"))
    cache.mkdir()
    if is_warm:
        run(project, *linting(cache, "-j1"))
    before = stored(cache)
    folders = [*(path for path in cache.rglob("*") if path.is_dir()), cache]
    for folder in folders:
        folder.chmod(mode)
    try:
        ran = run(project, *command)
    finally:
        for folder in reversed(folders):
            folder.chmod(0o700)
    assert (ran.out, ran.err) == (expected, "")
    assert stored(cache) == before


@pytest.mark.skipif(shutil.which("unshare") is None, reason="a small disk is mounted in a namespace of its own: Linux")
def test_a_full_disk(project: Path, cache: Path, expected: str) -> None:
    """A disk of two pages, cold and warm, where a disk can be mounted."""
    cache.mkdir()
    script = 'mount -t tmpfs -o size=8k,nr_inodes=20 none "$0" || exit 77; "$@"; "$@"'
    ran = run(project, "unshare", "-m", "sh", "-c", script, str(cache), *linting(cache, "-j1"))
    if ran.status == 77 or ran.err.startswith("unshare:"):
        pytest.skip(f"whoever runs this may not mount a disk: {ran.err}")
    assert (ran.out, ran.err) == (expected * 2, "")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no ulimit")
def test_files_that_may_not_grow(project: Path, cache: Path, expected: str) -> None:
    """Files can be made, and writing to them fails: nothing is left of them."""
    ran = run(project, "sh", "-c", 'ulimit -f 0; exec "$@"', "sh", *linting(cache, "-j1"))
    assert (ran.out, ran.err) == (expected, "")
    assert not [path for path in cache.rglob("*") if path.is_file()]


@pytest.mark.parametrize("place", ["/dev/full", "manage.py/cache", "x" * 300])
def test_a_place_where_no_folder_can_be(place: str, project: Path, expected: str) -> None:
    assert run(project, *FLAKE8, f"--django-async-cache-dir={place}", "-j1", "shop").out == expected


@pytest.mark.parametrize("method", ["spawn", "forkserver"])  # for fork see above
def test_workers_that_are_not_forked_store_what_they_find(
    method: str, project: Path, cache: Path, tmp_path: Path, expected: str
) -> None:
    start = f"""
    import multiprocessing
    if __name__ == "__main__":
        multiprocessing.set_start_method("{method}")
        from flake8.main.cli import main
        raise SystemExit(main())
    """
    lay_out(tmp_path, {"start.py": start})
    command = (sys.executable, str(tmp_path / "start.py"), *linting(cache, "-j2")[3:])
    assert run(project, *command).out == expected
    assert len(stored(cache, "results")) == LINTED and stored(cache, "flows")


def test_old_files_of_other_releases_go_first(project: Path, cache: Path, expected: str) -> None:
    old = [cache / "0.0.1-0123456789ab" / "results" / f"{number}.json" for number in range(3)]
    for path in old:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "wb") as stream:
            stream.truncate(60_000_000)
        os.utime(path, (1, 1))
    assert run(project, *linting(cache, "-j1")).out == expected
    assert sum(path.exists() for path in old) == 1
    assert len(stored(cache, "results")) == 1 + LINTED


def test_another_version_does_not_say_what_this_one_said(project: Path, cache: Path, tmp_path: Path, expected: str) -> None:
    package = tmp_path / "site" / "flake8_django_async"
    shutil.copytree(Path(flake8_django_async.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    environment = {"PYTHONPATH": str(package.parent)}
    assert run(project, *linting(cache, "-j1"), env=environment).out == expected
    diagnostic = package / "diagnostic.py"
    diagnostic.write_text(
        diagnostic.read_text(encoding="utf-8").replace("release it first, see", "let go, see"), encoding="utf-8"
    )
    assert run(project, *linting(cache, "-j1"), env=environment).out == expected.replace("release it first", "let go")
