from __future__ import annotations

from importlib.metadata import version
from uuid import uuid4

import pytest

from prefectkit.core.retry import Replay
from prefectkit.errors import InvalidParameterError, NotFound, UnprocessableEntity
from prefectkit.models import FlowCreate
from tests.resources.stored import slug
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio


async def test_the_server_itself(client: Awaited) -> None:
    assert await client.health() is True
    assert "message" in await client.ready()
    assert await client.version() == version("prefect")
    assert (await client.api_version()).count(".") == 2
    assert await client.hello() == "👋"


async def test_csrf_token_where_none_are_wanted(client: Awaited) -> None:
    with pytest.raises(UnprocessableEntity, match="CSRF"):
        await client.create_csrf_token(str(uuid4()))


async def test_request(client: Awaited, sent: Sent) -> None:
    name = slug("a?b#c d")
    response = await client.request("post", "/flows/", body=FlowCreate(name=name), headers={"X-Note": "1"})
    assert (response.status, response.json()["name"]) == (201, name)
    id = response.json()["id"]
    read = await client.request("GET", "/flows/name/{name}", path_params={"name": name})
    assert read.json()["id"] == id
    assert (await client.request("GET", "/flows/{id:uuid}", path_params={"id": id})).json()["name"] == name
    states = await client.request("GET", "/flow_run_states/", query={"flow_run_id": uuid4(), "none": None})
    assert states.json() == []
    assert sent.last[1].count("=") == 1
    count = await client.request("POST", "/flows/count", replay=Replay.READ)
    assert count.json() > 0 and sent.last == ("POST", "/flows/count", None)
    assert (await client.request("DELETE", "/flows/{id}", path_params={"id": id})).status == 204


async def test_request_refuses(client: Awaited, sent: Sent) -> None:
    with pytest.raises(NotFound):
        await client.request("GET", "/no/such/route")
    assert (await client.request("GET", "/no/such/route", check=False)).status == 404
    before = len(sent.requests)
    for method, path, params in (
        ("GET /x", "/flows/", {}),
        ("GET", "/flows/../admin", {}),
        ("GET", "https://elsewhere.test/", {}),
        ("GET", "/flows/{id}", {}),
        ("GET", "/flows/{id}", {"id": ".."}),
        ("GET", "/flows/{id:uuid}", {"id": "1"}),
    ):
        with pytest.raises(InvalidParameterError):
            await client.request(method, path, path_params=params)
    assert len(sent.requests) == before
