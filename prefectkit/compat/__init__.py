"""The flat names of Prefect's own client: existing code changes one import.

    from prefectkit.compat import get_client

    async with get_client() as client:
        run = await client.read_flow_run(run_id)

`PrefectClient` and `SyncPrefectClient` have the methods of Prefect's own clients, with the same parameters, results and
errors (`prefectkit.compat.errors`). Each method calls a resource of `AsyncPrefect` or `Prefect`. `docs/migrating.md`
lists the methods and the differences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prefectkit.core.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from prefectkit.compat.client import PrefectClient as PrefectClient
    from prefectkit.compat.client import SyncPrefectClient as SyncPrefectClient
    from prefectkit.compat.client_injection import client_injector as client_injector
    from prefectkit.compat.client_injection import get_or_create_client as get_or_create_client
    from prefectkit.compat.client_injection import inject_client as inject_client
    from prefectkit.compat.client_method import ServerType as ServerType
    from prefectkit.compat.client_swap import swap_prefect_client as swap_prefect_client
    from prefectkit.compat.cloud import CloudClient as CloudClient
    from prefectkit.compat.cloud import get_cloud_client as get_cloud_client
    from prefectkit.compat.contexts import AsyncClientContext as AsyncClientContext
    from prefectkit.compat.contexts import SyncClientContext as SyncClientContext
    from prefectkit.compat.contexts import get_client as get_client
    from prefectkit.compat.errors import CloudUnauthorizedError as CloudUnauthorizedError
    from prefectkit.compat.errors import ObjectAlreadyExists as ObjectAlreadyExists
    from prefectkit.compat.errors import ObjectLimitReached as ObjectLimitReached
    from prefectkit.compat.errors import ObjectNotFound as ObjectNotFound
    from prefectkit.compat.errors import ObjectUnsupported as ObjectUnsupported
    from prefectkit.compat.errors import PrefectException as PrefectException
    from prefectkit.compat.errors import PrefectHTTPStatusError as PrefectHTTPStatusError
    from prefectkit.compat.errors import ProtectedBlockError as ProtectedBlockError
else:
    __all__, __getattr__, __dir__ = lazy_exports(__name__)
