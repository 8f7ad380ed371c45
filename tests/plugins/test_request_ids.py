"""The id of a call: one for all of its attempts, and for no other call."""

from __future__ import annotations

import os
from typing import Any
from uuid import UUID

import pytest

from prefectkit import AsyncPrefect, Prefect
from prefectkit.core.errors import CallError
from prefectkit.core.io import run
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.plugins.builtin import csrf, request_ids
from prefectkit.plugins.builtin.csrf import CSRF
from prefectkit.plugins.builtin.headers import Headers
from prefectkit.plugins.builtin.request_ids import HEADER, RequestIds
from prefectkit.plugins.manager import Plugins
from tests.core.calls import DOWN, RESET, operation, options
from tests.core.calls import call as send
from tests.fakes import URL, AsyncFakeTransport, Clock, FakeTransport, engine_of, response
from tests.real_server import RealServer


def ids_of(transport: Any) -> list[str]:
    return [request.headers[HEADER] for request in transport.requests]


def engine(transport: FakeTransport, *plugins: tuple[str, object]) -> Any:
    loaded = Plugins(environ={})
    loaded.add_built_in([*plugins, ("request_ids", RequestIds())])
    return engine_of(transport, hooks=loaded.compile(), options=options(), clock=Clock())


def test_every_call_has_an_id_of_its_own_in_the_form_of_a_uuid() -> None:
    with Prefect(URL, transport=(transport := FakeTransport(response(True)))) as client:
        for _ in range(20):
            client.health()
    found = ids_of(transport)
    assert len(set(found)) == 20
    assert all(str(UUID(given)) == given for given in found)
    assert {UUID(given).version for given in found} == {4}


@pytest.mark.anyio
async def test_an_async_client_sends_it_too() -> None:
    async with AsyncPrefect(URL, transport=(transport := AsyncFakeTransport(response(True)))) as client:
        await client.health()
    assert UUID(ids_of(transport)[0])


def test_all_attempts_of_a_call_have_the_same_one() -> None:
    transport = FakeTransport(DOWN, response(status=503), response({}))
    send(engine(transport))
    assert len(transport.requests) == 3
    assert len(set(ids_of(transport))) == 1


@pytest.mark.parametrize(
    ("given", "retry_safety"),
    [
        (response(status=404), RetrySafety.READ),
        (DOWN, RetrySafety.READ),
        (RESET, RetrySafety.NEVER),
        (response(b"<"), RetrySafety.READ),
    ],
)
def test_an_error_has_the_id_that_was_sent(given: Any, retry_safety: RetrySafety) -> None:
    transport = FakeTransport(given)
    with pytest.raises(CallError) as caught:
        send(engine(transport), retry_safety)
    assert caught.value.request_id == transport.last.headers[HEADER]


def test_the_id_that_the_server_gives_is_the_one_of_the_error() -> None:
    with pytest.raises(CallError) as caught:
        send(engine(FakeTransport(response(status=404, headers={HEADER: "theirs"}))))
    assert caught.value.request_id == "theirs"


def test_what_a_plugin_asks_for_a_call_has_the_id_of_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csrf, "_without_token", set())
    transport = FakeTransport(response({"detail": "CSRF protection is disabled"}, status=422), response({}))
    run(engine(transport, ("csrf", CSRF())).call(operation(RetrySafety.NEVER), Any, {}))
    assert transport.sent[0].startswith("GET /csrf-token")
    assert len(set(ids_of(transport))) == 1


def test_an_id_of_the_users_own_is_kept() -> None:
    transport = FakeTransport(response({}))
    run(engine(transport).raw(operation(), {}, None, None, headers={"X-Request-ID": "mine"}, check=True))
    run(engine(transport, ("headers", Headers({"X-Request-ID": "ours"}))).call(operation(), Any, {}))
    assert ids_of(transport) == ["mine", "ours"]


def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECTKIT_DISABLE_PLUGINS", "request_ids")
    with Prefect(URL, transport=(transport := FakeTransport(response(True)))) as client:
        client.health()
    assert HEADER not in transport.last.headers


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # Python 3.12 warns of a fork beside threads
def test_a_forked_process_has_ids_of_its_own() -> None:
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writes, request_ids._Process.groups.encode())
        os._exit(0)
    os.close(writes)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reads) as pipe:
        theirs = pipe.read()
    assert status == 0
    assert len(theirs) == len(request_ids._Process.groups)
    assert theirs != request_ids._Process.groups


def test_the_real_server_takes_it(server: RealServer) -> None:
    with Prefect(server.url) as client:
        assert "request_ids" in client.plugins.names
        assert client.health() is True
