"""The world: one project with its models and settings, as the interpreter sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.linking.names import Linker
from flake8_django_async.analysis.memo import NEVER
from flake8_django_async.analysis.requests import before
from flake8_django_async.analysis.requests.hosts import Hosts
from flake8_django_async.analysis.requests.reaching import Reaching
from flake8_django_async.analysis.sizes import ATOMS, measured
from flake8_django_async.analysis.state import DEFAULT, Hold, State
from flake8_django_async.analysis.summaries import Summaries
from flake8_django_async.analysis.values import UNKNOWN, ClassRef, FunctionRef, FunctionValue, Symbol, Value
from flake8_django_async.models.load import Models, Row
from flake8_django_async.options import NOT_CONFIGURED, Configuration
from flake8_django_async.project.modules import Module, Project
from flake8_django_async.project.settings import Settings
from flake8_django_async.source import flow

DATABASE_CACHE = "django.core.cache.backends.db.DatabaseCache"
IMMEDIATE = "django.tasks.backends.immediate.ImmediateBackend"
SERVERS = frozenset({"channels", "daphne", "uvicorn", "hypercorn", "granian", "uvicorn-worker"})
SELF_RELEASING = ("django_pg_real_pool",)
"""Packages of engines that give the connection back after each query."""
MAX_WORK = 200_000
"""Work for one function and all that it calls, in statements followed: some seconds.

What takes more is said to be too large (LDB900).
"""
PARTS = 6
"""So many parts of values are as much work as a statement: they are measured, compared and hashed."""


class Exhausted(Exception):
    """The analysis of one function does not come to an end in time."""


class World:
    """Everything that answers depend on; thrown away as a whole when a file of the project changes."""

    def __init__(self, project: Project, settings: Settings, configuration: Configuration = NOT_CONFIGURED) -> None:
        self.project = project
        self.settings = settings
        self.configuration = configuration
        self.models = Models(configuration.rows)
        self.linker = Linker(self)
        self.summaries = Summaries()
        self.frames: dict[int, Frame] = {}
        self.probes: dict[FunctionRef, list[State]] = {}
        self.above: list[State] = []
        """The callers' states at each call that is being followed."""
        self.asked = 0
        """How many answers of `Memo` are under way, one asking for the next."""
        self.cut_to = NEVER
        """The outermost of these, by its number, that what is under way was cut short for."""
        self._spent = 0
        self.wrapped: list[FunctionRef] = []
        """Functions whose wrappers are being followed: waits inside them are reported there, not in the wrapper."""
        self.hosts = Hosts(self)
        self.reaching = Reaching(self)
        self.views_reached: list[State] = []
        """Where a middleware that is run has called the view."""
        self._own_middleware: tuple[tuple[str, Hold], ...] | None = None
        self._wrapped_views: dict[str, list[tuple[str, int, re.Match[str]]]] | None = None
        self._said = {row.path: row for row in configuration.rows}
        self._expressions: dict[str, flow.Expr | None] = {}
        self._measured: dict[Value, tuple[Value | None, int]] = {}
        self.receivers: dict[str, tuple[FunctionValue, ...]] = {}
        """Those of each signal of the project, by its alias."""
        self._related: dict[str, bool] = {}
        self._labelled: dict[str, ClassRef | None] = {}

    def begin(self) -> int:
        """Another function is analysed: its budget is whole, and nothing of one that was given up stands in its way.

        Returns the work that was done since this was last called.
        """
        spent, self._spent = self._spent // PARTS, 0
        self.frames.clear()
        self.probes.clear()
        self.above.clear()
        self.wrapped.clear()
        self.summaries.give_up()
        self.asked, self.cut_to = 0, NEVER
        return spent

    def cut(self, level: int = -1) -> None:
        """Note that an answer was cut short at `level`: answers to questions inside that one must not be kept."""
        self.cut_to = min(self.cut_to, level)

    def spend(self, work: int = 1) -> None:
        """One more statement is followed, one more round of a loop, one more of several values: or what takes as long as some."""
        self._spent += work * PARTS
        if self._spent > MAX_WORK * PARTS:
            raise Exhausted

    def bounded(self, value: Value) -> Value:
        """The value, or unknown when it has grown too large. To keep a large one costs."""
        if isinstance(value, ATOMS):
            return value
        known = self._measured.get(value)
        if known is None:
            kept, parts = measured(value)
            known = self._measured[value] = (None if kept == value else kept, parts)
        cut, parts = known
        self._spent += parts
        return value if cut is None else cut  # not the equal one that was measured: its closures may be of another frame

    def module(self, path: str) -> Module:
        found = self.project.at(path)
        return found if found is not None else Module(path, "")

    def parse_expression(self, text: str) -> flow.Expr | None:
        """A string annotation or a base class as an expression; None when it is none."""
        if text not in self._expressions:
            from flake8_django_async.source import lower

            try:
                self._expressions[text] = lower.expression(text)
            except lower.LoweringError:
                self._expressions[text] = None
        return self._expressions[text]

    def said_of(self, function: FunctionRef) -> Row | None:
        """The user's row of a function of the project, which stands for its body."""
        if not self._said:
            return None
        return self._said.get(f"{self.module(function.path).name}.{function.name}")

    # ------------------------------------------------------------ reverse questions

    def headers_naming(self, base: str, *, in_test: bool) -> Iterator[ClassRef]:
        """Classes whose header names this base; those in files where nothing is held only if asked for."""
        for header in self.project.index.subclasses(base):
            if not in_test and self.hosts.is_silent_file(header.path):
                continue
            if header.name in self.module(header.path).outline.classes:
                yield ClassRef(header.path, header.name)

    def is_related_name(self, name: str) -> bool:
        """Whether some model of the project is reached under this name from those that it refers to."""
        if name not in self._related:
            pattern = re.compile(rf"related_name\s*=\s*['\"]{re.escape(name)}['\"]")
            self._related[name] = any(
                line <= len(lines) and pattern.search(lines[line - 1]) is not None
                for path, line in self.project.index.mentions(name)
                for lines in (self.module(path).lines,)
            )
        return self._related[name]

    def model_named(self, label: str) -> ClassRef | None:
        """The class that a label such as "shop.Book" names, when one class of the project has the name."""
        if label not in self._labelled:
            self._labelled[label] = self._find_model(label)
        return self._labelled[label]

    def _find_model(self, label: str) -> ClassRef | None:
        app, _, name = label.rpartition(".")
        found: list[ClassRef] = []
        for header in self.project.index.definitions(name):
            module = self.module(header.path)
            if name in module.outline.classes and (not app or app in module.name.split(".")):
                found.append(ClassRef(header.path, name))
        return found[0] if len(found) == 1 else None

    # ------------------------------------------------------------ settings

    def keeps_connections(self, alias: str) -> bool:
        """Whether CONN_MAX_AGE lets close_old_connections keep a young connection of this alias."""
        age = self.settings.conn_max_age(alias)
        return age is not None and age > 0 and not self.settings.has_pool(alias)

    def sessions_in_database(self) -> bool:
        """Whether reading a session may query; an engine that is not known is Django's default."""
        engine = self.settings.session_engine()
        if engine is not None and engine.endswith(".cache"):
            alias = self.settings.get("SESSION_CACHE_ALIAS")
            return self.cache_in_database(alias if isinstance(alias, str) else DEFAULT)
        return engine is None or engine.endswith((".db", ".cached_db"))

    def cache_in_database(self, alias: str) -> bool:
        return self.settings.cache_backend(alias) == DATABASE_CACHE

    def own_middleware(self) -> tuple[tuple[str, Hold], ...]:
        """What the project's own middleware leaves open at each view."""
        if self._own_middleware is None:
            self._own_middleware = ()  # while it is found out: its functions are no views
            spent, self._spent = self._spent, 0
            try:
                self._own_middleware = before.own_middleware(self)
            except (Exhausted, RecursionError):
                self.summaries.give_up()
            finally:
                self._spent = spent
        return self._own_middleware

    def wrapped_views(self) -> dict[str, list[tuple[str, int, re.Match[str]]]]:
        """The places that put a login around a view, by the view's name."""
        if self._wrapped_views is None:
            self._wrapped_views = before.wrapped_views(self)
        return self._wrapped_views

    def runs_tasks_at_once(self) -> bool:
        """Whether django.tasks' backend is the immediate one, as it is by default."""
        tasks = self.settings.get("TASKS")
        return bool(self.settings.aliases()) and (tasks is None or self.settings.task_backend() == IMMEDIATE)

    def has_pool(self) -> bool:
        return any(self.settings.has_pool(alias) for alias in self.settings.aliases() or {"default"})

    @cached_property
    def serves_asgi(self) -> bool:
        """Whether the project shows that it is served by ASGI."""
        return bool(self.settings.asgi_application() or SERVERS & self.project.dependencies)

    @cached_property
    def reports_sync_views(self) -> bool:
        """Whether the project shows, or is said, to run sync views under ASGI or to share a pool."""
        return self.configuration.sync_views or self.has_pool() or self.serves_asgi

    @cached_property
    def uses_channels(self) -> bool:
        """Whether the project may have consumers: their bases are imported from Channels."""
        return bool(self.project.index.importers("channels"))

    def releases_itself(self, alias: str) -> bool:
        """Whether the database's backend gives each connection back by itself, so that no request holds one."""
        return (self.settings.engine(alias) or "").partition(".")[0] in SELF_RELEASING

    def requires_login(self) -> bool:
        """Whether a middleware reads the user before every view."""
        return any(name.endswith(".LoginRequiredMiddleware") for name in self.settings.middleware() or ())

    def authenticates(self) -> bool:
        """Whether the settings put a user on each request."""
        return any(name.endswith("AuthenticationMiddleware") for name in self.settings.middleware() or ())

    def user_model(self) -> Value:
        label = self.settings.auth_user_model() or "auth.User"
        if label == "auth.User":
            return Symbol("django.contrib.auth.models.User")
        return self.model_named(label) or UNKNOWN

    def is_django_model(self, path: str) -> bool:
        """Whether a library's class is a model, as far as its path tells."""
        bases = self.models.bases(path)
        return "django.db.models.Model" in bases or (".models." in path and not path.startswith("django.db."))
