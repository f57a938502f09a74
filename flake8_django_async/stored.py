"""Diagnostics that are kept between runs: those of a file hold as long as no file of its project has changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from flake8_django_async.options import Configuration
from flake8_django_async.project.cache import Cache, default_folder, digest
from flake8_django_async.project.fingerprint import Fingerprint
from flake8_django_async.project.flows import Flows
from flake8_django_async.project.modules import Project
from flake8_django_async.source.text import text_of

if TYPE_CHECKING:
    from flake8_django_async.diagnostic import Diagnostic


class Results:
    """The diagnostics of one project under one configuration."""

    def __init__(self, project: Project, cache: Cache, configuration: Configuration) -> None:
        self._cache = cache
        self._fingerprint = Fingerprint(project, cache)
        self._configured = repr(configuration._replace(baseline="", cache_dir="", no_cache=False))
        self._now = ("", "")
        self._looks = 0
        self._waiting: list[tuple[str, list[object]]] = []
        self._has_buffers = False

    def state(self, path: str, lines: Sequence[str]) -> str:
        """What the diagnostics of a file depend on; "" where they are not to be kept: a buffer differs from its file."""
        text = "".join(lines)
        if self._has_buffers or text_of(path) != text.encode("utf-8", "surrogatepass"):
            self._has_buffers = True
            return ""
        now = self._fingerprint.current()
        if self._fingerprint.looks != self._looks:
            self._looks = self._fingerprint.looks
            self._settle(now)
        self._now = (now, self._fingerprint.stamps)
        return digest(now, text)

    def find(self, path: str, state: str) -> list[Diagnostic] | None:
        """The diagnostics that were kept for this state of the file and its project."""
        data = self._cache.read("results", digest(path, self._configured))
        if not isinstance(data, list) or len(data) != 2 or data[0] != state:
            return None
        try:
            return [_decoded(entry) for entry in data[1]]
        except (TypeError, ValueError, LookupError):
            return None

    def keep(self, path: str, state: str, diagnostics: Sequence[Diagnostic]) -> None:
        """Keep what was found, once another look at the disk has shown that nothing changed meanwhile."""
        if not any(diagnostic.code == "LDB900" for diagnostic in diagnostics):
            self._waiting.append((digest(path, self._configured), [state, [_encoded(diagnostic) for diagnostic in diagnostics]]))

    def flush(self) -> None:
        """Write what waits, if no file has changed since it was found."""
        if self._waiting:
            self._settle(self._fingerprint.taken())

    def _settle(self, now: str) -> None:
        if (now, self._fingerprint.stamps) == self._now:
            for key, data in self._waiting:
                self._cache.write("results", key, data)
        self._waiting.clear()


def _encoded(diagnostic: Diagnostic) -> list[object]:
    trace = [[step.path, step.line, step.column, step.name] for step in diagnostic.trace]
    return [diagnostic.path, diagnostic.line, diagnostic.column, diagnostic.code, diagnostic.message, trace, diagnostic.opening]


def _decoded(data: object) -> Diagnostic:
    from flake8_django_async.analysis.step import Step
    from flake8_django_async.diagnostic import Diagnostic

    path, line, column, code, message, trace, opening = _typed(data, str, int, int, str, str, list, int)
    steps = tuple(Step(*_typed(step, str, int, int, str)) for step in trace)  # type: ignore[attr-defined,arg-type]  # typed
    return Diagnostic(path, line, column, code, message, steps, opening)  # type: ignore[arg-type]  # typed


def _typed(data: object, *kinds: type) -> list[object]:
    if not isinstance(data, list) or [type(item) for item in data] != list(kinds):
        raise ValueError("not what was stored")
    return data


# ------------------------------------------------------------ one process

_caches: dict[str, tuple[Cache, Flows]] = {}
_results: dict[tuple[int, Configuration], Results] = {}
_ends: list[Callable[[], None]] = []


def opened(configuration: Configuration) -> tuple[Cache, Flows] | None:
    """The cache that is configured; None for none."""
    folder = None if configuration.no_cache else configuration.cache_dir or default_folder()
    if folder is None:
        return None
    if folder not in _caches:
        cache = Cache(folder)
        flows = Flows(cache)
        _caches[folder] = (cache, flows)
        _at_end(flows.flush)
    return _caches[folder]


def results_of(project: Project, cache: Cache, configuration: Configuration) -> Results:
    """The results of a project under a configuration, the same object for all its files; written when the process ends."""
    key = (id(project), configuration)
    if key not in _results:
        _results[key] = results = Results(project, cache, configuration)
        _at_end(results.flush)
    return _results[key]


def _at_end(flush: Callable[[], None]) -> None:
    """Call when this process ends: a worker of flake8's never comes to atexit."""
    from multiprocessing.util import Finalize

    Finalize(None, flush, exitpriority=10)
