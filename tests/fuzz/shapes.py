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
    yield "gathered", view("await asyncio.gather(" + ", ".join(["Book.objects.acount()"] * size) + ")")
    yield (
        "tasks",
        "async def view(request):\n"
        + "".join(f"    t{n} = asyncio.create_task(Book.objects.acount())\n" for n in range(size))
        + "".join(f"    await t{n}\n" for n in range(size)),
    )
    yield (
        "raises",
        "import lib\nasync def view(request):\n    try:\n"
        + "".join(f"        n{n} = await q()\n        if a:\n            raise lib.E{n}()\n" for n in range(min(size, 3000)))
        + "".join(f"    except lib.E{n}:\n        await Book.objects.aget()\n" for n in range(min(size, 3000))),
    )
    yield (
        "cases that bind",
        "async def view(request):\n    match a:\n"
        + "".join(
            f"        case [{', '.join(f'x{n}_{m}' for m in range(20))}] if await q():\n            y{n} = x{n}_0\n"
            for n in range(min(size, 1000))
        ),
    )
    yield (
        "defaults that call",
        "def f0(x=Book):\n    return x\n"
        + "".join(f"def f{n}(x=f{n - 1}(), y=f{n - 1}()):\n    return x or y\n" for n in range(1, 40))
        + "async def view(request, a=f39()):\n    await f39().objects.aget()\n",
    )
    yield (
        "names of a module",
        "n0 = Book\n"
        + "".join(f"n{n} = (n{n - 1} or n{n - 1}, n{n - 1})[0]\n" for n in range(1, 40))
        + "async def view(request):\n    await n39.objects.aget()\n",
    )
    yield (
        "diamonds",
        "class A0:\n    a = Book\n\nclass B0:\n    a = Book\n\n"
        + "".join(
            f"class A{n}(A{n - 1}, B{n - 1}):\n    b = A{n - 1}()\n\nclass B{n}(A{n - 1}, B{n - 1}):\n    b = B{n - 1}() or A{n - 1}()\n\n"
            for n in range(1, 40)
        )
        + "async def view(request):\n    await B39()" + ".b" * 30 + ".a.objects.aget()\n",
    )
    yield (
        "functions that capture each other",
        "async def view(request):\n    while a:\n"
        + "".join(
            f"        async def f{n}(x):\n            await f{(n + 1) % 30}(f{(n + 2) % 30}, x)\n            await f{(n + 3) % 30}(x)\n"
            for n in range(30)
        )
        + "    await Book.objects.aget()\n    await f0(f1)\n",
    )
    yield (
        "one of many functions",
        "".join(f"async def f{n}(g, h=None):\n    await g(h, g)\n    await h(g)\n    return g\n" for n in range(16))
        + "async def view(request):\n    f = f0\n"
        + "".join(f"    if b{n}:\n        f = f{n}\n" for n in range(16))
        + "    g = await f(f, f)\n    await g(f)(f(f))\n",
    )
    yield (
        "managers that yield twice",
        "@contextlib.asynccontextmanager\nasync def m():\n    if a:\n        yield 1\n    else:\n        yield 2\n\n"
        "async def view(request):\n    async with " + ", ".join(["m()"] * min(size, 60)) + ":\n        await Book.objects.aget()\n",
    )
    yield (
        "partials",
        "import functools\nasync def view(request):\n    f = g = call\n    while a:\n        f = functools.partial(f, f)\n"
        "        g = functools.partial(call, f, x=g)\n        f = g if b else f\n    await f()\n\n"
        "async def call(f, *a, **k):\n    return await f(f, *a, **k)\n",
    )
    yield "strings", view("'" + "x" * size * 100 + "'")
    yield "format strings", view("f'" + "{a}" * size + "'")


def view(expression: str, before: str = "") -> str:
    return f"{before}async def view(request):\n    return {expression}\n"
