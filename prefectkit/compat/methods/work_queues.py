"""Work queues."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from prefectkit.compat.arguments import ModelLike, as_utc, or_unset, to_fields, to_plain, without_none
from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.compat.errors import ObjectAlreadyExists, ObjectNotFound
from prefectkit.core.endpoint import M
from prefectkit.core.pagination.pages import RepeatedPageDetector
from prefectkit.models.filters.work_pools import WorkQueueFilter, WorkQueueFilterName
from prefectkit.models.work_queues import WorkQueueUpdate

if TYPE_CHECKING:
    from prefectkit.models.flow_runs import FlowRun
    from prefectkit.models.work_queues import WorkQueue, WorkQueueConcurrencyStatus, WorkQueueStatusDetail

PAGE = 100
"""How many work queues `match_work_queues` asks for at a time, as Prefect's own client does."""


class WorkQueueMethods(MethodGroup[M]):
    """The flat methods about work queues."""

    @client_method(conflict=ObjectAlreadyExists, not_found=ObjectNotFound)
    async def create_work_queue(
        self,
        name: str,
        description: str | None = None,
        is_paused: bool | None = None,
        concurrency_limit: int | None = None,
        priority: int | None = None,
        work_pool_name: str | None = None,
    ) -> WorkQueue:
        """Create a work queue.

        Args:
            name: Its name, unique within the work pool.
            description: A text about it.
            is_paused: Whether its flow runs are held back.
            concurrency_limit: How many of its flow runs may run at once.
            priority: Its rank within the work pool; 1 comes first.
            work_pool_name: Its work pool. Default: the one of agents.

        Raises:
            ObjectAlreadyExists: There is one of this name.
            ObjectNotFound: There is no such work pool.
        """
        queue: dict[str, Any] = {
            "name": name,
            "description": description,
            "is_paused": bool(is_paused),
            "concurrency_limit": concurrency_limit,
            "priority": priority,
        }
        if work_pool_name is None:
            return await self._api.work_queues.create(**queue)
        return await self._api.work_pools.queues.create(work_pool_name, **queue)

    @client_method(not_found=ObjectNotFound)
    async def read_work_queue(self, id: UUID | str) -> WorkQueue:
        """Read a work queue.

        Args:
            id: The work queue's id.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.work_queues.read(id)

    @client_method(not_found=ObjectNotFound)
    async def read_work_queue_by_name(self, name: str, work_pool_name: str | None = None) -> WorkQueue:
        """Read a work queue by its name.

        Args:
            name: Its name.
            work_pool_name: Its work pool. Default: the one of agents.

        Raises:
            ObjectNotFound: There is none.
        """
        if work_pool_name is None:
            return await self._api.work_queues.read_by_name(name)
        return await self._api.work_pools.queues.read(work_pool_name, name)

    @client_method(not_found=ObjectNotFound)
    async def read_work_queues(
        self,
        work_pool_name: str | None = None,
        work_queue_filter: ModelLike[WorkQueueFilter] | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> list[WorkQueue]:
        """List work queues.

        Args:
            work_pool_name: Those of this work pool. Default: of all.
            work_queue_filter: Which work queues.
            limit: At most this many. Default: the server's page size, usually 200.
            offset: How many to skip.

        Raises:
            ObjectNotFound: There is no such work pool.
        """
        wanted = without_none(work_queues=work_queue_filter, limit=limit, offset=offset)
        return await self._page(work_pool_name, **wanted)

    @client_method(not_found=ObjectNotFound)
    async def match_work_queues(self, prefixes: list[str], work_pool_name: str | None = None) -> list[WorkQueue]:
        """List all work queues whose name begins with one of some prefixes, page after page.

        Args:
            prefixes: The prefixes.
            work_pool_name: Those of this work pool. Default: of all.

        Raises:
            ObjectNotFound: There is no such work pool.
        """
        matching = WorkQueueFilter(name=WorkQueueFilterName(startswith_=prefixes))
        queues: list[WorkQueue] = []
        offset = 0
        repeats = RepeatedPageDetector(tolerated=1)
        while page := await self._page(work_pool_name, work_queues=matching, limit=PAGE, offset=offset):
            repeats.note(page)
            queues += page
            offset += PAGE
        return queues

    @client_method(not_found=ObjectNotFound)
    async def update_work_queue(self, /, id: UUID | str, **kwargs: Any) -> None:
        """Change a work queue.

        Args:
            id: Its id.
            **kwargs: What changes: fields of `WorkQueueUpdate`; None is a value.

        Raises:
            ValueError: There is no such field, it takes no such value, or none is given.
            ObjectNotFound: There is none.
        """
        if not kwargs:
            raise ValueError("No fields provided to update.")
        known = WorkQueueUpdate.__struct_fields__
        if unknown := kwargs.keys() - set(known):
            raise ValueError(f"a work queue has no {', '.join(sorted(unknown))} to update: it has {', '.join(known)}")
        return await self._api.work_queues.update(id, **to_fields(WorkQueueUpdate.model_validate(to_plain(kwargs))))

    @client_method(not_found=ObjectNotFound)
    async def delete_work_queue_by_id(self, id: UUID | str) -> None:
        """Delete a work queue.

        Args:
            id: The work queue's id.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.work_queues.delete(id)

    @client_method(not_found=ObjectNotFound)
    async def get_runs_in_work_queue(
        self, id: UUID | str, limit: int = 10, scheduled_before: datetime | None = None
    ) -> list[FlowRun]:
        """List the scheduled flow runs of a work queue, the earliest first.

        Args:
            id: The work queue's id.
            limit: At most this many.
            scheduled_before: Only runs that are due by this time. Default: now.

        Raises:
            ObjectNotFound: There is no such work queue.
        """
        before = as_utc(scheduled_before) or datetime.now(UTC)
        return await self._api.work_queues.get_runs(id, limit=limit, scheduled_before=before)

    @client_method(not_found=ObjectNotFound)
    async def read_work_queue_status(self, id: UUID | str) -> WorkQueueStatusDetail:
        """Read whether a work queue is polled, and whether its runs are late.

        Args:
            id: The work queue's id.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.work_queues.status(id)

    @client_method(not_found=ObjectNotFound)
    async def read_work_queue_concurrency_status(
        self, id: UUID | str, page: int = 1, limit: int | None = None
    ) -> WorkQueueConcurrencyStatus:
        """Read how many slots of a work queue are taken, and by which flow runs.

        Args:
            id: The work queue's id.
            page: Which page of the flow runs, from 1 on.
            limit: How many flow runs a page has. Default: the server's page size, usually 200.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.work_queues.concurrency_status(id, page=page, limit=or_unset(limit))

    async def _page(self, work_pool_name: str | None, **wanted: Any) -> list[WorkQueue]:
        if work_pool_name:
            return await self._api.work_pools.queues.list(work_pool_name, **wanted)
        return await self._api.work_queues.list(**wanted)
