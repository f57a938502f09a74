"""Programs executed and analysed: which waits the analysis missed, which it reports though no path holds."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flake8_django_async.check import check
from flake8_django_async.project.modules import Project
from tests.differential import project
from tests.differential.causes import TOO_MANY, UNREACHED, changed, hypotheses
from tests.differential.explore import Root, executed, explore, quiet
from tests.differential.generate import Program, Writer
from tests.differential.run import Place
from tests.differential.scheduler import BUGS

MODULES = {"helpers": project.HELPERS, "views": project.VIEWS}
WIDE = 1000
"""Paths executed before an alarm is called false, or a yield missed."""


@dataclass(slots=True)
class Verdict:
    """One program's comparison."""

    program: Program
    missed: list[frozenset[Place]] = field(default_factory=list)
    elsewhere: list[frozenset[Place]] = field(default_factory=list)
    """Missed in the helpers' module, where only what a caller in the other module does makes the hold."""
    false: list[Place] = field(default_factory=list)
    causes: list[str] = field(default_factory=list)
    """Why, of each false alarm."""
    unsettled: list[Place] = field(default_factory=list)
    """Reported, held on no executed path, but not all paths were executed."""
    settled: bool = False
    """Whether each alarm is known to be right or false."""
    broken: str = ""
    """The program is wrong by itself: a defect of the generator."""
    alarms: int = 0
    runs: int = 0


@dataclass(slots=True)
class Batch:
    """Programs put into the same two modules, with the lines that each takes up."""

    programs: Sequence[Program]
    texts: dict[str, str] = field(default_factory=dict)
    spans: dict[int, list[tuple[str, int, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = [name for program in self.programs for name in defined(program.helpers)]
        heads = {project.HELPERS: f"{project.HEADER}\n\n", project.VIEWS: project.views_header(names)}
        for path, attribute in ((project.HELPERS, "helpers"), (project.VIEWS, "views")):
            text = heads[path]
            for program in self.programs:
                part: str = getattr(program, attribute)
                first = text.count("\n") + 1
                text += part + "\n\n"
                self.spans.setdefault(program.number, []).append((path, first, text.count("\n")))
            self.texts[path] = text

    def alone(self, program: Program) -> dict[str, str]:
        """The texts with one program only, on its own lines."""
        texts: dict[str, str] = {}
        heads = {project.HELPERS: project.HEADER, project.VIEWS: project.views_header(defined(program.helpers))}
        for path, first, last in self.spans[program.number]:
            lines = self.texts[path].split("\n")[first - 1 : last]
            head = heads[path].strip().split("\n")
            texts[path] = "\n".join([*head, *[""] * (first - 1 - len(head)), *lines])
        return texts

    def owner(self, place: Place) -> int | None:
        for number, spans in self.spans.items():
            for path, first, last in spans:
                if place.path == path and first <= place.line <= last:
                    return number
        return None


def defined(text: str) -> list[str]:
    """The names that a module's text defines at its top."""
    heads = ("def ", "async def ", "class ")
    found: list[str] = []
    for line in text.splitlines():
        for head in heads:
            if line.startswith(head):
                found.append(line.removeprefix(head).partition("(")[0].partition(":")[0])
    return found


def reported(texts: Mapping[str, str]) -> list[tuple[Place, str]]:
    """Where the analysis sees held waits."""
    found: list[tuple[Place, str]] = []
    with tempfile.TemporaryDirectory(prefix="ldb-differential-") as name:
        folder = Path(name).resolve()
        project.write(folder, texts)
        Project.forget_all()
        for path in (project.VIEWS, project.HELPERS, "library/services.py"):
            for diagnostic in check(str(folder / path)):
                if diagnostic.code.startswith("LDB10"):
                    found.append((Place(path, diagnostic.line), diagnostic.code))
    return found


def roots_of(namespaces: Mapping[str, Mapping[str, object]], program: Program, only: str = "") -> list[Root]:
    """The entry points of a program, or those of one of its modules."""
    return [
        (namespaces[MODULES[module]][name], kind)  # type: ignore[misc]
        for module, name, kind in program.roots
        if only in ("", module)
    ]


def compare(programs: Sequence[Program], *, budget: int = 60, settle: bool = True) -> list[Verdict]:
    """Execute and analyse programs together."""
    batch = Batch(programs)
    places = {place for place, _ in reported(batch.texts)}
    namespaces = project.load(batch.texts)
    with quiet():
        return [_judge_safely(program, batch, places, namespaces, budget, settle) for program in programs]


def _judge_safely(
    program: Program, batch: Batch, places: set[Place], namespaces: Mapping[str, Mapping[str, object]], budget: int, settle: bool
) -> Verdict:
    try:
        return _judge(program, batch, places, namespaces, budget, settle)
    except BUGS as error:
        return Verdict(program, broken=repr(error))


def _judge(
    program: Program, batch: Batch, places: set[Place], namespaces: Mapping[str, Mapping[str, object]], budget: int, settle: bool
) -> Verdict:
    """Hold what was reported against what was executed."""
    roots = roots_of(namespaces, program)
    truth = explore(roots, budget=budget)
    if not truth.exhaustive and any(not places & yields for yields in truth.yields.values()):
        truth = explore(roots, budget=WIDE)  # the yield that is reported may be the first one on paths not yet executed
    own = {place for place in places if batch.owner(place) == program.number}
    verdict = Verdict(program, alarms=len(own), runs=truth.runs)
    missing = [wanted for wanted in truth.wanted() if not wanted & places]
    alone = explore(roots_of(namespaces, program, "helpers"), budget=budget).wanted() if missing else set()
    for wanted in missing:
        away = wanted not in alone and all(place.path != project.VIEWS for place in wanted)
        (verdict.elsewhere if away else verdict.missed).append(wanted)
    doubtful = own - truth.allowed
    if doubtful and settle and not truth.exhaustive:
        truth = explore(roots, budget=WIDE)
        doubtful = own - truth.allowed
    verdict.settled = settle and (truth.exhaustive or not doubtful)
    if verdict.settled:
        verdict.false = sorted(doubtful)
        verdict.causes = [cause(program, batch, place) for place in verdict.false]
    else:
        verdict.unsettled = sorted(doubtful)
    return verdict


def generate(seed: int, number: int) -> Program:
    """Program `number` of a seed: the same whatever ran before."""
    return Writer(number, random.Random(f"{seed}:{number}")).program()


def cause(program: Program, batch: Batch, place: Place) -> str:
    """Why the analysis reports a place: the imprecision without which it would be right."""
    texts = batch.alone(program)
    for budget in (WIDE, 10 * WIDE):
        exhaustive = True
        for imprecisions in hypotheses():
            roots = roots_of(project.load(changed(texts, imprecisions)), program)
            unordered = any(imprecision.unordered for imprecision in imprecisions)
            truth = explore(roots, budget=budget, relaxed=True, unordered=unordered, seeking=place)
            if place in truth.allowed:
                return imprecisions[-1].name
            exhaustive = exhaustive and truth.exhaustive
        if place not in executed(roots_of(project.load(texts), program), budget=WIDE):
            return UNREACHED
    return "not explained" if exhaustive else TOO_MANY
