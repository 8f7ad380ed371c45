"""The flat names of Prefect's own client: existing code changes one import.

    from prefectkit.compat import get_client

    async with get_client() as client:
        run = await client.read_flow_run(run_id)

`PrefectClient` and `SyncPrefectClient` have its methods, with its parameters, its answers and its errors, which
`prefectkit.compat.errors` holds. Each is a call of a resource of `AsyncPrefect` or `Prefect`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prefectkit.models.lazy import lazy

if TYPE_CHECKING:
    from prefectkit.compat.client import PrefectClient, SyncPrefectClient, get_client
    from prefectkit.compat.errors import (
        ObjectAlreadyExists,
        ObjectLimitReached,
        ObjectNotFound,
        ObjectUnsupported,
        PrefectException,
        PrefectHTTPStatusError,
        ProtectedBlockError,
    )
    from prefectkit.compat.flat import ServerType

_HOMES = {
    "ObjectAlreadyExists": "errors",
    "ObjectLimitReached": "errors",
    "ObjectNotFound": "errors",
    "ObjectUnsupported": "errors",
    "PrefectClient": "client",
    "PrefectException": "errors",
    "PrefectHTTPStatusError": "errors",
    "ProtectedBlockError": "errors",
    "ServerType": "flat",
    "SyncPrefectClient": "client",
    "get_client": "client",
}

__all__ = [
    "ObjectAlreadyExists",
    "ObjectLimitReached",
    "ObjectNotFound",
    "ObjectUnsupported",
    "PrefectClient",
    "PrefectException",
    "PrefectHTTPStatusError",
    "ProtectedBlockError",
    "ServerType",
    "SyncPrefectClient",
    "get_client",
]

if not TYPE_CHECKING:
    # A type checker would take `__getattr__` for a promise that every name exists.
    __getattr__, __dir__ = lazy(__name__, _HOMES)
