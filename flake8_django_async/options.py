"""The single schema of options, from which flake8's options, the pyproject table, `--help`, validation and the README's table are
generated.

flake8 imports this module in every run: it stays small, and so do its imports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from flake8.options.manager import OptionManager

    from flake8_django_async.models.load import Row

TABLE = "tool.flake8-django-async"
PREFIX = "django-async-"
HOSTS = ("fastapi", "task", "command", "test", "script")


class Configuration(NamedTuple):
    """What is configured for one file. Folders and files are absolute."""

    roots: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    release: str = ""
    sync_views: bool = False
    baseline: str = ""
    cache_dir: str = ""
    no_cache: bool = False
    rows: tuple[Row, ...] = ()


NOT_CONFIGURED = Configuration()


class Option(NamedTuple):
    """One option.

    `kind`: "text", "flag", "words" (a list), "folders" (a list), "file", "folder" or "rows" (tables, in pyproject.toml only).
    """

    name: str
    kind: str
    help: str
    metavar: str = ""
    allowed: tuple[str, ...] = ()

    @property
    def field(self) -> str:
        """The field of `Configuration`."""
        return self.name.replace("-", "_")

    @property
    def flag(self) -> str:
        """flake8's spelling, on the command line and in its configuration."""
        return f"--{PREFIX}{self.name}"

    @property
    def is_list(self) -> bool:
        """Whether its field in `Configuration` is a tuple."""
        return self.kind in ("words", "folders", "rows")

    @property
    def described(self) -> str:
        """The help, with the words that are allowed."""
        return f"{self.help} [{', '.join(self.allowed)}]" if self.allowed else self.help

    @property
    def in_flake8(self) -> bool:
        """Whether flake8 knows it too: it has no tables."""
        return self.kind != "rows"


OPTIONS = (
    Option("roots", "folders", "folders that absolute imports start from, if they are not detected", "FOLDER,..."),
    Option(
        "hosts",
        "words",
        "also report code that is silent by default because no Django request runs it; fastapi: Starlette and aiohttp, too",
        "HOST,...",
        HOSTS,
    ),
    Option(
        "release", "text", "the project's own release call, as messages are to name it: 'await release_connections()'", "CALL"
    ),
    Option(
        "sync-views",
        "flag",
        "report plain sync views (LDB104, LDB105, LDB2xx) even when nothing shows that they are served by ASGI or share a pool",
    ),
    Option(
        "baseline",
        "file",
        "findings listed in this file are not reported; made by 'flake8-django-async check --write-baseline FILE'",
        "FILE",
    ),
    Option("cache-dir", "folder", "cache folder (default: the platform's)", "FOLDER"),
    Option("no-cache", "flag", "do not read or write the cache"),
    Option("rows", "rows", "what calls of your own or of further libraries do: path, effect (query, release, wait), reason"),
)

EFFECTS = ("query", "release", "wait")
ROW_KEYS: dict[str, tuple[str, ...]] = {
    "path": (),
    "effect": EFFECTS,
    "reason": (),
    "length": ("long", "short"),
    "when": ("await", "call", "enter", "iterate", "get"),
}
"""The keys of a row, each with the values that it may have; () is any text. The first three are needed."""
NEEDED = ("path", "effect", "reason")


def named(name: str) -> Option | None:
    """The option of this name; `sync_views` is as good as `sync-views`."""
    return next((option for option in OPTIONS if option.name == name.replace("_", "-")), None)


def add_to_flake8(manager: OptionManager) -> None:
    """Make flake8's options of the schema. None stands for "not given", so that pyproject.toml gets its turn."""
    for option in OPTIONS:
        if not option.in_flake8:
            continue
        if option.kind == "flag":
            manager.add_option(option.flag, action="store_true", default=None, parse_from_config=True, help=option.described)
        else:
            manager.add_option(
                option.flag,
                default=None,
                metavar=option.metavar,
                parse_from_config=True,
                comma_separated_list=option.is_list,
                normalize_paths=option.kind in ("folders", "folder", "file"),
                help=option.described,
            )


def markdown() -> str:
    """The table of options in the README."""
    lines = ["| `pyproject.toml` | flake8 | value | what it does |", "| --- | --- | --- | --- |"]
    kinds = {
        "text": "a text",
        "flag": "true or false",
        "words": "a list of",
        "folders": "a list of folders",
        "folder": "a folder",
        "file": "a file",
        "rows": "tables",
    }
    for option in OPTIONS:
        value = " ".join((kinds[option.kind], ", ".join(f"`{word}`" for word in option.allowed))).rstrip()
        flake8 = f"`{option.flag[2:]}`" if option.in_flake8 else "-"
        lines.append(f"| `{option.name}` | {flake8} | {value} | {option.help} |")
    return "\n".join(lines) + "\n"
