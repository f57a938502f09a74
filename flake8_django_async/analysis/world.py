"""The world: one project with its models and settings, as the interpreter sees it."""

from __future__ import annotations

import re

from flake8_django_async.analysis.frame import Frame
from flake8_django_async.analysis.linking import Linker
from flake8_django_async.analysis.state import State
from flake8_django_async.analysis.summaries import Summaries
from flake8_django_async.analysis.values import ClassRef, FunctionRef, Symbol, Value
from flake8_django_async.models.load import Models, Row, load_all
from flake8_django_async.project.modules import Module, Project
from flake8_django_async.source import flow

DATABASE_CACHE = "django.core.cache.backends.db.DatabaseCache"


class World:
    """Everything that answers depend on; thrown away as a whole when a file of the project changes."""

    def __init__(self, project: Project, extra: tuple[Row, ...] = ()) -> None:
        self.project = project
        self.models: Models = load_all(extra)
        self.linker = Linker(self)
        self.summaries = Summaries()
        self.frames: dict[int, Frame] = {}
        self.streamed: set[FunctionRef] = set()
        self.probes: dict[FunctionRef, list[State]] = {}
        self._expressions: dict[str, flow.Expr | None] = {}

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

    # ------------------------------------------------------------ reverse questions

    def headers_naming(self, base: str) -> list[ClassRef]:
        """Classes whose header names this base."""
        found: list[ClassRef] = []
        for header in self.project.index.subclasses(base):
            if header.name in self.module(header.path).outline.classes:
                found.append(ClassRef(header.path, header.name))
        return found

    def mentioned(self, word: str, pattern: re.Pattern[str]) -> bool:
        """Whether some line of the project that contains the word matches."""
        for path, line in self.project.index.mentions(word):
            lines = self.module(path).lines
            if line <= len(lines) and pattern.search(lines[line - 1]):
                return True
        return False

    def model_named(self, label: str) -> ClassRef | None:
        """The class that a label such as "shop.Book" names, when one class of the project has the name."""
        name = label.rpartition(".")[2]
        app = label.rpartition(".")[0]
        found: list[ClassRef] = []
        for path, line in self.project.index.mentions(name):
            module = self.module(path)
            if name in module.outline.classes and line == module.outline.classes[name].header:
                if not app or app in module.name.split("."):
                    found.append(ClassRef(path, name))
        return found[0] if len(found) == 1 else None

    # ------------------------------------------------------------ settings

    def keeps_connections(self, alias: str) -> bool:
        """Whether CONN_MAX_AGE lets close_old_connections keep a young connection of this alias."""
        return False

    def sessions_in_database(self) -> bool:
        return True

    def cache_in_database(self, alias: str) -> bool:
        return False

    def user_model(self) -> Value:
        return Symbol("django.contrib.auth.models.User")

    def is_django_model(self, path: str) -> bool:
        """Whether a library's class is a model, as far as its path tells."""
        bases = self.models.bases(path)
        return "django.db.models.Model" in bases or (".models." in path and not path.startswith("django.db."))
