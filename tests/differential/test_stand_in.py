"""What the stand-in does not ask of the analysis: each was a miss that was none."""

from __future__ import annotations

import sys

from tests.differential.run import Key, Link, Opening, Run, Truth, Waiting


def test_what_others_still_release_on_a_path_that_was_cut_short_is_unknown() -> None:
    run, chain = Run(frozenset(), Truth()), (Link(sys._getframe(), 1),)
    opening = Opening(chain, first=True)
    run.held[Key("default", "request")] = [opening]
    run.blocked.append((Waiting(chain, None, "block"), [opening]))
    run.dead = True
    run.close()
    assert not run.truth.required
