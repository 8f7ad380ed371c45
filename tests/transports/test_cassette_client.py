"""A client with a cassette: a recording is replayed by other clients, with their own keys and secrets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prefectkit import AsyncPrefect, Prefect
from prefectkit.core.errors import CassetteMiss, ConnectError, NotFound
from prefectkit.core.http.messages import Request, Response
from prefectkit.transports.cassette import AsyncCassetteTransport, CassetteTransport
from tests.transports.cassette_fakes import AsyncFake, SyncFake, json_response


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.jsonl"


class Server:
    """Keeps variables, and fails the first attempt."""

    def __init__(self) -> None:
        self.variables: dict[str, object] = {}
        self.attempts = 0

    def __call__(self, asked: Request) -> Response:
        self.attempts += 1
        if asked.target.startswith("/csrf-token"):
            return json_response({"token": "canary-csrf-token", "expiration": "2020-01-01T00:00:00Z"})
        if self.attempts == 2:
            raise ConnectError("refused")
        if asked.method == "POST":
            body = json.loads(asked.body)
            self.variables[body["name"]] = body["value"]
            return json_response(body, 201)
        name = asked.target.rpartition("/")[2]
        if name not in self.variables:
            return json_response({"detail": "no such variable"}, 404)
        return json_response({"name": name, "value": self.variables[name]})


def scenario(client: Prefect, value: str) -> list[object]:
    made = client.request("POST", "/variables/", body={"name": "a", "value": value}).json()
    read = client.request("GET", "/variables/name/a").json()
    with pytest.raises(NotFound, match="no such variable"):
        client.request("GET", "/variables/name/b")
    return [made, read]


def test_a_sync_client(path: Path) -> None:
    transport = CassetteTransport(path, SyncFake(Server()), mode="rewrite")
    with Prefect("http://recorded/api", api_key="pnu_canary", transport=transport) as client:
        recorded = scenario(client, "canary-one")
    assert "canary" not in path.read_text()

    replaying = CassetteTransport(path, strict_close=True)
    with Prefect("https://elsewhere/api", transport=replaying) as client:
        assert scenario(client, "canary-one") == recorded
        with pytest.raises(CassetteMiss):
            client.request("GET", "/variables/name/c")


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_an_async_client(path: Path, anyio_backend: str) -> None:
    async def ask(transport: AsyncCassetteTransport) -> object:
        async with AsyncPrefect("http://recorded/api", api_key="pnu_canary", transport=transport) as client:
            return (await client.request("POST", "/variables/", body={"name": "a", "value": "canary-one"})).json()

    recorded = await ask(AsyncCassetteTransport(path, AsyncFake(Server()), mode="rewrite"))
    assert "canary" not in path.read_text()
    assert await ask(AsyncCassetteTransport(path, strict_close=True)) == recorded
