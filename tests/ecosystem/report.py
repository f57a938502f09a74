"""The report: Markdown that GitHub takes as a comment or as the summary of a job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from tests.ecosystem.findings import Difference, Finding
from tests.ecosystem.projects import Project
from tests.ecosystem.revisions import Revision

ROOM = 60_000
"""Characters: a comment on GitHub has at most 65,536."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one project: a difference and the seconds of both runs, or the reason why there is none."""

    project: Project
    difference: Difference | None = None
    seconds: tuple[float, float] = (0.0, 0.0)
    failure: str = ""


def report(base: Revision, head: Revision, outcomes: Sequence[Outcome]) -> str:
    """The summary, the table, and the findings of each project that differ; as many as there is room for."""
    lines = [f"### Ecosystem: {_sum(outcomes)}", "", f"From {escape(base.label, quote=False)}<br>to {escape(head.label, quote=False)}", ""]
    lines += ["| project | added | removed | changed | unchanged | seconds |", "| --- | --: | --: | --: | --: | --: |"]
    lines += [_row(outcome) for outcome in outcomes]
    failed = [outcome for outcome in outcomes if outcome.failure]
    lines += ["", *(f"**{outcome.project.name}** was not compared: {escape(outcome.failure[:500], quote=False)}<br>" for outcome in failed)]
    room = ROOM - sum(map(len, lines))
    for outcome in outcomes:
        if outcome.difference:
            section = _section(outcome.project, outcome.difference, room)
            room -= len(section)
            lines.append(section)
    return "\n".join(lines).rstrip()


def _sum(outcomes: Sequence[Outcome]) -> str:
    found = [outcome.difference for outcome in outcomes if outcome.difference is not None]
    counts = [sum(len(kind) for kind in kinds) for kinds in zip(*((one.added, one.removed, one.changed) for one in found))]
    differing = sum(map(bool, found))
    text = "no findings differ"
    if differing:
        text = f"{', '.join(f'{count} {name}' for count, name in zip(counts, ('added', 'removed', 'changed')) if count)}"
    where = f" in {differing} of {len(found)} projects" if differing else f" in {len(found)} projects"
    failures = len(outcomes) - len(found)
    return f"{text}{where}" + (f", {failures} not compared" if failures else "")


def _row(outcome: Outcome) -> str:
    difference = outcome.difference
    if difference is None:
        return f"| {outcome.project.name} | - | - | - | - | - |"
    counts = [len(difference.added), len(difference.removed), len(difference.changed), difference.unchanged]
    before, after = outcome.seconds
    return f"| {outcome.project.name} | {' | '.join(map(str, counts))} | {before:.1f} → {after:.1f} |"


def _section(project: Project, difference: Difference, room: int) -> str:
    lines = list(_lines(project, difference))
    shown: list[str] = []
    for line in lines:
        room -= len(line)
        if room > 0:
            shown.append(line)
    if len(shown) < len(lines):
        shown.append(f"… and {len(lines) - len(shown)} more, for which there is no room here: --project {project.name} shows them")
    return "\n".join([f"<details open><summary>{project.name}</summary>\n<pre>", *shown, "</pre></details>"])


def _lines(project: Project, difference: Difference) -> Iterator[str]:
    """In the order of places: `+` added, `-` removed, `~` changed, with what it became below, and where if it moved."""
    blocks = [(one, f"+ {_shown(project, one)}") for one in difference.added]
    blocks += [(one, f"- {_shown(project, one)}") for one in difference.removed]
    for old, new in difference.changed:
        moved = (old.line, old.column) != (new.line, new.column)
        blocks.append((old, f"~ {_shown(project, old)}\n→ {_shown(project, new) if moved else _said(new)}"))
    yield from (block for _, block in sorted(blocks))


def _shown(project: Project, finding: Finding) -> str:
    place = escape(f"{finding.path}:{finding.line}:{finding.column}")
    link = project.link(finding.path, finding.line)
    place = f'<a href="{escape(link)}">{place}</a>' if link else place
    return f"{place} {_said(finding)}"


def _said(finding: Finding) -> str:
    return f"{finding.code} {escape(finding.message, quote=False)}"
