"""Callers are followed upwards once each, however they call one another."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import said


def test_helpers_that_all_call_each_other_come_to_an_end(tmp_path: Path) -> None:
    names = [f"step_{n}" for n in range(14)]
    text = "from library.llm import ask\nfrom library.models import Book\n\n"
    for name in names:
        calls = "".join(f"    await {other}()\n" for other in names if other != name)
        text += f"async def {name}():\n    await Book.objects.aget(pk=1)\n    await ask('hi')\n{calls}\n"
    found = said(tmp_path, {"work.py": text}, "work.py")
    assert not any("LDB900" in codes for codes in found.values())
