"""An iterator in a filter is read once: by every page, attempt and later call the server gets all that it yielded."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest

from prefectkit import AsyncPrefect, Prefect
from prefectkit.compat import PrefectClient, SyncPrefectClient
from prefectkit.core.http.messages import Request, Response
from prefectkit.errors import InvalidParameterError, ServerError
from prefectkit.models import FlowRunCreate
from prefectkit.models.filters import (
    DeploymentFilter,
    DeploymentFilterTags,
    FlowFilter,
    FlowFilterId,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateName,
    FlowRunFilterTags,
    LogFilter,
    LogFilterFlowRunId,
)
from tests.fakes import URL, AsyncFakeTransport, FakeTransport, response

KINDS = ["sync", "asyncio", "trio"]
ROWS = 5
PAGE = 2
NAME = FlowRunFilterStateName
ID = "11111111-1111-4111-8111-111111111111"


@pytest.fixture(autouse=True)
def no_csrf_token(monkeypatch: pytest.MonkeyPatch) -> None:
    # It would be a request of its own.
    monkeypatch.setenv("PREFECT_CLIENT_CSRF_SUPPORT_ENABLED", "false")


def page_of(request: Request) -> Response:
    """Some rows; none for a filter that matches nothing."""
    body = json.loads(request.body)
    offset = body.get("offset", 0)
    numbers = range(ROWS)[offset : offset + PAGE] if b"[]" not in request.body else ()
    rows = [{"id": ID[:-1] + str(number), "flow_id": ID, "name": "x"} for number in numbers]
    if request.target.startswith("/logs"):
        rows = [{"name": "x", "level": 20, "message": "m", "timestamp": "2026-07-01T00:00:00Z", **row} for row in rows]
    return response(rows)


def once(*values: str) -> Any:
    return (value for value in values)


def all_rows(kind: str, use: Callable[[Any], Any], reply: Any = page_of) -> tuple[list[Any], list[dict[str, Any]]]:
    """The rows that `use` iterates over, and the bodies that were sent."""
    if kind == "sync":
        transport = FakeTransport(reply)
        with Prefect(URL, transport=transport) as client:
            rows = list(use(client))
        return rows, [json.loads(request.body) for request in transport.requests]
    over = AsyncFakeTransport(reply)

    async def main() -> list[Any]:
        async with AsyncPrefect(URL, transport=over) as client:
            return [row async for row in use(client)]

    rows = anyio.run(main, backend=kind)
    return rows, [json.loads(request.body) for request in over.requests]


def in_filter(values: Any) -> dict[str, Any]:
    return {"flows": FlowFilter(name=FlowFilterName(any_=values))}


def in_dict(values: Any) -> dict[str, Any]:
    return {"flows": {"name": {"any_": values}}}


def in_dict_in_filter(values: Any) -> dict[str, Any]:
    return {"flows": FlowFilter(name={"any_": values})}  # type: ignore[arg-type] -- a dict is sent as it is


def set_later(values: Any) -> dict[str, Any]:
    name = FlowFilterName()
    name.any_ = values
    return {"flows": FlowFilter(name=name)}


def with_a_shortcut(values: Any) -> dict[str, Any]:
    return {"flows": {"name": {"any_": values}}, "tags": iter(["t"])}


GIVEN = [in_filter, in_dict, in_dict_in_filter, set_later]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("prefetch", [False, True])
@pytest.mark.parametrize("given", [*GIVEN, with_a_shortcut])
@pytest.mark.parametrize("make", [once, lambda *names: map(str, names), lambda *names: iter(names)])
def test_every_page_is_asked_for_with_all_of_it(
    kind: str, prefetch: bool, given: Callable[[Any], dict[str, Any]], make: Callable[..., Any]
) -> None:
    rows, sent = all_rows(
        kind, lambda client: client.with_options(prefetch=prefetch).flows.iterate(**given(make("a", "b")))
    )
    assert len(rows) == ROWS
    assert [body["flows"]["name"] for body in sent] == [{"any_": ["a", "b"]}] * 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("method", "keywords"),
    [
        ("flows", lambda: {"name": once("a")}),
        ("flow_runs", lambda: {"tags": once("a"), "state": once("FAILED", "Late")}),
        ("flow_runs", lambda: {"deployment_id": once(ID)}),
        ("flow_runs", lambda: {"flow_runs": FlowRunFilter(tags=FlowRunFilterTags(all_=once("a")))}),
        (
            "flow_runs",
            lambda: {"flow_runs": {"state": FlowRunFilterState(name=NAME(any_=once("a")))}},
        ),
        ("task_runs", lambda: {"flows": FlowFilter(id=FlowFilterId(any_=once(ID), not_any_=once(ID)))}),
        ("logs", lambda: {"logs": LogFilter(flow_run_id=LogFilterFlowRunId(any_=once(ID)))}),
        ("deployments", lambda: {"deployments": DeploymentFilter(tags=DeploymentFilterTags(all_=once("a")))}),
        ("work_pools", lambda: {"work_pools": {"type": {"any_": once("process")}}}),
    ],
)
def test_iterators_of_other_queries(kind: str, method: str, keywords: Callable[[], dict[str, Any]]) -> None:
    rows, sent = all_rows(
        kind,
        lambda client: getattr(client, method).iterate(**keywords()),
        lambda request: response([{}] if b"[]" in request.body else []),
    )
    assert rows == []
    (body,) = sent
    assert "[]" not in json.dumps(body)


@pytest.mark.parametrize("kind", KINDS)
def test_a_filter_object_serves_any_number_of_calls(kind: str) -> None:
    filter_ = FlowFilter(name=FlowFilterName(any_=once("a")))
    assert filter_.name.any_ == ["a"]  # type: ignore[union-attr] -- it was given
    for _ in range(2):
        rows, _ = all_rows(kind, lambda client: client.flows.iterate(flows=filter_))
        assert len(rows) == ROWS
    outcomes, sent = all_rows(kind, lambda client: client.bulk(client.flows.list, [{"flows": filter_}] * 3))
    assert [len(outcome.result()) for outcome in outcomes] == [PAGE] * 3
    assert {json.dumps(body["flows"]) for body in sent} == {'{"name": {"any_": ["a"]}}'}


def test_every_model_has_lists() -> None:
    run = FlowRunCreate(flow_id=ID, tags=map(str, "ab"), parameters={"a": {"b": [iter([1])]}})  # type: ignore[arg-type]
    assert run.tags == ["a", "b"]
    assert run.parameters == {"a": {"b": [[1]]}}


@pytest.mark.parametrize("given", [in_dict, set_later])
def test_one_that_the_user_owns_is_refused_the_second_time(given: Callable[[Any], dict[str, Any]]) -> None:
    query = given(once("a"))
    transport = FakeTransport(page_of)
    with Prefect(URL, transport=transport) as client:
        assert len(list(client.flows.iterate(**query))) == ROWS
        sent = len(transport.requests)
        for call in (client.flows.iterate, client.flows.list, client.flows.count):
            with pytest.raises(InvalidParameterError, match=r"flows\.name\.any_ is a generator that yields nothing: "):
                list(call(**query))  # type: ignore[operator] -- each is a method
    assert len(transport.requests) == sent


@pytest.mark.parametrize("field", ["name", "tags"])
def test_a_keyword_that_was_used_is_refused(field: str) -> None:
    values = once("a")
    transport = FakeTransport(page_of)
    with Prefect(URL, transport=transport) as client:
        assert len(client.flows.list(**{field: values})) == PAGE  # type: ignore[arg-type] -- both take text
        with pytest.raises(InvalidParameterError, match=f"^{field} is a generator that yields nothing"):
            client.flows.list(**{field: values})  # type: ignore[arg-type] -- both take text
    assert len(transport.requests) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_each_attempt_sends_all_of_it(kind: str) -> None:
    replies = iter([response({}, 503), response({}, 503)])

    def reply(request: Request) -> Response:
        return next(replies, None) or page_of(request)

    rows, sent = all_rows(
        kind,
        lambda client: client.with_options(max_attempts=3).flows.iterate(**in_dict(once("a"))),
        reply,
    )
    assert len(rows) == ROWS
    assert [body["flows"] for body in sent] == [{"name": {"any_": ["a"]}}] * 5


def test_what_is_written_by_a_lost_attempt_is_compared_with_all_of_it() -> None:
    sent: list[Any] = []

    def reply(request: Request) -> Response:
        if request.method == "POST":
            sent.append(json.loads(request.body))
            return response({}, 503 if len(sent) == 1 else 409)
        return response({"id": ID, "tags": [], **sent[0]})

    with Prefect(URL, transport=FakeTransport(reply)) as client:
        variable = client.variables.create(name="v", value={"a": once("b", "c"), "d": [map(str, [1])]})
    assert variable.value == {"a": ["b", "c"], "d": [["1"]]}
    assert sent == [{"name": "v", "value": variable.value}] * 2


def test_a_failing_call_leaves_no_half_of_a_filter() -> None:
    transport = FakeTransport(response({}, 500))
    filter_ = FlowFilter(name=FlowFilterName(any_=once("a")))
    with Prefect(URL, transport=transport, max_attempts=1) as client:
        for _ in range(2):
            with pytest.raises(ServerError):
                client.flows.list(flows=filter_)
    assert [json.loads(request.body)["flows"] for request in transport.requests] == [{"name": {"any_": ["a"]}}] * 2


@pytest.mark.parametrize("given", GIVEN)
def test_flat_methods_send_all_of_it(given: Callable[[Any], dict[str, Any]]) -> None:
    bodies: list[Any] = []

    def reply(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        return httpx.Response(200, json=[])

    settings = {"transport": httpx.MockTransport(reply)}
    with SyncPrefectClient(URL, httpx_settings=settings) as client:
        assert client.read_flows(flow_filter=given(once("a"))["flows"]) == []

    async def main() -> None:
        async with PrefectClient(URL, httpx_settings=settings) as client:
            assert await client.read_flows(flow_filter=given(once("a"))["flows"]) == []

    anyio.run(main)
    assert [body["flows"]["name"]["any_"] for body in bodies] == [["a"]] * 2
