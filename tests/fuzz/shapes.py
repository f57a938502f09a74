"""Programs of extreme shape: deep, long, wide, entangled."""

from __future__ import annotations

from collections.abc import Iterator

HEAD = (
    "import asyncio\nimport contextlib\nfrom asgiref.sync import sync_to_async\nfrom django.db import connections\n"
    "from library.models import Book\n\n\n"
)


def shapes(size: int) -> Iterator[tuple[str, str]]:
    """Names and texts; `size` is about the greatest number of anything."""
    for name, text in _plain(size):
        yield name, HEAD + text


def _plain(size: int) -> Iterator[tuple[str, str]]:
    small = min(size, 90)  # CPython's own limits: 100 indentations, 20 nested blocks of `for` and `try`
    yield "parentheses", view("(" * min(size, 150) + "1" + ")" * min(size, 150))
    yield "nested calls", view("f(" * small + "await q()" + ")" * small)
    yield "attributes", view("Book" + ".objects" * size)
    yield "calls of calls", view("Book.objects" + ".all()" * size + ".first()")
    yield "operators", view(" + ".join(["1"] * size))
    yield "conditions", view(" or ".join(["await Book.objects.aget()"] * size))
    yield "conditionals", view("1 if a else " * size + "2")
    yield "comparisons", view(" < ".join(["a"] * size))
    yield (
        "ifs",
        "async def view(request):\n" + "".join("    " * n + "if a:\n" for n in range(1, small)) + "    " * small + "pass\n",
    )
    yield (
        "elifs",
        "async def view(request):\n    if a:\n        pass\n" + "    elif await q():\n        await Book.objects.aget()\n" * size,
    )
    yield (
        "tries",
        "async def view(request):\n"
        + "".join(f"{'    ' * n}try:\n{'    ' * (n + 1)}await Book.objects.aget()\n" for n in range(1, 19))
        + "".join(f"{'    ' * n}except ValueError:\n{'    ' * (n + 1)}await asyncio.sleep(1)\n" for n in range(18, 0, -1)),
    )
    yield (
        "finallies",
        "async def view(request):\n"
        + "".join(f"{'    ' * n}try:\n{'    ' * (n + 1)}await Book.objects.aget()\n" for n in range(1, 19))
        + "".join(f"{'    ' * n}finally:\n{'    ' * (n + 1)}await asyncio.sleep(1)\n" for n in range(18, 0, -1)),
    )
    yield (
        "loops",
        "async def view(request):\n"
        + "".join(f"{'    ' * n}for a{n} in b:\n{'    ' * (n + 1)}await asyncio.sleep(1)\n" for n in range(1, 19))
        + "    " * 19
        + "await Book.objects.aget()\n",
    )
    yield (
        "whiles",
        "async def view(request):\n"
        + "".join(f"{'    ' * n}while await q():\n{'    ' * (n + 1)}x = f(x)\n" for n in range(1, 19))
        + "    " * 19
        + "await Book.objects.aget()\n",
    )
    yield (
        "withs",
        "async def view(request):\n    async with " + ", ".join(["a()"] * size) + ":\n        await Book.objects.aget()\n",
    )
    yield (
        "functions",
        "".join(f"{'    ' * n}async def f{n}():\n" for n in range(small)) + "    " * small + "await Book.objects.aget()\n",
    )
    yield "classes", "".join(f"{'    ' * n}class C{n}:\n" for n in range(small)) + "    " * small + "async def f(self): pass\n"
    yield "lambdas", view("lambda: " * small + "1")
    yield "comprehension", view("[await q() " + " ".join(f"for a{n} in b" for n in range(min(size, 19))) + "]")
    yield "comprehensions", view("[" * 19 + "await Book.objects.aget()" + " async for a in b]" * 19)
    yield "statements", "async def view(request):\n" + "    await Book.objects.aget()\n    await asyncio.sleep(1)\n" * size
    yield "many functions", "".join(f"async def f{n}(request):\n    await f{n - 1}(request)\n\n" for n in range(size))
    yield (
        "everyone calls everyone",
        "".join(
            f"async def f{n}(request):\n"
            + "".join(f"    await f{m}(request)\n" for m in range(40))
            + "    await Book.objects.aget()\n\n"
            for n in range(40)
        ),
    )
    yield (
        "callbacks",
        "".join(
            f"async def f{n}(g, h):\n    await g(h, f{(n + 1) % 30})\n    await h(f{(n + 7) % 30}, g)\n    await asyncio.sleep(1)\n\n"
            for n in range(30)
        ),
    )
    yield "partials", view("functools.partial(" * small + "f" + ")" * small, "import functools\n")
    yield (
        "growing values",
        (
            "async def view(request):\n    x = Book.objects\n    while await q():\n        x = [x, x]\n        y = {'a': x, 'b': y}\n"
            "        z = lambda: (x, y, z)\n    await x.aget()\n"
        ),
    )
    yield (
        "self calls",
        "async def f(x):\n    await f(lambda: f(x))\n    await f([x])\n    await f({'a': x})\n    await Book.objects.aget()\n",
    )
    yield "self decorated", "@f\nasync def f(g):\n    return await f(f)(g)\n"
    yield (
        "class cycle",
        "class A(B):\n    pass\n\nclass B(A):\n    async def f(self):\n        await self.g()\n        await super().f()\n",
    )
    yield (
        "class bases",
        "".join(f"class C{n}(C{n - 1}):\n    pass\n\n" for n in range(size)) + f"async def f():\n    await C{size - 1}().g()\n",
    )
    yield (
        "generators",
        "".join(
            f"async def g{n}():\n    async for a in g{n + 1}():\n        yield a\n        await asyncio.sleep(1)\n\n"
            for n in range(40)
        )
        + "async def g40():\n    await Book.objects.aget()\n    yield 1\n\nasync def view(request):\n    async for a in g0():\n        await asyncio.sleep(1)\n",
    )
    yield (
        "generator of itself",
        "async def g():\n    async for a in g():\n        yield a\n    async for a in g():\n        yield await q()\n",
    )
    yield (
        "managers",
        "".join(
            f"@contextlib.asynccontextmanager\nasync def m{n}():\n    async with m{n + 1}():\n        try:\n            yield\n"
            "        finally:\n            await asyncio.sleep(1)\n\n"
            for n in range(25)
        )
        + "@contextlib.asynccontextmanager\nasync def m25():\n    yield\n\nasync def view(request):\n    async with m0():\n        await Book.objects.aget()\n",
    )
    yield (
        "names",
        "async def view(request):\n" + "".join(f"    n{n} = n{n - 1}\n" for n in range(size)) + f"    await n{size - 1}()\n",
    )
    yield "arguments", "async def view(request):\n    await f(" + ", ".join(f"a{n}=await q()" for n in range(size)) + ")\n"
    yield (
        "dictionary",
        "X = {" + ", ".join(f"'k{n}': Book" for n in range(size)) + "}\nasync def f():\n    await X['k1'].objects.aget()\n",
    )
    yield (
        "cases",
        "async def view(request):\n    match a:\n"
        + "".join(f"        case {n}:\n            await Book.objects.aget()\n" for n in range(size)),
    )
    yield "gathered", view("await asyncio.gather(" + ", ".join(["Book.objects.acount()"] * min(size, 300)) + ")")
    yield (
        "tasks",
        "async def view(request):\n"
        + "".join(f"    t{n} = asyncio.create_task(Book.objects.acount())\n" for n in range(min(size, 300)))
        + "".join(f"    await t{n}\n" for n in range(min(size, 300))),
    )
    yield "strings", view("'" + "x" * size * 100 + "'")
    yield "format strings", view("f'" + "{a}" * size + "'")


def view(expression: str, before: str = "") -> str:
    return f"{before}async def view(request):\n    return {expression}\n"
