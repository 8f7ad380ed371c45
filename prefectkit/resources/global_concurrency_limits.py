"""Global concurrency limits and their leases: `client.global_concurrency_limits`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from msgspec import UNSET

from prefectkit.core.endpoint import Async, M, Resource, endpoint, stream
from prefectkit.core.keywords import keywords
from prefectkit.core.operation import ReadBack
from prefectkit.core.paging import Rows, every_row
from prefectkit.core.retry import Replay
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


class GlobalConcurrencyLimits(Resource[M]):
    """How many of anything may run at once, by name."""

    group = "global_concurrency_limits"

    @endpoint("POST", "/v2/concurrency_limits/", Replay.CONFLICT, read_back=ReadBack("/v2/concurrency_limits/{name}"))
    @keywords(GlobalConcurrencyLimitCreate)
    async def create(self, limit: GlobalConcurrencyLimitCreate) -> ConcurrencyLimitV2:
        """Create a concurrency limit (`POST /v2/concurrency_limits/`).

        Args:
            active: Whether it limits anything. Default: True.
            name: Its name, without `/`, `%`, `&`, `<` and `>`.
            limit: How many slots it has.
            active_slots: How many of them are taken. Default: 0.
            denied_slots: How many slots count as asked for in vain. Default: 0.
            slot_decay_per_second: How many slots a second come back by themselves, for a rate limit. Default: 0.

        Returns:
            The concurrency limit.

        Raises:
            Conflict: There is one of that name.
        """
        return await self._call(ConcurrencyLimitV2, body=limit)

    @endpoint("GET", "/v2/concurrency_limits/{id_or_name}")
    async def read(self, id_or_name: UUID | str) -> GlobalConcurrencyLimitResponse:
        """Read a concurrency limit (`GET /v2/concurrency_limits/{id_or_name}`).

        Args:
            id_or_name: The limit's id or name.

        Returns:
            The concurrency limit.

        Raises:
            NotFound: There is none.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        return await self._call(GlobalConcurrencyLimitResponse, id_or_name=id_or_name)

    @endpoint("PATCH", "/v2/concurrency_limits/{id_or_name}", Replay.IDEMPOTENT)
    @keywords(GlobalConcurrencyLimitUpdate)
    async def update(self, id_or_name: UUID | str, limit: GlobalConcurrencyLimitUpdate) -> None:
        """Change a concurrency limit; what is not given stays (`PATCH /v2/concurrency_limits/{id_or_name}`).

        Args:
            id_or_name: The limit's id or name.
            active: Whether it limits anything. Default: left as it is.
            name: Its name, without `/`, `%`, `&`, `<` and `>`. Default: left as it is.
            limit: How many slots it has. Default: left as it is.
            active_slots: How many of them are taken. Default: left as it is.
            denied_slots: How many slots count as asked for in vain. Default: left as it is.
            slot_decay_per_second: How many slots a second come back by themselves. Default: left as it is.

        Raises:
            NotFound: There is none.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        # With a new name the path no longer finds it, so a second copy would fail.
        replay = None if limit.name is UNSET else Replay.NEVER
        return await self._call(type(None), id_or_name=id_or_name, body=limit, replay=replay)

    @endpoint("DELETE", "/v2/concurrency_limits/{id_or_name}")
    async def delete(self, id_or_name: UUID | str) -> None:
        """Delete a concurrency limit (`DELETE /v2/concurrency_limits/{id_or_name}`).

        Args:
            id_or_name: The limit's id or name.

        Raises:
            NotFound: There is none.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        return await self._call(type(None), id_or_name=id_or_name)

    @endpoint("POST", "/v2/concurrency_limits/filter", Replay.READ)
    @keywords(GlobalConcurrencyLimitQuery)
    async def list(self, query: GlobalConcurrencyLimitQuery) -> Rows[GlobalConcurrencyLimitResponse]:
        """List one page of concurrency limits (`POST /v2/concurrency_limits/filter`).

        Args:
            limit: At most this many rows. Default: the server's page size, usually 200, which is also the most.
            offset: How many rows to skip. Default: 0.

        Returns:
            The concurrency limits of the page, at most the server's limit (200 by default).

        Raises:
            UnprocessableEntity: `limit` is above the server's own.
        """
        return await self._call(Rows[GlobalConcurrencyLimitResponse], body=query)

    @stream
    @keywords(GlobalConcurrencyLimitQuery)
    def iterate(
        self: GlobalConcurrencyLimits[Async], query: GlobalConcurrencyLimitQuery
    ) -> AsyncIterator[GlobalConcurrencyLimitResponse]:
        """Go through all concurrency limits, page after page (`POST /v2/concurrency_limits/filter`).

        Concurrency limits that appear or vanish meanwhile may be missed or seen twice, as pages are counted by
        offset.

        Args:
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many rows to skip. Default: 0.

        Yields:
            The concurrency limits.
        """
        return every_row(self.list, query, self._ahead)

    @endpoint("POST", "/v2/concurrency_limits/increment", Replay.NEVER)
    @keywords(SlotsIncrement)
    async def increment(self, slots: SlotsIncrement) -> Rows[MinimalConcurrencyLimitResponse]:
        """Take slots (`POST /v2/concurrency_limits/increment`).

        Args:
            slots: How many slots of each limit, at least 1.
            names: The names of the limits, at least one; a name that no limit has is passed over.
            mode: `concurrency`: the slots are given back when the work is done. `rate_limit`: they come back by
                themselves. Default: `concurrency`.
            create_if_missing: Deprecated; the server takes no notice of it.

        Returns:
            The limits that they count against.

        Raises:
            Locked: Not enough slots are free; `retry_after` says when to ask again.
            UnprocessableEntity: A limit has fewer slots than that; or gives none back, and `mode` is `rate_limit`.
        """
        return await self._call(Rows[MinimalConcurrencyLimitResponse], body=slots)

    @endpoint("POST", "/v2/concurrency_limits/increment-with-lease", Replay.NEVER)
    @keywords(LeaseIncrement)
    async def increment_with_lease(self, slots: LeaseIncrement) -> ConcurrencyLimitWithLeaseResponse:
        """Take slots that come back by themselves when the lease runs out.

        `POST /v2/concurrency_limits/increment-with-lease`

        Args:
            slots: How many slots of each limit, at least 1.
            names: The names of the limits, at least one; a name that no limit has is passed over.
            mode: `concurrency`: the slots are given back when the work is done. `rate_limit`: they come back by
                themselves. Default: `concurrency`.
            lease_duration: How long the lease lasts unless it is renewed, in seconds, from 60 to 86400. Default: 300.
            holder: Who holds the lease. Default: it is not said.

        Returns:
            The lease's id, and the limits that it counts against.

        Raises:
            Locked: Not enough slots are free; `retry_after` says when to ask again.
            UnprocessableEntity: A limit has fewer slots than that; or gives none back, and `mode` is `rate_limit`.
        """
        return await self._call(ConcurrencyLimitWithLeaseResponse, body=slots)

    @endpoint("POST", "/v2/concurrency_limits/decrement", Replay.NEVER)
    @keywords(SlotsDecrement)
    async def decrement(self, slots: SlotsDecrement) -> Rows[MinimalConcurrencyLimitResponse]:
        """Give slots back (`POST /v2/concurrency_limits/decrement`).

        Args:
            slots: How many slots of each limit, at least 1.
            names: The names of the limits, at least one; a name that no limit has is passed over.
            occupancy_seconds: How long they were taken, in seconds, more than 0. Default: it is not counted.
            create_if_missing: Deprecated; the server takes no notice of it.

        Returns:
            The limits that they counted against.
        """
        return await self._call(Rows[MinimalConcurrencyLimitResponse], body=slots)

    @endpoint("POST", "/v2/concurrency_limits/decrement-with-lease", Replay.IDEMPOTENT)
    @keywords(LeaseDecrement)
    async def decrement_with_lease(self, lease: LeaseDecrement) -> None:
        """Give the slots of a lease back (`POST /v2/concurrency_limits/decrement-with-lease`).

        Args:
            lease_id: The lease.
        """
        return await self._call(type(None), body=lease)

    @endpoint("POST", "/v2/concurrency_limits/leases/{lease_id:uuid}/renew", Replay.IDEMPOTENT)
    @keywords(LeaseRenew)
    async def renew_lease(self, lease_id: UUID | str, lease: LeaseRenew) -> None:
        """Make a lease last longer (`POST /v2/concurrency_limits/leases/{lease_id}/renew`).

        Args:
            lease_id: The lease's id.
            lease_duration: How long it lasts from now on, in seconds, from 60 to 86400. Default: 300.

        Raises:
            StatusError: 410, it has run out or was given back.
        """
        return await self._call(type(None), lease_id=lease_id, body=lease)
