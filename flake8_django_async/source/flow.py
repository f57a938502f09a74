"""Flow: the control-flow tree of one function, in evaluation order.

The tree is small, closed and serialisable. It depends on nothing but the text it was lowered from, so it can be cached
under the hash of that text. Everything that cannot matter to connections is gone: whitespace, operators' details,
literals beyond their value. Whatever could not be expressed is `Opaque`, whose value is unknown.

Spans are (line, column, end line, end column): lines relative to the first line of the lowered slice (0 is that line),
columns in characters, 0-based, end exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NoReturn, TypeAlias

Span: TypeAlias = tuple[int, int, int, int]


# ---------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True)
class Name:
    id: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal. Bytes and complex numbers are `Opaque`: nothing asks for them."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Opaque:
    """An expression whose parts are evaluated in order and whose value is unknown: arithmetic, comparisons, f-strings, slices."""

    parts: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Binary:
    """An operation that lists, querysets or types know; `not in` is `in`, for both look. Others are opaque."""

    op: Literal["+", "|", "in"]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Attribute:
    value: Expr
    attr: str
    at: Span


@dataclass(frozen=True, slots=True)
class Subscript:
    value: Expr
    index: Expr
    at: Span


@dataclass(frozen=True, slots=True)
class Argument:
    """`value`, `keyword=value`, `*value` or `**value`."""

    value: Expr
    keyword: str | None = None
    star: Literal["", "*", "**"] = ""


@dataclass(frozen=True, slots=True)
class Call:
    func: Expr
    args: tuple[Argument, ...]
    at: Span


@dataclass(frozen=True, slots=True)
class Await:
    value: Expr
    at: Span


@dataclass(frozen=True, slots=True)
class Yield:
    """`yield value`; a bare `yield` has no value."""

    value: Expr | None
    at: Span


@dataclass(frozen=True, slots=True)
class YieldFrom:
    value: Expr
    at: Span


@dataclass(frozen=True, slots=True)
class Starred:
    value: Expr


@dataclass(frozen=True, slots=True)
class Sequence:
    kind: Literal["tuple", "list", "set"]
    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """A dict display; the key of `**other` is None."""

    items: tuple[tuple[Expr | None, Expr], ...]


@dataclass(frozen=True, slots=True)
class Conditional:
    test: Expr
    body: Expr
    orelse: Expr


@dataclass(frozen=True, slots=True)
class Boolean:
    op: Literal["and", "or"]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Not:
    value: Expr


@dataclass(frozen=True, slots=True)
class Walrus:
    name: str
    value: Expr


@dataclass(frozen=True, slots=True)
class Lambda:
    function: Function


@dataclass(frozen=True, slots=True)
class Clause:
    """One `for target in iterable if ...` of a comprehension."""

    target: Expr
    iterable: Expr
    conditions: tuple[Expr, ...]
    is_async: bool


@dataclass(frozen=True, slots=True)
class Comprehension:
    """`element` is one expression, or key and value of a dict comprehension."""

    kind: Literal["list", "set", "dict", "generator"]
    element: tuple[Expr, ...]
    clauses: tuple[Clause, ...]
    at: Span


Expr: TypeAlias = (
    Name | Constant | Opaque | Binary | Attribute | Subscript | Call | Await | Yield | YieldFrom | Starred
    | Sequence | Mapping | Conditional | Boolean | Not | Walrus | Lambda | Comprehension
)  # fmt: skip


# ---------------------------------------------------------------- statements


@dataclass(frozen=True, slots=True)
class Evaluate:
    """An expression statement, or `del`: evaluated for what it does."""

    value: Expr
    at: Span


@dataclass(frozen=True, slots=True)
class Assert:
    test: Expr
    message: Expr | None
    at: Span


@dataclass(frozen=True, slots=True)
class Bind:
    """`target = other = value`, `target: annotation = value`, `target: annotation` (no value)."""

    targets: tuple[Expr, ...]
    value: Expr | None
    annotation: Expr | None
    at: Span


@dataclass(frozen=True, slots=True)
class Augment:
    """`target += value`."""

    target: Expr
    value: Expr
    at: Span


@dataclass(frozen=True, slots=True)
class Return:
    """`return value`; a bare `return` has no value."""

    value: Expr | None
    at: Span


@dataclass(frozen=True, slots=True)
class Raise:
    """`raise exception from cause`; a bare `raise`, which raises again what is handled, has no exception."""

    exception: Expr | None
    cause: Expr | None
    at: Span


@dataclass(frozen=True, slots=True)
class Break:
    at: Span


@dataclass(frozen=True, slots=True)
class Continue:
    at: Span


@dataclass(frozen=True, slots=True)
class Declare:
    """`global` and `nonlocal`."""

    scope: Literal["global", "nonlocal"]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Import:
    """`import module as name` (member None) and `from module import member as name`; `level` counts leading dots.

    `import a.b` without `as` binds `a`: name "a", module "a.b", member None. A star import has member "*".
    """

    module: str
    member: str | None
    name: str
    level: int


@dataclass(frozen=True, slots=True)
class If:
    test: Expr
    body: Block
    orelse: Block
    at: Span


@dataclass(frozen=True, slots=True)
class While:
    test: Expr
    body: Block
    orelse: Block
    at: Span


@dataclass(frozen=True, slots=True)
class For:
    """`at` is the span of the header."""

    target: Expr
    iterable: Expr
    body: Block
    orelse: Block
    is_async: bool
    at: Span


@dataclass(frozen=True, slots=True)
class Item:
    """One `context as target` of a `with`."""

    context: Expr
    target: Expr | None


@dataclass(frozen=True, slots=True)
class With:
    items: tuple[Item, ...]
    body: Block
    is_async: bool
    at: Span


@dataclass(frozen=True, slots=True)
class Handler:
    """`except type as name`; a bare `except` has no type."""

    type: Expr | None
    name: str | None
    body: Block


@dataclass(frozen=True, slots=True)
class Try:
    """`except*` has handlers as `except` has."""

    body: Block
    handlers: tuple[Handler, ...]
    orelse: Block
    final: Block
    at: Span


@dataclass(frozen=True, slots=True)
class Case:
    """`case pattern if guard`: the names it binds, whether its pattern always matches."""

    names: tuple[str, ...]
    always: bool
    guard: Expr | None
    body: Block
    at: Span


@dataclass(frozen=True, slots=True)
class Match:
    subject: Expr
    cases: tuple[Case, ...]
    at: Span


@dataclass(frozen=True, slots=True)
class Parameter:
    """`kind`: "positional" may be given by position, "keyword" only by name; "*" takes the rest by position, "**" by name."""

    name: str
    kind: Literal["positional", "keyword", "*", "**"]
    annotation: Expr | None
    default: Expr | None


@dataclass(frozen=True, slots=True)
class Function:
    """A function, nested function or lambda (name "<lambda>", its body one Return).

    `at` spans from its first decorator to its last line; `header` is the line of `def`.
    """

    name: str
    parameters: tuple[Parameter, ...]
    returns: Expr | None
    decorators: tuple[Expr, ...]
    body: Block
    is_async: bool
    is_generator: bool
    header: int
    at: Span


@dataclass(frozen=True, slots=True)
class Define:
    """A `def` inside the lowered slice (the outermost one included)."""

    function: Function


@dataclass(frozen=True, slots=True)
class DefineClass:
    """A `class` inside the lowered slice."""

    name: str
    bases: tuple[Expr, ...]
    decorators: tuple[Expr, ...]
    body: Block
    at: Span


Stmt: TypeAlias = (
    Evaluate | Assert | Bind | Augment | Return | Raise | Break | Continue | Declare | Import
    | If | While | For | With | Try | Match | Define | DefineClass
)  # fmt: skip
Block: TypeAlias = tuple[Stmt, ...]


def assert_never(node: NoReturn) -> NoReturn:
    """`typing.assert_never`, which Python 3.10 has not: the type checker proves that no kind of node is left out."""
    raise AssertionError(node)
