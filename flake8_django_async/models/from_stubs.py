"""Writes models/django_orm.toml from django-stubs: what queries in the ORM, sessions, authentication, shortcuts and paginators.

    python -m flake8_django_async.models.from_stubs [folder of django-stubs]

A coroutine `aX` queries when it is awaited, its twin `X` when it is called, and what returns a queryset is lazy. Where the stubs
cannot tell that, `SOURCES` does: names to skip, and sync names that query without an async twin. A test proves the file current.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

TARGET = Path(__file__).with_name("django_orm.toml")
HEADER = '''\
# Generated from django-stubs by flake8_django_async.models.from_stubs: do not edit. The rest of Django is in django.toml.

library = "django"
'''
MODEL = ("_Row", "_Model", "_T", "_To", "_M", "_UserType", "Group", "Permission")
QUERYSET = ("QuerySet", "RawQuerySet")

Attributes = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Source:
    """One class (or, with `name` empty, the functions) of a stub file, and what its annotations do not say."""

    stub: str
    name: str
    path: str
    aliases: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    members: tuple[tuple[str, str], ...] = ()
    skip: frozenset[str] = frozenset()
    """Coroutines that do not query; their twins neither."""
    queries: tuple[str, ...] = ()
    """Sync methods and attributes' dunders that query and have no async twin."""
    gets: tuple[str, ...] = ()
    """Properties that query when they are read."""
    role: str | None = None
    """A role that every row here has."""
    special: dict[str, Attributes] = field(default_factory=dict)
    """Rows written out, instead of derived."""
    also: tuple[str, ...] = ()
    """Coroutines that the class inherits and that query here, not in its base; their twins too."""
    since: str | None = None
    """The release of Django that brought the class."""


def row(**attributes: str) -> Attributes:
    return tuple(attributes.items())


DB = "django.db.models"
RELATED = f"{DB}.fields.related_descriptors"
LAZY = "builds a queryset, sends nothing"
CURSOR = "keeps a server-side cursor open from the first step on"
SESSION = "the session lives in the database unless SESSION_ENGINE says otherwise"
QS_SPECIAL = {
    "aiterator": row(effect="query", when="iterate", returns="model", role="server_side_cursor", why=CURSOR),
    "iterator": row(effect="query", when="iterate", returns="model", role="server_side_cursor", why=CURSOR),
    "none": row(returns="queryset", role="empty_queryset", why="a queryset that never sends anything"),
}
ITERATION = {
    "__aiter__": row(effect="query", when="iterate", returns="model", why="fetches all rows before the first step"),
    "__iter__": row(effect="query", when="iterate", returns="model", why="fetches all rows before the first step"),
}
TWINS = ("arefresh_from_db", "asave", "adelete")
SAVING = ("create", "get_or_create", "update_or_create")
SINCE = {"fetch_mode": {"since": "6.1"}}
"""Methods younger than the oldest Django that the proof runs with."""
PERMISSIONS = ("get_user_permissions", "get_group_permissions", "get_all_permissions", "has_perm")
SOURCES = (
    Source(
        "db/models/query.pyi", "QuerySet", f"{DB}.QuerySet", (f"{DB}.query.QuerySet",),
        queries=("__len__", "__bool__", "_fetch_all", "_raw_delete"),
        special=QS_SPECIAL | ITERATION | {
            "using": row(returns="self", role="using", why="the same queryset for another database"),
            "as_manager": row(role="as_manager", why="a manager with the methods of this queryset"),
            "__getitem__": row(effect="query", when="call", returns="model", why="fetches one row; a slice stays lazy"),
            **{op: row(returns="self", why=LAZY) for op in ("__and__", "__or__", "__xor__")},
        },
    ),
    Source(
        "db/models/query.pyi", "RawQuerySet", f"{DB}.query.RawQuerySet",
        queries=("__len__", "__bool__", "__getitem__"), gets=("columns",),
        special=ITERATION | {
            "iterator": row(effect="query", when="iterate", returns="model", why="sends the SQL at the first step"),
            "using": row(returns="self", role="using", why="the same queryset for another database"),
        },
    ),
    Source("db/models/query.pyi", "", DB, special={
        "prefetch_related_objects": row(effect="query", when="call", why="one SELECT for each lookup"),
        "aprefetch_related_objects": row(effect="query", when="await", why="one SELECT for each lookup"),
    }),
    Source(
        "db/models/manager.pyi", "BaseManager", f"{DB}.manager.BaseManager",
        special={
            "from_queryset": row(role="from_queryset", why="a manager class with the methods of a queryset class"),
            "db_manager": row(returns="self", role="using", why="the same manager for another database"),
            "get_queryset": row(returns="queryset", why=LAZY),
        },
    ),
    Source(
        "db/models/manager.pyi", "Manager", f"{DB}.Manager", (f"{DB}.manager.Manager",), (f"{DB}.manager.BaseManager",),
        special=QS_SPECIAL | {"using": row(returns="queryset", role="using", why="a queryset for another database")},
    ),
    Source("db/models/manager.pyi", "EmptyManager", f"{DB}.manager.EmptyManager", bases=(f"{DB}.Manager",), special={
        "get_queryset": row(returns="queryset", role="empty_queryset", why="a queryset that never sends anything"),
        "all": row(returns="queryset", role="empty_queryset", why="a queryset that never sends anything"),
    }),
    Source("db/models/fields/related_descriptors.pyi", "RelatedManager", f"{RELATED}.RelatedManager",
           (f"{DB}.manager.RelatedManager",), (f"{DB}.Manager",)),
    Source("db/models/fields/related_descriptors.pyi", "ManyRelatedManager", f"{RELATED}.ManyRelatedManager",
           (f"{DB}.manager.ManyRelatedManager",), (f"{DB}.Manager",)),
    Source(
        "db/models/base.pyi", "Model", f"{DB}.Model", (f"{DB}.base.Model",),
        members=tuple((name, f"{DB}.Manager") for name in ("objects", "_default_manager", "_base_manager")),
        queries=("save_base", "full_clean", "validate_unique", "validate_constraints"),
    ),
    Source(
        "contrib/sessions/backends/base.pyi", "SessionBase", "django.contrib.sessions.backends.base.SessionBase", role="session",
        queries=("keys", "values", "items", "__contains__", "__getitem__", "__setitem__", "__delitem__"),
    ),
    *(
        Source(f"contrib/sessions/backends/{engine}.pyi", "SessionStore", f"django.contrib.sessions.backends.{engine}.SessionStore",
               bases=("django.contrib.sessions.backends.base.SessionBase",), skip=frozenset({"acreate_model_instance", "acache_key"}))
        for engine in ("db", "cached_db")
    ),
    Source("contrib/auth/__init__.pyi", "", "django.contrib.auth", skip=frozenset({"acheck_password_with_timing_attack_mitigation"})),
    Source("contrib/auth/base_user.pyi", "BaseUserManager", "django.contrib.auth.base_user.BaseUserManager",
           ("django.contrib.auth.models.BaseUserManager",), (f"{DB}.Manager",)),
    Source("contrib/auth/base_user.pyi", "AbstractBaseUser", "django.contrib.auth.base_user.AbstractBaseUser",
           ("django.contrib.auth.models.AbstractBaseUser",), (f"{DB}.Model",),
           # It saves only when the stored hash is of an old kind: too rare to warn of.
           skip=frozenset({"acheck_password"})),
    Source("contrib/auth/models.pyi", "PermissionsMixin", "django.contrib.auth.models.PermissionsMixin", bases=(f"{DB}.Model",)),
    Source("contrib/auth/models.pyi", "UserManager", "django.contrib.auth.models.UserManager",
           bases=("django.contrib.auth.base_user.BaseUserManager",), special={"with_perm": row(returns="queryset", why=LAZY)}),
    Source("contrib/auth/models.pyi", "GroupManager", "django.contrib.auth.models.GroupManager", bases=(f"{DB}.Manager",)),
    Source("contrib/auth/models.pyi", "PermissionManager", "django.contrib.auth.models.PermissionManager", bases=(f"{DB}.Manager",),
           special={"get_by_natural_key": row(effect="query", when="call", returns="model", why="one SELECT")}),
    Source("contrib/auth/backends.pyi", "ModelBackend", "django.contrib.auth.backends.ModelBackend", also=(*PERMISSIONS, "get_user")),
    Source("contrib/auth/backends.pyi", "RemoteUserBackend", "django.contrib.auth.backends.RemoteUserBackend",
           bases=("django.contrib.auth.backends.ModelBackend",), skip=frozenset({"aconfigure_user"})),
    Source("contrib/auth/middleware.pyi", "", "django.contrib.auth.middleware"),
    Source("shortcuts.pyi", "", "django.shortcuts", special={
        name: row(effect="query", when="await" if name.startswith("aget_") else "call", returns=returns, why="one SELECT")
        for kind, returns in (("object", "model_of_argument"), ("list", "models_of_argument"))
        for name in (f"get_{kind}_or_404", f"aget_{kind}_or_404")
    }),
    Source(
        "core/paginator.pyi", "Paginator", "django.core.paginator.Paginator",
        queries=("validate_number", "get_page", "page", "get_elided_page_range"), gets=("count", "num_pages", "page_range"),
    ),
    Source("core/paginator.pyi", "AsyncPaginator", "django.core.paginator.AsyncPaginator", since="6.0", special={
        # The stubs say coroutine; it is an async generator.
        "aget_elided_page_range": row(effect="query", when="iterate", why="counts the rows first"),
        "__aiter__": row(effect="query", when="iterate", returns="django.core.paginator.AsyncPage", why="counts the rows first"),
    }),
    Source("core/paginator.pyi", "Page", "django.core.paginator.Page", special={"__iter__": ITERATION["__iter__"]},
           queries=("__len__", "__getitem__", "has_next", "has_other_pages", "next_page_number", "previous_page_number", "end_index")),
    Source("core/paginator.pyi", "AsyncPage", "django.core.paginator.AsyncPage", since="6.0",
           skip=frozenset({"ahas_previous", "astart_index"}), special={"__aiter__": ITERATION["__aiter__"]}),
)


def generate(stubs: Path) -> str:
    """The text of django_orm.toml."""
    parts = [HEADER]
    for source in SOURCES:
        tree = ast.parse((stubs / source.stub).read_text("utf-8"))
        parts.extend(_section(source, tree))
    return "\n".join(parts)


def installed_stubs() -> Path | None:
    """Where django-stubs is installed, if it is."""
    spec = importlib.util.find_spec("django-stubs")
    return Path(next(iter(spec.submodule_search_locations))) if spec and spec.submodule_search_locations else None


def _section(source: Source, tree: ast.Module) -> Iterator[str]:
    if source.name:
        yield _table("type", {
            "path": source.path, "aliases": list(source.aliases), "bases": list(source.bases), "members": dict(source.members),
            "since": source.since,
        })
    groups: dict[Attributes, list[str]] = {}
    for name, attributes in _rows(source, _functions(source.name, tree)):
        groups.setdefault(attributes, []).append(name)
    for attributes, names in groups.items():
        yield _table("call", {"of": [source.path], "names": names, **dict(attributes), **({"since": source.since} if source.since else {})})


def _functions(name: str, tree: ast.Module) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions of a class, or of the module; of overloads the first."""
    bodies = [node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name] if name else [tree.body]
    if not bodies:
        raise SystemExit(f"django-stubs has no class {name} any more")
    found: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = {}
    for node in bodies[0]:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.setdefault(node.name, node)
    return found


def _rows(source: Source, functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef]) -> Iterator[tuple[str, Attributes]]:
    twins = {name[1:] for name, node in functions.items() if isinstance(node, ast.AsyncFunctionDef)}
    for name, node in functions.items():
        returns = _returns(source, node)
        if name in source.special or name in source.skip or f"a{name}" in source.skip:
            continue
        if isinstance(node, ast.AsyncFunctionDef):
            yield name, _query(source, "await", returns, _role(source, name))
        elif name in twins or name in source.queries:
            yield name, _query(source, "call", returns, _role(source, name))
        elif name in source.gets:
            yield name, _query(source, "get", returns)
        elif returns in ("self", "queryset") and not name.startswith("_") and source.name != "Model":
            yield name, row(returns=returns, why=LAZY, **SINCE.get(name, {}))
    for name in source.queries:
        if name not in functions:
            yield name, _query(source, "call", None)
    for name in source.also:
        yield name, _query(source, "call", None)
        yield f"a{name}", _query(source, "await", None)
    yield from source.special.items()


def _role(source: Source, name: str) -> str | None:
    """Methods of models, and of managers that save them, may run what the project's models override."""
    if source.name == "Model" and name in TWINS:
        return "runs_twin"
    return "saves" if source.path.startswith(f"{DB}.") and name.removeprefix("a") in SAVING else None


def _query(source: Source, when: str, returns: str | None, role: str | None = None) -> Attributes:
    moment = {"call": "sends SQL", "await": "sends SQL when it is awaited", "get": "sends SQL when it is read"}
    why = SESSION if source.role == "session" else moment[when]
    attributes = {"effect": "query", "when": when, "returns": returns, "role": role or source.role, "why": why}
    return tuple((key, value) for key, value in attributes.items() if value is not None)


def _returns(source: Source, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    """The word for a return annotation: see the table of `returns` in models.vocabulary."""
    if not source.path.startswith((f"{DB}.", "django.contrib.auth")):
        return None
    annotation = ast.unparse(node.returns) if node.returns else ""
    name, _, inner = annotation.removesuffix(" | None").partition("[")
    if name in ("_User", "_AnyUser"):
        return "user"
    if name == "Self":
        return "self"
    if name in QUERYSET:
        return "self" if source.name in QUERYSET and name == source.name else "queryset"
    if name in MODEL:
        return "model"
    if name in ("tuple", "list") and inner.startswith(MODEL):
        return "models" if name == "list" else "model_pair"
    return None


def _table(kind: str, entries: dict[str, object]) -> str:
    lines = [f"{key} = {_value(value)}" for key, value in entries.items() if value]
    return "\n".join((f"[[{kind}]]", *lines)) + "\n"


def _value(value: object, width: int = 120) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(v)}" for key, v in value.items()) + " }"
    if not isinstance(value, list):
        return f'"{value}"'
    text = "[" + ", ".join(f'"{item}"' for item in value) + "]"
    if len(text) <= width:
        return text
    lines = [""]
    for item in value:
        if len(lines[-1]) + len(item) > width:
            lines.append("")
        lines[-1] += f' "{item}",'
    return "[\n" + "".join(f"   {line}\n" for line in lines) + "]"


def main() -> None:
    stubs = Path(sys.argv[1]) if len(sys.argv) > 1 else installed_stubs()
    if stubs is None:
        raise SystemExit("django-stubs is not installed: give its folder")
    TARGET.write_text(generate(stubs), "utf-8")


if __name__ == "__main__":
    main()
