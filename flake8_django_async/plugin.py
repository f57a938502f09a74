"""flake8's door: options in, the gate, diagnostics out. Checking a file never raises.

flake8 imports this module in every run, also where there is nothing to check: what is heavy is imported when it is needed.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from flake8_django_async import __version__
from flake8_django_async.options import add_to_flake8

if TYPE_CHECKING:
    import argparse

    from flake8.options.manager import OptionManager

    from flake8_django_async.configure import Given

GATE = (
    "async", "await", "request", "Consumer", "CONN_MAX_AGE",
    "sleep", "httpx", "subprocess", "send_mail", "smtplib", "urlopen", "socket", "boto3", "openai", "anthropic", "llm", "genai",
)  # fmt: skip
"""A file whose text has none of these is passed: it has no async code, no view, no consumer and no such setting.

Nor has it, as such code is usually known, sync code that blocks for a request of another file.
"""
STDIN = ("-", "stdin")


class Plugin:
    """One file's check, as flake8 makes it."""

    name = "flake8-django-async"
    version = __version__
    given: ClassVar[Given | None] = None
    """What flake8 was given. Forked workers inherit it; those of spawn and forkserver parse the command line once more."""

    def __init__(self, tree: ast.Module, lines: list[str], filename: str) -> None:
        self.tree = tree
        self.lines = lines
        self.filename = filename

    @staticmethod
    def add_options(manager: OptionManager) -> None:
        add_to_flake8(manager)

    @classmethod
    def parse_options(cls, manager: OptionManager, options: argparse.Namespace, paths: Sequence[str]) -> None:
        """Keep what was given. A mistake in it, or in a pyproject.toml above the paths, ends flake8 with one line."""
        from flake8_django_async.configure import ConfigurationError, given_to_flake8, validate

        try:
            cls.given = given_to_flake8(options, sys.argv)
            validate([options.stdin_display_name if path == "-" else path for path in paths or ["."]], cls.given)
        except ConfigurationError as error:
            from flake8.exceptions import ExecutionError

            raise ExecutionError(f"{cls.name}: {_printable(str(error))}") from None

    def run(self) -> Iterator[tuple[int, int, str, type[Plugin]]]:
        """The findings as flake8 wants them: line (1-based), column (0-based), code and message, this class."""
        text = "".join(self.lines)
        if not any(word in text for word in GATE):
            return
        try:
            found = self._found()
        except Exception as error:  # noqa: BLE001 - whatever it is: other files are still to be checked
            reason = " ".join(f"{type(error).__name__} {error}".split())
            found = [(1, 0, f"LDB900 cannot be analysed: internal error, {reason[:200]}; please report it, see LDB900")]
        for line, column, text in found:
            yield line, column, _printable(text), type(self)

    def _found(self) -> list[tuple[int, int, str]]:
        from flake8_django_async.check import check_cached
        from flake8_django_async.configure import NOT_GIVEN, ConfigurationError, configuration_for, without_pyproject

        given = self.given or NOT_GIVEN
        path = self.filename
        if path not in STDIN or os.path.exists(path):
            path = os.path.abspath(path)
        problems: list[tuple[int, int, str]] = []
        try:
            configuration = configuration_for(path, given)
        except ConfigurationError as error:
            configuration = without_pyproject(given)
            problems.append((1, 0, f"LDB900 cannot be checked as configured: {error}"))
        diagnostics = check_cached(path, self.lines, self.tree, configuration)
        if configuration.baseline and diagnostics:
            from flake8_django_async.baseline import not_in_baseline

            try:
                diagnostics = not_in_baseline(diagnostics, self.lines, self.tree, configuration.baseline)
            except ConfigurationError as error:
                problems.append((1, 0, f"LDB900 cannot be checked as configured: {error}"))
        return [*problems, *((diagnostic.line, diagnostic.column, diagnostic.text) for diagnostic in diagnostics)]


def _printable(text: str) -> str:
    """The text on one line that can be encoded: paths may have newlines, and bytes that are no characters."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
