"""What the stand-in does not ask of the analysis: each was a miss that was none."""

from __future__ import annotations

import sys
import warnings

from tests.differential.compare import compare
from tests.differential.generate import Program
from tests.differential.run import Key, Link, Opening, Run, Truth, Waiting


def test_what_others_still_release_on_a_path_that_was_cut_short_is_unknown() -> None:
    run, chain = Run(frozenset(), Truth()), (Link(sys._getframe(), 1),)
    opening = Opening(chain, first=True)
    run.held[Key("default", "request")] = [opening]
    run.blocked.append((Waiting(chain, None, "block"), [opening]))
    run.dead = True
    run.close()
    assert not run.truth.required


def test_a_streams_own_wait_may_be_told_beside_where_it_is_handed_over() -> None:
    views = """
async def stream_1(request):
    yield 1
    await asyncio.sleep(1)

async def view_1(request):
    await Book.objects.acount()
    return StreamingHttpResponse(stream_1(request))
"""
    warnings.simplefilter("ignore")
    (verdict,) = compare([Program(1, "", views, [("views", "view_1", "view"), ("views", "stream_1", "agen")])])
    assert verdict.alarms == 2
    assert not verdict.missed and not verdict.false
