"""Measures the fixtures' second project, whose connections persist; prints each disagreement.

A process has one Django project, so a test runs this in a process of its own.
"""

from __future__ import annotations

import os

from tests.expectations import FIXTURES, applies, read
from tests.measured.judge import disagreements, reached
from tests.measured.project import VISITORS, laboratory


def main() -> None:
    module = read(FIXTURES / "persistent" / "visitors" / "views" / "ldb207_release_keeps_connection.py")
    claims = list(module.claims)
    server = {name: value for name, value in os.environ.items() if name.startswith("PG")}
    with laboratory(server, VISITORS) as running:
        drives = []
        for view in module.views:
            measured = running.measure(view)
            drives += measured
            for wrong in disagreements(claims, measured):
                print(f"{view}: {wrong}")
        for claim in claims:
            if applies(claim.condition) and not reached(claim, drives):
                print(f"{claim}: no request came there")


if __name__ == "__main__":
    main()
