"""`concurrency` and `rate_limit` to await, as `prefect.concurrency.asyncio` has them. They run on trio as well."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
from anyio.from_thread import run_sync
from anyio.lowlevel import current_token

from prefectkit.compat.concurrency.acquisition import (
    AcquireConcurrencySlotTimeoutError as AcquireConcurrencySlotTimeoutError,
)
from prefectkit.compat.concurrency.acquisition import (
    ConcurrencySlotAcquisitionError as ConcurrencySlotAcquisitionError,
)
from prefectkit.compat.concurrency.acquisition import acquire_lease, release_lease, take_rate_limit
from prefectkit.compat.concurrency.lease_renewal import LeaseRenewal

if TYPE_CHECKING:
    from prefectkit.models.global_concurrency_limits import ConcurrencyLeaseHolder


@asynccontextmanager
async def concurrency(
    names: str | list[str],
    occupy: int = 1,
    timeout_seconds: float | None = None,
    max_retries: int | None = None,
    lease_duration: float = 300,
    strict: bool = False,
    holder: ConcurrencyLeaseHolder | None = None,
    raise_on_lease_renewal_failure: bool | None = None,
) -> AsyncGenerator[None]:
    """An async context manager that holds slots of concurrency limits, and releases them on every exit.

    `POST /v2/concurrency_limits/increment-with-lease`, `/decrement-with-lease`, `/leases/{id}/renew`

    A thread renews the lease while the block runs. If that fails, the log says so; where
    `raise_on_lease_renewal_failure` says so, the block is cancelled, and this raises. A cancelled task releases the
    slots, and also those that it was just acquiring.

    Args:
        names: The names of the limits. Without any, no slot is acquired.
        occupy: How many slots of each.
        timeout_seconds: How long to wait until they are free, in seconds. Default: no timeout.
        max_retries: How often to ask again while they are not free. Default: no limit.
        lease_duration: How long the slots stay reserved if this process dies, in seconds, from 60 to 86400.
        strict: Whether it is an error that none of the limits exists; else the log says so.
        holder: Who holds the slots, with `type` and `id`.
        raise_on_lease_renewal_failure: Whether a lost lease is an error. Default: as `strict`.

    Raises:
        AcquireConcurrencySlotTimeoutError: The slots were not free in time; a `TimeoutError`.
        ConcurrencySlotAcquisitionError: The server refused, or there is no such limit, or the lease was lost.
    """
    if not names:
        yield
        return
    lease_id = await acquire_lease(
        names,
        occupy,
        timeout_seconds=timeout_seconds,
        max_retries=max_retries,
        lease_duration=lease_duration,
        strict=strict,
        holder=holder,
    )
    if lease_id is None:
        yield
        return
    raises = strict if raise_on_lease_renewal_failure is None else raise_on_lease_renewal_failure
    token = current_token()
    scope = anyio.CancelScope()

    def on_lost() -> None:
        if raises:
            run_sync(scope.cancel, token=token)

    try:
        renewal = LeaseRenewal(lease_id, lease_duration, on_lost)
        try:
            with scope:
                yield
        finally:
            renewal.stop()
    finally:
        await release_lease(lease_id)
    if raises:
        renewal.raise_if_lost()


async def rate_limit(
    names: str | list[str], occupy: int = 1, timeout_seconds: float | None = None, strict: bool = False
) -> None:
    """Wait until slots of limits with a slot decay are acquired (`POST /v2/concurrency_limits/increment`).

    Args:
        names: The names of the limits. Without any, no slot is acquired.
        occupy: How many slots of each.
        timeout_seconds: How long to wait until they are free, in seconds. Default: no timeout.
        strict: Whether it is an error that none of the limits exists; else the log says so.

    Raises:
        AcquireConcurrencySlotTimeoutError: The slots were not free in time; a `TimeoutError`.
        ConcurrencySlotAcquisitionError: The server refused, or there is no such limit.
    """
    if names:
        await take_rate_limit(names, occupy, timeout_seconds=timeout_seconds, strict=strict)
