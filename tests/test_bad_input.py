"""What a user reads who gives a client something wrong: the value, the way out, no secret; and nothing is sent."""

from __future__ import annotations

import importlib.metadata
import math
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import anyio
import pytest

import prefectkit
from prefectkit import AsyncPrefect, Prefect
from prefectkit.errors import (
    CassetteError,
    CassetteMiss,
    CassetteVersionError,
    ClientClosedError,
    ConfigError,
    InvalidParameterError,
    RequestEncodeError,
    UnaddressableNameError,
)
from prefectkit.transports import ASGITransport, AsyncASGITransport, AsyncCassetteTransport, CassetteTransport
from tests.client_calls import KINDS, SECRET, fake_transport, raises, run_call
from tests.fakes import AsyncFakeTransport, FakeTransport, response
from tests.real_server import RealServer

URL = "http://127.0.0.1:4200/api"
OPERATIONS = prefectkit.operations()

every_kind = pytest.mark.parametrize("kind", KINDS)


# No server to talk to


@pytest.mark.parametrize("client", [Prefect, AsyncPrefect])
@pytest.mark.parametrize("missing", ["prefect", "fastapi"])
def test_without_a_url_and_without_the_server_extra(
    client: Callable[[], object], missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.metadata.Distribution.from_name

    def from_name(name: str) -> Any:
        if name == missing:
            raise importlib.metadata.PackageNotFoundError(name)
        return found("prefectkit" if name == "prefect" else name)

    monkeypatch.setattr(importlib.metadata.Distribution, "from_name", from_name)
    ways_out = ('pip install "prefectkit[server]"', "PREFECT_API_URL", "api=")
    with raises(ConfigError, f"no API URL is configured, and {missing} is not installed", *ways_out):
        client()


@pytest.mark.parametrize("client", [Prefect, AsyncPrefect])
@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PREFECT_API_URL", "", ["PREFECT_API_URL is set and empty", URL, "or unset it"]),
        ("PREFECT_API_URL", "  ", ["the API URL is empty", URL, "It is PREFECT_API_URL, from the environment"]),
        ("PREFECT_API_URL", "host:4200/api", ["'host:4200/api'", "write 'http://host:4200/api'", "PREFECT_API_URL"]),
        ("PREFECT_API_URL", f"http://me:{SECRET}@host/api", ["'http://host/api'", "PREFECT_API_AUTH_STRING"]),
        (
            "PREFECT_SERVER_EPHEMERAL_ENABLED",
            "false",
            ["is false", "PREFECT_API_URL", "pass api='http://host:4200/api'"],
        ),
        ("PREFECT_SERVER_EPHEMERAL_ENABLED", "perhaps", ["'perhaps'", "it must be true or false", "Correct it there"]),
        (
            "PREFECT_PROFILE",
            "staging",
            ["'staging' not found", "chosen by PREFECT_PROFILE", "add this one to the file"],
        ),
        ("PREFECT_API_REQUEST_TIMEOUT", "soon", ["is 'soon' in the environment", "a number greater than 0"]),
        ("PREFECT_API_REQUEST_TIMEOUT", "0", ["is '0' in the environment", "a number greater than 0"]),
        ("PREFECT_CLIENT_MAX_RETRIES", "-1", ["PREFECT_CLIENT_MAX_RETRIES", "'-1'", "a whole number of at least 0"]),
        ("PREFECT_CLIENT_RETRY_EXTRA_CODES", "429,teapot", ["'429,teapot'", "like 404,429"]),
        ("PREFECT_CLIENT_CUSTOM_HEADERS", SECRET, ["PREFECT_CLIENT_CUSTOM_HEADERS", 'like {"X-Team": "data"}']),
    ],
)
def test_a_setting_that_makes_no_sense(
    client: Callable[[], object], name: str, value: str, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with raises(ConfigError, *words):
        client()


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("prefect.toml", "[client]\nmax_retries = 'many'", ["client.max_retries", "'many'", "prefect.toml"]),
        ("prefect.toml", "[client", ["prefect.toml", "cannot be read as TOML", "Correct it"]),
        (".env", "PREFECT_API_REQUEST_TIMEOUT=-3", ["'-3'", ".env", "greater than 0"]),
    ],
)
def test_a_file_that_makes_no_sense_is_named(file: str, text: str, words: list[str]) -> None:
    Path(file).write_text(text)
    with raises(ConfigError, *words):
        Prefect()


@pytest.mark.parametrize("client", [Prefect, AsyncPrefect])
@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("127.0.0.1:4200/api", ["'127.0.0.1:4200/api'", f"write '{URL}'"]),
        ("localhost:4200/api", ["'localhost:4200/api'", "write 'http://localhost:4200/api'"]),
        ("http:/host/api", ["'http:/host/api' has no scheme", f"'{URL}'"]),
        ("/api", ["'/api' has no scheme", f"'{URL}'"]),
        ("ws://host/api", ["'ws://host/api'", "use http://, https://"]),
        ("http://", ["'http://' names no host", f"'{URL}'"]),
        ("http://host:99999/api", ["'http://host:99999/api'", "port", f"'{URL}'"]),
        (f"http://me:{SECRET}@host/api", ["'http://host/api' carries credentials", "pass auth_string='user:password'"]),
        (f"http://host/api?key={SECRET}", ["'http://host/api' has a query", "leave out what follows the path"]),
        ("", ["the API URL is empty", f"'{URL}'"]),
        (7, ["api must be a URL or an ASGI app, got int"]),
    ],
)
def test_a_url_that_makes_no_sense(client: Callable[[Any], object], url: Any, words: list[str]) -> None:
    with raises(ConfigError, *words):
        client(url)


@pytest.mark.parametrize("client", [Prefect, AsyncPrefect])
@pytest.mark.parametrize(
    ("credentials", "words"),
    [
        ({"api_key": f"{SECRET}\nand more"}, ["the API key (PREFECT_API_KEY)", "a line break", "copy it again"]),
        ({"api_key": f"{SECRET}\u2026"}, ["the API key (PREFECT_API_KEY)", "cannot carry", "copy it again"]),
        ({"auth_string": f"me:{SECRET}\udcff"}, ["the auth string (PREFECT_API_AUTH_STRING)", "copy it again"]),
    ],
)
def test_credentials_that_cannot_be_sent(
    client: Callable[..., object], credentials: dict[str, str], words: list[str]
) -> None:
    with raises(InvalidParameterError, *words):
        client(URL, **credentials)


@pytest.mark.parametrize("client", [Prefect, AsyncPrefect])
@pytest.mark.parametrize(
    ("credentials", "words"),
    [
        ({"api_key": 123}, ["api_key must be text, got int"]),
        ({"api_key": SECRET.encode()}, ["api_key must be text, got bytes"]),
        ({"auth_string": ["admin", SECRET]}, ["auth_string must be text, got list"]),
        ({"api_key": " \n"}, ["the API key (PREFECT_API_KEY) is blank"]),
        ({"auth_string": SECRET}, ["has no colon", "user:password", "api_key (PREFECT_API_KEY)"]),
    ],
)
def test_credentials_that_cannot_be_meant(client: Callable[..., object], credentials: Any, words: list[str]) -> None:
    with raises(ConfigError, *words):
        client(URL, **credentials)


@pytest.mark.parametrize("client", [Prefect, AsyncPrefect])
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"timeout": True}, ["timeout must be a number of seconds above 0, got True"]),
        ({"deadline": "5"}, ["deadline must be a number of seconds above 0, got '5'"]),
        ({"max_attempts": True}, ["max_attempts must be a whole number, at least 1, got True"]),
        ({"httpx_settings": SECRET}, ["httpx_settings must be a dict of keyword arguments of httpx.Client, got str"]),
        ({"httpx_settings": {"timeout": "5"}}, ["the timeout in httpx_settings must be seconds", "got '5'"]),
        ({"httpx_settings": {"timeout": -1}}, ["must be a number of seconds above 0, got -1"]),
        ({"httpx_settings": {"headers": {"x-team": 5}}}, ["header 'x-team' in httpx_settings must be text, got int"]),
        ({"httpx_settings": [("timeout", 5)]}, ["httpx_settings must be a dict", "got list"]),
    ],
)
def test_an_argument_of_another_type(client: Callable[..., object], arguments: Any, words: list[str]) -> None:
    with raises(ConfigError, *words):
        client(URL, **arguments)


def test_headers_of_another_type() -> None:
    headers: Any = ["x-team: data"]
    with raises(InvalidParameterError, "headers must be a dict, got list"):
        Prefect(URL).with_options(headers=headers)


def test_a_configured_auth_string_has_a_colon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", SECRET)
    with raises(ConfigError, "PREFECT_API_AUTH_STRING", "no colon"):
        Prefect(URL)


@pytest.mark.parametrize(
    ("client", "transport", "words"),
    [
        (Prefect, AsyncFakeTransport(), ["Prefect needs a transport with send and close", "it is for AsyncPrefect"]),
        (AsyncPrefect, FakeTransport(), ["AsyncPrefect needs a transport with send and aclose", "it is for Prefect"]),
        (Prefect, lambda inner: AsyncFakeTransport(), ["AsyncFakeTransport has not both: it is for AsyncPrefect"]),
        (AsyncPrefect, lambda inner: FakeTransport(), ["FakeTransport has not both: it is for Prefect"]),
        (Prefect, "htttp", ["no transport is called 'htttp'", "'http'"]),
        (Prefect, 17, ["must be a name, have a method send", "17"]),
    ],
)
def test_a_transport_of_the_other_kind(client: Callable[..., object], transport: Any, words: list[str]) -> None:
    with raises(ConfigError, *words):
        client(URL, transport=transport)


# Ids and names


def takes_a_uuid(path: Any) -> bool:
    try:
        return not path.render(dict.fromkeys(path.parameters, "nightly"))
    except InvalidParameterError:
        return True


READS = [name for name, each in OPERATIONS.items() if each.method == "GET" and takes_a_uuid(each.path)]


@pytest.mark.parametrize("name", READS)
def test_an_id_that_is_not_a_uuid_is_refused(name: str) -> None:
    transport = FakeTransport()
    with (
        Prefect(transport=transport) as client,
        raises(InvalidParameterError, "must be a UUID, got 'nightly'", "by name"),
    ):
        result = attrgetter(name)(client)(*["nightly"] * len(OPERATIONS[name].path.parameters))
        next(result)
    assert transport.requests == []


def test_every_resource_that_reads_by_id_was_asked() -> None:
    assert {"flows.read", "flow_runs.read", "deployments.read", "flow_runs.download_logs"} <= set(READS)
    assert len(READS) > 20


@every_kind
@pytest.mark.parametrize("value", ["nightly", "", None, 7, "../flows/filter", f"{UUID(int=7)}/labels"])
def test_an_id_that_is_no_uuid_on_every_client(kind: str, value: Any) -> None:
    transport = fake_transport(kind)
    with raises(InvalidParameterError, f"id must be a UUID, got {value!r}"):
        run_call(kind, lambda client: client.flow_runs.read(value), transport=transport)
    assert transport.requests == []


@every_kind
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a/b", "has a slash"),
        ("../flow_runs/filter", "has a slash"),
        ("..", "cannot stand in a URL path"),
        (".", "cannot stand in a URL path"),
        ("", "cannot stand in a URL path"),
        ("a\nb", "has a control character"),
        ("a\x00b", "has a control character"),
    ],
)
def test_a_name_that_would_be_another_route(kind: str, name: str, reason: str) -> None:
    for call in (
        lambda client: client.flows.read_by_name(name),
        lambda client: client.work_pools.read(name),
        lambda client: client.variables.delete_by_name(name),
        lambda client: client.deployments.read_by_name("etl", name),
    ):
        transport = fake_transport(kind)
        with raises(UnaddressableNameError, repr(name), reason, "use the id, or a filter"):
            run_call(kind, call, transport=transport)
        assert transport.requests == []


@pytest.mark.anyio
async def test_a_name_with_characters_reserved_in_urls_is_quoted(client: Any) -> None:
    flow = await client.flows.create(name="what? #1; a=b +c")
    assert (await client.flows.read_by_name("what? #1; a=b +c")).id == flow.id


# Bodies and keywords


class Row:
    """Nothing that JSON has a form for."""


LOOP: dict[str, Any] = {}
LOOP["self"] = LOOP


@every_kind
@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"rows": [1.5, {"mean": math.nan}]}, ["$.parameters.x.rows[1].mean is nan"]),
        (-math.inf, ["$.parameters.x is -inf"]),
        ([Row()], ["$.parameters.x[0] is a Row", "make text, a number, a list or a dict of it"]),
        (Path, ["$.parameters.x is the class Path", "make text"]),
        ("\ud800", ["$.parameters.x is a str", "surrogates not allowed"]),
        ({(1, 2): 3}, ["a tuple is no key in JSON", "make text"]),
        (LOOP, ["recursion"]),
    ],
)
def test_a_body_that_cannot_be_json(kind: str, value: Any, words: list[str]) -> None:
    transport = fake_transport(kind)
    with raises(RequestEncodeError, "the body cannot be sent as JSON", *words):
        run_call(
            kind, lambda client: client.flow_runs.create(flow_id=uuid4(), parameters={"x": value}), transport=transport
        )
    assert transport.requests == []


@pytest.mark.anyio
async def test_a_set_is_sent_as_a_list(client: Any) -> None:
    flow = await client.flows.create(name="with-sets", tags={"one"})
    run = await client.flow_runs.create(flow_id=flow.id, parameters={"days": {"monday"}}, tags={"one"})
    assert (flow.tags, run.parameters, run.tags) == (["one"], {"days": ["monday"]}, ["one"])


@every_kind
@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda client: client.flows.create(nmae="etl"), ["create(): ", "'nmae'", "It takes name, tags"]),
        (lambda client: client.flows.create(), ["Missing required argument 'name'"]),
        (lambda client: client.flow_runs.list(stat="Late"), ["list(): ", "'stat'", "state, "]),
        (lambda client: client.flows.create("etl"), ["create() takes nothing by position", "the rest by keyword"]),
        (lambda client: client.flow_runs.update(uuid4(), "etl"), ["takes flow_run_id by position", "by keyword"]),
    ],
)
def test_a_keyword_that_is_misspelt_or_left_out(kind: str, call: Callable[[Any], Any], words: list[str]) -> None:
    transport = fake_transport(kind)
    with pytest.raises(TypeError) as caught:
        run_call(kind, call, transport=transport)
    for word in words:
        assert word in str(caught.value)
    assert transport.requests == []


@every_kind
@pytest.mark.parametrize("group", ["flow_runs", "task_runs"])
@pytest.mark.parametrize("state", ["FAILED", None, {"type": "FAILED"}])
def test_a_state_that_is_none(kind: str, group: str, state: Any) -> None:
    transport = fake_transport(kind)
    with raises(InvalidParameterError, f"got {state!r}", "created by Completed()"):
        run_call(kind, lambda client: attrgetter(group)(client).set_state(uuid4(), state), transport=transport)
    assert transport.requests == []


# Cassettes

HEAD = '{"cassette": 1}\n'
HEALTH = '{"request": {"method": "GET", "path": "/health"}, "response": {"status": 200, "body": {"json": true}}}\n'


def cassette(kind: str, path: Path) -> Any:
    return CassetteTransport(path) if kind == "sync" else AsyncCassetteTransport(path)


@every_kind
@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        (None, CassetteError, ["there is no cassette", "mode='once'"]),
        ("", CassetteError, ["is empty", "record it again"]),
        ("interactions:\n", CassetteError, ["line 1 is damaged", "record it again"]),
        (f"{HEAD}{HEALTH}{HEALTH[:50]}\n", CassetteError, ["line 3 is damaged", "record it again"]),
        ('{"cassette": 1, "records": 2}\n' + HEALTH, CassetteError, ["has 1 records", "declares 2"]),
        ('{"cassette": 99}\n', CassetteVersionError, ["of version 99", "install a later release, or record it again"]),
    ],
)
def test_a_cassette_that_cannot_be_read(kind: str, text: str | None, error: Any, words: list[str]) -> None:
    path = Path("calls.jsonl")
    if text is not None:
        path.write_text(text)
    with raises(error, str(path), *words):
        run_call(kind, lambda client: client.health(), transport=cassette(kind, path))


@every_kind
def test_a_cassette_that_lacks_the_request(kind: str) -> None:
    path = Path("calls.jsonl")
    path.write_text(HEAD + HEALTH)
    assert run_call(kind, lambda client: client.health(), transport=cassette(kind, path)) is True
    words = ["calls.jsonl has no response for GET /flows/name/etl", "the nearest is GET /health", "mode='new_episodes'"]
    with raises(CassetteMiss, *words):
        run_call(kind, lambda client: client.flows.read_by_name("etl"), transport=cassette(kind, path))


# The client's life


@every_kind
def test_a_client_that_was_closed(kind: str) -> None:
    transport = fake_transport(kind, response(True))
    kept: list[Any] = []

    def keep(client: Any) -> Any:
        kept.extend([client, client.with_options(timeout=5)])
        return client.health()

    assert run_call(kind, keep, transport=transport) is True
    kept.append(kept[0].with_options(max_attempts=1))
    for client in kept:
        for call in (client.health, lambda client=client: client.flows.delete(uuid4())):
            with raises(ClientClosedError, "the client is closed", "make a new one"):
                call() if kind == "sync" else anyio.run(call, backend=kind)
    assert len(transport.requests) == 1


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("way", ["http", "asgi"])
def test_a_sync_client_inside_of_a_running_loop_works(backend: str, way: str, server: RealServer) -> None:
    async def main() -> tuple[bool, list[str]]:
        transport = ASGITransport(server.app) if way == "asgi" else None
        with Prefect(server.url, transport=transport) as client:
            client.flows.create(name="inside-a-loop")
            return client.health(), [flow.name for flow in client.flows.iterate(name="inside-a-loop")]

    assert anyio.run(main, backend=backend) == (True, ["inside-a-loop"])


@pytest.mark.parametrize("backends", [("asyncio", "asyncio"), ("asyncio", "trio"), ("trio", "asyncio")])
@pytest.mark.parametrize("way", ["http", "asgi"])
def test_an_async_client_in_a_second_loop_works(backends: tuple[str, str], way: str, server: RealServer) -> None:
    transport = AsyncASGITransport(server.app, threaded=True) if way == "asgi" else None
    client = AsyncPrefect(server.url, transport=transport)

    async def main() -> str:
        flow = await client.flows.create(name="in-two-loops")
        return (await client.flows.read(flow.id)).name

    async def last() -> str:
        async with client:
            return await main()

    assert anyio.run(main, backend=backends[0]) == "in-two-loops"
    assert anyio.run(last, backend=backends[1]) == "in-two-loops"
