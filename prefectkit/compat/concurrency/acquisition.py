"""Acquiring and releasing the slots of concurrency limits, for the helpers of both kinds."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from random import uniform
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from uuid import UUID

import anyio

from prefectkit.compat.async_dispatch import is_blocking, open_client, sleep
from prefectkit.compat.errors import PrefectHTTPStatusError
from prefectkit.compat.official_errors import also_official
from prefectkit.core.concurrency.background import LoopTask
from prefectkit.core.retries.policy import Failure, Phase, backoff

if TYPE_CHECKING:
    import httpx

    from prefectkit.models.global_concurrency_limits import ConcurrencyLeaseHolder

T = TypeVar("T")

LOCKED = 423
OVERLOADED = frozenset({502, 503})
MOST_OVERLOADED = 5
RELEASE_LIMIT = 10.0
"""Seconds that a cancelled task may take to release its slots."""
logger = logging.getLogger("prefectkit")


class ConcurrencySlotAcquisitionError(Exception):
    """The slots were not acquired, or their lease was lost."""


class AcquireConcurrencySlotTimeoutError(TimeoutError):
    """The slots were not free in time."""


async def acquire_lease(
    names: str | list[str],
    occupy: int,
    *,
    timeout_seconds: float | None,
    max_retries: int | None,
    lease_duration: float,
    strict: bool,
    holder: ConcurrencyLeaseHolder | None,
) -> UUID | None:
    """Acquire slots on a lease, and return its id; None if there is no such limit.

    If the caller is cancelled during a request, the slots that it acquires are released.

    Raises:
        AcquireConcurrencySlotTimeoutError: They were not free in time.
        ConcurrencySlotAcquisitionError: The server refused, or none of the limits exists and `strict` is on.
    """
    wanted = _sorted(names)

    async with open_client() as client:

        async def request() -> httpx.Response:
            return await client.increment_concurrency_slots_with_lease(
                wanted, occupy, "concurrency", lease_duration, holder
            )

        async def release(response: httpx.Response) -> None:
            if response.json()["limits"]:
                await client.release_concurrency_slots_with_lease(UUID(response.json()["lease_id"]))

        acquire = request if is_blocking() else lambda: _uncancelled(request, release)
        response = await _when_free(acquire, wanted, timeout_seconds, max_retries)
    lease = response.json()
    if lease["limits"]:
        return UUID(lease["lease_id"])
    _no_such_limit(wanted, strict)
    return None


async def release_lease(lease_id: UUID) -> None:
    """Release the slots of a lease, although the caller is cancelled.

    Raises:
        PrefectHTTPStatusError: The server refused.
    """

    async def request() -> None:
        async with open_client() as client:
            await client.release_concurrency_slots_with_lease(lease_id)

    await (request() if is_blocking() else _uncancelled(request))


async def take_rate_limit(names: str | list[str], occupy: int, *, timeout_seconds: float | None, strict: bool) -> None:
    """Acquire slots that are released over time (rate limit).

    Raises:
        AcquireConcurrencySlotTimeoutError: They were not free in time.
        ConcurrencySlotAcquisitionError: The server refused, or none of the limits exists and `strict` is on.
    """
    wanted = _sorted(names)
    mode: Literal["rate_limit"] = "rate_limit"
    async with open_client() as client:
        response = await _when_free(
            lambda: client.increment_concurrency_slots(wanted, occupy, mode), wanted, timeout_seconds, None
        )
    if not response.json():
        _no_such_limit(wanted, strict)


def _sorted(names: str | list[str]) -> list[str]:
    return sorted({names} if isinstance(names, str) else set(names))


async def _when_free(
    acquire: Callable[[], Awaitable[httpx.Response]],
    names: list[str],
    timeout_seconds: float | None,
    max_retries: int | None,
) -> httpx.Response:
    """Repeat the request while too few slots are free, after the delay that the server returns.

    It is repeated too if the server is overloaded, as SQLite is when many callers wait. If the lost request did acquire
    slots, they become free when their lease expires, or with the slot decay: two callers never hold the same slot.
    """
    deadline = None if timeout_seconds is None else time.monotonic() + timeout_seconds
    denied = overloaded = 0
    while True:
        try:
            return await acquire()
        except PrefectHTTPStatusError as error:
            status = error.response.status_code
            if status == LOCKED and denied != max_retries:
                denied += 1
                pause = float(error.response.headers.get("Retry-After", 1))
            elif status in OVERLOADED and overloaded < MOST_OVERLOADED:
                overloaded += 1
                pause = backoff(Failure(Phase.AMBIGUOUS), overloaded, uniform)
            else:
                raise _refused(names, error) from error
            if deadline is not None:
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    message = f"Attempt to acquire concurrency slots timed out after {timeout_seconds} second(s)"
                    raise also_official(AcquireConcurrencySlotTimeoutError(message)) from error
                pause = min(pause, remaining)
            await sleep(pause)
        except Exception as error:
            raise _refused(names, error) from error


def _refused(names: list[str], error: Exception) -> ConcurrencySlotAcquisitionError:
    return also_official(ConcurrencySlotAcquisitionError(f"Unable to acquire concurrency slots on {names!r}: {error}"))


def _no_such_limit(names: list[str], strict: bool) -> None:
    if strict:
        message = f"Concurrency limits {names!r} must be created before acquiring slots"
        raise also_official(ConcurrencySlotAcquisitionError(message))
    logger.warning("concurrency limits %r do not exist: no slot is acquired", names)


async def _uncancelled(
    function: Callable[[], Coroutine[Any, Any, T]], undo: Callable[[T], Coroutine[Any, Any, None]] | None = None
) -> T:
    """Run a function shielded from cancellation. If the caller is cancelled meanwhile, undo its result afterwards."""

    async def complete() -> None:
        result = await task.result()
        if undo is not None:
            await undo(result)

    task = LoopTask(function)
    try:
        return await task.result()
    except anyio.get_cancelled_exc_class():
        with anyio.move_on_after(RELEASE_LIMIT, shield=True), suppress(Exception):
            await complete()
        raise
