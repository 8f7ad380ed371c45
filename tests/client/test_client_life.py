"""A client opens, shows itself, works with plugins and closes."""

from __future__ import annotations

import inspect
import logging
import pickle
import sys

import pytest

import prefectkit
from prefectkit import AsyncPrefect, Prefect
from prefectkit.core.errors import ClientClosedError, ConfigError, PluginError
from prefectkit.plugins import Request, hookimpl
from prefectkit.plugins.testing import Recorder
from prefectkit.transports.http import HTTPTransport
from tests.client.clients import FLOW, blocking
from tests.fakes import AsyncFakeTransport, Chunks, response


def test_a_closed_client_refuses_everything() -> None:
    client, transport = blocking(response(True))
    with client as entered:
        assert entered is client
        assert client.health()
    client.close()
    assert transport.closed == 1
    for use in (client.health, lambda: client.flows.read_by_name("a"), lambda: next(client.flows.iterate())):
        with pytest.raises(ClientClosedError, match="make a new one"):
            use()
    with pytest.raises(ClientClosedError), client:
        raise AssertionError
    assert len(transport.requests) == 1
    assert repr(client) == f"<Prefect {client.api_url} closed>"


@pytest.mark.anyio
async def test_a_closed_async_client_refuses_everything() -> None:
    transport = AsyncFakeTransport(response(True))
    async with AsyncPrefect(transport=transport) as client:
        assert await client.health()
    await client.aclose()
    assert transport.closed == 1
    with pytest.raises(ClientClosedError):
        await client.health()
    with pytest.raises(ClientClosedError):
        async with client:
            raise AssertionError
    assert repr(client).endswith(" closed>")


def test_a_client_is_closed_also_after_an_error() -> None:
    client, transport = blocking()
    with pytest.raises(KeyError), client:
        raise KeyError
    assert transport.closed == 1


def test_a_stream_that_is_left_open_is_closed_with_its_iterator() -> None:
    body = Chunks([b"a", b"b"])
    client, _ = blocking(prefectkit.plugins.Response(200, chunks=body))
    chunks = client.flow_runs.download_logs(FLOW["id"])
    assert next(chunks) == b"a"
    chunks.close()
    assert body.closed == 1


# Plugins


def test_plugins_see_a_client_open_and_close() -> None:
    recorder = Recorder()
    client, transport = blocking(response(True), plugins=[recorder])
    assert recorder.hooks == ["client_opened"]
    view = recorder.calls[0].arguments["client"]
    assert (view.api_url, view.sync) == (client.api_url, True)
    client.close()
    client.close()
    assert recorder.hooks == ["client_opened", "client_closed"]
    assert recorder.calls[1].arguments["client"] is view
    assert transport.closed == 1


def test_a_plugin_may_close_the_client_that_is_being_closed() -> None:
    closed: list[bool] = []

    class Closes:
        @hookimpl
        def client_closed(self) -> None:
            client.close()
            closed.append(True)

    client, transport = blocking(plugins=[Closes()])
    client.close()
    assert closed == [True]
    assert transport.closed == 1


def test_the_plugins_of_a_client_are_listed_in_call_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_CLIENT_CSRF_SUPPORT_ENABLED", "true")
    monkeypatch.delitem(sys.modules, "opentelemetry.trace", raising=False)
    monkeypatch.delitem(sys.modules, "prefect.context", raising=False)
    client, _ = blocking(api_key="k", plugins=[Recorder()])
    assert client.plugins.names == ["csrf", "auth", "headers", "request_ids", "Recorder"]
    assert [plugin.source for plugin in client.plugins] == ["built-in"] * 4 + ["this client"]
    assert client.plugins[-1].hooks[:2] == ("client_opened", "before_call")
    assert client.plugins.refused == {}


def test_a_broken_plugin_of_the_clients_own_is_refused() -> None:
    with pytest.raises(PluginError, match="plugin 'object' of this client is refused: it has no hook"):
        blocking(plugins=[object()])
    with pytest.raises(PluginError, match="plugin 'team' is not installed"):
        blocking(plugins=["team"])


def test_an_observer_that_raises_does_not_disturb_a_client(caplog: pytest.LogCaptureFixture) -> None:
    class Raises:
        @hookimpl
        def client_opened(self) -> None:
            raise ValueError

        @hookimpl
        def after_call(self) -> None:
            raise ValueError

        @hookimpl
        def client_closed(self) -> None:
            raise ValueError

    client, _ = blocking(response(True), plugins=[Raises()])
    with client:
        assert client.health()
    said = [record for record in caplog.records if "raised ValueError" in record.getMessage()]
    assert [record.levelno for record in said] == [logging.WARNING] * 3
    (record,) = [plugin for plugin in client.plugins if plugin.name == "Raises"]
    assert record.failures == 3


def test_a_transformer_that_raises_ends_the_call_before_anything_is_sent() -> None:
    class Raises:
        @hookimpl
        def before_send(self, request: Request) -> None:
            raise ValueError("odd")

    client, transport = blocking(plugins=[Raises()])
    with pytest.raises(PluginError, match="plugin 'Raises' raised ValueError in before_send: odd"):
        client.health()
    assert transport.requests == []


# What is shown


def test_no_repr_shows_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_CLIENT_CUSTOM_HEADERS", '{"X-Key": "hunter2"}')
    client, _ = blocking(response(None, 401), api_key="hunter2", auth_string="me:hunter2")
    assert repr(client) == "<Prefect http://ephemeral-prefect/api>"
    assert repr(client.flows) == "<Flows of http://ephemeral-prefect/api>"
    for shown in (client, client.flows, client._engine, client._engine.options, client._plugins):
        assert "hunter2" not in repr(shown)
    with pytest.raises(prefectkit.errors.Unauthorized) as caught:
        client.health()
    assert "hunter2" not in str(caught.value) + repr(caught.value)
    assert b"hunter2" not in pickle.dumps(caught.value)


def test_both_clients_take_the_same_arguments() -> None:
    sync, asynchronous = inspect.signature(Prefect), inspect.signature(AsyncPrefect)
    assert list(sync.parameters) == list(asynchronous.parameters)
    documented = inspect.getdoc(Prefect) or ""
    for name in sync.parameters:
        assert f"    {name}: " in documented


def test_a_client_of_a_url_speaks_http() -> None:
    with Prefect("http://127.0.0.1:4200/api/") as client:
        assert client.api_url == "http://127.0.0.1:4200/api"
        assert isinstance(client._engine.io.transport, HTTPTransport)  # type: ignore[attr-defined] -- the sync IO has one


def test_a_client_without_a_server_says_both_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_SERVER_EPHEMERAL_ENABLED", "false")
    with pytest.raises(ConfigError, match="PREFECT_API_URL, or allow the embedded server"):
        Prefect()
