"""The second project of the fixtures: connections that persist are not closed by `close_old_connections`."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.expectations import FIXTURES


def test_persistent_connections_do_what_the_comments_claim(database_server: dict[str, str]) -> None:
    command = [sys.executable, "-m", "tests.measured.persistent"]
    run = subprocess.run(
        command, check=False, cwd=FIXTURES.parent, env=os.environ | database_server, capture_output=True, text=True
    )
    assert (run.stdout, run.returncode) == ("", 0), run.stdout + run.stderr
