from __future__ import annotations

from importlib.metadata import version
from uuid import uuid4

import pytest

import prefectkit
from prefectkit import Prefect
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.errors import AmbiguousOutcomeError, InvalidParameterError, NotFound, UnprocessableEntity
from prefectkit.models import FlowCreate
from prefectkit.resources.server import retry_safety_of
from tests.core.calls import RESET
from tests.fakes import URL, FakeTransport, response
from tests.resources.stored import slug
from tests.surfaces import Awaited, Sent


@pytest.fixture(autouse=True)
def no_csrf_token(monkeypatch: pytest.MonkeyPatch) -> None:
    # It would be a request of its own.
    monkeypatch.setenv("PREFECT_CLIENT_CSRF_SUPPORT_ENABLED", "false")


@pytest.mark.anyio
async def test_the_server_itself(client: Awaited) -> None:
    assert await client.health() is True
    assert "message" in await client.ready()
    assert await client.version() == version("prefect")
    assert (await client.api_version()).count(".") == 2
    assert await client.hello() == "👋"


@pytest.mark.anyio
async def test_csrf_token_where_none_are_wanted(client: Awaited) -> None:
    with pytest.raises(UnprocessableEntity, match="CSRF"):
        await client.create_csrf_token(str(uuid4()))


@pytest.mark.anyio
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
    count = await client.request("POST", "/flows/count", retry_safety=RetrySafety.READ)
    assert count.json() > 0 and sent.last == ("POST", "/flows/count", None)
    assert (await client.request("DELETE", "/flows/{id}", path_params={"id": id})).status == 204


def test_a_raw_post_that_only_reads_is_known_by_its_path() -> None:
    for operation in prefectkit.operations().values():
        if operation.method == "POST":
            reads = retry_safety_of("POST", operation.path.text) is RetrySafety.READ
            assert reads is (operation.retry_safety is RetrySafety.READ), operation.path.text
    assert retry_safety_of("POST", "/teams/filter/") is RetrySafety.READ
    assert retry_safety_of("PUT", "/flows/filter") is retry_safety_of("POST", "/flows/filters") is RetrySafety.NEVER
    assert retry_safety_of("POST", "/flows/{filter}") is retry_safety_of("POST", "/filtered") is RetrySafety.NEVER


@pytest.mark.parametrize("path", ["/flow_runs/filter", "/flow_runs/count", "/logs/filter", "/events/count-by/day"])
def test_a_raw_read_is_sent_again(path: str) -> None:
    for transport in (FakeTransport(RESET, response([])), FakeTransport(response(None, 503), response([]))):
        with Prefect(URL, transport=transport) as client:
            assert client.request("POST", path, body={}).json() == []
        assert transport.sent == [f"POST {path}"] * 2


def test_another_raw_post_is_not_sent_again() -> None:
    transport = FakeTransport(RESET, response([]))
    with Prefect(URL, transport=transport) as client, pytest.raises(AmbiguousOutcomeError):
        client.request("POST", "/flow_runs/", body={})
    assert transport.sent == ["POST /flow_runs/"]


@pytest.mark.anyio
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
