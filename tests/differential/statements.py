"""Statements of generated programs."""

from __future__ import annotations

from tests.differential import phrases
from tests.differential.generate import MAX_DEPTH, Scope, Writer


def statement(out: Writer, scope: Scope) -> None:
    """Write one statement that fits where it stands."""
    deep = scope.depth >= MAX_DEPTH
    simple = 1 if not deep else 0
    out.pick(
        (14, lambda: effect(out, scope)),
        (4, lambda: use_helper(out, scope)),
        (3, lambda: expression(out, scope)),
        (2 if scope.is_async else 0, lambda: concurrent(out, scope)),
        (2, lambda: leave(out, scope)),
        (3 * simple, lambda: branch(out, scope)),
        (3 * simple, lambda: loop(out, scope)),
        (4 * simple, lambda: guarded(out, scope)),
        (2 * simple, lambda: managed(out, scope)),
        (1 * simple, lambda: matched(out, scope)),
        (1 * simple if scope.is_async else 0, lambda: nested(out, scope)),
        (1 if scope.kind in ("agen", "gen") else 0, lambda: out.put("yield 2")),
    )


def mode(scope: Scope) -> str:
    return "async" if scope.is_async else "sync"


def effect_text(out: Writer, scope: Scope) -> str:
    """A query, a wait, a release, or what only looks like one."""
    table = out.chance.choices(
        (phrases.QUERIES, phrases.WAITS, phrases.RELEASES, phrases.NO_RELEASES, phrases.NOTHING), (8, 7, 4, 1, 1)
    )[0]
    return out.chance.choice(table[mode(scope)])


def effect(out: Writer, scope: Scope) -> None:
    out.put(effect_text(out, scope))


def action(out: Writer, scope: Scope) -> str:
    """An expression with an effect: a phrase or a call of a helper."""
    if out.chance.random() < 0.3:
        calls = helper_calls(out, scope)
        if calls:
            return out.chance.choice(calls)
    text = effect_text(out, scope)
    return "None" if " = " in text else text


def truth(out: Writer, text: str) -> str:
    """An expression with the same effect whose truth is a decision: what a helper returns is always the same."""
    if text.startswith("await Book.objects."):
        return text
    return f"services.flag(request, {text})"


def awaitable(out: Writer, scope: Scope) -> str:
    """Something to gather, or to make a task of."""
    options = [f"{helper.name}(request)" for helper in out.of_kind("async", "threaded", "maker")]
    options += [f"{name}(request)" for name in scope.locals]
    options += [
        "services.ask(request)", "services.load_book(request)", "services.release(request)", "asyncio.sleep(1)", "Book.objects.acount()",
        "services.load_and_release(request)", "sync_to_async(close_old_connections)()",
    ]  # fmt: skip
    return out.chance.choice(options)


def helper_calls(out: Writer, scope: Scope) -> list[str]:
    calls: list[str] = []
    if scope.is_async:
        calls += [f"await {helper.name}(request)" for helper in out.of_kind("async", "threaded", "maker")]
        calls += [f"await sync_to_async({helper.name})(request)" for helper in out.of_kind("sync")]
        calls += [f"await asyncio.to_thread({helper.name}, request)" for helper in out.of_kind("foreign")]
        calls += [f"await {helper.name}(request, {callback(out, scope)})" for helper in out.of_kind("takes")]
        calls += [f"await {helper.name}(request).act(request)" for helper in out.of_kind("method")]
        calls += [f"await sync_to_async({helper.name}(request).work)(request)" for helper in out.of_kind("method")]
        calls += [f"await {name}(request)" for name in scope.locals]
        calls += [f"[item async for item in {helper.name}(request)]" for helper in out.of_kind("agen")]
        calls += [f"await sync_to_async(list)({helper.name}(request))" for helper in out.of_kind("gen")]
    else:
        calls += [f"{helper.name}(request)" for helper in out.of_kind("sync")]
        calls += [f"async_to_sync({helper.name})(request)" for helper in out.of_kind("async")]
        calls += [f"list({helper.name}(request))" for helper in out.of_kind("gen")]
        calls += [f"{helper.name}(request).work(request)" for helper in out.of_kind("method")]
    return calls


def callback(out: Writer, scope: Scope) -> str:
    options = [helper.name for helper in out.of_kind("async", "threaded")]
    options += [f"sync_to_async({helper.name})" for helper in out.of_kind("sync")]
    options += scope.locals + [
        "services.ask",
        "services.load_book",
        "services.release",
        "(lambda request: services.ask(request))",
    ]
    return out.chance.choice(options)


def use_helper(out: Writer, scope: Scope) -> None:
    calls = helper_calls(out, scope)
    out.put(out.chance.choice(calls) if calls else effect_text(out, scope))


def expression(out: Writer, scope: Scope) -> None:
    """Effects inside expressions: their order and their conditions."""
    one, two = action(out, scope), action(out, scope)
    forms = [
        f"value = ({one}) if {out.ask('c')} else ({two})",
        f"value = {out.ask('c')} and ({one})",
        f"value = {out.ask('c')} or ({one})",
        f"value = ({truth(out, one)}) and ({two})",
        f"value = [{one}, {two}]",
        f"services.noop({one}, key={two})",
        f"value = {{'a': ({one}), 'b': ({two})}}",
        f"value = [({one}) for _ in {out.ask('i')}]",
        f"value = [{out.ask('c')} for _ in {out.ask('i')} if ({truth(out, one)})]",
        f"value = (kept := ({one}), kept)",
        f"value = f'{{({one})}} and {{({two})}}'".replace("'http://x'", '"http://x"')
        .replace("'other'", '"other"')
        .replace("'default'", '"default"'),
        f"value = not ({one})",
        f"value = ({one}) == ({two})",
        f"assert {out.ask('c')}, ({one})",
        f"value = (({truth(out, one)}) or {out.ask('c')}) and ({two})",
    ]
    form = out.chance.choice(forms)
    if "f'" in form and any(quote in form for quote in ("{'", "\\")):
        form = forms[4]
    out.put(form)


def concurrent(out: Writer, scope: Scope) -> None:
    one, two = awaitable(out, scope), awaitable(out, scope)

    def task() -> None:
        name = out.name("task")
        out.put(f"{name} = asyncio.create_task({one})")
        statement(out, scope.inner())
        out.put(f"await {name}")

    def later() -> None:
        if scope.depth:
            return task()
        name = out.name("task")
        out.put(f"{name} = asyncio.create_task({one})")
        scope.tasks.append(name)

    def group() -> None:
        name = out.name("group")
        out.put(f"async with asyncio.TaskGroup() as {name}:")
        out.level += 1
        out.put(f"{name}.create_task({one})")
        if out.chance.random() < 0.6:
            out.put(f"{name}.create_task({two})")
        if out.chance.random() < 0.4:
            statement(out, scope.inner(depth=MAX_DEPTH))
        out.level -= 1

    def pending() -> None:
        name = out.name("pending")
        out.put(f"{name} = {one}")
        statement(out, scope.inner())
        out.put(f"await {name}")

    out.pick(
        (4, lambda: out.put(f"await asyncio.gather({one}, {two})")),
        (1, lambda: out.put(f"await asyncio.gather(*({awaitable_each(out, scope)} for _ in {out.ask('i')}))")),
        (1, lambda: out.put(f"await asyncio.gather(*[{awaitable_each(out, scope)} for _ in {out.ask('i')}], {two})")),
        (1, lambda: out.put(f"await asyncio.gather({one}, {two}, return_exceptions=True)")),
        (3, task),
        (2, later),
        (2, group),
        (1, pending),
        (2, lambda: out.put(f"await asyncio.wait_for({one}, 5)")),
        (1, lambda: out.put(f"await asyncio.shield({one})")),
        (2, lambda: out.block("async with asyncio.timeout(5):", scope.inner(), 2)),
    )


def awaitable_each(out: Writer, scope: Scope) -> str:
    return awaitable(out, scope)


def leave(out: Writer, scope: Scope) -> None:
    """An exit, most times on one branch only."""
    options: list[str] = [f"raise {out.chance.choice(phrases.RAISED)}"]
    if scope.in_loop:
        options += ["break", "continue", "break"]
    if scope.in_handler:
        options += ["raise"]
    if scope.returns:
        if scope.kind in ("async", "sync"):
            options += [f"return {action(out, scope)}", "return None"]
        else:
            options += ["return"]
        if scope.kind == "async" and scope.depth == 0 and out.of_kind("agen"):
            options += [f"return StreamingHttpResponse({out.chance.choice(out.of_kind('agen')).name}(request))"] * 3
    text = out.chance.choice(options)
    if out.chance.random() < 0.8:
        out.put(f"if {out.ask('c')}:")
        text = "    " + text
    out.put(text)


def branch(out: Writer, scope: Scope) -> None:
    test = out.ask("c")
    if out.chance.random() < 0.2:
        test = f"({truth(out, action(out, scope))}) or {test}"
    elif out.chance.random() < 0.1:
        test = f"not ({test} and ({truth(out, action(out, scope))}))"
    elif out.chance.random() < 0.1:
        test = f"(found := ({truth(out, action(out, scope))}))"
    out.block(f"if {test}:", scope.inner(), out.chance.randint(1, 3))
    if out.chance.random() < 0.2:
        out.block(f"elif {out.ask('c')}:", scope.inner(), out.chance.randint(1, 2))
    if out.chance.random() < 0.4:
        out.block("else:", scope.inner(), out.chance.randint(1, 2))


def loop(out: Writer, scope: Scope) -> None:
    headers = [f"for item in {out.ask('i')}:"] * 3 + [f"while {out.ask('w')}:"] * 2 + ["for item in (1, 2):"]
    agens, gens = out.of_kind("agen"), out.of_kind("gen")
    if scope.is_async:
        headers += ["async for item in Book.objects.all():", "async for item in Book.objects.filter(pk=1).aiterator():"]
        headers += [f"async for item in {helper.name}(request):" for helper in agens] * 3
    else:
        headers += ["for item in Book.objects.all():"]
        headers += [f"for item in {helper.name}(request):" for helper in gens] * 3
    forever = out.chance.random() < 0.12
    header = "while True:" if forever else out.chance.choice(headers)
    out.put(header)
    out.level += 1
    if forever:
        # First, so that no `continue` makes a loop that nothing can leave.
        out.put(f"if {out.ask('c')}:")
        out.put("    break")
    out.statements(scope.inner(in_loop=True), out.chance.randint(1, 3))
    out.level -= 1
    if out.chance.random() < 0.2:
        out.block("else:", scope.inner(), out.chance.randint(1, 2))


def guarded(out: Writer, scope: Scope) -> None:
    out.block("try:", scope.inner(), out.chance.randint(1, 3))
    handlers = out.chance.choice((0, 1, 1, 1, 2))
    kinds = out.chance.sample(phrases.HANDLED, handlers)
    kinds.sort(key=lambda kind: "Exception" in kind)
    for kind in kinds:
        out.block(f"except {kind}:", scope.inner(in_handler=True), out.chance.randint(1, 2))
    if kinds and out.chance.random() < 0.1:
        out.block("except:", scope.inner(in_handler=True), 1)
    if kinds and out.chance.random() < 0.25:
        out.block("else:", scope.inner(), out.chance.randint(1, 2))
    if not kinds or out.chance.random() < 0.3:
        out.block("finally:", scope.inner(in_handler=False), out.chance.randint(1, 2))


def managed(out: Writer, scope: Scope) -> None:
    headers: list[str] = []
    if scope.is_async:
        headers += [f"async with {helper.name}(request):" for helper in out.of_kind("acm", "acls")] * 3
        headers += [f"async with {helper.name}(request) as entered:" for helper in out.of_kind("acm", "acls")]
        headers += [
            "async with services.released(request):",
            "async with services.database(request):",
            "async with httpx.AsyncClient() as client:",
        ]
        headers += ["async with httpx.AsyncClient().stream('GET', 'http://x') as response:", "async with asyncio.Lock():"]
        headers += [
            "with contextlib.suppress(Book.DoesNotExist):",
            "with contextlib.suppress(Exception):",
            "with contextlib.nullcontext():",
        ]
    else:
        headers += [f"with {helper.name}(request):" for helper in out.of_kind("cm")] * 3
        headers += ["with transaction.atomic():", "with transaction.atomic():", "with contextlib.suppress(Exception):"]
    header = out.chance.choice(headers)
    out.block(header, scope.inner(), out.chance.randint(1, 3))


def matched(out: Writer, scope: Scope) -> None:
    subject = out.ask("n")
    out.put(f"match {subject}:")
    out.level += 1
    for value in range(out.chance.randint(1, 3)):
        guard = f" if {out.ask('c')}" if out.chance.random() < 0.2 else ""
        out.block(f"case {value}{guard}:", scope.inner(), out.chance.randint(1, 2))
    if out.chance.random() < 0.5:
        out.block("case _:", scope.inner(), 1)
    out.level -= 1


def nested(out: Writer, scope: Scope) -> None:
    """Functions inside functions, and other names for functions."""

    def define() -> None:
        name = out.name("inner")
        out.block(
            f"async def {name}(request):", Scope("async", scope.depth + 1, locals=list(scope.locals)), out.chance.randint(1, 3)
        )
        scope.locals.append(name)

    def sync_work() -> None:
        name = out.name("work")
        out.block(f"def {name}():", Scope("sync", scope.depth + 1), out.chance.randint(1, 3))
        out.put(f"await sync_to_async({name})()")

    def alias() -> None:
        name = out.name("alias")
        out.put(f"{name} = {callback(out, scope)}")
        scope.locals.append(name)

    def chosen() -> None:
        name = out.name("alias")
        out.put(f"{name} = {callback(out, scope)} if {out.ask('c')} else ({callback(out, scope)})")
        scope.locals.append(name)

    def bound() -> None:
        name = out.name("alias")
        out.put(f"{name} = functools.partial({callback(out, scope)}, request)")
        out.put(f"await {name}()")

    out.pick((3, define), (2, sync_work), (2, alias), (1, chosen), (1, bound))
