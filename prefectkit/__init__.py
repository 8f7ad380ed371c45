"""A light, fast, plugin-based Python SDK for the Prefect REST API.

    from prefectkit import Prefect

    with Prefect() as client:
        run = client.flow_runs.read(run_id)

`AsyncPrefect` is the same to await. `prefectkit.models` holds what goes over the wire, `prefectkit.transports` what
carries it, `prefectkit.plugins` the hooks, `prefectkit.errors` everything that is raised.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from prefectkit.version import __version__

if TYPE_CHECKING:
    from prefectkit import errors as errors
    from prefectkit import models as models
    from prefectkit import plugins as plugins
    from prefectkit import transports as transports
    from prefectkit.client import AsyncPrefect, Prefect
    from prefectkit.core.operation import Operation
    from prefectkit.core.outcomes import Outcome
    from prefectkit.core.retry import Replay
    from prefectkit.resources.catalogue import operations

_HOMES = {
    "AsyncPrefect": "prefectkit.client",
    "Operation": "prefectkit.core.operation",
    "Outcome": "prefectkit.core.outcomes",
    "Prefect": "prefectkit.client",
    "Replay": "prefectkit.core.retry",
    "operations": "prefectkit.resources.catalogue",
}

_MODULES = frozenset({"errors", "models", "plugins", "transports"})

__all__ = ["AsyncPrefect", "Operation", "Outcome", "Prefect", "Replay", "__version__", "operations"]


def __getattr__(name: str) -> Any:
    # Importing the package alone loads nothing: a name brings its module when it is first used.
    if name in _MODULES:
        return import_module(f"prefectkit.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'prefectkit' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_MODULES})
