"""The flat names of Prefect's own client: existing code changes one import.

    from prefectkit.compat import get_client

    async with get_client() as client:
        run = await client.read_flow_run(run_id)

`PrefectClient` and `SyncPrefectClient` have its methods, with its parameters, its answers and its errors, which
`prefectkit.compat.errors` holds. Each is a call of a resource of `AsyncPrefect` or `Prefect`. `docs/migrating.md` has
the whole of it, and what differs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prefectkit.models.lazy import lazy

if TYPE_CHECKING:
    from prefectkit.compat.client import PrefectClient, SyncPrefectClient
    from prefectkit.compat.cloud import CloudClient, get_cloud_client
    from prefectkit.compat.contexts import AsyncClientContext, SyncClientContext, get_client
    from prefectkit.compat.errors import (
        CloudUnauthorizedError,
        ObjectAlreadyExists,
        ObjectLimitReached,
        ObjectNotFound,
        ObjectUnsupported,
        PrefectException,
        PrefectHTTPStatusError,
        ProtectedBlockError,
    )
    from prefectkit.compat.flat import ServerType
    from prefectkit.compat.injection import client_injector, get_or_create_client, inject_client

_HOMES = {
    "AsyncClientContext": "contexts",
    "CloudClient": "cloud",
    "CloudUnauthorizedError": "errors",
    "ObjectAlreadyExists": "errors",
    "ObjectLimitReached": "errors",
    "ObjectNotFound": "errors",
    "ObjectUnsupported": "errors",
    "PrefectClient": "client",
    "PrefectException": "errors",
    "PrefectHTTPStatusError": "errors",
    "ProtectedBlockError": "errors",
    "ServerType": "flat",
    "SyncClientContext": "contexts",
    "SyncPrefectClient": "client",
    "client_injector": "injection",
    "get_client": "contexts",
    "get_cloud_client": "cloud",
    "get_or_create_client": "injection",
    "inject_client": "injection",
}

__all__ = [
    "AsyncClientContext",
    "CloudClient",
    "CloudUnauthorizedError",
    "ObjectAlreadyExists",
    "ObjectLimitReached",
    "ObjectNotFound",
    "ObjectUnsupported",
    "PrefectClient",
    "PrefectException",
    "PrefectHTTPStatusError",
    "ProtectedBlockError",
    "ServerType",
    "SyncClientContext",
    "SyncPrefectClient",
    "client_injector",
    "get_client",
    "get_cloud_client",
    "get_or_create_client",
    "inject_client",
]

if not TYPE_CHECKING:
    # A type checker would take `__getattr__` for a promise that every name exists.
    __getattr__, __dir__ = lazy(__name__, _HOMES)
