"""The README's parts that are made of the code.

    python -m tests.readme      writes them anew
"""

from __future__ import annotations

import re
from pathlib import Path

from flake8_django_async.options import markdown
from flake8_django_async.rules import RULES

PROJECT = Path(__file__).resolve().parents[1]
README = PROJECT / "README.md"


def rules() -> str:
    """The table of rules."""
    rows = [f"| [{rule.code}]({path(rule.code)}) | {rule.name} | {rule.summary} |" for rule in RULES.values()]
    return "\n".join(["| code | name | what it finds |", "| --- | --- | --- |", *rows]) + "\n"


def path(code: str) -> str:
    """Where the page of a rule is, seen from the README."""
    return f"flake8_django_async/rules/{code.lower()}_{RULES[code].name.replace('-', '_')}.py"


def current(text: str) -> str:
    """The text of the README with its tables as they must be."""
    for name, table in (("rules", rules()), ("options", markdown())):
        before, begin, rest = text.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition(f"<!-- end of {name} -->")
        text = f"{before}{begin}{table}{end}{after}"
    return text


def command(name: str) -> str:
    """One of the README's two commands, `lint` or `test`."""
    found = re.search(rf"<!-- {name} command -->\n```console\n\$ (.+)\n```", README.read_text(encoding="utf-8"))
    assert found is not None, f"the README has no {name} command"
    return found[1]


if __name__ == "__main__":
    README.write_text(current(README.read_text(encoding="utf-8")), encoding="utf-8")
