"""From the command line, flake8's configuration and the nearest pyproject.toml to the configuration of one file.

What was given to flake8 counts before the pyproject.toml nearest the file that has a `[tool.flake8-django-async]` table.
`--isolated` leaves pyproject.toml unread.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from flake8_django_async.options import NEEDED, NOT_CONFIGURED, OPTIONS, ROW_KEYS, TABLE, Configuration, Option, named
from flake8_django_async.project.files import LARGEST, REPOSITORY_MARKERS, stamp_of_file
from flake8_django_async.suggest import did_you_mean

if TYPE_CHECKING:
    from flake8_django_async.models.load import Row
    from flake8_django_async.project.modules import Project

T = TypeVar("T")
NAME = b"flake8-django-async"


class ConfigurationError(ValueError):
    """A mistake in the configuration, told in one line: where, the value, what is allowed, the nearest right spelling."""


class Given(NamedTuple):
    """What flake8 was given on its command line and in its own configuration: (field, value) pairs, and `--isolated`."""

    values: tuple[tuple[str, object], ...] = ()
    isolated: bool = False


NOT_GIVEN = Given()


def given_to_flake8(options: object, argv: Sequence[str]) -> Given:
    """What flake8's namespace says. Raises ConfigurationError.

    flake8 keeps `--isolated` and `--config` to itself, so they are looked up in the command line.
    """
    values: list[tuple[str, object]] = []
    for option in OPTIONS:
        value: object = getattr(options, option.flag[2:].replace("-", "_"), None) if option.in_flake8 else None
        if value is None:
            continue
        if option.kind == "folders" and isinstance(value, list):
            value = [_as_meant(folder, option, argv) for folder in value]
        elif option.kind in ("file", "folder") and isinstance(value, str) and value:
            value = _as_meant(value, option, argv)
        values.append((option.field, valid(option, value, f"flake8's {option.flag[2:]}", os.getcwd())))
    return Given(tuple(values), "--isolated" in argv)


def _as_meant(path: str, option: Option, argv: Sequence[str]) -> str:
    """A path as whoever wrote it means it: on the command line from the working directory, in flake8's configuration from the
    folder of that. flake8 does the same for all but names without a slash, which it leaves as they are."""
    if os.path.isabs(path) or any(len(head := word.partition("=")[0]) > 2 and option.flag.startswith(head) for word in argv):
        return os.path.abspath(path)
    from flake8.options.config import load_config

    pairs = zip(argv, [*argv[1:], ""], strict=True)
    configs = [after if word == "--config" else word[9:] for word, after in pairs if word.partition("=")[0] == "--config"]
    _, folder = load_config(configs[-1] if configs else None, [])
    return os.path.abspath(os.path.join(folder, path))


def configuration_for(path: str, given: Given = NOT_GIVEN) -> Configuration:
    """The configuration of a file or folder. Raises ConfigurationError."""
    path = os.path.abspath(path)
    configuration = NOT_CONFIGURED if given.isolated else _nearest(path if os.path.isdir(path) else os.path.dirname(path))
    return _with(configuration, given.values)


def validate(paths: Iterable[str], given: Given) -> None:
    """Raise ConfigurationError for what can be known to be wrong before the first file is checked."""
    proven: set[tuple[Project, tuple[Row, ...]]] = set()
    for path in paths:
        configuration = configuration_for(path, given)
        if configuration.baseline:
            from flake8_django_async.baseline import read

            read(configuration.baseline)
        if configuration.rows:
            from flake8_django_async.project.modules import Project

            project = Project.for_file(os.path.join(path, "a.py") if os.path.isdir(path) else path, configuration.roots)
            if (project, configuration.rows) not in proven:  # pre-commit hands over every file
                proven.add((project, configuration.rows))
                _validate_rows(configuration.rows, project)


def _validate_rows(rows: Sequence[Row], project: Project) -> None:
    from flake8_django_async.rows import problem

    for number, row in enumerate(rows):
        if reason := problem(row, project):
            raise ConfigurationError(f"{row.library}: [{TABLE}]: rows[{number}].path: {_shown(row.path)} names nothing: {reason}")


def without_pyproject(given: Given) -> Configuration:
    """What is left where the pyproject.toml has a mistake."""
    return _with(NOT_CONFIGURED, given.values)


def _with(configuration: Configuration, values: Iterable[tuple[str, object]]) -> Configuration:
    return Configuration(**{**configuration._asdict(), **dict(values)})


# ------------------------------------------------------------ pyproject.toml

_read: dict[str, tuple[tuple[int, int], Configuration | ConfigurationError | None]] = {}
"""What each pyproject.toml says: its time and size, and what it configures (None: it has no such table)."""


def _nearest(folder: str) -> Configuration:
    """The configuration in the nearest pyproject.toml with our table, no farther up than the repository."""
    while True:
        found = _in_file(os.path.join(folder, "pyproject.toml"))
        if isinstance(found, ConfigurationError):
            raise found
        if found is not None:
            return found
        above = os.path.dirname(folder)
        if above == folder or any(os.path.exists(os.path.join(folder, name)) for name in REPOSITORY_MARKERS):
            return NOT_CONFIGURED
        folder = above


def _in_file(path: str) -> Configuration | ConfigurationError | None:
    try:
        stamp = stamp_of_file(path)
    except (OSError, ValueError):
        return None
    if stamp[1] > LARGEST:
        return None
    known = _read.get(path)
    if known is None or known[0] != stamp:
        known = _read[path] = (stamp, _read_file(path))
    return known[1]


def _read_file(path: str) -> Configuration | ConfigurationError | None:
    try:
        with open(path, "rb") as stream:
            text = stream.read()
    except OSError:  # no right to read it
        return None
    if NAME not in text:
        return None  # spares importing a parser in projects that configure nothing
    try:
        return _from_toml(path, text.decode())
    except ConfigurationError as error:
        return error
    except (ValueError, RecursionError) as error:
        return ConfigurationError(f"{path}: cannot be read: {' '.join(str(error).split())}")


def _from_toml(path: str, text: str) -> Configuration | None:
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:  # pragma: no cover  # Python 3.10
        import tomli as tomllib

    table: object = tomllib.loads(text)
    for key in TABLE.split("."):
        table = table.get(key) if isinstance(table, dict) else None
    if table is None:
        return None
    if not isinstance(table, dict):
        raise ConfigurationError(f"{path}: {TABLE} is {_shown(table)}; it must be a table, [{TABLE}]")
    values: dict[str, object] = {}
    for key, value in table.items():
        option = named(key)
        where = f"{path}: [{TABLE}]"
        if option is None:
            raise ConfigurationError(f"{where}: unknown key {_shown(key)}; {_choice(key, [known.name for known in OPTIONS])}")
        values[option.field] = valid(option, value, f"{where}: {option.name}", os.path.dirname(path))
    return _with(NOT_CONFIGURED, values.items())


# ------------------------------------------------------------ validation


def valid(option: Option, value: object, where: str, folder: str) -> object:
    """The value as `Configuration` has it. `where` begins the message of an error; relative paths are below `folder`."""
    if option.kind == "flag":
        return _typed(value, bool, where, "true or false")
    if option.kind == "text":
        text = _typed(value, str, where, "a text")
        if "\n" in text:
            raise ConfigurationError(f"{where}: {_shown(text)} has more than one line")
        return text.strip()
    if option.kind in ("file", "folder"):
        text = _typed(value, str, where, f"the path of a {option.kind}")
        return os.path.normpath(os.path.join(folder, text)) if text else ""
    if option.kind == "rows":
        file = os.path.join(folder, "pyproject.toml")  # flake8's own configuration has no tables
        return tuple(_row(row, f"{where}[{number}]", file) for number, row in enumerate(_list(value, where, "a list of tables")))
    words = [_typed(word, str, where, "a list of texts") for word in _list(value, where, "a list of texts")]
    if option.kind == "folders":
        return tuple(_folder(word, where, folder) for word in words)
    for word in words:
        if word not in option.allowed:
            raise ConfigurationError(f"{where}: unknown value {_shown(word)}; {_choice(word, option.allowed)}")
    return tuple(words)


def _folder(text: str, where: str, parent: str) -> str:
    folder = os.path.normpath(os.path.join(parent, text))
    if not os.path.isdir(folder):
        try:
            beside = [
                entry.name for entry in os.scandir(os.path.dirname(folder)) if entry.is_dir() and not entry.name.startswith(".")
            ]
        except OSError:
            beside = []
        near = did_you_mean(os.path.basename(folder), beside)
        raise ConfigurationError(f"{where}: there is no folder {_shown(text)}{near}; it is looked for in {parent}")
    return folder


def _row(value: object, where: str, file: str) -> Row:
    table = _typed(value, dict, where, 'a table, { path = "...", effect = "wait", reason = "..." }')
    texts: dict[str, str] = {}
    for key, text in table.items():
        if key not in ROW_KEYS:
            raise ConfigurationError(f"{where}: unknown key {_shown(key)}; {_choice(str(key), tuple(ROW_KEYS))}")
        texts[key] = _typed(text, str, f"{where}.{key}", "a text")
        if ROW_KEYS[key] and text not in ROW_KEYS[key]:
            raise ConfigurationError(f"{where}.{key}: unknown value {_shown(text)}; {_choice(text, ROW_KEYS[key])}")
    for key in NEEDED:
        if not texts.get(key, "").strip():
            raise ConfigurationError(f"{where}: {key} is missing; a row needs {', '.join(NEEDED)}")
    path = texts["path"]
    if "." not in path or not all(part.isidentifier() for part in path.split(".")):
        raise ConfigurationError(
            f"{where}.path: {_shown(path)} is no dotted path; write it as it is imported, like 'shop.llm.ask'"
        )
    if "length" in texts and texts["effect"] != "wait":
        raise ConfigurationError(
            f"{where}.length: {_shown(texts['length'])} says how long a wait lasts, but effect is {_shown(texts['effect'])}"
        )
    return _as_row(texts, file)


def _as_row(texts: dict[str, str], file: str) -> Row:
    from flake8_django_async.models.load import Row

    fields: dict[str, object] = {
        "path": texts["path"],
        "effect": texts["effect"],
        "why": texts["reason"].strip(),
        "when": texts.get("when"),
    }
    fields["length"] = texts.get("length", "long") if texts["effect"] == "wait" else None
    return Row(**fields, library=file)  # type: ignore[arg-type]  # each word was held against ROW_KEYS


def _typed(value: object, kind: type[T], where: str, wanted: str) -> T:
    if not isinstance(value, kind):
        raise ConfigurationError(f"{where}: {_shown(value)} is not allowed; it must be {wanted}")
    return value


def _list(value: object, where: str, wanted: str) -> list[object]:
    return _typed(value, list, where, wanted)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _choice(word: str, allowed: Sequence[str]) -> str:
    return f"it must be one of {', '.join(allowed)}{did_you_mean(word, allowed)}"
