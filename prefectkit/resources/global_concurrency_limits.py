"""Global concurrency limits and their leases: `client.global_concurrency_limits`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from msgspec import UNSET

from prefectkit.core.endpoint import Async, M, Resource, endpoint, iterating
from prefectkit.core.keywords import keywords
from prefectkit.core.operation import ReadBack
from prefectkit.core.pagination.pages import Rows, every_row
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.models.concurrency_limits import MinimalConcurrencyLimitResponse
from prefectkit.models.global_concurrency_limits import (
    ConcurrencyLimitV2,
    ConcurrencyLimitWithLeaseResponse,
    GlobalConcurrencyLimitCreate,
    GlobalConcurrencyLimitQuery,
    GlobalConcurrencyLimitResponse,
    GlobalConcurrencyLimitUpdate,
    LeaseDecrement,
    LeaseIncrement,
    LeaseRenew,
    SlotsDecrement,
    SlotsIncrement,
)
from prefectkit.models.name_checks import looks_like_id


class GlobalConcurrencyLimits(Resource[M]):
    """Global concurrency limits: how many of anything may run at once, by name."""

    group = "global_concurrency_limits"

    @endpoint(
        "POST", "/v2/concurrency_limits/", RetrySafety.CONFLICT, read_back=ReadBack("/v2/concurrency_limits/{name}")
    )
    @keywords(GlobalConcurrencyLimitCreate)
    async def create(self, limit: GlobalConcurrencyLimitCreate) -> ConcurrencyLimitV2:
        """Create a concurrency limit (`POST /v2/concurrency_limits/`).

        Args:
            active: Whether the limit is enforced. Default: True.
            name: The name, without `/`, `%`, `&`, `<` and `>`.
            limit: How many slots there are.
            active_slots: How many slots are in use. Default: 0.
            denied_slots: How many slots were requested and denied. Default: 0.
            slot_decay_per_second: For a rate limit: how many slots are released each second. Default: 0.

        Returns:
            The concurrency limit.

        Raises:
            Conflict: The name is taken.
            AmbiguousOutcomeError: The response was lost, and the name is a UUID, by which no limit can be read back.
        """
        # The route that reads a limit reads such a name as an id, and would return another limit or none.
        retry_safety = RetrySafety.NEVER if looks_like_id(limit.name) else None
        return await self._call(ConcurrencyLimitV2, body=limit, retry_safety=retry_safety)

    @endpoint("GET", "/v2/concurrency_limits/{id_or_name}")
    async def read(self, id_or_name: UUID | str) -> GlobalConcurrencyLimitResponse:
        """Read a concurrency limit (`GET /v2/concurrency_limits/{id_or_name}`).

        Args:
            id_or_name: The limit's id or name.

        Returns:
            The concurrency limit.

        Raises:
            NotFound: There is no such concurrency limit.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        return await self._call(GlobalConcurrencyLimitResponse, id_or_name=id_or_name)

    @endpoint("PATCH", "/v2/concurrency_limits/{id_or_name}", RetrySafety.IDEMPOTENT)
    @keywords(GlobalConcurrencyLimitUpdate)
    async def update(self, id_or_name: UUID | str, limit: GlobalConcurrencyLimitUpdate) -> None:
        """Update a concurrency limit (`PATCH /v2/concurrency_limits/{id_or_name}`). Fields not given stay unchanged.

        Args:
            id_or_name: The limit's id or name.
            active: Whether the limit is enforced. Default: unchanged.
            name: The name, without `/`, `%`, `&`, `<` and `>`. Default: unchanged.
            limit: How many slots there are. Default: unchanged.
            active_slots: How many slots are in use. Default: unchanged.
            denied_slots: How many slots were requested and denied. Default: unchanged.
            slot_decay_per_second: For a rate limit: how many slots are released each second. Default: unchanged.

        Raises:
            NotFound: There is no such concurrency limit.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        # With a new name the path no longer finds it, so a second copy would fail.
        retry_safety = None if limit.name is UNSET else RetrySafety.NEVER
        return await self._call(type(None), id_or_name=id_or_name, body=limit, retry_safety=retry_safety)

    @endpoint("DELETE", "/v2/concurrency_limits/{id_or_name}")
    async def delete(self, id_or_name: UUID | str) -> None:
        """Delete a concurrency limit (`DELETE /v2/concurrency_limits/{id_or_name}`).

        Args:
            id_or_name: The limit's id or name.

        Raises:
            NotFound: There is no such concurrency limit.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        return await self._call(type(None), id_or_name=id_or_name)

    @endpoint("POST", "/v2/concurrency_limits/filter", RetrySafety.READ)
    @keywords(GlobalConcurrencyLimitQuery)
    async def list(self, query: GlobalConcurrencyLimitQuery) -> Rows[GlobalConcurrencyLimitResponse]:
        """List one page of concurrency limits (`POST /v2/concurrency_limits/filter`).

        Args:
            limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
            offset: How many rows to skip. Default: 0.

        Returns:
            The concurrency limits of the page, at most the server's limit (200 by default).

        Raises:
            UnprocessableEntity: `limit` exceeds the server's maximum.
        """
        return await self._call(list[GlobalConcurrencyLimitResponse], body=query)

    @iterating
    @keywords(GlobalConcurrencyLimitQuery)
    def iterate(
        self: GlobalConcurrencyLimits[Async], query: GlobalConcurrencyLimitQuery
    ) -> AsyncIterator[GlobalConcurrencyLimitResponse]:
        """Iterate over all concurrency limits, page after page (`POST /v2/concurrency_limits/filter`).

        Concurrency limits created or deleted meanwhile may be missed or returned twice: pages are counted by offset.

        Args:
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many rows to skip. Default: 0.

        Yields:
            The concurrency limits.
        """
        return every_row(self.list, query, self._ahead)

    @endpoint("POST", "/v2/concurrency_limits/increment", RetrySafety.NEVER)
    @keywords(SlotsIncrement)
    async def increment(self, slots: SlotsIncrement) -> Rows[MinimalConcurrencyLimitResponse]:
        """Take slots (`POST /v2/concurrency_limits/increment`).

        Args:
            slots: How many slots of each limit, at least 1.
            names: The names of the limits, at least one. Names of no limit are ignored.
            mode: `concurrency`: the slots are taken until they are released. `rate_limit`: they are released over time,
                by `slot_decay_per_second`. Default: `concurrency`.
            create_if_missing: Deprecated: the server ignores it.

        Returns:
            The limits that they count against.

        Raises:
            Locked: Not enough slots are free; `retry_after` says when to ask again.
            UnprocessableEntity: A limit has fewer slots than that; or gives none back, and `mode` is `rate_limit`.
        """
        return await self._call(list[MinimalConcurrencyLimitResponse], body=slots)

    @endpoint("POST", "/v2/concurrency_limits/increment-with-lease", RetrySafety.NEVER)
    @keywords(LeaseIncrement)
    async def increment_with_lease(self, slots: LeaseIncrement) -> ConcurrencyLimitWithLeaseResponse:
        """Take slots with a lease: when it expires, the slots are released.

        `POST /v2/concurrency_limits/increment-with-lease`

        Args:
            slots: How many slots of each limit, at least 1.
            names: The names of the limits, at least one. Names of no limit are ignored.
            mode: `concurrency`: the slots are taken until they are released. `rate_limit`: they are released over time,
                by `slot_decay_per_second`. Default: `concurrency`.
            lease_duration: Seconds until the lease expires unless it is renewed, from 60 to 86400. Default: 300.
            holder: The holder of the lease. Default: none.

        Returns:
            The lease's id, and the limits that it counts against.

        Raises:
            Locked: Not enough slots are free; `retry_after` says when to ask again.
            UnprocessableEntity: A limit has fewer slots than that; or gives none back, and `mode` is `rate_limit`.
        """
        return await self._call(ConcurrencyLimitWithLeaseResponse, body=slots)

    @endpoint("POST", "/v2/concurrency_limits/decrement", RetrySafety.NEVER)
    @keywords(SlotsDecrement)
    async def decrement(self, slots: SlotsDecrement) -> Rows[MinimalConcurrencyLimitResponse]:
        """Release slots (`POST /v2/concurrency_limits/decrement`).

        Args:
            slots: How many slots of each limit, at least 1.
            names: The names of the limits, at least one. Names of no limit are ignored.
            occupancy_seconds: How many seconds the slots were in use, more than 0. Default: not counted.
            create_if_missing: Deprecated: the server ignores it.

        Returns:
            The limits that they counted against.
        """
        return await self._call(list[MinimalConcurrencyLimitResponse], body=slots)

    @endpoint("POST", "/v2/concurrency_limits/decrement-with-lease", RetrySafety.IDEMPOTENT)
    @keywords(LeaseDecrement)
    async def decrement_with_lease(self, lease: LeaseDecrement) -> None:
        """Release the slots of a lease (`POST /v2/concurrency_limits/decrement-with-lease`).

        Does nothing if the lease has expired.

        Args:
            lease_id: The id of the lease.
        """
        return await self._call(type(None), body=lease)

    @endpoint("POST", "/v2/concurrency_limits/leases/{lease_id:uuid}/renew", RetrySafety.IDEMPOTENT)
    @keywords(LeaseRenew)
    async def renew_lease(self, lease_id: UUID | str, lease: LeaseRenew) -> None:
        """Renew a lease (`POST /v2/concurrency_limits/leases/{lease_id}/renew`).

        Args:
            lease_id: The lease's id.
            lease_duration: Seconds until the lease expires, from now on, from 60 to 86400. Default: 300.

        Raises:
            StatusError: 410: the lease has expired, or its slots were released.
        """
        return await self._call(type(None), lease_id=lease_id, body=lease)
