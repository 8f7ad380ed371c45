"""`CloudClient`: routes, key, errors, what it is made of; and the same calls on the official one."""

from __future__ import annotations

import json
from typing import Any

import anyio
import httpx
import pytest

from prefectkit.compat import (
    CloudClient,
    CloudUnauthorizedError,
    ObjectNotFound,
    PrefectHTTPStatusError,
    get_cloud_client,
)
from prefectkit.models import IPAllowlist

ACCOUNT, WORKSPACE = "00000000-0000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000b"
HOST = "https://api.prefect.cloud/api"
URL = f"{HOST}/accounts/{ACCOUNT}/workspaces/{WORKSPACE}"
LISTED = {
    "account_id": ACCOUNT,
    "account_name": "Acme",
    "account_handle": "acme",
    "workspace_id": WORKSPACE,
    "workspace_name": "Prod",
    "workspace_description": "",
    "workspace_handle": "prod",
    "new": 1,
}
ENTRIES = {"entries": [{"ip_network": "192.0.2.0/24", "enabled": True, "description": None, "last_seen": None}]}
RESPONSES: dict[str, Any] = {
    "GET /api/me/workspaces": [LISTED],
    f"GET /api/accounts/{ACCOUNT}/workspaces/{WORKSPACE}/collections/work_pool_types": {"prefect": {"process": {}}},
    f"GET /api/accounts/{ACCOUNT}/settings": {"ai": True},
    f"PATCH /api/accounts/{ACCOUNT}/settings": None,
    f"GET /api/accounts/{ACCOUNT}/ip_allowlist": ENTRIES,
    f"PUT /api/accounts/{ACCOUNT}/ip_allowlist": None,
    f"GET /api/accounts/{ACCOUNT}/ip_allowlist/my_access": {"allowed": True, "detail": "ok"},
}


class Cloud:
    """A transport that responds as Prefect Cloud does, or with one status."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.requests: list[httpx.Request] = []
        self.settings: dict[str, Any] = {"transport": httpx.MockTransport(self.respond)}

    def respond(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.status != 200:
            return httpx.Response(self.status, json={"detail": "no"})
        body = RESPONSES[f"{request.method} {request.url.path}"]
        return httpx.Response(204) if body is None else httpx.Response(200, json=body)

    def seen(self) -> list[tuple[str, str, Any]]:
        return [(each.method, str(each.url), json.loads(each.content or b"null")) for each in self.requests]


@pytest.fixture(autouse=True)
def _configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", URL)
    monkeypatch.setenv("PREFECT_API_KEY", "pnu_key")


async def everything(client: Any, allowlist: Any) -> list[Any]:
    async with client:
        workspaces = await client.read_workspaces()
        return [
            await client.api_healthcheck(),
            [workspace.model_dump(mode="json") for workspace in workspaces],
            [(workspace.handle, workspace.api_url()) for workspace in workspaces],
            len({*workspaces, *workspaces}),
            (await client.read_current_workspace()).workspace_name,
            await client.read_worker_metadata(),
            await client.read_account_settings(),
            await client.update_account_settings({"ai": False}),
            (await client.read_account_ip_allowlist()).model_dump(mode="json"),
            await client.update_account_ip_allowlist(allowlist.model_validate(ENTRIES)),
            (await client.check_ip_allowlist_access()).model_dump(mode="json"),
            await client.get("/me/workspaces"),
            (await client.raw_request("GET", "/accounts/{id}/settings", path_params={"id": ACCOUNT})).json(),
        ]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_it_does_what_the_official_one_does(backend: str) -> None:
    cloud = pytest.importorskip("prefect.client.cloud")
    objects = pytest.importorskip("prefect.client.schemas.objects")
    settings = pytest.importorskip("prefect.settings")
    mine, theirs = Cloud(), Cloud()

    async def official() -> list[Any]:
        with settings.temporary_settings({settings.PREFECT_API_URL: URL, settings.PREFECT_API_KEY: "pnu_key"}):
            return await everything(cloud.get_cloud_client(httpx_settings=theirs.settings), objects.IPAllowlist)

    expected = anyio.run(official)
    for allowlist in (IPAllowlist, objects.IPAllowlist):
        mine.requests.clear()
        assert anyio.run(everything, get_cloud_client(httpx_settings=mine.settings), allowlist, backend=backend) == (
            expected
        )
        assert mine.seen() == theirs.seen()
    assert {request.headers["authorization"] for request in mine.requests} == {"Bearer pnu_key"}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, CloudUnauthorizedError),
        (403, CloudUnauthorizedError),
        (404, ObjectNotFound),
        (422, PrefectHTTPStatusError),
    ],
)
def test_a_refusal_has_its_error(status: int, kind: type[Exception]) -> None:
    async def main() -> None:
        async with get_cloud_client(httpx_settings=Cloud(status).settings) as client:
            with pytest.raises(kind, match=str(status)):
                await client.api_healthcheck()
            with pytest.raises(PrefectHTTPStatusError):
                await client.raw_request("GET", "/me/workspaces")

    anyio.run(main)


def test_the_official_class_catches_a_refusal() -> None:
    theirs = pytest.importorskip("prefect.client.cloud").CloudUnauthorizedError

    async def main() -> None:
        async with get_cloud_client(httpx_settings=Cloud(401).settings) as client:
            with pytest.raises(theirs):
                await client.read_workspaces()

    anyio.run(main)


def test_hosts_and_keys() -> None:
    async def sent(client: CloudClient, cloud: Cloud) -> httpx.Request:
        async with client:
            await client.read_workspaces()
        return cloud.requests[-1]

    cloud = Cloud()
    own = {**cloud.settings, "headers": {"authorization": "own"}}
    request = anyio.run(sent, get_cloud_client("https://cloud.test/api", "other", cloud.settings), cloud)
    assert (request.url.host, request.headers["authorization"]) == ("cloud.test", "Bearer other")
    request = anyio.run(sent, CloudClient(HOST, "k", own), cloud)
    assert request.headers["authorization"] == "own"
    assert own == {**cloud.settings, "headers": {"authorization": "own"}}
    request = anyio.run(sent, CloudClient(HOST, "k", {**cloud.settings, "base_url": "https://x.test/api"}), cloud)
    assert request.url.host == "x.test"


def test_the_host_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert get_cloud_client(infer_cloud_url=True).workspace_id == WORKSPACE
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:4200/api")
    client = get_cloud_client()
    with pytest.raises(ValueError, match="Account ID not set"):
        _ = client.account_base_url
    client.account_id = ACCOUNT
    with pytest.raises(ValueError, match="Workspace ID not set"):
        _ = client.workspace_base_url

    async def main() -> None:
        async with get_cloud_client(httpx_settings=Cloud().settings) as client:
            with pytest.raises(ValueError, match="Current workspace not found"):
                await client.read_current_workspace()

    anyio.run(main)
    monkeypatch.setenv("PREFECT_API_URL", "")
    with pytest.raises(ValueError, match="could not be inferred"):
        get_cloud_client(infer_cloud_url=True)


def test_a_plain_with_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"`CloudClient` must be entered with an async context"):
        with get_cloud_client():  # type: ignore[var-annotated] -- it never comes so far
            pass
