"""A call of an engine, for the tests of what it does."""

from __future__ import annotations

from typing import Any

from prefectkit.core.engine import Engine, Options
from prefectkit.core.errors import ConnectError, IncompleteResponse
from prefectkit.core.io import run
from prefectkit.core.operation import Operation
from prefectkit.core.paths import PathTemplate
from prefectkit.core.retry import Replay, RetryPolicy

METHODS = {Replay.READ: "GET", Replay.DELETE: "DELETE"}
REPEATED = {Replay.READ, Replay.IDEMPOTENT, Replay.KEYED, Replay.DELETE}
RESET = IncompleteResponse("reset")
DOWN = ConnectError("connection refused")


def operation(replay: Replay = Replay.READ, path: str = "/flows/") -> Operation:
    method = METHODS.get(replay, "POST")
    return Operation(name="flows.do", method=method, path=PathTemplate(path), replay=replay)


def options(**policy: Any) -> Options:
    return Options(policy=RetryPolicy(**policy))


def call(engine: Engine, replay: Replay = Replay.READ, type_: Any = Any, **arguments: Any) -> Any:
    return run(engine.call(operation(replay), type_, {}, **arguments))
