"""Holds what a view's comments claim against what Django did, and says which of comment, flake8 and Django differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tests.expectations import Claim, applies
from tests.measured.measure import Measured
from tests.reported import reported

# With these clients a request ends in an error, or without an answer.
_FAILING = ("disconnects", "cancelled", "unreachable")


def seen(claim: Claim, drives: Iterable[Measured]) -> bool | None:
    """Whether Django held a connection at the claim's statement in any drive; None when no wait stood there."""
    held = [look.held for drive in drives for look in drive.looks if any(claim.covers(*line) for line in look.lines)]
    return any(held) if held else None


def reached(claim: Claim, drives: list[Measured]) -> bool:
    """Whether the drives came to the claim's statement at all."""
    if claim.held is not None:
        return seen(claim, drives) is not None
    return any(claim.covers(step.path, step.line) for drive in drives for step in drive.trace.steps)


def disagreements(claims: list[Claim], drives: list[Measured]) -> Iterator[str]:
    """What the claims on statements that the drives came to say, and Django does not; and what Django did unannounced."""
    for claim in claims:
        if not applies(claim.condition) or not reached(claim, drives):
            continue
        if claim.held is not None and (held := seen(claim, drives)) is not claim.held:
            yield _verdict(claim, bool(held))
        if claim.effect and claim.effect != "leaks" and not any(drive.trace.shows(claim) for drive in drives):
            yield f"{claim}: Django does not show it"
    for drive in drives:
        yield from _unannounced(claims, drive)
    if drives and not any(reached(claim, drives) for claim in claims):
        yield "no request came to any claim"


def _unannounced(claims: list[Claim], measured: Measured) -> Iterator[str]:
    came = [claim for claim in claims if reached(claim, [measured]) and applies(claim.condition)]
    # A stream that starts held is reported where it is handed over, and speaks for all that the stream waits for.
    streams_held = any(claim.held and claim.code == "LDB102" for claim in came)
    for look in measured.looks:
        if (
            look.held
            and not streams_held
            and not any(claim.held is not None and claim.covers(*line) for claim in came for line in look.lines)
        ):
            places = ", ".join(f"fixtures/{path}:{line}" for path, line in sorted(look.lines))
            yield f"{measured.drive}: Django waits held, and no comment says so, at {places}"
    leaks = any(claim.effect == "leaks" for claim in came)
    if leaks is not bool(measured.lost):
        yield f"{measured.drive}: the comments claim {'a' if leaks else 'no'} leak, Django lost {measured.lost} connections"
    announced = {claim.effect.removeprefix("raises ") for claim in came}
    if measured.error is not None and type(measured.error).__name__ not in announced and measured.drive.client not in _FAILING:
        yield f"{measured.drive}: Django raised {measured.error!r}, and no comment says so"
    elif measured.error is None and measured.status != measured.drive.status and measured.drive.client not in _FAILING:
        yield f"{measured.drive}: Django answered {measured.status}"


def _verdict(claim: Claim, held: bool) -> str:
    """The three voices on one statement, and the one that differs."""
    codes = {said.code for said in reported() if claim.covers(said.path, said.line)}
    flake8 = any(code.startswith("LDB1") for code in codes)
    odd = "the comment" if flake8 is held else "Django" if flake8 is claim.held else "flake8"
    said = f"Django measured {'held' if held else 'free'}, flake8 reports {', '.join(sorted(codes)) or 'nothing'}"
    return f"{claim}: {said}; {odd} differs"
