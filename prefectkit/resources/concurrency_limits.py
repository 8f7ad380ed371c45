"""Concurrency limits of task runs, by tag: `client.concurrency_limits`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from prefectkit.core.endpoint import Async, M, Resource, endpoint, iterating
from prefectkit.core.keywords import keywords
from prefectkit.core.pagination.pages import Rows, every_row
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.models.concurrency_limits import (
    ConcurrencyLimit,
    ConcurrencyLimitCreate,
    ConcurrencyLimitQuery,
    ConcurrencyLimitReset,
    MinimalConcurrencyLimitResponse,
    TaskRunSlots,
)
from prefectkit.models.name_checks import check_name


class ConcurrencyLimits(Resource[M]):
    """How many task runs with a tag may run at once. `client.global_concurrency_limits` limits anything."""

    group = "concurrency_limits"

    @endpoint("POST", "/concurrency_limits/", RetrySafety.IDEMPOTENT)
    @keywords(ConcurrencyLimitCreate)
    async def create(self, limit: ConcurrencyLimitCreate) -> ConcurrencyLimit:
        """Create a concurrency limit, or update the one of this tag (`POST /concurrency_limits/`).

        Args:
            tag: The tag.
            concurrency_limit: How many task runs with this tag may run at once.

        Returns:
            The concurrency limit.

        Raises:
            UnprocessableEntity: The server rejects a field.
            InvalidParameterError: The tag has one of `/%&<>`, for which the server returns 500.
        """
        check_name("tag", limit.tag)
        return await self._call(ConcurrencyLimit, body=limit)

    @endpoint("GET", "/concurrency_limits/{id:uuid}")
    async def read(self, concurrency_limit_id: UUID | str) -> ConcurrencyLimit:
        """Read a concurrency limit (`GET /concurrency_limits/{id}`).

        Args:
            concurrency_limit_id: The limit's id.

        Returns:
            The concurrency limit.

        Raises:
            NotFound: There is no such concurrency limit.
        """
        return await self._call(ConcurrencyLimit, id=concurrency_limit_id)

    @endpoint("GET", "/concurrency_limits/tag/{tag}")
    async def read_by_tag(self, tag: str) -> ConcurrencyLimit:
        """Read a concurrency limit by its tag (`GET /concurrency_limits/tag/{tag}`).

        Args:
            tag: The tag that is limited.

        Returns:
            The concurrency limit.

        Raises:
            NotFound: There is no such concurrency limit.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        return await self._call(ConcurrencyLimit, tag=tag)

    @endpoint("DELETE", "/concurrency_limits/{id:uuid}")
    async def delete(self, concurrency_limit_id: UUID | str) -> None:
        """Delete a concurrency limit (`DELETE /concurrency_limits/{id}`).

        Args:
            concurrency_limit_id: The limit's id.

        Raises:
            NotFound: There is no such concurrency limit.
        """
        return await self._call(type(None), id=concurrency_limit_id)

    @endpoint("DELETE", "/concurrency_limits/tag/{tag}")
    async def delete_by_tag(self, tag: str) -> None:
        """Delete a concurrency limit by its tag (`DELETE /concurrency_limits/tag/{tag}`).

        Args:
            tag: The tag that is limited.

        Raises:
            NotFound: There is no such concurrency limit.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        return await self._call(type(None), tag=tag)

    @endpoint("POST", "/concurrency_limits/filter", RetrySafety.READ)
    @keywords(ConcurrencyLimitQuery)
    async def list(self, query: ConcurrencyLimitQuery) -> Rows[ConcurrencyLimit]:
        """List one page of concurrency limits (`POST /concurrency_limits/filter`).

        Prefect 3.8 finds them among the first `offset + limit` global limits by name, so a page may be short, or
        empty, while there are more. `client.global_concurrency_limits` lists them all, as `tag:<tag>`.

        Args:
            limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
            offset: How many rows to skip. Default: 0.

        Returns:
            The concurrency limits of the page, at most the server's limit (200 by default).

        Raises:
            UnprocessableEntity: `limit` exceeds the server's maximum.
        """
        return await self._call(list[ConcurrencyLimit], body=query)

    @iterating
    @keywords(ConcurrencyLimitQuery)
    def iterate(self: ConcurrencyLimits[Async], query: ConcurrencyLimitQuery) -> AsyncIterator[ConcurrencyLimit]:
        """Iterate over all concurrency limits, page after page (`POST /concurrency_limits/filter`).

        It ends at the first short page: see `list`. Concurrency limits created or deleted meanwhile may be missed or
        returned twice: pages are counted by offset.

        Args:
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many rows to skip. Default: 0.

        Yields:
            The concurrency limits.
        """
        return every_row(self.list, query, self._ahead)

    # A second copy takes slots away that task runs acquired since the first.
    @endpoint("POST", "/concurrency_limits/tag/{tag}/reset", RetrySafety.NEVER)
    @keywords(ConcurrencyLimitReset)
    async def reset_by_tag(self, tag: str, slots: ConcurrencyLimitReset) -> None:
        """Reset which task runs hold the slots of a tag (`POST /concurrency_limits/tag/{tag}/reset`).

        Prefect 3.8 forgets the task runs but still counts their slots as taken, and those of `slot_override` besides.
        `client.global_concurrency_limits.update("tag:<tag>", active_slots=0)` frees them.

        Args:
            tag: The tag that is limited.
            slot_override: The ids of the task runs that hold a slot from now on. Default: none, so that all slots are
                free.

        Raises:
            NotFound: There is no such concurrency limit.
        """
        return await self._call(type(None), tag=tag, body=slots)

    @endpoint("POST", "/concurrency_limits/increment", RetrySafety.NEVER)
    @keywords(TaskRunSlots)
    async def increment(self, slots: TaskRunSlots) -> Rows[MinimalConcurrencyLimitResponse]:
        """Take a slot of each tag for a task run (`POST /concurrency_limits/increment`).

        Args:
            names: The tags of the limits.
            task_run_id: The id of the task run.

        Returns:
            The limits that it counts against.

        Raises:
            Locked: No slot is free, and `retry_after` says when to ask again; or there are none at all.
        """
        return await self._call(list[MinimalConcurrencyLimitResponse], body=slots)

    @endpoint("POST", "/concurrency_limits/decrement", RetrySafety.IDEMPOTENT)
    @keywords(TaskRunSlots)
    async def decrement(self, slots: TaskRunSlots) -> Rows[MinimalConcurrencyLimitResponse]:
        """Release the slots of a task run (`POST /concurrency_limits/decrement`). Does nothing if it holds none.

        Args:
            names: The tags of the limits.
            task_run_id: The id of the task run.

        Returns:
            The limits of these tags. Prefect 3.8 calls them `tag:<tag>` here.
        """
        return await self._call(list[MinimalConcurrencyLimitResponse], body=slots)
