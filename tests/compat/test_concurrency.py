"""Slots are released on every exit, and a lost lease is reported."""

from __future__ import annotations

import asyncio as event_loop
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import anyio
import httpx
import pytest

from prefectkit import Prefect
from prefectkit.compat import PrefectClient, SyncPrefectClient
from prefectkit.compat.concurrency import acquisition, asyncio, lease_renewal, sync
from prefectkit.compat.concurrency.asyncio import AcquireConcurrencySlotTimeoutError, ConcurrencySlotAcquisitionError
from prefectkit.compat.errors import PrefectHTTPStatusError
from prefectkit.compat.methods.concurrency_slots import ConcurrencySlotMethods
from tests.real_server import RealServer

LOOPS = ("asyncio", "trio")


@pytest.fixture
def native(server: RealServer) -> Iterator[Prefect]:
    with patch.dict(os.environ, {"PREFECT_API_URL": server.url}), Prefect(server.url) as client:
        yield client


@pytest.fixture
def limit(native: Prefect) -> str:
    name = f"key-{uuid4().hex[:8]}"
    native.global_concurrency_limits.create(name=name, limit=1)
    return name


@pytest.fixture
def active(native: Prefect, limit: str) -> Callable[[], int]:
    return lambda: native.global_concurrency_limits.read(limit).active_slots


@pytest.fixture
def quick_renewal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease_renewal, "RENEWAL_FRACTION", 0.05 / 60)


class Stop(BaseException):
    """As KeyboardInterrupt and SystemExit, no `Exception`."""


@pytest.mark.parametrize("error", [KeyError, KeyboardInterrupt, SystemExit, GeneratorExit, Stop])
def test_any_error_in_the_block_releases_the_slot(
    limit: str, active: Callable[[], int], error: type[BaseException]
) -> None:
    with pytest.raises(error), sync.concurrency(limit):
        assert active() == 1
        raise error
    assert active() == 0


@pytest.mark.parametrize("loop", LOOPS)
def test_a_cancelled_block_releases_the_slot(limit: str, active: Callable[[], int], loop: str) -> None:
    async def main() -> None:
        with anyio.move_on_after(0.2) as scope:
            async with asyncio.concurrency(limit):
                assert active() == 1
                await anyio.sleep(60)
        assert scope.cancelled_caught
        assert active() == 0

    anyio.run(main, backend=loop)


def test_a_task_cancelled_by_asyncio_releases_the_slot(limit: str, active: Callable[[], int]) -> None:
    async def hold() -> None:
        async with asyncio.concurrency(limit):
            await event_loop.sleep(60)

    async def main() -> None:
        with pytest.raises(TimeoutError):
            await event_loop.wait_for(hold(), 0.3)
        assert active() == 0

    event_loop.run(main())


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("method", ["increment_concurrency_slots_with_lease", "release_concurrency_slots_with_lease"])
def test_a_cancellation_during_a_request_leaks_no_slot(
    limit: str, active: Callable[[], int], loop: str, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = getattr(PrefectClient, method)
    scopes: list[anyio.CancelScope] = []

    async def slow(self: Any, *args: Any, **kwargs: Any) -> Any:
        response = await original(self, *args, **kwargs)
        scopes[0].cancel()  # the response is there, and has not been returned
        await anyio.sleep(0.05)
        return response

    monkeypatch.setattr(PrefectClient, method, slow)

    async def main() -> None:
        with anyio.CancelScope() as scope:
            scopes.append(scope)
            async with asyncio.concurrency(limit):
                await anyio.sleep(0)
        assert active() == 0

    anyio.run(main, backend=loop)


@pytest.mark.parametrize("loop", LOOPS)
def test_a_waiting_caller_gets_the_released_slot(limit: str, loop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []

    async def hold(number: int) -> None:
        async with asyncio.concurrency(limit):
            held.append(number)
            assert len(held) % 2 == 1
            await anyio.sleep(0.05)
            held.append(number)

    async def main() -> None:
        async with anyio.create_task_group() as group:
            for number in range(3):
                group.start_soon(hold, number)

    original = PrefectClient.increment_concurrency_slots_with_lease

    async def soon(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await original(self, *args, **kwargs)
        except httpx.HTTPStatusError as error:
            error.response.headers["Retry-After"] = "0.05"
            raise

    monkeypatch.setattr(PrefectClient, "increment_concurrency_slots_with_lease", soon)
    anyio.run(main, backend=loop)
    assert sorted(held) == [0, 0, 1, 1, 2, 2]


def test_a_timeout_is_kept_and_asks_once_more_at_its_end(limit: str, native: Prefect) -> None:
    with sync.concurrency(limit):
        started = time.monotonic()
        with pytest.raises(AcquireConcurrencySlotTimeoutError, match=r"timed out after 0\.2 second"):
            with sync.concurrency(limit, timeout_seconds=0.2):
                raise AssertionError
        assert 0.2 <= time.monotonic() - started < 30
    native.global_concurrency_limits.update(limit, active_slots=1)
    freed = threading.Timer(0.2, lambda: native.global_concurrency_limits.update(limit, active_slots=0))
    freed.start()
    with sync.concurrency(limit, timeout_seconds=1.0):
        freed.join()


@pytest.mark.parametrize("status", [502, 503, 500])
@pytest.mark.parametrize("failures", [2, 6])
def test_an_overloaded_server_is_asked_again_a_few_times(
    limit: str, active: Callable[[], int], status: int, failures: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = SyncPrefectClient.increment_concurrency_slots_with_lease
    asked: list[int] = []
    method = vars(ConcurrencySlotMethods)["increment_concurrency_slots_with_lease"]

    async def overloaded(self: Any, *args: Any, **kwargs: Any) -> Any:
        asked.append(1)
        if len(asked) <= failures:
            request = httpx.Request("POST", "http://prefect.test")
            raise PrefectHTTPStatusError("", request=request, response=httpx.Response(status, request=request))
        return original(self, *args, **kwargs)

    monkeypatch.setattr(method, "_async_method", overloaded)
    monkeypatch.setattr(acquisition, "uniform", min)
    if status == 500 or failures > 5:
        with pytest.raises(ConcurrencySlotAcquisitionError), sync.concurrency(limit):
            raise AssertionError
        assert len(asked) == (1 if status == 500 else 6)
    else:
        with sync.concurrency(limit):
            assert active() == 1
        assert len(asked) == failures + 1


def test_retries_are_counted(limit: str) -> None:
    with (
        sync.concurrency(limit),
        pytest.raises(ConcurrencySlotAcquisitionError, match=r"Unable to acquire concurrency slots on .*423"),
        sync.concurrency(limit, max_retries=0),
    ):
        raise AssertionError


@pytest.mark.usefixtures("quick_renewal")
def test_the_lease_is_renewed(limit: str, active: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> None:
    renewed: list[float] = []
    twice = threading.Event()
    original = lease_renewal.separate_client

    def noting() -> Any:
        renewed.append(time.monotonic())
        if len(renewed) == 3:
            twice.set()
        return original()

    monkeypatch.setattr(lease_renewal, "separate_client", noting)
    with sync.concurrency(limit, lease_duration=60, strict=True):
        assert twice.wait(30)
        assert active() == 1
    assert active() == 0


def lose_the_lease(native: Prefect, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Release each lease behind the back of its holder: renewal gets a 410."""
    lost = threading.Event()
    original = lease_renewal.LeaseRenewal.__init__

    def release_first(self: Any, lease_id: Any, lease_duration: float, on_lost: Callable[[], object]) -> None:
        def noting() -> None:
            on_lost()
            lost.set()

        native.global_concurrency_limits.decrement_with_lease(lease_id=lease_id)
        original(self, lease_id, lease_duration, noting)

    monkeypatch.setattr(lease_renewal.LeaseRenewal, "__init__", release_first)
    return lost


@pytest.mark.usefixtures("quick_renewal")
@pytest.mark.parametrize(
    ("options", "raises"),
    [
        ({}, False),
        ({"strict": True}, True),
        ({"raise_on_lease_renewal_failure": True}, True),
        ({"strict": True, "raise_on_lease_renewal_failure": False}, False),
    ],
)
@pytest.mark.parametrize("kind", ["sync", *LOOPS])
def test_a_lost_lease_raises(
    kind: str,
    options: dict[str, Any],
    raises: bool,
    limit: str,
    native: Prefect,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    lost = lose_the_lease(native, monkeypatch)
    finished: list[bool] = []

    def hold() -> None:
        with sync.concurrency(limit, lease_duration=60, **options):
            assert lost.wait(30)
            finished.append(True)

    async def main() -> None:
        async with asyncio.concurrency(limit, lease_duration=60, **options):
            if raises:
                await anyio.sleep(30)
            else:
                while not lost.is_set():
                    await anyio.sleep(0.01)
            finished.append(True)

    with caplog.at_level(logging.WARNING, "prefectkit"):
        if raises:
            with pytest.raises(ConcurrencySlotAcquisitionError, match="the slots are no longer reserved") as caught:
                hold() if kind == "sync" else anyio.run(main, backend=kind)
            assert "410" in str(caught.value.__cause__)
        else:
            hold() if kind == "sync" else anyio.run(main, backend=kind)
    assert "its slots are no longer reserved" in caplog.text
    # A blocking block is not interrupted, an async one is cancelled.
    assert finished == ([] if raises and kind != "sync" else [True])


@pytest.mark.usefixtures("quick_renewal")
def test_an_error_of_the_block_is_not_replaced_by_a_lost_lease(
    limit: str, native: Prefect, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = lose_the_lease(native, monkeypatch)
    with pytest.raises(KeyError), sync.concurrency(limit, lease_duration=60, strict=True):
        assert lost.wait(30)
        raise KeyError


def test_the_official_classes_catch_the_errors(limit: str) -> None:
    from prefect.concurrency import asyncio as official

    with pytest.raises(official.ConcurrencySlotAcquisitionError), sync.concurrency("no-such-limit", strict=True):
        raise AssertionError
    with (
        sync.concurrency(limit),
        pytest.raises(official.AcquireConcurrencySlotTimeoutError),
        sync.concurrency(limit, timeout_seconds=0),
    ):
        raise AssertionError
