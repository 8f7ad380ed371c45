"""What an editor shows: the language server's hover text of a call has the method's own types and docstring."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(find_spec("pyright") is None, reason="pyright is not installed")
ROOT = Path(__file__).parents[1]


class LanguageServer:
    """Just enough of the protocol: requests with responses, notifications without."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.last = 0

    def notify(self, method: str, **params: Any) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, **params: Any) -> Any:
        self.last += 1
        self._send({"jsonrpc": "2.0", "id": self.last, "method": method, "params": params})
        while True:
            message = self._read()
            if message.get("id") == self.last and "method" not in message:
                return message.get("result")
            if "id" in message and message.get("method") == "workspace/configuration":
                self._send({"jsonrpc": "2.0", "id": message["id"], "result": [{} for _ in message["params"]["items"]]})
            elif "id" in message and "method" in message:
                self._send({"jsonrpc": "2.0", "id": message["id"], "result": None})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        length = 0
        while line := self.process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        assert length, "the language server ended"
        return json.loads(self.process.stdout.read(length))


@contextmanager
def language_server() -> Iterator[LanguageServer]:
    command = [sys.executable, "-c", "from pyright.langserver import main; main('--stdio')"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        server = LanguageServer(process)
        try:
            folder = {"uri": ROOT.as_uri(), "name": "prefectkit"}
            server.ask("initialize", processId=None, rootUri=ROOT.as_uri(), workspaceFolders=[folder], capabilities={})
            server.notify("initialized")
            yield server
        finally:
            process.kill()


def hover(server: LanguageServer, code: str, word: str) -> str:
    """What is shown at the last such word of the code."""
    uri = (ROOT / "tests" / "hovered.py").as_uri()
    server.notify("textDocument/didOpen", textDocument={"uri": uri, "languageId": "python", "version": 1, "text": code})
    line = len(code[: code.rindex(word)].splitlines()) - 1
    character = len(code[: code.rindex(word)].splitlines()[-1]) + 1
    position = {"line": line, "character": character}
    shown = server.ask("textDocument/hover", textDocument={"uri": uri}, position=position)
    server.notify("textDocument/didClose", textDocument={"uri": uri})
    contents = shown["contents"]
    return contents["value"] if isinstance(contents, dict) else str(contents)


@pytest.fixture(scope="module")
def editor() -> Iterator[LanguageServer]:
    with language_server() as server:
        yield server


CALLS = [
    ("read", "read(run_id)", "FlowRun", "Read a flow run (`GET /flow_runs/{id}`)"),
    ("create", "create(flow_id=run_id)", "idempotency_key", "Create a flow run"),
    ("create", "create(flow_id=run_id)", "tags", "job_variables: Values that override"),
    ("iterate", "iterate(state='FAILED')", "Iterator[FlowRun]", "page after page"),
]


@pytest.mark.parametrize("client", ["Prefect", "AsyncPrefect"])
@pytest.mark.parametrize(("method", "call", "types", "doc"), CALLS, ids=[call[0] for call in CALLS])
def test_hover_shows_types_and_docstring(
    editor: LanguageServer, client: str, method: str, call: str, types: str, doc: str
) -> None:
    code = f"from prefectkit import {client}\nrun_id = ''\n{client}().flow_runs.{call}\n"
    text = hover(editor, code, method)
    assert types in text
    assert doc.replace("`", "") in text.replace("\\", "").replace("`", "").replace("&nbsp;", " ")
    assert ("CoroutineType" in text or "Coroutine[" in text or "AsyncIterator[" in text) == (client == "AsyncPrefect")


@pytest.mark.parametrize(
    ("code", "word", "shown"),
    [
        (
            "from prefectkit.compat import SyncPrefectClient\nSyncPrefectClient('').read_flow('')",
            "read_flow",
            "flow_id: ",
        ),
        ("from prefectkit import Prefect\nPrefect().bulk(str, [])", "bulk", "in_flight: "),
        ("from prefectkit import AsyncPrefect\nAsyncPrefect()", "AsyncPrefect", "auth_string: "),
    ],
    ids=["flat", "bulk", "client"],
)
def test_hover_shows_the_parameters(editor: LanguageServer, code: str, word: str, shown: str) -> None:
    text = hover(editor, code + "\n", word).replace("\\", "").replace("`", "").replace("&nbsp;", " ")
    assert text.rindex(shown) > text.index("Args:")
