"""Random programs: a view with its helpers, in text that is both analysed and executed.

Conditions are attributes of the request, which the stand-in decides: `request.c1` a condition, `request.i1` something to
iterate, `request.w1` a condition that is true at most twice in a row, `request.n1` one of three numbers.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from tests.differential import phrases

Kind = Literal["async", "sync", "agen", "gen"]
"""What a body is: of an async function, a sync one in a thread, or a generator."""
HelperKind = Literal[
    "async", "sync", "threaded", "agen", "gen", "acm", "cm", "acls", "takes", "maker", "method", "traced", "foreign"
]  # fmt: skip
MAX_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Helper:
    """A function of a program that later ones may use. `root` says that it is executed by itself too."""

    name: str
    kind: HelperKind
    root: bool = True


@dataclass(slots=True)
class Program:
    """Texts of two modules: helpers, and the view with helpers of its own. `roots` are run: (module, name, kind)."""

    number: int
    helpers: str = ""
    views: str = ""
    roots: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Scope:
    """Where statements are being written."""

    kind: Kind
    depth: int = 0
    in_loop: bool = False
    in_handler: bool = False
    in_final: bool = False
    returns: bool = True
    tasks: list[str] = field(default_factory=list)
    locals: list[str] = field(default_factory=list)
    """Names of async functions that take the request."""

    def inner(self, **changes: object) -> Scope:
        made = Scope(
            self.kind, self.depth + 1, self.in_loop, self.in_handler, self.in_final, self.returns, self.tasks, list(self.locals)
        )
        for name, value in changes.items():
            setattr(made, name, value)
        return made

    @property
    def is_async(self) -> bool:
        return self.kind in ("async", "agen")


class Writer:
    """Writes one program from a source of randomness."""

    def __init__(self, number: int, chance: random.Random) -> None:
        self.number = number
        self.chance = chance
        self.lines: list[str] = []
        self.level = 0
        self.serial = 0
        self.helpers: list[Helper] = []

    # ------------------------------------------------------------ writing

    def put(self, line: str) -> None:
        self.lines.append("    " * self.level + line)

    def name(self, prefix: str) -> str:
        self.serial += 1
        return f"{prefix}{self.number}_{self.serial}"

    def ask(self, kind: str) -> str:
        """A decision of the stand-in."""
        self.serial += 1
        return f"request.{kind}{self.serial}"

    def block(self, header: str, scope: Scope, size: int) -> None:
        self.put(header)
        self.level += 1
        before = len(self.lines)
        self.statements(scope, size)
        if len(self.lines) == before:
            self.put("pass")
        self.level -= 1

    def pick(self, *options: tuple[int, Callable[[], None]]) -> None:
        weights = [weight for weight, _ in options]
        self.chance.choices([write for _, write in options], weights)[0]()

    def of_kind(self, *kinds: str) -> list[Helper]:
        return [helper for helper in self.helpers if helper.kind in kinds]

    # ------------------------------------------------------------ programs

    def program(self) -> Program:
        made = Program(self.number)
        for module in ("helpers", "views"):
            self.lines = []
            for _ in range(self.chance.choice((0, 0, 0, 1, 1, 2))):
                self.helper()
                helper = self.helpers[-1]
                if helper.root:
                    made.roots.append((module, helper.name, helper.kind))
            if module == "views":
                self.view()
                made.roots.append((module, f"view_{self.number}", "view"))
            setattr(made, module, "\n".join(self.lines) + "\n" if self.lines else "")
        return made

    def view(self) -> None:
        traced = self.of_kind("traced")
        if traced and self.chance.random() < 0.5:
            self.put(f"@{self.chance.choice(traced).name}")
        scope = Scope("async")
        self.block(f"async def view_{self.number}(request):", scope, self.chance.randint(2, 4))

    def helper(self) -> None:
        kinds: list[HelperKind] = [
            "async",
            "sync",
            "threaded",
            "agen",
            "gen",
            "acm",
            "cm",
            "acls",
            "takes",
            "maker",
            "method",
            "traced",
            "foreign",
        ]
        kind = self.chance.choices(kinds, (6, 5, 2, 4, 2, 3, 1, 2, 2, 1, 1, 1, 1))[0]
        name = self.name("Manager" if kind in ("acls", "method") else "h")
        size = self.chance.randint(1, 3)
        write: Callable[[str, int], None] = getattr(self, f"_{kind}")
        write(name, size)
        root = kind in ("async", "threaded", "agen", "acm", "acls", "method", "takes")
        self.helpers.append(Helper(name, kind, root))

    def _async(self, name: str, size: int) -> None:
        self.block(f"async def {name}(request):", Scope("async", 1), size)

    def _sync(self, name: str, size: int) -> None:
        self.block(f"def {name}(request):", Scope("sync", 1), size)

    def _foreign(self, name: str, size: int) -> None:
        self.block(f"def {name}(request):", Scope("sync", 1), size)

    def _threaded(self, name: str, size: int) -> None:
        self.put(self.chance.choice(("@sync_to_async", "@sync_to_async", "@database_sync_to_async")))
        self._sync(name, size)

    def _agen(self, name: str, size: int) -> None:
        self.put(f"async def {name}(request):")
        self._generator("agen", size)

    def _gen(self, name: str, size: int) -> None:
        self.put(f"def {name}(request):")
        self._generator("gen", size)

    def _generator(self, kind: Kind, size: int) -> None:
        self.level += 1
        scope = Scope(kind, 1)
        self.statements(scope, size)
        self.put("yield 1")
        if self.chance.random() < 0.5:
            self.statements(scope, self.chance.randint(1, 3))
        self.level -= 1

    def _acm(self, name: str, size: int) -> None:
        self.put("@contextlib.asynccontextmanager")
        self._manager(f"async def {name}(request):", "async", size)

    def _cm(self, name: str, size: int) -> None:
        self.put("@contextlib.contextmanager")
        self._manager(f"def {name}(request):", "sync", size)

    def _manager(self, header: str, kind: Kind, size: int) -> None:
        """Before the one yield, around it, and behind it."""
        self.put(header)
        self.level += 1
        scope = Scope(kind, 1, returns=False)
        self.statements(scope, size // 2)
        shape = self.chance.randrange(4)
        if shape == 0:
            self.put("yield 1")
            self.statements(scope, 2)
        else:
            self.put("try:")
            self.level += 1
            self.put("yield 1")
            self.level -= 1
            if shape in (1, 3):
                self.block(f"except {self.chance.choice(phrases.HANDLED)}:", scope.inner(in_handler=True), 2)
            if shape in (2, 3):
                self.block("finally:", scope.inner(), 2)
        self.level -= 1

    def _acls(self, name: str, size: int) -> None:
        self.put(f"class {name}:")
        self.level += 1
        self._init()
        self.put("async def __aenter__(self):")
        self.level += 1
        self.put("request = self.request")
        self.statements(Scope("async", 1), size)
        self.level -= 1
        # What it returns decides whether exceptions are swallowed.
        self.put("async def __aexit__(self, *exc):")
        self.level += 1
        self.put("request = self.request")
        self.statements(Scope("async", 1, returns=False), max(1, size // 2))
        if self.chance.random() < 0.3:
            self.put(f"return {self.chance.choice(('True', self.ask('c'), 'False'))}")
        self.level -= 2

    def _init(self) -> None:
        self.put("def __init__(self, request):")
        self.put("    self.request = request")

    def _method(self, name: str, size: int) -> None:
        self.put(f"class {name}:")
        self.level += 1
        self._init()
        self.block("async def act(self, request):", Scope("async", 1), size)
        self.block("def work(self, request):", Scope("sync", 1), self.chance.randint(1, 3))
        self.level -= 1

    def _takes(self, name: str, size: int) -> None:
        self.block(f"async def {name}(request, action):", Scope("async", 1, locals=["action", "action"]), size)

    def _maker(self, name: str, size: int) -> None:
        targets = [f"{helper.name}(request)" for helper in self.of_kind("async")] + [
            "services.ask(request)",
            "Book.objects.acount()",
        ]
        self.put(f"def {name}(request):")
        self.put(f"    return {self.chance.choice(targets)}")

    def _traced(self, name: str, size: int) -> None:
        self.put(f"def {name}(function):")
        self.level += 1
        self.put("@functools.wraps(function)")
        self.put("async def wrapper(request):")
        self.level += 1
        scope = Scope("async", 2, returns=False)
        self.statements(scope, max(1, size // 2))
        if self.chance.random() < 0.5:
            self.put("return await function(request)")
        else:
            self.put("result = await function(request)")
            self.statements(scope, 1)
            self.put("return result")
        self.level -= 1
        self.put("return wrapper")
        self.level -= 1

    # ------------------------------------------------------------ statements

    def statements(self, scope: Scope, size: int) -> None:
        from tests.differential.statements import statement

        for _ in range(size):
            statement(self, scope)
        if scope.depth == 0 and scope.tasks:
            for task in scope.tasks:
                if self.chance.random() < 0.8:
                    self.put(f"await {task}")
