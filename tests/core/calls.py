"""A call of an engine, for the tests of what it does."""

from __future__ import annotations

from typing import Any

from prefectkit.core.engine import Engine
from prefectkit.core.errors import ConnectError, IncompleteResponse
from prefectkit.core.http.paths import PathTemplate
from prefectkit.core.io import run
from prefectkit.core.operation import Operation
from prefectkit.core.options import Options
from prefectkit.core.retries.policy import RetryPolicy, RetrySafety

METHODS = {RetrySafety.READ: "GET", RetrySafety.DELETE: "DELETE"}
REPEATED = {RetrySafety.READ, RetrySafety.IDEMPOTENT, RetrySafety.KEYED, RetrySafety.DELETE}
RESET = IncompleteResponse("reset")
DOWN = ConnectError("connection refused")


def operation(retry_safety: RetrySafety = RetrySafety.READ, path: str = "/flows/") -> Operation:
    method = METHODS.get(retry_safety, "POST")
    return Operation(name="flows.do", method=method, path=PathTemplate(path), retry_safety=retry_safety)


def options(**policy: Any) -> Options:
    return Options(policy=RetryPolicy(**policy))


def call(engine: Engine, retry_safety: RetrySafety = RetrySafety.READ, type_: Any = Any, **arguments: Any) -> Any:
    return run(engine.call(operation(retry_safety), type_, {}, **arguments))
