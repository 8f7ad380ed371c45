"""The telemetry of a call: names, attributes, parents and durations, by the conventions for HTTP."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any
from uuid import UUID

import anyio
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, Sampler
from opentelemetry.semconv.schemas import Schemas
from opentelemetry.trace import SpanKind, StatusCode, TraceFlags

from prefectkit import AsyncPrefect, Prefect
from prefectkit.core.errors import CallError, NotFound, PluginError, TransportTimeout
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.io import run
from prefectkit.core.options import Options
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.plugins import hookimpl
from prefectkit.plugins.builtin import csrf, spans, telemetry
from prefectkit.plugins.builtin.csrf import CSRF
from prefectkit.plugins.editable_views import EditableRequestView
from tests.client.test_imports import loaded
from tests.core.calls import DOWN, options
from tests.fakes import URL, AsyncFakeTransport, Chunks, Clock, FakeTransport, response
from tests.plugins.otel import Recorded, declared, engine
from tests.real_server import RealServer

SECRET = "hunter2"
FLOW = UUID("0199c7d0-1111-7222-8333-444455556666")


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    """What is recorded in a process that has the SDK."""
    found = Recorded()
    found.provide(monkeypatch)
    return found


def call(engine: Any, operation: Any = None, **arguments: Any) -> Any:
    return run(engine.call(operation or declared(), Any, {"name": "mine"}, **arguments))


def attributes(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def parent(span: ReadableSpan) -> int | None:
    return span.parent.span_id if span.parent else None


def own(span: Any) -> int:
    return span.get_span_context().span_id


# Names, attributes, parents


def test_a_call_is_a_span_and_its_request_one_below(recorded: Recorded) -> None:
    transport = FakeTransport(response({}))
    with recorded.current() as mine:
        call(engine(transport))
    (done,), (sent,) = recorded.calls, recorded.requests
    assert (done.name, done.kind, parent(done)) == ("flows.do", SpanKind.INTERNAL, own(mine))
    assert (sent.name, sent.kind, parent(sent)) == ("GET /flows/{name}", SpanKind.CLIENT, own(done))
    assert attributes(done) == {}
    assert attributes(sent) == {
        "http.request.method": "GET",
        "server.address": "prefect.test",
        "server.port": 80,
        "url.full": f"{URL}/flows/mine",
        "url.template": "/flows/{name}",
        "http.request.header.x-request-id": (transport.last.headers["x-request-id"],),
        "http.response.status_code": 200,
    }
    assert {span.status.status_code for span in (done, sent)} == {StatusCode.UNSET}
    assert done.start_time <= sent.start_time <= sent.end_time <= done.end_time
    assert sent.instrumentation_scope.name == "prefectkit"


def test_the_trace_context_of_the_request_is_sent(recorded: Recorded) -> None:
    transport = FakeTransport(response({}))
    call(engine(transport))
    (sent,) = recorded.requests
    assert sent.context is not None
    expected = f"00-{sent.context.trace_id:032x}-{sent.context.span_id:016x}-{int(sent.context.trace_flags):02x}"
    assert transport.last.headers["traceparent"] == expected
    assert sent.context.trace_flags.sampled


@pytest.mark.skipif(spans.SCHEMA not in {known.value for known in Schemas}, reason="older conventions are installed")
def test_the_names_are_those_of_the_convention(recorded: Recorded) -> None:
    call(engine(FakeTransport(DOWN, response({}))))
    stable = {
        value
        for module in ("http", "server", "url", "error")
        for value in vars(import_module(f"opentelemetry.semconv.attributes.{module}_attributes")).values()
        if isinstance(value, str)
    }
    incubating = import_module("opentelemetry.semconv._incubating.attributes.url_attributes")
    headers = {f"{import_module('opentelemetry.semconv.attributes.http_attributes').HTTP_REQUEST_HEADER_TEMPLATE}"}
    known = stable | {incubating.URL_TEMPLATE}
    for span in recorded.requests:
        assert {name for name in attributes(span) if not name.startswith(tuple(headers))} <= known
    measured = import_module("opentelemetry.semconv.metrics.http_metrics")
    assert spans.DURATION == measured.HTTP_CLIENT_REQUEST_DURATION
    assert Schemas(spans.SCHEMA) in Schemas
    assert {span.instrumentation_scope.schema_url for span in recorded.requests} == {spans.SCHEMA}


@pytest.mark.parametrize(
    ("url", "address", "port"),
    [
        ("https://api.example/api", "api.example", 443),
        ("http://10.0.0.1:4200/api", "10.0.0.1", 4200),
        ("http://[::1]:4200/api", "::1", 4200),
    ],
)
def test_the_server_is_named(recorded: Recorded, url: str, address: str, port: int) -> None:
    with Prefect(url, transport=FakeTransport(response(True))) as client:
        client.health()
    (sent,) = recorded.requests
    assert (attributes(sent)["server.address"], attributes(sent)["server.port"]) == (address, port)
    assert attributes(sent)["url.full"] == f"{url}/health"


def test_the_path_of_an_unknown_route_is_no_template(recorded: Recorded) -> None:
    with Prefect(URL, transport=FakeTransport(response({}))) as client:
        client.request("GET", f"/flows/{FLOW}")
        client.request("GET", "/flows/{id:uuid}", path_params={"id": FLOW})
        client.request("BREW", "/pot")
    literal, template, odd = recorded.requests
    assert (literal.name, template.name, odd.name) == ("GET", "GET /flows/{id}", "HTTP")
    assert "url.template" not in attributes(literal)
    assert attributes(template)["url.template"] == "/flows/{id}"
    assert attributes(odd)["http.request.method"] == "_OTHER"
    assert attributes(odd)["http.request.method_original"] == "BREW"
    assert [span.name for span in recorded.calls] == ["request"] * 3


def test_of_a_query_only_the_names_are_recorded(recorded: Recorded) -> None:
    call(engine(FakeTransport(response({}))), query={"token": SECRET, "limit": [1, 2]})
    (sent,) = recorded.requests
    assert attributes(sent)["url.full"] == f"{URL}/flows/mine?token=REDACTED&limit=REDACTED&limit=REDACTED"


# Retries, redirects, requests of plugins


def test_each_attempt_is_a_span_and_a_resent_one_is_counted(recorded: Recorded) -> None:
    transport = FakeTransport(response(status=503), DOWN, response({}))
    call(engine(transport))
    (done,) = recorded.calls
    first, second, third = recorded.requests
    assert [attributes(span).get("http.request.resend_count") for span in (first, second, third)] == [None, 1, 2]
    assert {parent(span) for span in (first, second, third)} == {own(done)}
    assert (attributes(first)["http.response.status_code"], attributes(first)["error.type"]) == (503, "503")
    assert (first.status.status_code, first.status.description) == (StatusCode.ERROR, None)
    assert "http.response.status_code" not in attributes(second)
    assert attributes(second)["error.type"] == "prefectkit.core.errors.ConnectError"
    assert (second.status.status_code, second.status.description) == (StatusCode.ERROR, "connection refused")
    assert third.status.status_code is done.status.status_code is StatusCode.UNSET
    assert "error.type" not in attributes(done)
    contexts = [request.headers["traceparent"] for request in transport.requests]
    assert [f"{own(span):016x}" for span in (first, second, third)] == [each.split("-")[2] for each in contexts]


def test_a_redirect_that_is_followed_is_a_request_that_was_resent(recorded: Recorded) -> None:
    there = response(status=307, headers={"location": f"{URL}/flows/yours"})
    call(engine(FakeTransport(there, response({})), options=Options(redirects=1)))
    first, second = recorded.requests
    assert [attributes(span)["url.full"] for span in (first, second)] == [f"{URL}/flows/mine", f"{URL}/flows/yours"]
    assert attributes(first)["http.response.status_code"] == 307
    assert first.status.status_code is StatusCode.UNSET
    assert attributes(second)["http.request.resend_count"] == 1


def test_a_request_of_a_plugins_own_is_a_span_without_its_query(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csrf, "_without_token", set())
    token = response({"token": SECRET, "expiration": "2999-01-01T00:00:00Z"})
    call(engine(FakeTransport(token, response({})), ("csrf", CSRF())), declared(retry_safety=RetrySafety.NEVER))
    asked, sent = recorded.requests
    assert (asked.name, sent.name) == ("GET", "POST /flows/{name}")
    assert attributes(asked)["url.full"] == f"{URL}/csrf-token"
    assert "http.request.resend_count" not in attributes(sent)
    assert parent(asked) == parent(sent) == own(recorded.calls[0])


# Failures


def test_a_call_that_fails_says_what_kind_of_failure_it_is(recorded: Recorded) -> None:
    with pytest.raises(NotFound):
        call(engine(FakeTransport(response({"detail": f"no {SECRET}"}, status=404))))
    with pytest.raises(TransportTimeout):
        call(engine(FakeTransport(TransportTimeout("no answer")), options=options(max_attempts=1)))
    refused, late = recorded.calls
    assert (attributes(refused)["error.type"], refused.status.description) == ("404", None)
    assert attributes(late)["error.type"] == "prefectkit.core.errors.TransportTimeout"
    assert late.status.description == "no answer"
    assert {span.status.status_code for span in recorded.spans} == {StatusCode.ERROR}


def test_a_refusal_that_nobody_checks_is_no_failure_of_the_call(recorded: Recorded) -> None:
    with Prefect(URL, transport=FakeTransport(response(status=404))) as client:
        client.request("GET", "/nothing", check=False)
    assert recorded.requests[0].status.status_code is StatusCode.ERROR
    assert recorded.calls[0].status.status_code is StatusCode.UNSET


@pytest.mark.anyio
async def test_a_cancellation_ends_the_spans(recorded: Recorded) -> None:
    class Hangs(AsyncFakeTransport):
        async def send(self, request: Request) -> Response:
            await anyio.sleep_forever()
            raise AssertionError

    async with AsyncPrefect(URL, transport=Hangs()) as client:
        with anyio.move_on_after(0.05) as scope:
            await client.health()
    assert scope.cancelled_caught
    (done,), (sent,) = recorded.calls, recorded.requests
    kind = attributes(done)["error.type"]
    assert kind.rpartition(".")[2] in ("CancelledError", "Cancelled")
    assert attributes(sent)["error.type"] == kind
    assert done.status.status_code is sent.status.status_code is StatusCode.ERROR
    assert [dict(point.attributes or {})["error.type"] for point in recorded.points] == [kind]


def test_a_request_that_another_plugin_stops_ends_with_the_call(recorded: Recorded) -> None:
    class Stops:
        @hookimpl(trylast=True)
        def before_send(self) -> None:
            raise ValueError(SECRET)

    with Prefect(URL, transport=FakeTransport(), plugins=[Stops()]) as client, pytest.raises(PluginError):
        client.health()
    (done,), (sent,) = recorded.calls, recorded.requests
    assert attributes(done)["error.type"] == attributes(sent)["error.type"] == "prefectkit.core.errors.PluginError"
    assert SECRET not in recorded.text


def test_a_request_that_ends_without_a_word_ends_with_the_next_one_or_the_call(recorded: Recorded) -> None:
    made = spans.Recorder().start(declared())
    request = EditableRequestView(Request("GET", URL, "/flows/mine"))
    made.start_request(request, 0.0)
    made.start_request(request, 1.0)
    made.end(3.0)
    assert [(span.end_time or 0) - (span.start_time or 0) for span in recorded.requests] == [10**9, 2 * 10**9]
    assert [attributes(span)["error.type"] for span in recorded.requests] == ["_OTHER", "_OTHER"]
    assert recorded.calls[0].status.status_code is StatusCode.UNSET


def test_a_call_that_is_never_sent_has_no_request(recorded: Recorded) -> None:
    client = Prefect(URL, transport=FakeTransport(), plugins=[Odd()])
    with pytest.raises(PluginError):
        client.health()
    assert recorded.requests == []
    assert [span.name for span in recorded.calls] == ["health"]


class Odd:
    @hookimpl
    def before_call(self) -> None:
        raise ValueError


def test_a_stream_is_measured_until_its_headers(recorded: Recorded) -> None:
    pieces = Chunks([b"a", b"b"])
    with Prefect(URL, transport=FakeTransport(Response(200, {}, chunks=pieces))) as client:
        rows = client.flow_runs.download_logs(FLOW)
        next(rows)
        assert [span.name for span in recorded.requests] == ["GET /flow_runs/{id}/logs/download"]
        rows.close()
    assert len(recorded.calls) == 1


# Whose child it is


@pytest.mark.anyio
async def test_tasks_side_by_side_do_not_mix(recorded: Recorded) -> None:
    ready = anyio.Event()

    class Together(AsyncFakeTransport):
        async def send(self, request: Request) -> Response:
            if len(self.requests) == 7:
                ready.set()
            self.requests.append(request)
            await ready.wait()
            return response(True)

    async def one(client: AsyncPrefect) -> None:
        with recorded.current():
            await client.health()
            await client.health()

    async with AsyncPrefect(URL, transport=Together()) as client, anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(one, client)
    check_families(recorded, 8)


def test_threads_side_by_side_do_not_mix(recorded: Recorded) -> None:
    barrier = threading.Barrier(8, timeout=20)

    class Together(FakeTransport):
        def send(self, request: Request) -> Response:
            barrier.wait()
            return response(True)

    def one() -> None:
        with recorded.current():
            client.health()
            client.health()

    with Prefect(URL, transport=Together()) as client:
        threads = [threading.Thread(target=one) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    check_families(recorded, 8)


def check_families(recorded: Recorded, count: int) -> None:
    """Each user's span has two calls, each call one request."""
    users = {own(span) for span in recorded.spans if span.name == "mine"}
    calls = {own(span): parent(span) for span in recorded.calls}
    assert len(users) == count
    assert sorted(calls.values(), key=str) == sorted([*users, *users], key=str)
    assert sorted(parent(span) or 0 for span in recorded.requests) == sorted(calls)


def test_the_span_that_is_current_stays_so(recorded: Recorded) -> None:
    from opentelemetry import trace

    with recorded.current() as mine:
        call(engine(FakeTransport(response({}))))
        with pytest.raises(CallError):
            call(engine(FakeTransport(response(status=404))))
        assert trace.get_current_span() is mine
    assert not trace.get_current_span().get_span_context().is_valid


# Durations


def test_the_duration_of_each_request_is_measured(recorded: Recorded) -> None:
    call(engine(FakeTransport(response(status=503), DOWN, response({}), response({}))))
    call(engine(FakeTransport(response({}))))
    (metric,) = recorded.metrics
    assert (metric.name, metric.unit) == ("http.client.request.duration", "s")
    of_all = {"http.request.method": "GET", "server.address": "prefect.test", "server.port": 80}
    found = {dict(point.attributes or {}).get("error.type"): point for point in recorded.points}
    assert {kind: dict(point.attributes or {}) for kind, point in found.items()} == {
        None: {**of_all, "http.response.status_code": 200},
        "503": {**of_all, "http.response.status_code": 503, "error.type": "503"},
        "prefectkit.core.errors.ConnectError": {**of_all, "error.type": "prefectkit.core.errors.ConnectError"},
    }
    assert found[None].count == 2
    assert list(found[None].explicit_bounds) == [
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10
    ]  # fmt: skip
    assert sum(point.sum for point in recorded.points) == 0


def test_a_duration_is_by_the_clients_clock_and_without_the_pauses(recorded: Recorded) -> None:
    clock = Clock()

    def slow(seconds: float, status: int) -> Callable[[Request], Response]:
        def reply(request: Request) -> Response:
            clock.now += seconds
            return response({}, status)

        return reply

    call(engine(FakeTransport(slow(0.25, 503), slow(1.5, 200)), clock=clock))
    assert [point.sum for point in recorded.points] == [0.25, 1.5]
    assert [(span.end_time or 0) - (span.start_time or 0) for span in recorded.requests] == [250_000_000, 1_500_000_000]


def test_what_is_not_sampled_is_measured_and_says_so_to_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    unsampled = Recorded(ALWAYS_OFF)
    unsampled.provide(monkeypatch)
    transport = FakeTransport(response({}))
    call(engine(transport))
    assert unsampled.spans == []
    assert unsampled.points[0].count == 1
    flags = int(transport.last.headers["traceparent"].rpartition("-")[2], 16)
    assert not flags & TraceFlags.SAMPLED


def test_durations_are_measured_without_a_provider_of_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = Recorded()
    recorded.provide(monkeypatch)
    from opentelemetry import trace

    monkeypatch.setattr(trace, "_TRACER_PROVIDER", None)
    transport = FakeTransport(response({}))
    call(engine(transport))
    assert (recorded.spans, recorded.points[0].count) == ([], 1)
    assert "traceparent" not in transport.last.headers


# Secrets


def test_nothing_that_is_recorded_is_secret(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_CLIENT_CUSTOM_HEADERS", f'{{"X-Proxy-Key": "{SECRET}"}}')
    echo = response({"detail": f"{SECRET} is taken", "token": SECRET}, status=409, headers={"x-echo": SECRET})
    broken = TransportTimeout(f"no answer to Bearer {SECRET}")
    for given in (echo, broken, response(b"<html>" + SECRET.encode())):
        client = Prefect(URL, api_key=SECRET, transport=FakeTransport(given), max_attempts=1)
        with client, pytest.raises(CallError):
            client.with_options(headers={"X-Own": SECRET}).variables.create(name="mine", value=SECRET)
        with client.__class__(URL, api_key=SECRET, transport=FakeTransport(given), max_attempts=1) as other:
            with pytest.raises(CallError):
                other.request("GET", "/flows/filter", query={"password": SECRET}, body={"key": SECRET}).json()
    assert len(recorded.requests) >= 6
    assert SECRET not in recorded.text


# When it is there


def test_without_a_provider_nothing_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans, "Recorder", None)
    transport = FakeTransport(response({}))
    call(engine(transport))
    assert "traceparent" not in transport.last.headers


def test_a_provider_that_comes_later_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    made = engine(FakeTransport(response({})), clock=clock)
    call(made)
    recorded = Recorded()
    recorded.provide(monkeypatch)
    clock.now += telemetry.PAUSE / 2
    call(made)
    assert recorded.spans == []
    clock.now += telemetry.PAUSE
    call(made)
    assert [span.name for span in recorded.spans] == ["flows.do", "GET /flows/{name}"]


def test_a_library_that_is_still_being_imported_has_no_provider_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("opentelemetry.trace", "opentelemetry.metrics"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
        assert not telemetry.has_provider()


def test_it_can_be_switched_off(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECTKIT_DISABLE_PLUGINS", "telemetry")
    with Prefect(URL, transport=FakeTransport(response(True))) as client:
        client.health()
        assert "telemetry" not in client.plugins.names
    assert recorded.spans == []


@pytest.mark.usefixtures("recorded")
def test_an_api_that_is_too_old_is_said_once_and_left_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[str] = []

    def create_histogram(name: str, unit: str, description: str) -> None:
        """What it was before 1.30."""

    monkeypatch.setattr(spans.metrics, "get_meter", lambda *_, **__: tries.append("") or Old())
    Old = type("Old", (), {"create_histogram": staticmethod(create_histogram)})
    made = engine(FakeTransport(response({})))
    for _ in range(3):
        call(made)
    assert len(tries) == 1
    assert caplog.messages == ["OpenTelemetry raised TypeError; the call goes on without it"]


@pytest.mark.parametrize("place", ["should_sample", "inject"])
def test_a_provider_that_raises_does_not_end_the_call(
    place: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Sampler):
        def should_sample(self, *arguments: Any, **named: Any) -> Any:
            raise ValueError(SECRET)

        def get_description(self) -> str:
            return "broken"

    recorded = Recorded(Broken() if place == "should_sample" else ALWAYS_ON)
    recorded.provide(monkeypatch)
    if place == "inject":
        monkeypatch.setattr(spans.propagate, "inject", lambda *_: 1 / 0)
    made = engine(FakeTransport(response({})))
    caplog.set_level(logging.INFO, "prefectkit")
    for _ in range(2):
        assert call(made) == {}
    kind = "ValueError" if place == "should_sample" else "ZeroDivisionError"
    assert caplog.messages == [f"OpenTelemetry raised {kind}; the call goes on without it"]
    assert len(recorded.requests) == (0 if place == "should_sample" else 2)


def test_a_client_loads_nothing_of_it() -> None:
    modules = loaded("from prefectkit import Prefect; Prefect('http://127.0.0.1:4200/api').flows")
    assert not {name for name in modules if name.startswith("opentelemetry")}


HEALTHY = """
import opentelemetry.trace
from prefectkit import Prefect
from tests.fakes import URL, FakeTransport, response
client = Prefect(URL, transport=FakeTransport(response(True)))
client.health()
assert "telemetry" in client.plugins.names
"""


def test_without_a_provider_no_more_of_it_is_loaded_than_there_is() -> None:
    modules = loaded(HEALTHY)
    assert "prefectkit.plugins.builtin.telemetry" in modules
    assert not modules & {"prefectkit.plugins.builtin.spans", "opentelemetry.metrics", "opentelemetry.propagate"}


def test_providers_that_are_set_as_users_do_are_found() -> None:
    set_them = """
import time
from opentelemetry import metrics
from tests.plugins.otel import Recorded
time.sleep(0.11)
recorded = Recorded()
opentelemetry.trace.set_tracer_provider(recorded.tracers)
metrics.set_meter_provider(recorded.meters)
client.health()
assert [span.name for span in recorded.spans] == ["health", "GET /health"], recorded.spans
assert recorded.points[0].count == 1
"""
    assert "prefectkit.plugins.builtin.spans" in loaded(HEALTHY + set_them)


def test_calls_to_the_real_server_are_recorded(recorded: Recorded, server: RealServer) -> None:
    with recorded.current() as mine, Prefect(server.url) as client:
        flow = client.flows.create(name="traced")
        assert client.flows.read(flow.id) == flow
    done = [span for span in recorded.calls if span.instrumentation_scope.name == "prefectkit"]
    assert [span.name for span in done] == ["flows.create", "flows.read"]
    assert {parent(span) for span in done} == {own(mine)}
    names = [span.name for span in recorded.requests if span.instrumentation_scope.name == "prefectkit"]
    assert names[-2:] == ["POST /flows/", "GET /flows/{id}"]
