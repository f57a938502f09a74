"""`flake8-django-async explain CODE`: a rule's page."""

from __future__ import annotations

import inspect
import re

from flake8_django_async.cli.colour import Colour
from flake8_django_async.rules import RULES
from flake8_django_async.suggest import did_you_mean


def explain(code: str | None, colour: Colour) -> tuple[list[str], int]:
    """The page of a rule, by code or name; without one, the list of all. Lines and the exit status."""
    if code is None:
        return [f"{colour.bold}{rule.code}{colour.off}  {rule.name:32} {rule.summary}" for rule in RULES.values()], 0
    wanted = (
        code.upper() if code.upper() in RULES else next((rule.code for rule in RULES.values() if rule.name == code.lower()), None)
    )
    if wanted is None:
        spelt = code.upper() if code.upper().startswith("LDB") else code.lower()
        hint = did_you_mean(spelt, [*RULES, *(rule.name for rule in RULES.values())])
        return [f"no rule {code!r}{hint}; the rules are {', '.join(RULES)}"], 2
    rule = RULES[wanted]
    heading = f"{colour.bold}{rule.code} {rule.name}{colour.off}"
    return [heading, "", *_page(inspect.cleandoc(rule.page), colour)], 0


def _page(text: str, colour: Colour) -> list[str]:
    """Markdown as it is, headings and code set off by colour."""
    lines: list[str] = []
    in_code = False
    for line in text.splitlines():
        if line.startswith("```"):
            in_code = not in_code
            continue
        if in_code:
            code, mark, comment = line.partition("#")
            lines.append(f"    {colour.cyan}{code}{colour.off}{colour.yellow}{mark}{comment}{colour.off}" if line else "")
        elif line.startswith("## "):
            lines.append(f"{colour.bold}{line[3:]}{colour.off}")
        else:
            lines.append(re.sub(r"`([^`]+)`", rf"{colour.cyan}\1{colour.off}" if colour.off else r"`\1`", line))
    return lines
