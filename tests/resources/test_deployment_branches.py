from __future__ import annotations

from uuid import UUID, uuid4

import msgspec
import pytest

from prefectkit import AsyncPrefect, Prefect
from prefectkit.errors import AmbiguousOutcomeError, IncompleteResponse, NotFound
from prefectkit.models import BranchingScheduleHandling, DeploymentBranchingOptions, DeploymentUpdate
from tests.fakes import AsyncFakeTransport, FakeTransport, response
from tests.surfaces import Awaited

pytestmark = pytest.mark.anyio

CLOUD = "https://cloud.test/api"

SOURCE, BRANCH = uuid4(), UUID(int=7)


@pytest.fixture(autouse=True)
def _no_csrf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_CLIENT_CSRF_SUPPORT_ENABLED", "false")


def test_create_branch() -> None:
    transport = FakeTransport(response({"id": str(BRANCH), "name": "it"}, status=201))
    with Prefect(CLOUD, transport=transport) as client:
        id = client.deployments.create_branch(
            SOURCE,
            branch="feature/x",
            options=DeploymentBranchingOptions(schedule_handling=BranchingScheduleHandling.INACTIVE),
            overrides=DeploymentUpdate(tags=["x"], description=None),
        )
    assert id == BRANCH
    assert transport.sent == [f"POST /deployments/{SOURCE}/branch"]
    assert msgspec.json.decode(transport.last.body) == {
        "branch": "feature/x",
        "options": {"schedule_handling": "inactive"},
        "overrides": {"tags": ["x"], "description": None},
    }


async def test_create_branch_asynchronously() -> None:
    transport = AsyncFakeTransport(response({"id": str(BRANCH)}))
    async with AsyncPrefect(CLOUD, transport=transport) as client:
        assert await client.deployments.create_branch(SOURCE, branch="x") == BRANCH
    assert msgspec.json.decode(transport.last.body) == {"branch": "x"}


def test_a_branch_is_not_created_twice() -> None:
    transport = FakeTransport(IncompleteResponse("lost"), response({"id": str(BRANCH)}))
    with Prefect(CLOUD, transport=transport) as client, pytest.raises(AmbiguousOutcomeError):
        client.deployments.create_branch(SOURCE, branch="x")
    assert len(transport.requests) == 1


async def test_a_server_without_branches(client: Awaited) -> None:
    with pytest.raises(NotFound):
        await client.deployments.create_branch(uuid4(), branch="x")
