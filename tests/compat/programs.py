"""Runs whole programs on a filled server, with Prefect and where it cannot be imported: what they print."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeAlias

import pytest

from prefectkit.migrate.targets import find
from tests.compat.filled_server import FilledServer
from tests.compat.normalization import Normalizer
from tests.migrate import interpreter

Execute: TypeAlias = Callable[[str, str], tuple[str, str | None]]
"""Runs a program: its name and source, what it prints, and the traceback of an exception."""


@contextmanager
def without_prefect(api_url: str) -> Generator[Execute]:
    """A process in which programs run, and Prefect cannot be imported."""
    process = subprocess.Popen(
        [sys.executable, interpreter.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PREFECT_API_URL": api_url, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdin and process.stdout
    requests, results = process.stdin, process.stdout

    def execute(name: str, source: str) -> tuple[str, str | None]:
        print(json.dumps([name, source]), file=requests, flush=True)
        output, error = json.loads(results.readline())
        return output, error

    with process:
        yield execute


def with_prefect(server: FilledServer, monkeypatch: pytest.MonkeyPatch) -> Execute:
    """Runs a program in this process, which has Prefect."""

    def execute(name: str, source: str) -> tuple[str, str | None]:
        from prefect.settings import PREFECT_API_URL, temporary_settings

        monkeypatch.setenv("PREFECT_API_URL", server.url)
        # Prefect deploys only flows of a file, and a worker of pytest-xdist has none.
        monkeypatch.setattr(sys.modules["__main__"], "__file__", os.path.abspath(name), raising=False)
        with temporary_settings({PREFECT_API_URL: server.url}):
            return interpreter.execute(name, source)

    return execute


def printed(server: FilledServer, execute: Execute, name: str, source: str) -> list[str]:
    """What a program prints on the server as it is at first, with ids and moments left out."""
    server.reset()
    output, error = execute(name, source)
    assert error is None, error
    normalizer = Normalizer()
    return [normalizer.normalize(line) for line in output.splitlines()]


def with_imports_changed(source: str, only: str = "") -> str:
    """The program with each name imported from this package that it has.

    Args:
        source: The program.
        only: The one name to change.
    """
    return ast.unparse(_Changed(only).visit(ast.parse(source)))


class _Changed(ast.NodeTransformer):
    def __init__(self, only: str) -> None:
        self._only = only

    def visit_ImportFrom(self, node: ast.ImportFrom) -> list[ast.ImportFrom]:
        return [self._changed(node.module or "", each) for each in node.names]

    def _changed(self, module: str, alias: ast.alias) -> ast.ImportFrom:
        target = find(f"{module}.{alias.name}") if alias.name == (self._only or alias.name) else None
        if target is not None:
            module, alias = target.module, ast.alias(target.name, alias.asname or alias.name)
        return ast.ImportFrom(module, [alias], level=0)
