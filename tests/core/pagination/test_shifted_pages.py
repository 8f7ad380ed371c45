"""Rows that are removed from a list between two of its pages cause a warning."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from prefectkit import Prefect
from prefectkit.errors import ShiftedPagesWarning
from prefectkit.models import Completed
from prefectkit.models.filters import FlowRunFilter, FlowRunFilterName
from prefectkit.plugins.testing import FakeServer

ID = "00000000-0000-0000-0000-000000000001"
Change = Callable[[Prefect], object]


def rows(request: Any) -> list[Any]:
    offset = json.loads(request.body).get("offset", 0)
    return [
        {"id": str(UUID(int=offset + number)), "flow_id": ID, "name": "x"} for number in range(2 if offset < 4 else 1)
    ]


@pytest.fixture
def client() -> Iterator[Prefect]:
    done = {"status": "ACCEPT", "state": {"id": ID, "type": "COMPLETED", "name": "Completed"}, "details": {}}
    server = FakeServer({("DELETE", "/flow_runs/{id}"): None, ("DELETE", f"/flows/{ID}"): None})
    server.route("POST", "/flow_runs/filter", *[rows] * 20)
    server.route("POST", f"/flow_runs/{ID}/set_state", *[lambda _: done] * 20)
    with Prefect(server.url, transport=server.transport, max_attempts=1) as client:
        yield client


def deleting(client: Prefect) -> object:
    return client.flow_runs.delete(ID)


def completing(client: Prefect) -> object:
    return client.flow_runs.set_state(ID, Completed())


@pytest.mark.parametrize(
    ("words", "change", "cause"),
    [
        ({}, deleting, "flow_runs.delete"),
        ({"tags": ["a"]}, deleting, "flow_runs.delete"),
        ({"state": "FAILED"}, completing, "flow_runs.set_state"),
        ({"flow_runs": FlowRunFilter(name=FlowRunFilterName(like_="a"))}, deleting, "flow_runs.delete"),
    ],
)
def test_rows_removed_between_pages_are_warned_of(client: Prefect, words: Any, change: Change, cause: str) -> None:
    with pytest.warns(ShiftedPagesWarning) as caught:
        for _ in client.flow_runs.iterate(**words):
            change(client.with_options(timeout=5))
    assert len(caught) == 2
    assert str(caught[0].message).startswith(f"{cause} was called between two pages of flow_runs")
    assert "list(client.flow_runs.iterate(...))" in str(caught[0].message)
    assert caught[0].filename == __file__


def collected(client: Prefect) -> None:
    for run in list(client.flow_runs.iterate()):
        client.flow_runs.delete(run.id)


def one_after_another(client: Prefect) -> None:
    for _ in range(2):
        for run in client.flow_runs.list(limit=1):
            client.flow_runs.delete(run.id)


def of_another_group(client: Prefect) -> None:
    for run in client.flow_runs.iterate():
        client.flows.delete(run.flow_id)


def states_where_none_is_asked_for(client: Prefect) -> None:
    for _ in client.flow_runs.iterate(tags=["a"]):
        completing(client)


def another_list(client: Prefect) -> None:
    client.flow_runs.list(tags=["a"])
    deleting(client)
    client.flow_runs.list(tags=["b"], offset=2)


def the_same_page(client: Prefect) -> None:
    client.flow_runs.list(offset=2)
    deleting(client)
    client.flow_runs.list(offset=2)


@pytest.mark.parametrize(
    "use",
    [
        collected,
        one_after_another,
        of_another_group,
        states_where_none_is_asked_for,
        another_list,
        the_same_page,
    ],
)
def test_calls_that_skip_no_rows_do_not_warn(client: Prefect, use: Callable[[Prefect], None]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        use(client)
