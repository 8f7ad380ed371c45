"""A client is neither pickled nor copied, and the error says what to do instead."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest

from prefectkit import AsyncPrefect, Prefect
from prefectkit.compat import PrefectClient, SyncPrefectClient
from prefectkit.errors import NotPicklableError, PrefectKitError

URL = "http://127.0.0.1:1/api"

THINGS: dict[str, Callable[[], Any]] = {
    "Prefect": lambda: Prefect(URL, api_key="canary-key"),
    "AsyncPrefect": lambda: AsyncPrefect(URL, api_key="canary-key"),
    "with_options": lambda: Prefect(URL).with_options(timeout=1),
    "SyncPrefectClient": lambda: SyncPrefectClient(URL, api_key="canary-key"),
    "PrefectClient": lambda: PrefectClient(URL, auth_string="a:canary"),
    "a resource": lambda: Prefect(URL).flows,
    "a nested resource": lambda: Prefect(URL).flow_runs.inputs,
    "a method": lambda: Prefect(URL).flows.read,
    "an iterator": lambda: Prefect(URL).flows.iterate,
    "a method to await": lambda: AsyncPrefect(URL).flows.read,
    "a flat method": lambda: SyncPrefectClient(URL).read_flow,
    "raw methods": lambda: SyncPrefectClient(URL)._client,
    "within other things": lambda: [{"client": Prefect(URL)}],
}


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("name", THINGS)
def test_it_is_not_pickled(name: str, protocol: int) -> None:
    with pytest.raises(NotPicklableError, match="Make a client in each process") as caught:
        pickle.dumps(THINGS[name](), protocol)
    assert isinstance(caught.value, PrefectKitError) and isinstance(caught.value, TypeError)


@pytest.mark.parametrize("name", THINGS)
def test_it_is_not_copied(name: str) -> None:
    thing = THINGS[name]()
    with pytest.raises(NotPicklableError, match=r"with_options\(\)"):
        copy.deepcopy(thing)
    if "client" in name.lower() or "Prefect" in name:
        with pytest.raises(NotPicklableError):
            copy.copy(thing)


def test_a_pool_of_processes_says_so() -> None:
    client = Prefect(URL)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        with pytest.raises(NotPicklableError, match="Flows is not pickled"):
            pool.submit(client.flows.read, "x").result(timeout=60)
