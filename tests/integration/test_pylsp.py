"""The real python-lsp-server over stdio: open, edit, save."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from tests.integration.conftest import Environment
from tests.trial import HELD, lay_out

pytestmark = pytest.mark.network

SETTINGS = {
    "pylsp": {"plugins": {"flake8": {"enabled": True}, **{name: {"enabled": False} for name in ("pycodestyle", "pyflakes", "mccabe", "preload")}}}
}


class Editor:
    """As much of a language client as it takes."""

    def __init__(self, server: subprocess.Popen[bytes]) -> None:
        assert server.stdin is not None and server.stdout is not None
        self._to: IO[bytes] = server.stdin
        self._from: IO[bytes] = server.stdout
        self._requests = 0

    def notify(self, method: str, **params: Any) -> None:
        self._send({"method": method, "params": params})

    def request(self, method: str, **params: Any) -> Any:
        self._requests += 1
        self._send({"id": self._requests, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == self._requests and "method" not in message:
                return message.get("result")

    def diagnostics(self) -> list[Any]:
        """The next ones that the server publishes."""
        while True:
            message = self._receive()
            if message.get("method") == "textDocument/publishDiagnostics":
                found: list[Any] = message["params"]["diagnostics"]
                return found
            if "id" in message and "method" in message:
                self._send({"id": message["id"], "result": None})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._to.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._to.flush()

    def _receive(self) -> Any:
        length = 0
        while line := self._from.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        assert length, "the server has ended"
        return json.loads(self._from.read(length))


@pytest.fixture
def editor(tools: Environment, tmp_path: Path) -> Iterator[Editor]:
    pyproject = '[tool.flake8-django-async]\nrelease = "await ours()"\n'
    lay_out(tmp_path, {"manage.py": "", "shop/views.py": "", "setup.cfg": "[flake8]\nselect = LDB\n", "pyproject.toml": pyproject})
    server = subprocess.Popen([tools.script("pylsp")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=tmp_path)
    try:
        client = Editor(server)
        client.request("initialize", processId=None, rootUri=tmp_path.as_uri(), capabilities={})
        client.notify("initialized")
        settings: Any = SETTINGS
        settings["pylsp"]["plugins"]["flake8"]["executable"] = tools.script("flake8")
        client.notify("workspace/didChangeConfiguration", settings=settings)
        yield client
        client.request("shutdown")
        client.notify("exit")
        server.wait(timeout=20)
    finally:
        server.kill()
        server.wait()


def test_open_edit_save(editor: Editor, tmp_path: Path) -> None:
    file = tmp_path / "shop/views.py"
    uri = file.as_uri()
    editor.notify("textDocument/didOpen", textDocument={"uri": uri, "languageId": "python", "version": 1, "text": HELD})
    (found,) = editor.diagnostics()
    assert (found["source"], found["code"]) == ("flake8", "LDB101")
    assert found["range"]["start"] == {"line": 6, "character": 4}
    assert found["message"] == (
        "LDB101 database connection opened by 'User.objects.aget' (line 6) is held across this await of 'asyncio.sleep'; release it first: await ours()"
    )

    released = HELD.replace("    await asyncio", "    await sync_to_async(connections.close_all)()\n    await asyncio")
    released = "from asgiref.sync import sync_to_async\nfrom django.db import connections\n" + released
    editor.notify("textDocument/didChange", textDocument={"uri": uri, "version": 2}, contentChanges=[{"text": released}])
    assert editor.diagnostics() == []

    editor.notify("textDocument/didChange", textDocument={"uri": uri, "version": 3}, contentChanges=[{"text": "# above\n" + HELD}])
    (found,) = editor.diagnostics()
    assert found["range"]["start"]["line"] == 7

    file.write_text(HELD)
    editor.notify("textDocument/didChange", textDocument={"uri": uri, "version": 4}, contentChanges=[{"text": HELD}])
    editor.notify("textDocument/didSave", textDocument={"uri": uri})
    (found,) = editor.diagnostics()
    assert found["code"] == "LDB101"
