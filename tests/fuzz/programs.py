"""Programs that hypothesmith makes from Python's grammar and from LibCST's nodes: what no person would write."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

VIEW = "import asyncio\nfrom library.models import Book\n\nasync def view(request):\n    await Book.objects.aget()\n{}    await asyncio.sleep(5)\n"


def programs(count: int, seed: int) -> Iterator[tuple[str, str]]:
    """Names and texts: so many programs, each as it is and inside a view. From one seed always the same."""
    try:
        import hypothesmith
    except ImportError as error:
        raise SystemExit(f"hypothesmith, of the extra `test`, is not installed: {error}") from None

    yield from _both("grammar", hypothesmith.from_grammar(), count - count // 4, seed)
    yield from _both("nodes", hypothesmith.from_node(), count // 4, seed)


def _both(kind: str, strategy: object, count: int, seed: int) -> Iterator[tuple[str, str]]:
    for number, text in enumerate(_drawn(strategy, count, seed), 1):
        yield f"{kind} {seed}:{number}", text
        yield f"{kind} {seed}:{number} in a view", VIEW.format(textwrap.indent(text, "    "))


def _drawn(strategy: object, count: int, seed: int) -> list[str]:
    """Up to `count` different texts. Hypothesis repeats itself, and never gives more for asking longer."""
    import hypothesis

    drawn: dict[str, None] = {}

    # Its own target phase drives it to larger programs.
    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate, hypothesis.Phase.target],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(strategy)  # type: ignore[arg-type]
    def draw(text: str) -> None:
        drawn[text] = None

    if count:
        draw()
    return list(drawn)
