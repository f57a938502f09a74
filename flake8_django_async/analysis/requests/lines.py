"""What a line of text does with a name."""

from __future__ import annotations

import re

from flake8_django_async.project.modules import Module


def is_import(module: Module, line: int, text: str) -> bool:
    """Whether a line is an import, or stands inside a parenthesised one."""
    if re.match(r"\s*(from|import)\s", text):
        return True
    if len(text) > 200 or not re.match(r"\s*[\w, ]+(\s+as\s+\w+)?,?\s*(#.*)?$", text):
        return False
    for above in range(line - 2, max(-1, line - 40), -1):
        before = module.lines[above]
        if re.match(r"\s*from\s+\S+\s+import\s*\(", before):
            return True
        if ")" in before or "(" in before:
            return False
    return False
