"""Plain ANSI colour, on a terminal only."""

from __future__ import annotations

import os
import sys
from typing import NamedTuple


class Colour(NamedTuple):
    """The escape sequences that are used; all empty where colour is off."""

    bold: str = ""
    dim: str = ""
    red: str = ""
    yellow: str = ""
    green: str = ""
    cyan: str = ""
    off: str = ""


ON = Colour("\033[1m", "\033[2m", "\033[31m", "\033[33m", "\033[32m", "\033[36m", "\033[0m")


def colour(when: str = "auto") -> Colour:
    """ "always", "never", or "auto": on a terminal, unless NO_COLOR is set."""
    if when == "auto":
        when = (
            "always" if sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" else "never"
        )
    return ON if when == "always" else Colour()
