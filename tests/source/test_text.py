"""Lines are those that flake8 has, whatever the bytes."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from flake8.processor import FileProcessor

from flake8_django_async.source.text import lines_of, text_of

INPUTS = {
    "empty": b"",
    "no end": b"x = 1",
    "dos": b"x = 1\r\ny = '''\r\n'''\r\n",
    "old mac": b"x = 1\ry = 2\r",
    "form feed and separators": "x = '\x0c\x1c\x1e\x85\u2028'\ny = 2\n".encode(),
    "mark": b"\xef\xbb\xbfx = 1\n",
    "mark and cookie": b"\xef\xbb\xbf# coding: utf-8\nx = 1\n",
    "latin cookie": b"# -*- coding: latin-1 -*-\nx = '\xe9'\n",
    "cookie of dos": b"# coding: cp1251\nx = '\xcf'\n",
    "wrong bytes": b"x = 1\ny = '\xe9\xff'\n",
    "wrong bytes far below": b"x = 1\n" * 5000 + b"y = '\xe9'\n",
    "cookie of few letters": b"\n# coding: utf-7\nx = '+AOk-'\n",
    "unknown cookie": b"# coding: klingon\nx = '\xe9'\n",
    "null": b"x = 1\0\ny = 2\n",
    "mark against cookie": b"\xef\xbb\xbf# coding: latin-1\nx = '\xe9'\n",
}


@pytest.mark.parametrize("data", INPUTS.values(), ids=INPUTS)
def test_lines_are_those_of_flake8(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(data)
    options = argparse.Namespace(hang_closing=False, indent_size=4, max_line_length=79, max_doc_length=None, verbose=0)
    assert lines_of(data) == FileProcessor(str(path), options).lines


@pytest.mark.parametrize("data", INPUTS.values(), ids=INPUTS)
def test_a_text_is_that_of_the_lines(data: bytes, tmp_path: Path) -> None:
    """What is searched does not depend on whether flake8 has handed it over."""
    path = tmp_path / "x.py"
    path.write_bytes(data)
    assert text_of(str(path)) == "".join(lines_of(data)).encode()


@pytest.mark.parametrize("codec", ["hex", "rot13", "punycode", "idna"])
def test_a_codec_that_no_source_has_is_read_as_latin_1(codec: str) -> None:
    assert lines_of(f"# coding: {codec}\nx = 1\n".encode() * 2000)[-1] == "x = 1\n"


def test_what_is_no_regular_file_has_no_text(tmp_path: Path) -> None:
    assert text_of(str(tmp_path)) is None
    assert text_of(str(tmp_path / "missing.py")) is None
