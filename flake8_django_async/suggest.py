"""What somebody who misspelt a word probably meant."""

from __future__ import annotations

from collections.abc import Sequence


def did_you_mean(word: str, known: Sequence[str], most: int = 1) -> str:
    """` (did you mean 'hosts'?)`, to stand behind a message; "" when no known word begins so or is near. `most` may be named."""
    from difflib import get_close_matches  # not for runs without a mistake

    begun = [other for other in known if word and other.startswith(word)][:most]
    near = begun or get_close_matches(word, known, n=most)
    return f" (did you mean {' or '.join(map(repr, near))}?)" if near else ""
