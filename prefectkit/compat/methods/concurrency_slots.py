"""Slots of global concurrency limits, and their leases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from prefectkit.compat.arguments import ModelLike, or_unset, to_plain
from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.compat.raw_response import raw_response
from prefectkit.core.endpoint import M

if TYPE_CHECKING:
    import httpx

    from prefectkit.models.global_concurrency_limits import ConcurrencyLeaseHolder


class ConcurrencySlotMethods(MethodGroup[M]):
    """The flat methods that acquire and release slots; each returns the HTTP response."""

    @client_method()
    async def increment_concurrency_slots(
        self, names: Sequence[str], slots: int, mode: Literal["concurrency", "rate_limit"]
    ) -> httpx.Response:
        """Acquire slots.

        Args:
            names: The names of the limits; one that no limit has is passed over.
            slots: How many slots of each limit.
            mode: `concurrency` if they are given back, `rate_limit` if they are released with time.

        Returns:
            The HTTP response; its JSON is the limits whose slots were taken.

        Raises:
            PrefectHTTPStatusError: Not enough slots are free: 423, and the `Retry-After` header says when to ask
                again. 422: a limit has fewer slots than that.
        """
        return await raw_response(self._api.global_concurrency_limits.increment(names=names, slots=slots, mode=mode))

    @client_method()
    async def increment_concurrency_slots_with_lease(
        self,
        names: Sequence[str],
        slots: int,
        mode: Literal["concurrency", "rate_limit"],
        lease_duration: float,
        holder: ModelLike[ConcurrencyLeaseHolder] | None = None,
    ) -> httpx.Response:
        """Acquire slots with a lease. They are released when it expires.

        Args:
            names: The names of the limits; one that no limit has is passed over.
            slots: How many slots of each limit.
            mode: `concurrency` if they are given back, `rate_limit` if they are released with time.
            lease_duration: How long the lease lasts unless it is renewed, in seconds.
            holder: Who holds the lease.

        Returns:
            The HTTP response; its JSON has the `lease_id`, and the `limits` whose slots were taken.

        Raises:
            PrefectHTTPStatusError: Not enough slots are free: 423, and the `Retry-After` header says when to ask
                again. 422: a limit has fewer slots than that.
        """
        call = self._api.global_concurrency_limits.increment_with_lease(
            names=names, slots=slots, mode=mode, lease_duration=lease_duration, holder=or_unset(to_plain(holder))
        )
        return await raw_response(call)

    @client_method()
    async def renew_concurrency_lease(self, lease_id: UUID | str, lease_duration: float) -> httpx.Response:
        """Renew a lease.

        Args:
            lease_id: The lease's id.
            lease_duration: How long it lasts from now on, in seconds.

        Returns:
            The HTTP response.

        Raises:
            PrefectHTTPStatusError: The lease has expired or was ended: 410.
        """
        return await raw_response(
            self._api.global_concurrency_limits.renew_lease(lease_id, lease_duration=lease_duration)
        )

    @client_method()
    async def release_concurrency_slots(
        self, names: Sequence[str], slots: int, occupancy_seconds: float
    ) -> httpx.Response:
        """Release slots.

        Args:
            names: The names of the limits.
            slots: How many slots of each limit.
            occupancy_seconds: How long they were taken, in seconds.

        Returns:
            The HTTP response; its JSON is the limits whose slots were released.
        """
        call = self._api.global_concurrency_limits.decrement(
            names=names, slots=slots, occupancy_seconds=occupancy_seconds
        )
        return await raw_response(call)

    @client_method()
    async def release_concurrency_slots_with_lease(self, lease_id: UUID | str) -> httpx.Response:
        """End a lease and release its slots. A lease that has ended already is not an error.

        Args:
            lease_id: The lease's id.

        Returns:
            The HTTP response, 204.
        """
        return await raw_response(self._api.global_concurrency_limits.decrement_with_lease(lease_id=lease_id))
