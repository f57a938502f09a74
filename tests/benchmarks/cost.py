"""What the plugin costs: flake8 on whole code bases and on one file over stdin, without it, with it, and with flake8-async.

    python -m tests.benchmarks.cost                    async and sync code bases at fixed versions
    python -m tests.benchmarks.cost FOLDER ...         code bases of your own
    python -m tests.benchmarks.cost --runs 3 --jobs 1  fewer runs
    python -m tests.benchmarks.cost --plot cost.svg    and a plot; needs matplotlib

Makes an environment for each of the three, runs them in turn, and prints Markdown tables of the medians. CPU is user and system
time of all processes, memory the most that one of them had. "cold" begins with an empty cache, "warm" has seen the same files.
flake8-async takes most of the time: it runs once for each line of a table.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tests.ecosystem.projects import LIST, Failure, fetch, load

REPOSITORY = Path(__file__).parents[2]
ASYNC = ("sysreptor", "OpenContracts", "openhexa-app")
"""Of the ecosystem check's list: consumers and async views."""
SYNC = ("wagtail==6.4", "django==5.2")
"""Distributions with their tests: a typical sync code base, and Django itself, which has some of everything."""
FLAKE8 = "flake8==7.3.0"
TOOLS = {"flake8": [FLAKE8], "ours": [FLAKE8, str(REPOSITORY)], "flake8-async": [FLAKE8, "flake8-async==25.7.1"]}
LINES = 500
"""Lines that the file for stdin should have."""
EDIT = b"\n\nasync def edited_TURN(request):\n    return await asyncio.sleep(1)\n"
"""A function that is another one each time."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of CPU, seconds of the clock, MB."""

    cpu: float
    wall: float
    memory: float


def measured(folder: Path, command: Sequence[str], cache: Path, text: bytes | None = None) -> Cost:
    """The cost of one command and all its children. Raises RuntimeError when flake8 itself fails."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "LOCALAPPDATA": str(cache)}
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    assert process.stdin is not None
    if text is not None:
        process.stdin.write(text)
    process.stdin.close()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise RuntimeError(f"{command} ended with {process.returncode}")
    scale = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / scale)


@dataclass(frozen=True, slots=True)
class Bench:
    """The tools, and a place for caches."""

    tools: dict[str, Path]
    place: Path
    runs: int

    def compare(self, folder: Path, arguments: Sequence[str], texts: dict[str, bytes | None]) -> dict[str, Cost]:
        """Medians: each tool in turn, so that what else the machine does falls on all alike. `texts` are those of "warm" runs."""
        found: dict[str, list[Cost]] = {}
        warm = self.place / "warm"
        shutil.rmtree(warm, ignore_errors=True)
        commands = {tool: [str(python), "-m", "flake8", "--isolated", *arguments] for tool, python in self.tools.items()}
        measured(folder, commands["ours"], warm, texts["warm"])
        for turn in range(self.runs):
            if "flake8-async" in commands and not turn:
                found["flake8-async"] = [measured(folder, commands["flake8-async"], warm, texts["warm"])]
            found.setdefault("flake8", []).append(measured(folder, commands["flake8"], warm, texts["warm"]))
            cold = Path(tempfile.mkdtemp(dir=self.place))
            found.setdefault("cold", []).append(measured(folder, commands["ours"], cold, texts["warm"]))
            shutil.rmtree(cold)
            for name, text in texts.items():
                text = text and text.replace(b"TURN", b"%d" % turn)
                found.setdefault(name, []).append(measured(folder, commands["ours"], warm, text))
        return {name: _median(costs) for name, costs in found.items()}


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(*(statistics.median(getattr(cost, name) for cost in costs) for name in Cost.__slots__))


def environments(place: Path) -> dict[str, Path]:
    """A Python for each tool that can be installed."""
    found: dict[str, Path] = {}
    for tool, requirements in TOOLS.items():
        folder = place / tool
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
        done = subprocess.run([str(python), "-m", "pip", "install", "-q", *requirements], check=False, capture_output=True)
        if done.returncode == 0:
            subprocess.run([str(python), "-m", "compileall", "-q", str(folder)], check=False, capture_output=True)
            found[tool] = python
        else:
            print(f"not installed, and left out: {tool}", file=sys.stderr)
    return found


def sources(place: Path) -> Iterator[Path]:
    """The code bases: checkouts, then distributions of PyPI, unpacked."""
    projects = load(LIST)
    for name in ASYNC:
        try:
            yield fetch(projects[name], place / "checkouts").rename(place / name)
        except Failure as failure:
            print(f"not fetched, and left out: {name}: {failure}", file=sys.stderr)
    for requirement in SYNC:
        folder = place / requirement.partition("=")[0]
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", requirement, "-d", str(folder)]
        if subprocess.run(command, check=False, capture_output=True).returncode:
            print(f"not downloaded, and left out: {requirement}", file=sys.stderr)
            continue
        [archive] = folder.glob("*.tar.gz")
        with tarfile.open(archive) as content:
            content.extractall(folder, filter="data")
        yield next(path for path in sorted(folder.iterdir()) if path.is_dir())


def file_for_stdin(folder: Path) -> Path | None:
    """The file with async functions that is nearest to the length wanted."""
    texts = ((path, path.read_text(encoding="utf-8", errors="replace")) for path in sorted(folder.rglob("*.py")))
    found = [(abs(text.count("\n") - LINES), path) for path, text in texts if text.count("async def") > 3]
    return min(found)[1] if found else None


def row(name: str, costs: dict[str, Cost], columns: Sequence[str]) -> str:
    """flake8's own cost, and what the others make of it."""
    plain = costs["flake8"]
    cells = [f"{plain.cpu:.2f} s, {plain.wall:.2f} s, {plain.memory:.0f} MB"]
    for column in columns:
        cost = costs.get(column)
        text = "-" if cost is None else f"x {cost.cpu / plain.cpu:.2f}, x {cost.wall / plain.wall:.2f}, {cost.memory - plain.memory:+.0f} MB"
        cells.append(text)
    return f"| {name} | {' | '.join(cells)} |"


def plot(path: Path, costs: dict[str, dict[str, Cost]]) -> None:
    """CPU of each tool by code base, as a multiple of plain flake8's."""
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 0.7 * len(costs) + 1.2), layout="constrained")
    tools = {"flake8-async": "flake8-async", "cold": "flake8-django-async, first run", "warm": "flake8-django-async, again"}
    for offset, (tool, label) in enumerate(tools.items()):
        rows = [(place + 0.25 * (1 - offset), cost[tool].cpu / cost["flake8"].cpu) for place, cost in enumerate(costs.values()) if tool in cost]
        if rows:
            bars = axes.barh([place for place, _ in rows], [ratio for _, ratio in rows], height=0.23, label=label)
            axes.bar_label(bars, [f"{ratio:.2f}" for _, ratio in rows], padding=3, fontsize="small")
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_xscale("log")
    axes.set_xlabel("CPU time, plain flake8 = 1")
    axes.set_yticks(range(len(costs)), list(costs))
    axes.invert_yaxis()
    axes.legend(loc="lower right", fontsize="small")
    figure.savefig(path)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.cost")
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--jobs", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw the first of the jobs: .svg or .png; needs matplotlib")
    parser.add_argument("--without-flake8-async", action="store_true", help="it takes most of the time")
    given = parser.parse_args()
    if given.plot and find_spec("matplotlib") is None:
        parser.error("--plot needs matplotlib: pip install matplotlib")
    if given.without_flake8_async:
        del TOOLS["flake8-async"]
    drawn: dict[str, dict[str, Cost]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        bench = Bench(environments(place), place, given.runs)
        folders = [folder.resolve() for folder in given.folders] or list(sources(place))
        print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, medians of {given.runs}: CPU, clock, memory\n")
        print("| code base | flake8 | cold | warm | flake8-async |\n| --- | --- | --- | --- | --- |")
        for folder in folders:
            for jobs in given.jobs:
                costs = bench.compare(folder, [f"-j{jobs}", "."], {"warm": None})
                drawn.setdefault(folder.name, costs)
                print(row(f"{folder.name} `-j{jobs}`", costs, ["cold", "warm", "flake8-async"]), flush=True)
        print("\n| one file over stdin | flake8 | cold | warm | warm, one function new | flake8-async |\n| --- | --- | --- | --- | --- | --- |")
        for folder in folders:
            path = file_for_stdin(folder)
            if path is not None:
                text = path.read_bytes()
                texts = {"warm": text, "edited": text + EDIT}
                costs = bench.compare(folder, [f"--stdin-display-name={path}", "-"], texts)
                print(row(f"{path.relative_to(folder)}", costs, ["cold", "warm", "edited", "flake8-async"]), flush=True)
    if given.plot:
        plot(given.plot, drawn)


if __name__ == "__main__":
    main()
