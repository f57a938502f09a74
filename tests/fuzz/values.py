"""Random small programs that build values out of values, in loops and recursion, so that some grow as fast as they can."""

from __future__ import annotations

import random
from collections.abc import Iterator

HEAD = """import asyncio
import contextlib
import functools
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connections, transaction
from library.models import Book

class Box:
    def __init__(self, a=None, b=None):
        self.a = a
        self.b = b
    def get(self):
        return self.a
    async def run(self, *args, **options):
        return await self.a(*args, **options)
    def more(self, c):
        return Box(self, c)
    def __call__(self, *args):
        return Box(self.a, *args)

async def call(f, *args, **options):
    return await f(*args, **options)

async def both(f, g):
    await f(g)
    await g(f)
    return f, g

def wrap(f):
    @functools.wraps(f)
    async def inner(*args, **options):
        return await f(*args, **options)
    return inner

def give(*args, **options):
    return {"a": args, "b": options}

async def each(a):
    yield a
    async for x in a:
        yield x, a

@contextlib.asynccontextmanager
async def around(f):
    yield f

async def ask(*args, **options):
    return await Book.objects.aget()

"""
NAMES = ("a", "b", "c", "d", "e")
MADE = (
    "({0}, {1})", "[{0}, {1}, {2}]", "{{'a': {0}, 'b': {1}}}", "{{**{0}, 'c': {1}}}", "[*{0}, {1}]", "{0} or {1}", "{0} if {2} else {1}",
    "lambda: {0}", "lambda x: {0}({1}, x)", "lambda {0}: ({0}, {1})", "functools.partial({0}, {1})", "functools.partial({0}, x={1})",
    "Box({0}, {1})", "Box({0}).get", "{0}.more({1})", "{0}.a", "{0}.b", "{0}.get()", "{0}({1})", "{0}(*{1})", "{0}(**{1})",
    "await {0}", "await {0}({1}, {2})", "await call({0}, {1})", "await both({0}, {1})", "await call(call, {0}, {1}, {2})",
    "wrap({0})", "wrap(call)", "give({0}, {1})", "give(*{0}, **{1})", "call({0}, {1})", "ask({0}, {1})", "each({0})",
    "asyncio.create_task({0})", "asyncio.create_task(call({0}, {1}))", "asyncio.gather({0}, {1})", "asyncio.gather(*{0})",
    "asyncio.ensure_future({0})", "asyncio.wait_for({0}, 1)", "asyncio.shield({0})", "sync_to_async({0})", "async_to_sync({0})",
    "sync_to_async({0})({1})", "{0}['a']", "{0}[0]", "[x async for x in {0}]", "[({0}, y) for y in {1}]", "{{x: {1} for x in {0}}}",
    "iter({0})", "list({0})", "dict({0}, a={1})", "tuple({0})", "list(zip({0}, {1}))", "(x for x in {0})", "type({0})", "getattr({0}, 'a')",
    "Book.objects.filter(a={0})", "{0}.filter({1})", "Book({0}, a={1})", "Book", "ask", "call", "wrap", "Box", "each",
    "transaction.atomic({0})", "contextlib.nullcontext({0})", "around({0})", "functools.reduce({0}, {1})", "map({0}, {1})", "super()",
)  # fmt: skip


def values(count: int, seed: int) -> Iterator[tuple[str, str]]:
    """Names and texts of so many programs."""
    for number in range(1, count + 1):
        yield f"values {seed}:{number}", program(random.Random(f"{seed}:{number}"))


def program(chance: random.Random) -> str:
    lines: list[str] = []
    for function in range(chance.randrange(1, 4)):
        lines.append(f"async def view{function}({', '.join(NAMES)}):")
        body = [line for _ in range(chance.randrange(3, 14)) for line in _statement(chance, 1)]
        lines += ["    " + line for line in body]
    return HEAD + "\n".join(lines) + "\n"


def _statement(chance: random.Random, depth: int) -> list[str]:
    one, two = chance.choice(NAMES), chance.choice(NAMES)
    kind = chance.random()
    if kind < 0.55 or depth > 4:
        return [f"{one} = {expression(chance)}"]
    if kind < 0.6:
        return [f"{one}.{chance.choice('ab')} = {expression(chance)}"]
    if kind < 0.65:
        return [f"{one}, {two} = {expression(chance)}"]
    if kind < 0.7:
        return [f"await view{chance.randrange(3)}({', '.join(chance.choices(NAMES, k=5))})"]
    if kind < 0.73:
        return [f"return {expression(chance)}"]
    head = chance.choice(
        (
            "while True:", "for x in range(9):", f"for {one} in {two}:", f"async for {one} in {two}:", f"if {one}:", f"with {one} as {two}:",
            f"async with {one} as {two}:", f"async def {one}({two}=None, *x):", f"def {one}({two}, **x):", f"async with around({one}) as {two}:",
        )
    )  # fmt: skip
    if head.startswith("while"):
        inner = [f"if {one}: break"]
    elif "def " in head and chance.random() < 0.5:
        inner = [f"return {expression(chance)}"]
        head = f"@{chance.choice(('wrap', two, 'functools.wraps(' + one + ')', 'contextlib.asynccontextmanager'))}\n{head}"
    else:
        inner = []
    body = [line for _ in range(chance.randrange(1, 6)) for line in _statement(chance, depth + 1)] + inner
    return [*head.split("\n"), *("    " + line for line in body)]


def expression(chance: random.Random) -> str:
    """One to three ways of making a value, one in the other."""
    text = chance.choice(MADE).format(*chance.choices(NAMES, k=3))
    for _ in range(chance.randrange(3)):
        others = chance.choices(NAMES, k=3)
        others[chance.randrange(3)] = f"({text})"
        text = chance.choice([made for made in MADE if "lambda {0}:" not in made]).format(*others)
    return text
