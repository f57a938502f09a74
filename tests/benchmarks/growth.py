"""How the cost grows with the code: generated projects, each twice to ten times the size of the one before.

    python -m tests.benchmarks.growth

Prints milliseconds of CPU for the analysis of one file, without flake8 and without a cache, and per unit. Where the cost is
linear, the last column stays level.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
HEADER = "import asyncio\nfrom django.contrib.auth.models import User\n\n"
MEASURE = """
import sys, time
import libcst
from flake8_django_async.analysis import engine
from flake8_django_async.check import check
start = time.process_time()
found = [(diagnostic.line, diagnostic.code) for path in sys.argv[1:] for diagnostic in check(path)]
print((time.process_time() - start) * 1000, len(found))
"""


def modules(count: int) -> Iterator[tuple[str, str]]:
    """A view that calls the first of many modules, each of which calls the next; all are linted."""
    for number in range(count):
        after = f"from shop.module{number + 1} import ask as next_ask\n" if number % 10 != 9 and number + 1 < count else ""
        body = "    await next_ask()\n" if after else "    await asyncio.sleep(5)\n"
        yield f"shop/module{number}.py", f"{HEADER}{after}\nasync def ask():\n    await User.objects.aget(pk={number})\n{body}"


def chain(depth: int) -> Iterator[tuple[str, str]]:
    """One view, and below it a chain of calls in one module."""
    functions = [f"async def ask{number}():\n    await ask{number + 1}()\n" for number in range(depth)]
    functions.append(f"async def ask{depth}():\n    await asyncio.sleep(5)\n")
    view = "async def view(request):\n    await User.objects.aget(pk=1)\n    await ask0()\n"
    yield "shop/views.py", HEADER + "\n\n".join([view, *functions])


def long(lines: int) -> Iterator[tuple[str, str]]:
    """One function of many lines."""
    body = "".join(f"    value{number} = await User.objects.aget(pk={number})\n" for number in range(lines - 1))
    yield "shop/views.py", f"{HEADER}async def view(request):\n{body}    await asyncio.sleep(5)\n"


def branches(count: int) -> Iterator[tuple[str, str]]:
    """Branches in a row."""
    body = "".join(f"    if request.GET[{number}]:\n        await User.objects.aget(pk={number})\n" for number in range(count))
    yield "shop/views.py", f"{HEADER}async def view(request):\n{body}    await asyncio.sleep(5)\n"


SHAPES: dict[str, tuple[Callable[[int], Iterator[tuple[str, str]]], tuple[int, ...]]] = {
    "modules": (modules, (10, 100, 1000)),
    "calls in a chain": (chain, (1, 10, 50, 100)),
    "lines of a function": (long, (250, 500, 1000, 2000)),
    "branches in a row": (branches, (60, 125, 250, 500)),
}


def cost(files: Iterator[tuple[str, str]]) -> tuple[float, int]:
    """Milliseconds of CPU, and how much was found."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "shop").mkdir()
        for name in ("manage.py", "shop/__init__.py"):
            (folder / name).write_text("", encoding="utf-8")
        paths: list[str] = []
        for name, text in files:
            (folder / name).write_text(text, encoding="utf-8")
            paths.append(str(folder / name))
        command = [sys.executable, "-c", MEASURE, *paths]
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=REPOSITORY)
        milliseconds, found = done.stdout.split()
        return float(milliseconds), int(found)


def main() -> None:
    print("| what grows | how many | found | CPU | per unit |\n| --- | ---: | ---: | ---: | ---: |")
    for name, (shape, sizes) in SHAPES.items():
        for size in sizes:
            milliseconds, found = min(cost(shape(size)) for _ in range(3))
            print(f"| {name} | {size} | {found} | {milliseconds:.0f} ms | {milliseconds / size:.2f} ms |", flush=True)


if __name__ == "__main__":
    main()
