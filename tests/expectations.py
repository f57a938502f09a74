"""The one reader of what `fixtures/` claims about itself: comments on its lines.

A claim stands on the statement it is about (a compound statement's claim is about its header):

    answer = await ask("hi")                # held: LDB101
    answer = await ask("hi")                # free
    await sync_to_async(connection.close)() # LDB203 raises DatabaseError
    close_old_connections()                 # LDB201 closes nothing
    return StreamingHttpResponse(rows())    # held: LDB102 leaks

    claim   = [verdict] [effect] ["(" condition ")"] { ";" claim }
    verdict = "held: " CODE     a connection is checked out during this wait, and flake8 reports CODE here
            | "free"            none is, and flake8 is silent
            | CODE              no wait; flake8 reports CODE here
    effect  = "raises " NAME | "closes nothing" | "rolls back" | "leaks"

A line without a claim must get no diagnostic. A condition (`django>=5.2`, `python>=3.11`) limits a claim to versions.

A *view* is a module-level name below `views/` that ends in `_held`, `_free`, `_raises` or `_leaks`. It is requested once, or
once for each `# drive:` comment right above it:

    # drive: POST ?pk=1 as alice -> 404 (python>=3.11)

with the words `websocket`, `disconnects` (the client goes away during the first wait), `cancelled` (the server cancels the
request) and `unreachable` (the server's send fails in mid-stream) for clients that do not simply read. A helper module with
claims names the file whose views come there: `# driven by: views/ldb101_held_across_await/helpers.py`.
"""

from __future__ import annotations

import ast
import io
import platform
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"

_CLAIM = re.compile(
    r"(?:held: (?P<held>LDB\d{3})|(?P<free>free)|(?P<code>LDB\d{3}))?"
    r" ?(?P<effect>raises \w+|closes nothing|rolls back|leaks)?"
    r" ?(?:\((?P<condition>[^)]+)\))?"
)
_LOOKS_LIKE_A_CLAIM = re.compile(
    r"(?:# type: ignore\[[\w-]+\]  )?# (held\b|free\b|LDB\d|raises |closes nothing|rolls back|leaks\b)"
)
_DRIVE = re.compile(
    r"# drive:(?: (?P<method>GET|POST))?(?: (?P<query>\?\S+))?(?: as (?P<user>\w+))?"
    r"(?: (?P<client>websocket|disconnects|cancelled|unreachable))?(?: -> (?P<status>\d{3}))?(?: \((?P<condition>[^)]+)\))?"
)
_DRIVEN_BY = re.compile(r"# driven by: (\S+)")
_CONDITION = re.compile(r"(django|python)(>=|<)(\d+)\.(\d+)")
_VIEW = re.compile(r"\w+_(held|free|raises|leaks)")


@dataclass(frozen=True, slots=True)
class Claim:
    """What one comment says about the statement on lines `first` to `last` of `path` (relative to `fixtures/`)."""

    path: str
    first: int
    last: int
    held: bool | None = None
    code: str = ""
    effect: str = ""
    condition: str = ""

    def covers(self, path: str, line: int) -> bool:
        return path == self.path and self.first <= line <= self.last

    def __str__(self) -> str:
        verdict = f"held: {self.code}" if self.held else "free" if self.held is False else self.code
        return f"fixtures/{self.path}:{self.first}: `# {' '.join(filter(None, (verdict, self.effect)))}`"


@dataclass(frozen=True, slots=True)
class Drive:
    """One request to a view."""

    method: str = "GET"
    query: str = ""
    user: str = ""
    client: str = ""
    status: int = 200
    condition: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A view of the fixtures, on lines `first` to `last`; its URL is made of its module and its name."""

    path: str
    name: str
    first: int
    last: int
    drives: tuple[Drive, ...]

    def runs(self) -> bool:
        """Whether any of its drives is for this Python and this Django."""
        return any(applies(drive.condition) for drive in self.drives)

    @property
    def url(self) -> str:
        return f"/{self}/"

    def __str__(self) -> str:
        return f"{self.path.rpartition('views/')[2].removesuffix('.py')}/{self.name}"


@dataclass(frozen=True, slots=True)
class Module:
    """One fixture file: what it claims, its views, and the file whose views come to its claims."""

    path: str
    claims: tuple[Claim, ...]
    views: tuple[View, ...]
    driven_by: str


def applies(condition: str) -> bool:
    """Whether this Python with this Django meets `condition`, e.g. `django>=5.2`."""
    if not condition:
        return True
    match = _CONDITION.fullmatch(condition)
    if match is None:
        raise ValueError(f"not a condition: {condition!r}")
    import django

    name, compare, major, minor = match.groups()
    running = django.get_version() if name == "django" else platform.python_version()
    version = tuple(int(part) for part in running.split(".")[:2])
    required = (int(major), int(minor))
    return version >= required if compare == ">=" else version < required


def modules(root: Path = FIXTURES) -> Iterator[Module]:
    """Every fixture file below `root`, read."""
    for file in sorted(root.rglob("*.py")):
        yield read(file, root)


@cache
def read(file: Path, root: Path = FIXTURES) -> Module:
    """The claims and the views of one fixture file."""
    text = file.read_text(encoding="utf-8")
    path = file.relative_to(root).as_posix()
    tree = ast.parse(text)
    comments = {
        token.start[0]: token.string
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
    }
    claims = tuple(claim for line, comment in comments.items() for claim in _claims(path, tree, line, comment))
    views = tuple(_views(path, tree, comments)) if "views/" in path else ()
    drivers = [match[1] for comment in comments.values() if (match := _DRIVEN_BY.fullmatch(comment))]
    return Module(path, claims, views, drivers[0] if drivers else path)


def _claims(path: str, tree: ast.Module, line: int, comment: str) -> Iterator[Claim]:
    if not _LOOKS_LIKE_A_CLAIM.match(comment):
        return
    first, last = _statement(tree, line)
    for text in comment.rpartition("# ")[2].split(";"):
        match = _CLAIM.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{path}:{line}: not a claim: {comment}")
        held = True if match["held"] else False if match["free"] else None
        code = match["held"] or match["code"] or ""
        yield Claim(path, first, last, held, code, match["effect"] or "", match["condition"] or "")


def _statement(tree: ast.Module, line: int) -> tuple[int, int]:
    """First and last line of the innermost statement around `line`; of a compound one, of its header."""
    best = (line, line)
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            body: list[ast.AST] = getattr(node, "body", None) or getattr(node, "cases", None) or []
            starts = [child.lineno for child in body if isinstance(child, ast.stmt)]
            last = max(line, starts[0] - 1) if starts else line if body else node.end_lineno or line
            best = (node.lineno, last)
    return best


def _views(path: str, tree: ast.Module, comments: dict[int, str]) -> Iterator[View]:
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            name, line = node.name, min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name, line = node.targets[0].id, node.lineno
        else:
            continue
        if _VIEW.fullmatch(name):
            yield View(path, name, line, node.end_lineno or line, tuple(_drives(path, line, comments)) or (Drive(),))


def _drives(path: str, line: int, comments: dict[int, str]) -> Iterator[Drive]:
    """The `# drive:` comments on the lines right above `line`."""
    while (comment := comments.get(line := line - 1)) is not None:
        if comment.startswith("# drive:"):
            match = _DRIVE.fullmatch(comment)
            if match is None:
                raise ValueError(f"{path}:{line}: not a drive: {comment}")
            given = {key: value for key, value in match.groupdict().items() if value and key != "status"}
            yield Drive(**given, status=int(match["status"] or 200))
