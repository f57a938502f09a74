"""Real code made strange: cut off, shuffled, made async, sprinkled with queries, waits and releases."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable

Mutation = Callable[[random.Random, str], str]

EFFECTS = (
    "await Book.objects.aget(pk=1)", "await asyncio.sleep(5)", "await sync_to_async(connections.close_all)()", "await sync_to_async(work)()",
    "task = asyncio.create_task(Book.objects.acount())", "await asyncio.gather(*[Book.objects.acount() for _ in range(3)], asyncio.sleep(1))",
    "[book async for book in Book.objects.all()]", "async with asyncio.timeout(1): await asyncio.sleep(1)", "yield 1", "return", "raise",
    "break", "continue", "try: await Book.objects.aget()", "finally: await asyncio.sleep(1)", "while True: pass",
)  # fmt: skip
IMPORTS = (
    "import asyncio\nfrom asgiref.sync import sync_to_async\nfrom django.db import connections\nfrom library.models import Book\n"
    "def work():\n    Book.objects.get()\n"
)


def with_effects(chance: random.Random, text: str) -> str:
    """Every function async, effects at every fifth line. Where the result is no Python, the original with its imports."""
    lines = asynchronous(chance, text).splitlines()
    made: list[str] = []
    inside = False
    for line, following in zip(lines, [*lines[1:], ""]):
        made.append(line)
        inside = inside or re.match(r"\s*async def ", line) is not None
        ends = not line.rstrip().endswith((":", ",", "(", "[", "{", "\\", "'''", '"""')) and line.strip() and following.strip()
        if inside and ends and chance.random() < 0.2 and indent(line) == indent(following) and indent(line):
            made.append(indent(line) + chance.choice(EFFECTS[:8]))
    future = "from __future__ import annotations\n" if "from __future__ import" in text else ""
    result = f"{future}{IMPORTS}" + "\n".join(made) + "\n"
    return result if parses(result) else IMPORTS + text


def asynchronous(chance: random.Random, text: str) -> str:
    """Plain functions made async, where that is Python."""
    made = re.sub(r"^(\s*)def (?!__)", r"\1async def ", text, flags=re.MULTILINE)
    made = re.sub(r"^(\s+)yield from ", r"\1yield ", made, flags=re.MULTILINE)
    return made if parses(made) else text


def truncated(chance: random.Random, text: str) -> str:
    return text[: chance.randrange(len(text) + 1)]


def with_lines_lost(chance: random.Random, text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if chance.random() > 0.05)


def with_lines_moved(chance: random.Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    for _ in range(max(1, len(lines) // 40)):
        if lines:
            lines.insert(chance.randrange(len(lines)), lines.pop(chance.randrange(len(lines))))
    return "".join(lines)


def with_words_swapped(chance: random.Random, text: str) -> str:
    """Identifiers, brackets and keywords in each other's places."""
    words = re.split(r"(\w+|[^\w\s])", text)
    for _ in range(max(1, len(words) // 200)):
        one, two = chance.randrange(len(words)), chance.randrange(len(words))
        words[one], words[two] = words[two], words[one]
    return "".join(words)


def with_strange_characters(chance: random.Random, text: str) -> str:
    where = chance.randrange(len(text) + 1)
    return (
        text[:where] + chance.choice(("\0", "\f", "\r", "\u2028", "\ufeff", "é", "\ud800", "\t", "\\\n", "\x1c")) + text[where:]
    )


def indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


MUTATIONS: dict[str, Mutation] = {
    "as it is": lambda chance, text: text,
    "async": asynchronous,
    "effects": with_effects,
    "truncated": truncated,
    "lines lost": with_lines_lost,
    "lines moved": with_lines_moved,
    "words swapped": with_words_swapped,
    "characters": with_strange_characters,
}
