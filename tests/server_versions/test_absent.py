"""Tells a route that another version of the server lacks from a missing object and from a wrong URL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from prefectkit import AsyncPrefect, Prefect
from prefectkit.core.http.messages import Response
from prefectkit.errors import IncompleteResponse, NotFound, NotSupportedByServer, UnprocessableEntity
from prefectkit.models.filters import FlowFilter
from prefectkit.version import SERVER_VERSION
from tests.fakes import AsyncFakeTransport, FakeTransport, response
from tests.surfaces import Awaited

pytestmark = pytest.mark.anyio

NO_ROUTE = response({"detail": "Not Found"}, 404)
NO_METHOD = response({"detail": "Method Not Allowed"}, 405)
NO_OBJECT = response({"detail": "Flow not found"}, 404)
UNKNOWN_FIELD = {"type": "extra_forbidden", "loc": ["body", "flows", "shiny"], "msg": "Extra inputs are not permitted"}
NO_FIELD = response({"exception_message": "Invalid request received.", "exception_detail": [UNKNOWN_FIELD]}, 422)
OLD = response("3.4.25")
BOTH = f"the server runs Prefect 3.4.25, and this SDK was written for {SERVER_VERSION}"

Opened = Callable[..., tuple[Awaited, list[Any]]]


@pytest.fixture(autouse=True)
def _no_csrf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_CLIENT_CSRF_SUPPORT_ENABLED", "false")


@pytest.fixture(params=[(Prefect, FakeTransport), (AsyncPrefect, AsyncFakeTransport)], ids=["sync", "async"])
def opened(request: pytest.FixtureRequest) -> Opened:
    """A client of a kind that gets these responses, and the requests that it will have sent."""
    client, transport = request.param

    def open_(*responses: Response | Exception, url: str = "http://prefect.test/api") -> tuple[Awaited, list[Any]]:
        scripted = transport(*responses)
        return Awaited(client(url, transport=scripted)), scripted.requests

    return open_


def targets(requests: list[Any]) -> list[str]:
    return [request.target for request in requests]


@pytest.mark.parametrize("refusal", [NO_ROUTE, NO_METHOD], ids=["404", "405"])
async def test_an_absent_route_is_not_a_missing_object(opened: Opened, refusal: Response) -> None:
    client, requests = opened(refusal, OLD)
    with pytest.raises(NotSupportedByServer, match=r"flows\.bulk_delete.*no such route") as caught:
        await client.flows.bulk_delete()
    assert BOTH in str(caught.value)
    assert (caught.value.status, caught.value.server_version) == (refusal.status, "3.4.25")
    assert targets(requests) == ["/flows/bulk_delete", "/admin/version"]


async def test_a_missing_object_is_not_an_absent_route(opened: Opened) -> None:
    client, requests = opened(NO_OBJECT)
    with pytest.raises(NotFound, match="Flow not found") as caught:
        await client.flows.read(uuid4())
    assert type(caught.value) is NotFound
    assert len(requests) == 1


@pytest.mark.parametrize("url", ["http://prefect.test", "http://prefect.test/other"])
async def test_where_no_version_responds_the_url_may_be_wrong(opened: Opened, url: str) -> None:
    client, requests = opened(NO_ROUTE, url=url)
    with pytest.raises(NotFound, match="/api") as caught:
        await client.flows.read(uuid4())
    assert type(caught.value) is NotFound
    assert len(requests) == 2


async def test_the_version_itself_may_be_absent(opened: Opened) -> None:
    client, requests = opened(NO_ROUTE)
    with pytest.raises(NotFound) as caught:
        await client.version()
    assert type(caught.value) is NotFound
    assert targets(requests) == ["/admin/version"] * 2


async def test_an_unknown_field_is_named_with_both_versions(opened: Opened) -> None:
    client, requests = opened(NO_FIELD, OLD)
    with pytest.raises(UnprocessableEntity, match=r": flows\.shiny: ") as caught:
        await client.flows.list(flows=FlowFilter())
    assert BOTH in str(caught.value)
    assert targets(requests) == ["/flows/filter", "/admin/version"]


async def test_a_deletion_that_no_route_takes_was_not_carried_out(opened: Opened) -> None:
    client, _ = opened(IncompleteResponse("reset"), NO_ROUTE, OLD)
    with pytest.raises(NotSupportedByServer):
        await client.work_queues.delete(uuid4())
