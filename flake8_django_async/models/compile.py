"""Compiles models/*.toml into compiled.jsonl, which loads fast; refuses what the format does not allow.

    python -m flake8_django_async.models.compile

Run it after each change of a TOML file; a test proves the compiled file current. TOML is parsed here and in tests only.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from flake8_django_async.models import vocabulary as words
from flake8_django_async.models.load import COMPILED

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover  # Python 3.10
    import tomli as tomllib

FOLDER = Path(__file__).parent
FILE_KEYS = {"library", "by_name", "type", "call"}
TYPE_KEYS = {"path", "aliases", "former", "bases", "members", "since"}
CALL_KEYS = {"paths", "of", "names", "effect", "length", "when", "returns", "role", "why", "since"}


class ModelError(Exception):
    """A TOML file says something that the format does not allow."""


def read(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """Every TOML file, checked: stem to content."""
    files = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.toml"))}
    problems = [f"{stem}.toml: {problem}" for stem, content in files.items() for problem in _problems(content)]
    owners = Counter(path for content in files.values() for path in _paths(content))
    problems += [f"{path}: more than one row" for path, count in owners.items() if count > 1]
    if problems:
        raise ModelError("\n".join(problems))
    return files


def compiled(files: dict[str, dict[str, Any]]) -> str:
    """The text of compiled.jsonl: an index, then one line for each file."""
    index = {"modules": [_modules(content) for content in files.values()], "by_name": unique_names(files)}
    return "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in (index, *map(_line, files.values())))


def unique_names(files: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    """Method names that may tell their row without a receiver's type: name to paths of rows with the same effect.

    They come from the types that a file's `by_name` lists. Out fall names that it knows as look-alikes, and names that a row with
    another effect bears too, in whatever library.
    """
    effects: dict[str, set[tuple[str, str | None]]] = {}
    below: dict[str, dict[str, Any]] = {}
    for content in files.values():
        for call in content.get("call", []):
            for owner, _, name in (path.rpartition(".") for path in paths_of(call) if "effect" in call):
                effects.setdefault(name, set()).add((call["effect"], call.get("length")))
                below.setdefault(owner, {})[name] = call
    unique: dict[str, list[str]] = {}
    for by_name in (content["by_name"] for content in files.values() if "by_name" in content):
        for owner in by_name["types"]:
            for name in below.get(owner, {}):
                if not name.startswith("_") and name not in by_name["lookalikes"] and len(effects[name]) == 1:
                    unique.setdefault(name, []).append(f"{owner}.{name}")
    return dict(sorted(unique.items()))


def _line(content: dict[str, Any]) -> dict[str, Any]:
    return {
        "library": content["library"],
        "types": [[t["path"], _aliases(t), t.get("bases", []), t.get("members", {})] for t in content.get("type", [])],
        "calls": [
            [
                [call.get("paths", []), call.get("of", []), call.get("names", [])],
                call.get("effect"),
                call.get("length"),
                call.get("when", "await" if call.get("effect") == "wait" else None),
                call.get("returns"),
                call.get("role"),
                call["why"],
            ]
            for call in content.get("call", [])
        ],
    }


def paths_of(call: dict[str, Any]) -> list[str]:
    """All paths of a [[call]]: `paths`, and each of `names` on each type in `of`."""
    return [*call.get("paths", []), *(f"{owner}.{name}" for owner in call.get("of", []) for name in call.get("names", []))]


def _modules(content: dict[str, Any]) -> list[str]:
    """The top-level modules that paths of a file begin with."""
    types = content.get("type", [])
    paths = [path for call in content.get("call", []) for path in paths_of(call)]
    paths += [path for entry in types for path in (entry["path"], *_aliases(entry))]
    return sorted({path.partition(".")[0] for path in paths})


def _aliases(entry: dict[str, Any]) -> list[str]:
    return [*entry.get("aliases", []), *entry.get("former", [])]


def _paths(content: dict[str, Any]) -> Iterator[str]:
    for call in content.get("call", []):
        yield from paths_of(call)
    for entry in content.get("type", []):
        yield from (f"{alias} (alias)" for alias in _aliases(entry))


def _problems(content: dict[str, Any]) -> Iterator[str]:
    if "library" not in content:
        yield "needs 'library'"
    yield from (f"unknown key {key!r}" for key in content.keys() - FILE_KEYS)
    if not all("lookalikes" in by_name and "types" in by_name for by_name in [content.get("by_name", {})] if by_name):
        yield "by_name needs types and lookalikes"
    for entry in content.get("type", []):
        yield from (f"type {entry.get('path')}: unknown key {key!r}" for key in entry.keys() - TYPE_KEYS)
        if "path" not in entry:
            yield "a type without a path"
    aliases = {alias for entry in content.get("type", []) for alias in _aliases(entry)}
    for call in content.get("call", []):
        name = ", ".join(paths_of(call))[:80]
        yield from (f"{name}: {problem}" for problem in _call_problems(call))
        yield from (f"{path}: written by an alias" for path in paths_of(call) if path.rpartition(".")[0] in aliases)


def _call_problems(call: dict[str, Any]) -> Iterable[str]:
    yield from (f"unknown key {key!r}" for key in call.keys() - CALL_KEYS)
    if not paths_of(call) or not call.get("why"):
        yield "needs paths (or of and names) and why"
    for key, known in (("effect", words.EFFECTS), ("length", words.LENGTHS), ("when", words.WHENS), ("role", words.ROLES)):
        if key in call and call[key] not in known:
            yield f"{key} = {call[key]!r} is no word of models/vocabulary.py"
    if "." not in call.get("returns", ".") and call["returns"] not in words.RETURN_WORDS:
        yield f"returns = {call['returns']!r} is no word of models/vocabulary.py and no path"
    if call.get("effect") == "wait" and "length" not in call:
        yield "a wait needs a length"
    if call.get("effect") in ("query", "release") and "when" not in call:
        yield "queries and releases need their moment: when"
    if "length" in call and call.get("effect") != "wait":
        yield "only waits have a length"


def main() -> None:
    COMPILED.write_text(compiled(read()), "utf-8")


if __name__ == "__main__":
    main()
