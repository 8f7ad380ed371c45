from __future__ import annotations

from uuid import uuid4

import pytest

from prefectkit.models.filters import TaskWorkerFilter
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio


@pytest.fixture
async def observed(anyio_backend: str) -> tuple[str, str]:
    """A task worker as the server sees one that has connected over a websocket, and the key of its task."""
    from prefect.server.models.task_workers import observe_worker  # after the environment is set

    name, key = f"worker-{uuid4()}", f"task-{uuid4()}"
    await observe_worker([key, "other"], name)
    return name, key


async def test_list(client: Awaited, sent: Sent, observed: tuple[str, str]) -> None:
    name, key = observed
    (worker,) = await client.task_workers.list(task_worker_filter=TaskWorkerFilter(task_keys=[key]))
    assert sent.last == ("POST", "/task_workers/filter", {"task_worker_filter": {"task_keys": [key]}})
    assert (worker.identifier, set(worker.task_keys)) == (name, {key, "other"})
    assert worker.timestamp is not None
    assert name in [it.identifier for it in await client.task_workers.list()]
    assert sent.last[2] == {}
    assert await client.task_workers.list(task_worker_filter=TaskWorkerFilter(task_keys=[str(uuid4())])) == []
