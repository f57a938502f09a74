"""The libraries that a project says it depends on: requirements files, pyproject.toml, setup.cfg, setup.py, Pipfile.

Read line by line with a pattern, not with a TOML parser: Python 3.10 has none, a file with a mistake still tells most,
and all versions of Python must come to the same answer.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from .files import read_text
from .tree import Tree

_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_REQUIREMENT = re.compile(rf"[ \t]*({_NAME})[ \t]*(?:\[[^\]]*\])?[ \t]*(?:$|[<>=!~;@#\s])")
_QUOTED = re.compile(rf"""["']({_NAME})[^"'\n]*["']""")
_SECTION = re.compile(r"\[+([^\]]+)\]")
_KEY = re.compile(rf"""["']?({_NAME})["']?[ \t]*=""")
_UNCOMMENTED = re.compile(r"""(?:[^"'#]|"[^"]*"|'[^']*')*""")
_INLINE_TABLE = re.compile(r"\{[^}]*\}")
_LOCAL = re.compile(r"""=[ \t]*\{.*\b(path[ \t]*=|workspace[ \t]*=[ \t]*true)""")
_STRING = re.compile(r"""\"[^"]*"|'[^']*'""")
_IN_SETUP = re.compile(
    r"""install_requires\s*=\s*\[(?:[^\]"']|"[^"\n]*"|'[^'\n]*')*|extras_require\s*=\s*\{(?:[^}"']|"[^"\n]*"|'[^'\n]*')*"""
)
_SEPARATORS = re.compile(r"[-_.]+")

# Sections of pyproject.toml and Pipfile: every key is a library, or every list has libraries, or one key's list has.
_TABLES = re.compile(r"tool\.poetry\.(.*\.)?(dev-)?dependencies|packages|dev-packages")
_LISTS = re.compile(r"project\.optional-dependencies|dependency-groups|tool\.(pdm|uv)\.dev-dependencies|options\.extras_require")
_LISTED = {"project": ("dependencies",), "tool.uv": ("dev-dependencies",), "options": ("install_requires",)}


def declared(tree: Tree) -> frozenset[str]:
    """Names of distributions as normalised by `normal`, from all such files of the tree; not those that lie in folders beside."""
    names, local = set[str](), set[str]()
    for path, folder in tree.folders.items():
        in_requirements = os.path.basename(path).startswith("requirements")
        for name in (*folder.notes, *(["setup.py"] if "setup.py" in folder.modules else [])):
            if name.endswith((".txt", ".in")):
                if in_requirements or "requirements" in name or name.startswith("constraints"):
                    names.update(_from_requirements(read_text(os.path.join(path, name))))
            elif name == "setup.py":
                names.update(_from_setup(read_text(os.path.join(path, name))))
            elif name in ("pyproject.toml", "setup.cfg", "Pipfile"):
                text = read_text(os.path.join(path, name))
                names.update(_from_sections(text))
                local.update(_local(text))
    return frozenset(map(normal, names)) - frozenset(map(normal, local))


def normal(name: str) -> str:
    """A distribution's name in the form that compares: lower case, "-" between words."""
    return _SEPARATORS.sub("-", name).lower()


def is_declared(module: str, declared: frozenset[str]) -> bool:
    """Whether a top-level module name looks like that of a declared distribution, as far as its spelling tells."""
    name = normal(module)
    return any(prefix + name in declared for prefix in ("", "django-", "python-", "py"))


def _from_requirements(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if match := _REQUIREMENT.match(line):
            yield match[1]


def _from_setup(text: str) -> Iterator[str]:
    for match in _IN_SETUP.finditer(text):
        yield from _QUOTED.findall(match[0])


def _local(text: str) -> Iterator[str]:
    """Dependencies that are packages of the same source tree: `path = "../core"`, `workspace = true`."""
    for line in text.splitlines():
        if (key := _KEY.match(line)) and _LOCAL.search(line):
            yield key[1]


def _from_sections(text: str) -> Iterator[str]:
    section, listing, bracketed = "", False, False
    for line in text.splitlines():
        uncommented = _UNCOMMENTED.match(line)
        bare = uncommented[0].strip() if uncommented else line
        if (match := _SECTION.fullmatch(bare)) and not (listing and bracketed):
            listing = False
            section = match[1].replace('"', "").strip()
            continue
        key = _KEY.match(line)
        if key is not None:
            if _TABLES.fullmatch(section):
                yield key[1]
                continue
            listing = bool(_LISTS.fullmatch(section)) or key[1] in _LISTED.get(section, ())
            bare = bare.partition("=")[2].strip()
            bracketed = bare.startswith("[")
        if listing:
            quoted = _QUOTED.findall(_INLINE_TABLE.sub("", bare))
            yield from quoted
            if not quoted and not bare.startswith(("[", "]")) and (match := _REQUIREMENT.match(bare)):
                yield match[1]  # setup.cfg
            if _STRING.sub("", bare).endswith("]"):
                listing = False
