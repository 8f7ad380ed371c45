"""Reused idempotency keys: for a known key the server returns the existing run, whatever the request contains."""

from __future__ import annotations

import inspect
import warnings
from typing import Any, TypeAlias, cast

import msgspec

from prefectkit.core.errors import ReusedKeyWarning
from prefectkit.core.hooks import Call
from prefectkit.core.http.messages import Response
from prefectkit.core.retries.comparison import is_same

Fields: TypeAlias = dict[str, Any]


def warn_of_reuse(call: Call, response: Response) -> None:
    """Mark the response to a reused idempotency key; warn if the existing run has another name or other parameters."""
    # A new run is a 201.
    if response.status != 200 or b'"idempotency_key"' not in call.request.body:
        return
    sent: Any = msgspec.json.decode(call.request.body)
    found: Any = response.json()
    if not isinstance(sent, dict) or not isinstance(found, dict):
        return
    response.deduplicated = True
    differing = _differing(cast(Fields, sent), cast(Fields, found))
    if differing:
        warnings.warn(
            f"{call.operation.name}: the idempotency key was used before, for a run with another "
            f"{' and other '.join(differing)}; that one is returned",
            ReusedKeyWarning,
            stacklevel=levels_to_caller(),
        )


def levels_to_caller() -> int:
    """The `stacklevel` of the code that called the SDK."""
    level, frame = 0, inspect.currentframe()
    while frame is not None and frame.f_globals["__name__"].startswith("prefectkit."):
        level, frame = level + 1, frame.f_back
    return level


def _differing(sent: Fields, found: Fields) -> list[str]:
    differing: list[str] = []
    if "name" in sent and sent["name"] != found.get("name"):
        differing.append("name")
    wanted: Fields = sent.get("parameters") or {}
    made: Fields = found.get("parameters") or {}
    # The run also has the parameters of its deployment.
    if not all(is_same(value, made.get(name)) or _is_computed_by_server(value) for name, value in wanted.items()):
        differing.append("parameters")
    return differing


def _is_computed_by_server(value: Any) -> bool:
    """Whether the server computes the value (a template, say), so that it differs from what was sent."""
    return b'"__prefect_kind"' in msgspec.json.encode(value)
