"""Work pools."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from prefectkit.compat.arguments import ModelLike, as_utc, or_unset, to_fields, without_none
from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.compat.errors import ObjectAlreadyExists, ObjectNotFound, ObjectUnsupported
from prefectkit.compat.name_checks import check_title
from prefectkit.core.endpoint import M
from prefectkit.core.errors import Conflict

if TYPE_CHECKING:
    from prefectkit.models.filters import WorkPoolFilter
    from prefectkit.models.work_pools import WorkPool, WorkPoolConcurrencyStatus, WorkPoolCreate, WorkPoolUpdate
    from prefectkit.models.workers import WorkerFlowRunResponse


class WorkPoolMethods(MethodGroup[M]):
    """The flat methods about work pools."""

    @client_method(conflict=ObjectAlreadyExists, forbidden={"plan does not support": ObjectUnsupported})
    async def create_work_pool(self, work_pool: ModelLike[WorkPoolCreate], overwrite: bool = False) -> WorkPool:
        """Create a work pool.

        Args:
            work_pool: The work pool.
            overwrite: Change the one of this name, if there is one: what `work_pool` has not set stays, and so does the
                type, with a warning where another one is given.

        Returns:
            The work pool, as it is now.

        Raises:
            ObjectAlreadyExists: There is one of this name, and `overwrite` is off.
            ObjectUnsupported: The plan has no work pools of this type.
            ValueError: The server does not accept the name.
        """
        wanted = to_fields(work_pool)
        check_title("name", wanted.get("name"))
        try:
            return await self._api.work_pools.create(**wanted)
        except Conflict:
            if not overwrite:
                raise
        name = wanted["name"]
        existing = await self._api.work_pools.read(name)
        if wanted.get("type", existing.type) != existing.type:
            self._warn("Overwriting work pool type is not supported. Ignoring provided type.")
        await self._api.work_pools.update(name, **to_fields(wanted, without=("name", "type")))
        return await self._api.work_pools.read(name)

    @client_method(not_found=ObjectNotFound)
    async def read_work_pool(self, work_pool_name: str) -> WorkPool:
        """Read a work pool.

        Args:
            work_pool_name: The name of the work pool.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.work_pools.read(work_pool_name)

    @client_method()
    async def read_work_pools(
        self, limit: int | None = None, offset: int = 0, work_pool_filter: ModelLike[WorkPoolFilter] | None = None
    ) -> list[WorkPool]:
        """List work pools.

        Args:
            limit: At most this many. Default: the server's page size, usually 200.
            offset: How many to skip.
            work_pool_filter: Which work pools.
        """
        return await self._api.work_pools.list(
            **without_none(work_pools=work_pool_filter), limit=or_unset(limit), offset=offset
        )

    @client_method(not_found=ObjectNotFound)
    async def update_work_pool(self, work_pool_name: str, work_pool: ModelLike[WorkPoolUpdate]) -> None:
        """Change a work pool.

        Args:
            work_pool_name: The work pool's name.
            work_pool: What changes; unset fields stay.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.work_pools.update(work_pool_name, **to_fields(work_pool))

    @client_method(not_found=ObjectNotFound)
    async def delete_work_pool(self, work_pool_name: str) -> None:
        """Delete a work pool.

        Args:
            work_pool_name: The name of the work pool.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.work_pools.delete(work_pool_name)

    @client_method(not_found=ObjectNotFound)
    async def get_scheduled_flow_runs_for_work_pool(
        self,
        work_pool_name: str,
        work_queue_names: list[str] | None = None,
        scheduled_before: datetime | None = None,
    ) -> list[WorkerFlowRunResponse]:
        """List the scheduled flow runs of a work pool.

        Args:
            work_pool_name: The work pool's name.
            work_queue_names: In which of its work queues. Default: in any.
            scheduled_before: Only runs that are due by this time.

        Raises:
            ObjectNotFound: There is no such work pool.
        """
        wanted = without_none(
            work_queue_names=None if work_queue_names is None else list(work_queue_names),
            scheduled_before=as_utc(scheduled_before),
        )
        return await self._api.work_pools.get_scheduled_flow_runs(work_pool_name, **wanted)

    @client_method(not_found=ObjectNotFound)
    async def read_work_pool_concurrency_status(
        self, work_pool_name: str, page: int = 1, limit: int | None = None, flow_run_limit: int = 10
    ) -> WorkPoolConcurrencyStatus:
        """Read how many slots of a work pool are taken, and by which flow runs of which of its work queues.

        Args:
            work_pool_name: The work pool's name.
            page: Which page of its work queues, from 1 on.
            limit: How many work queues a page has. Default: the server's page size, usually 200.
            flow_run_limit: How many flow runs are named for a work queue, at most 200.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.work_pools.concurrency_status(
            work_pool_name, page=page, limit=or_unset(limit), flow_run_limit=flow_run_limit
        )
