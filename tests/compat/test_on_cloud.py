"""Routes that only Prefect Cloud has: over a fake transport, both clients send and return the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from prefect.client.base import ServerType as TheirServerType
from prefect.settings import PREFECT_CLOUD_API_URL, temporary_settings

from prefectkit.compat import ServerType
from tests.compat import summary
from tests.compat.traffic import unmeant
from tests.compat.two_clients import (
    ClientUnderTest,
    differences,
    official,
    official_names,
    ours,
    own_names,
    raised,
    seen,
)

pytestmark = pytest.mark.anyio

ID, BRANCH, WORKER = (UUID(int=number) for number in (1, 2, 3))
WORKSPACE = f"accounts/{UUID(int=4)}/workspaces/{UUID(int=5)}"
URL = f"https://api.prefect.cloud/api/{WORKSPACE}"

RESPONSES = {
    f"POST /slas/apply-resource-slas/prefect.deployment.{ID}": (
        200,
        {
            "created": [{"name": "quick", "severity": "high"}],
            "updated": [{"name": "often"}],
            "deleted": [{"name": "x"}],
        },
    ),
    f"POST /slas/apply-resource-slas/prefect.deployment.{BRANCH}": (404, {"detail": "Deployment not found"}),
    f"POST /deployments/{ID}/branch": (201, {"id": str(BRANCH)}),
    f"POST /deployments/{BRANCH}/branch": (403, {"detail": "no"}),
    "POST /work_pools/pool/workers/heartbeat": (200, str(WORKER)),
    "POST /work_pools/quiet/workers/heartbeat": (204, None),
    "POST /work_pools/none/workers/heartbeat": (404, {"detail": "Work pool not found"}),
    "POST /deployments/": (403, {"detail": "You have reached the maximum number of deployments of your plan"}),
    "POST /work_pools/": (403, {"detail": "Your plan does not support hybrid work pools"}),
    "POST /flows/": (401, {"detail": "Unauthorized"}),
    "GET /health": (200, True),
    "GET /hello": (404, {"detail": "Not Found"}),
}

# Prefect's own client that blocks tells it so, and the one to await does not.
MEANT = ".error: 'ObjectUnsupported' instead of 'PrefectHTTPStatusError'"


class Cloud:
    """Responds in place of Prefect Cloud, and records the headers that matter to it."""

    def __init__(self) -> None:
        self.headers: list[dict[str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.partition(WORKSPACE)[2]
        if path == "/admin/version":
            return httpx.Response(404)
        names = ("authorization", "content-type", "prefect-csrf-token", "x-prefect-api-version")
        self.headers.append({name: request.headers[name] for name in names if name in request.headers})
        status, body = RESPONSES[f"{request.method} {path}"]
        if isinstance(body, str):
            return httpx.Response(status, text=body)
        return httpx.Response(status) if body is None else httpx.Response(status, json=body)


async def scenario(tested: ClientUnderTest) -> list[Any]:
    client, own = tested.client, tested.own
    agreements = [
        own.slas.TimeToCompletionSla(name="quick", duration=60, severity="high"),
        own.slas.FrequencySla(name="often", stale_after=timedelta(hours=2), enabled=False),
        own.slas.LatenessSla(name="prompt", within=timedelta(minutes=5)),
    ]
    changes = own.actions.DeploymentUpdate(tags=["x"], description=None)
    keep = own.objects.DeploymentBranchingOptions(schedule_handling="keep")
    pool = own.actions.WorkPoolCreate(name="pool", type="process")
    about = getattr(own.objects, "WorkerMetadata", dict)(integrations=[{"name": "prefect-aws", "version": "1"}], more=1)
    return [
        tested.raw.server_type.value,
        await client.apply_slas_for_deployment(ID, agreements),
        await client.apply_slas_for_deployment(str(ID), slas=[]),
        await raised(client.apply_slas_for_deployment(BRANCH, agreements)),
        await client.create_deployment_branch(ID, "feature/x", options=keep, overrides=changes),
        await client.create_deployment_branch(ID, branch="y"),
        await raised(client.create_deployment_branch(BRANCH, "z")),
        await client.send_worker_heartbeat("pool", "w", 30, get_worker_id=True, worker_metadata=about),
        await client.send_worker_heartbeat("pool", "w"),
        await client.send_worker_heartbeat("quiet", "w", get_worker_id=True),
        await raised(client.send_worker_heartbeat("none", "w", get_worker_id=True)),
        await raised(client.create_deployment(ID, "d", description="d")),
        await raised(client.create_work_pool(pool)),
        await raised(client.create_flow_from_name("f")),
        await client.raise_for_api_version_mismatch(),
        await client.raise_for_api_version_mismatch_once(),
        await client.api_healthcheck(),
        await raised(client.hello()),
    ]


@contextmanager
def known(way: str) -> Iterator[str]:
    """A URL that is taken for Cloud's, by itself, by a setting, or since a client is told so."""
    if way == "by-its-url":
        yield URL
    elif way == "by-the-setting":
        cloud = "http://cloud.test/api"
        with pytest.MonkeyPatch.context() as patched, temporary_settings({PREFECT_CLOUD_API_URL: cloud}):
            patched.setenv("PREFECT_CLOUD_API_URL", cloud)
            yield f"{cloud}/{WORKSPACE}"
    else:
        yield f"http://proxy.test/api/{WORKSPACE}"


async def compare_on_cloud(way: str, names: Any, sync: bool) -> None:
    """Play the scenario on both clients, which must not differ."""

    async def play(open_client: Any, server_type: Any, **options: Any) -> Any:
        cloud = Cloud()
        if way == "by-the-argument":
            options["server_type"] = server_type
        with known(way) as url:
            settings = {"transport": httpx.MockTransport(cloud)}
            async with open_client(
                url, "it", sync=sync, api_key="pnu_key", httpx_settings=settings, **options
            ) as opened:
                results = [seen(item) for item in await scenario(opened)]
                return results, opened.traffic.seen(), cloud.headers

    results, requests, headers = await play(ours, ServerType.CLOUD, names=names)
    their_results, their_requests, their_headers = await play(official, TheirServerType.CLOUD)
    assert [line for line in differences(results, their_results) if not line.endswith(MEANT)] == []
    assert unmeant(differences(requests, their_requests)) == []
    assert headers == their_headers
    summary.played(scenario, sync)
    assert results[0] == "CLOUD" and not any("prefect-csrf-token" in sent for sent in headers)


@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("names", [own_names, official_names], ids=["our-objects", "their-objects"])
@pytest.mark.parametrize("way", ["by-its-url", "by-the-setting", "by-the-argument"])
async def test_both_clients_send_and_return_the_same(way: str, names: Any, sync: bool) -> None:
    await compare_on_cloud(way, names, sync)


@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("open_client", [official, ours])
async def test_a_branch_has_a_name(open_client: Any, sync: bool) -> None:
    cloud = Cloud()
    async with open_client(URL, "it", sync=sync, httpx_settings={"transport": httpx.MockTransport(cloud)}) as opened:
        with pytest.raises(ValueError):
            await opened.client.create_deployment_branch(ID, " \n")
    assert cloud.headers == []
