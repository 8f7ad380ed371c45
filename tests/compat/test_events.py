"""Pages of events: how long they are, and which server they are read from."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from prefectkit.compat import SyncPrefectClient
from prefectkit.core.errors import InvalidParameterError
from tests.compat.flat_clients import KINDS, URL, use
from tests.real_server import RealServer

ID = "00000000-0000-0000-0000-000000000001"
TOKEN = "a/b+c=&d ☃"
NEXT = str(httpx.URL("https://elsewhere.test/any", params={"page-token": TOKEN}))


class Seen:
    """Responds with an empty page, and keeps the requests."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(200, json={"events": [], "total": 0, "next_page": None})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("limit", "asked"), [({}, 50), ({"limit": 51}, 50), ({"limit": 50}, 50), ({"limit": 7}, 7)])
def test_no_more_is_asked_than_the_api_gives(kind: str, limit: dict[str, int], asked: int) -> None:
    seen = Seen()
    page = use(kind, seen, lambda client: client.read_events(**limit))
    assert json.loads(seen.requests[0].content) == {"limit": asked}
    assert (page.events, page.total, page.next_page) == ([], 0, None)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("read_events", {"limit": -1}),
        ("read_work_pool_concurrency_status", {"work_pool_name": "p", "page": 0}),
        ("read_work_queue_concurrency_status", {"id": ID, "page": 0}),
    ],
)
def test_a_page_that_no_server_has_is_refused_before_it_is_sent(kind: str, method: str, arguments: Any) -> None:
    seen = Seen()
    with pytest.raises(InvalidParameterError, match="must be an integer of at least"):
        use(kind, seen, lambda client: getattr(client, method)(**arguments))
    assert seen.requests == []


def test_the_default_is_what_the_server_gives(server: RealServer) -> None:
    with SyncPrefectClient(server.url) as client:
        assert len(client.read_events().events) <= 50


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_read_from_the_server_of_the_client(kind: str) -> None:
    seen = Seen()
    use(kind, seen, lambda client: client.read_events_page(NEXT))
    (request,) = seen.requests
    assert str(request.url).startswith(f"{URL}/events/filter/next?")
    assert request.url.params["page-token"] == TOKEN


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("url", [f"{URL}/events/filter/next", f"{URL}/events/filter/next?page-token=", "", None])
def test_a_url_without_a_token_is_refused(kind: str, url: Any) -> None:
    seen = Seen()
    with pytest.raises(ValueError, match=r"is not the URL of a page of events: pass the `next_page`"):
        use(kind, seen, lambda client: client.read_events_page(url))
    assert seen.requests == []
