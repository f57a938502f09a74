"""Django's settings, read from the source of the settings modules that manage.py and asgi.py name.

Nothing is imported. A setting that is computed, or that differs between these modules, is `UNKNOWN`. What no module
sets has Django's default, and so has everything when no settings module is found.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from ..files import stamp_of
from ..module import Module
from ..modules import Project
from ..roots import real_path
from .execute import execute
from .find import candidates
from .values import UNKNOWN, Line, Scope, Table, Unknown, Value, join

__all__ = ["UNKNOWN", "Settings", "Table", "Unknown", "Value"]

_DEFAULTS: Mapping[str, Value] = {
    "ATOMIC_REQUESTS": False,
    "AUTH_USER_MODEL": "auth.User",
    "INSTALLED_APPS": [],
    "MIDDLEWARE": [],
    "SESSION_ENGINE": "django.contrib.sessions.backends.db",
}
_DEFAULT_CACHE = "django.core.cache.backends.locmem.LocMemCache"


@dataclass(frozen=True, slots=True, eq=False)
class Settings:
    """What the settings modules of a file's project say. `modules` are their paths, sorted; empty when none was found."""

    modules: tuple[str, ...]
    _scopes: tuple[Scope, ...]

    @classmethod
    def of(cls, project: Project, path: str) -> Settings:
        """The settings that the code of a file runs with. Kept until one of the files they come from changes."""
        reading = _readings.get(project)
        if reading is None or not reading.is_current(project):
            reading = _readings[project] = _Reading(project)
        return reading.settings(project, os.path.dirname(real_path(path)))

    def get(self, name: str) -> Value:
        """The value of a setting; Django's default, or None, when it is not set."""
        if not self._scopes:
            return _DEFAULTS.get(name)
        values = [_value(scope, name) for scope in self._scopes]
        value = values[0]
        for other in values[1:]:
            value = join(value, other)
        return value

    def line(self, name: str, *keys: str) -> Line | None:
        """File and line of the assignment of a setting, or of a key in it: `line("DATABASES", "default", "ENGINE")`."""
        for scope in self._scopes:
            line = scope.lines.get(name)
            value = scope.names.get(name)
            for key in keys:
                if not isinstance(value, Table) or key not in value.items:
                    line = None
                    break
                line = value.lines.get(key, line)
                value = value.items[key]
            if line is not None:
                return line
        return None

    def aliases(self) -> frozenset[str] | None:
        """The databases' names; None when they are not known."""
        databases = self.get("DATABASES")
        if not isinstance(databases, Table) or databases.open:
            return None
        return frozenset(key for key in databases.items if isinstance(key, str))

    def engine(self, alias: str = "default") -> str | None:
        """The backend of a database, as "django.db.backends.postgresql"; None when it is not known."""
        return _text(self._database(alias, "ENGINE", UNKNOWN))

    def conn_max_age(self, alias: str = "default") -> float | None:
        """Seconds that a connection is kept open: 0 closes it after each request, `inf` never; None: not known."""
        age = self._database(alias, "CONN_MAX_AGE", 0)
        if age is None:
            return math.inf
        return float(age) if isinstance(age, (int, float)) else None

    def has_pool(self, alias: str = "default") -> bool | None:
        """Whether Django's own connection pool is on for a database; None: not known, or no settings were found."""
        if not self._scopes:
            return None
        options = self._database(alias, "OPTIONS", Table())
        if not isinstance(options, Table):
            return None
        pool = options.get("pool", False)
        if isinstance(pool, Table):
            return bool(pool.items) or pool.open
        return None if pool is UNKNOWN else bool(pool)

    def atomic_requests(self, alias: str = "default") -> bool | None:
        """Whether each sync view runs in a transaction."""
        value = self._database(alias, "ATOMIC_REQUESTS", False)
        return value if isinstance(value, bool) else None

    def session_engine(self) -> str | None:
        """The module that keeps sessions; None when it is not known."""
        return _text(self.get("SESSION_ENGINE"))

    def cache_backend(self, alias: str = "default") -> str | None:
        """The class of a cache; None when it is not known, or when there is no such cache."""
        caches = self.get("CACHES")
        if caches is None:
            return _DEFAULT_CACHE if alias == "default" else None
        cache = caches.get(alias, None) if isinstance(caches, Table) else UNKNOWN
        return _text(cache.get("BACKEND")) if isinstance(cache, Table) else None

    def task_backend(self) -> str | None:
        """The class of django.tasks' default backend; None when it is not known."""
        tasks = self.get("TASKS")
        backend = tasks.get("default", None) if isinstance(tasks, Table) else UNKNOWN
        return _text(backend.get("BACKEND")) if isinstance(backend, Table) else None

    def middleware(self) -> tuple[str, ...] | None:
        """The middleware classes, outermost first; None when the list is not known."""
        return _texts(self.get("MIDDLEWARE"))

    def rest_framework(self, key: str) -> tuple[str, ...] | None:
        """The classes that a key of REST_FRAMEWORK names; None when there are none, or they are not known."""
        table = self.get("REST_FRAMEWORK")
        return _texts(table.get(key)) if isinstance(table, Table) else None

    def auth_user_model(self) -> str | None:
        """The user model, as "auth.User"; None when it is not known."""
        return _text(self.get("AUTH_USER_MODEL"))

    def asgi_application(self) -> str | None:
        """The application that Channels or Daphne serve; None when it is not set, or not known."""
        return _text(self.get("ASGI_APPLICATION"))

    def _database(self, alias: str, key: str, default: Value) -> Value:
        databases = self.get("DATABASES")
        if databases is None:
            return default if alias == "default" else UNKNOWN
        database = databases.get(alias) if isinstance(databases, Table) else UNKNOWN
        return database.get(key, default) if isinstance(database, Table) else UNKNOWN


class _Reading:
    """What was read of a project's settings, and from which state of which files."""

    def __init__(self, project: Project) -> None:
        self.candidates = candidates(project)
        self._generation = project.generation
        self._files = {file: stamp_of(file) for file in self.candidates.files}
        self._modules: list[Module] = []
        self._scopes: dict[str, Scope] = {}
        self._settings: dict[tuple[Module, ...], Settings] = {}

    def settings(self, project: Project, folder: str) -> Settings:
        modules = self.candidates.of(folder)
        if modules not in self._settings:
            ends = tuple(execute(project, module, self._scopes, self._modules) for module in modules)
            self._settings[modules] = Settings(tuple(module.path for module in modules), ends)
        return self._settings[modules]

    def is_current(self, project: Project) -> bool:
        return (
            all(project.at(module.path) is module for module in self._modules)
            and all(stamp_of(file) == stamp for file, stamp in self._files.items())
            and project.generation == self._generation
        )


_readings: WeakKeyDictionary[Project, _Reading] = WeakKeyDictionary()


def _value(scope: Scope, name: str) -> Value:
    if name in scope.names:
        return scope.names[name]
    return UNKNOWN if scope.open else _DEFAULTS.get(name)


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: Value) -> tuple[str, ...] | None:
    if not isinstance(value, (list, tuple)):
        return None
    texts = tuple(item for item in value if isinstance(item, str))
    return texts if len(texts) == len(value) else None
