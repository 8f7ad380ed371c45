"""Workers."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from prefectkit.compat.arguments import ModelLike, to_plain, without_none
from prefectkit.compat.client_method import MethodGroup, ServerType, client_method
from prefectkit.compat.errors import UnexpectedResponse
from prefectkit.compat.last_call import last_call
from prefectkit.core.endpoint import M

if TYPE_CHECKING:
    from prefectkit.models.filters import WorkerFilter
    from prefectkit.models.workers import Worker

F = TypeVar("F", bound=Callable[..., Any])


def unlisted(name: str) -> Callable[[F], F]:
    """Take a parameter that Prefect's own method does not list, and do not list it either."""

    def leave_out(function: F) -> F:
        signature = inspect.signature(function)
        listed = [parameter for parameter in signature.parameters.values() if parameter.name != name]
        cast(Any, function).__signature__ = signature.replace(parameters=listed)
        return function

    return leave_out


class WorkerMethods(MethodGroup[M]):
    """The flat methods about workers."""

    @client_method()
    @unlisted("return_id")
    async def send_worker_heartbeat(
        self,
        work_pool_name: str,
        worker_name: str,
        heartbeat_interval_seconds: float | None = None,
        get_worker_id: bool = False,
        worker_metadata: ModelLike[Any] | None = None,
        *,
        return_id: bool = False,
    ) -> UUID | None:
        """Send the heartbeat of a worker.

        Args:
            work_pool_name: The work pool's name.
            worker_name: The worker's name.
            heartbeat_interval_seconds: Whole seconds until the next heartbeat.
            get_worker_id: Whether to return the worker's id. `return_id=True` does the same.
            worker_metadata: The installed packages of the worker, for Prefect Cloud.

        Returns:
            The worker's id, if requested and on Prefect Cloud; else None.

        Raises:
            PrefectHTTPStatusError: There is no such work pool.
        """
        wants_id = get_worker_id or return_id
        await self._api.work_pools.workers.heartbeat(
            work_pool_name,
            name=worker_name,
            heartbeat_interval_seconds=cast("int | None", heartbeat_interval_seconds),
            **without_none(metadata=to_plain(worker_metadata) or None, return_id=wants_id or None),
        )
        return _worker_id() if wants_id and self.server_type is ServerType.CLOUD else None

    @client_method()
    async def read_workers_for_work_pool(
        self,
        work_pool_name: str,
        worker_filter: ModelLike[WorkerFilter] | None = None,
        offset: int | None = None,
        limit: int | None = None,
    ) -> list[Worker]:
        """List the workers of a work pool.

        Args:
            work_pool_name: The work pool's name.
            worker_filter: Which workers.
            offset: How many to skip.
            limit: At most this many. Default: the server's page size, usually 200.

        Raises:
            PrefectHTTPStatusError: There is no such work pool.
        """
        wanted = without_none(workers=worker_filter, offset=offset, limit=limit)
        return await self._api.work_pools.workers.list(work_pool_name, **wanted)

    @client_method()
    async def read_worker_metadata(self) -> dict[str, Any]:
        """Read which types of workers Prefect's integration packages have, by package."""
        return await self._api.collections.read_view("aggregate-worker-metadata")


def _worker_id() -> UUID | None:
    record = last_call.get()
    response = None if record is None else record.response
    if response is None or response.status != 200:
        return None
    text = response.text.strip('"')
    try:
        return UUID(text)
    except ValueError:
        raise UnexpectedResponse(f"the server returned {text!r} instead of the worker's id") from None
