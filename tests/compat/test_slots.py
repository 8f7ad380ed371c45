"""Acquired slots are reported, whatever the response looks like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.compat.flat_clients import KINDS, use

TAKE: list[Callable[[Any], Any]] = [
    lambda client: client.increment_concurrency_slots(["a"], 1, "concurrency"),
    lambda client: client.increment_concurrency_slots_with_lease(["a"], 1, "concurrency", 60),
    lambda client: client.increment_v1_concurrency_slots(["a"], UUID(int=1)),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("take", TAKE)
@pytest.mark.parametrize("body", ["no JSON", '{"another": "shape"}'])
def test_the_answer_is_returned_as_it_is(kind: str, take: Callable[[Any], Any], body: str) -> None:
    requests: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, text=body)

    response = use(kind, respond, take)
    assert (response.status_code, response.text, len(requests)) == (200, body, 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("take", TAKE)
def test_slots_are_asked_for_once(kind: str, take: Callable[[Any], Any]) -> None:
    requests: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        raise httpx.ReadError("the response is lost")

    with pytest.raises(httpx.ReadError):
        use(kind, respond, take)
    assert len(requests) == 1
