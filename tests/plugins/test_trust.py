"""Which plugins see secrets: those that the user passes; of the installed ones those that ask and are allowed."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import anyio
import pytest

from prefectkit import AsyncPrefect, Prefect
from prefectkit.core.errors import BadRequest, ConfigError, PluginError
from prefectkit.core.hooks import Call
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.security.redaction import REDACTED
from prefectkit.plugins import hookimpl
from prefectkit.plugins.testing import FakeServer, Recorder
from tests.plugins.conftest import Install

KEY = "pnu_hunter2"
VALUE = "the value of a variable"

READER = """
seen = []

@hookimpl
def after_response(request, response):
    if request.target == "/variables/":
        seen.extend([request.headers["authorization"], request.body, response.headers["set-cookie"], response.body])
"""
ASKING = "prefectkit_secrets = True\n" + READER
SECRETS = [f"Bearer {KEY}", b'{"value":"%s"}' % VALUE.encode(), "session=1", VALUE.encode()]
NO_SECRETS = [REDACTED, REDACTED.encode(), REDACTED, REDACTED.encode()]


def module(source: str) -> Any:
    made = ModuleType("reader")
    exec(f"from prefectkit.plugins import hookimpl\n{source}", made.__dict__)
    return made


def server() -> FakeServer:
    return FakeServer({("POST", "/variables/"): Response(200, {"set-cookie": "session=1"}, VALUE.encode())})


def call(surface: str, plugins: list[object], **arguments: Any) -> list[str]:
    """Send a key and a secret body; the names of the plugins that may see secrets, without the built-in ones."""
    fake = server()

    def trusted(client: Any) -> list[str]:
        return [plugin.name for plugin in client.plugins if plugin.secrets and plugin.source != "built-in"]

    async def awaited() -> list[str]:
        transport = fake.async_transport
        async with AsyncPrefect(fake.url, transport=transport, api_key=KEY, plugins=plugins, **arguments) as client:
            await client.request("POST", "/variables/", body={"value": VALUE})
            return trusted(client)

    if surface == "async":
        return anyio.run(awaited)
    with Prefect(fake.url, transport=fake.transport, api_key=KEY, plugins=plugins, **arguments) as client:
        client.request("POST", "/variables/", body={"value": VALUE})
        return trusted(client)


@pytest.fixture(params=["sync", "async"])
def surface(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# What the user passes


@pytest.mark.parametrize("source", [READER, ASKING])
def test_a_module_that_the_user_passes_sees_secrets_without_asking(surface: str, source: str) -> None:
    plugin = module(source)
    assert call(surface, [plugin]) == ["reader"]
    assert plugin.seen == SECRETS


def test_an_object_that_the_user_passes_gets_the_engines_own_objects(surface: str) -> None:
    recorder = Recorder()
    assert call(surface, [recorder]) == ["Recorder"]
    for hook in ("before_send", "after_response", "after_call"):
        (arguments,) = recorder.of(hook)[-1:]
        assert type(arguments["call"]) is Call
        assert type(arguments.get("request", arguments["call"].request)) is Request
    (after,) = recorder.of("after_call")
    assert type(after["response"]) is Response
    assert after["call"].request.headers["authorization"] == f"Bearer {KEY}"


def test_an_object_that_the_user_passes_gets_the_error_itself() -> None:
    recorder = Recorder()
    fake = FakeServer({("GET", "/variables/"): Response(400, {}, VALUE.encode())})
    with Prefect(fake.url, transport=fake.transport, plugins=[recorder]) as client:
        with pytest.raises(BadRequest) as caught:
            client.request("GET", "/variables/", check=True)
    (failed,) = recorder.of("call_failed")
    assert failed["error"] is caught.value


def test_its_own_requests_and_their_responses_are_unredacted() -> None:
    read: list[object] = []

    class Flow:
        @hookimpl
        def authenticate(self, request: Request) -> Any:
            own = request.sibling("POST", "/variables/", body=b"{}")
            response = yield own
            read.extend([type(own), response.body, own.headers["authorization"]])
            yield request

    fake = server()
    fake.route("GET", "/health", True)
    with Prefect(fake.url, transport=fake.transport, plugins=[Flow(), Authorizing()]) as client:
        client.health()
    assert read == [Request, VALUE.encode(), KEY]


class Authorizing:
    @hookimpl
    def authenticate(self, request: Request) -> None:
        request.headers["Authorization"] = KEY


# Installed plugins


@pytest.mark.parametrize("given", [[], ["reader"]])
def test_an_installed_plugin_that_does_not_ask_sees_no_secrets(
    surface: str, install: Install, given: list[str]
) -> None:
    install("reader", READER)
    assert call(surface, [], plugin_secrets=given) == []
    assert sys.modules["installed_0_reader"].seen == NO_SECRETS


def test_an_installed_plugin_that_asks_and_is_not_allowed_is_not_loaded(surface: str, install: Install) -> None:
    install("another", READER)
    install("reader", ASKING)
    assert call(surface, [], plugin_secrets=["another"]) == []
    assert sys.modules["installed_1_reader"].seen == []


@pytest.mark.parametrize("none", [False, True])
@pytest.mark.parametrize("by", ["plugin_secrets", "PREFECTKIT_PLUGIN_SECRETS"])
def test_a_name_that_is_not_installed_is_refused(
    surface: str, install: Install, by: str, none: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("reader", ASKING)
    if none:
        monkeypatch.setenv("PREFECTKIT_PLUGINS", "")
    if by == "PREFECTKIT_PLUGIN_SECRETS":
        monkeypatch.setenv(by, "raeder,reader, telemtry")
    said = rf"{by} names 'raeder', 'telemtry', which is not installed: there are reader. Did you mean 'reader'\?"
    with pytest.raises(PluginError, match=said) as caught:
        call(surface, [], plugin_secrets=["raeder", "reader", "telemtry"] if by == "plugin_secrets" else [])
    assert caught.value.plugin == "raeder"


@pytest.mark.parametrize("given", ["reader", b"reader", {"reader": True}, 7, None, True])
def test_what_is_no_list_of_names_is_refused(surface: str, install: Install, given: Any) -> None:
    install("reader", ASKING)
    with pytest.raises(ConfigError, match=r"plugin_secrets is .* a list of names .*: write plugin_secrets=\[\.\.\.\]"):
        call(surface, [], plugin_secrets=given)


@pytest.mark.parametrize("given", [[7], [None], [["reader"]], (b"reader",)])
def test_names_are_text(surface: str, given: Any) -> None:
    with pytest.raises(ConfigError, match=r"plugin_secrets has .* a list of names"):
        call(surface, [], plugin_secrets=given)


def test_names_may_come_from_an_iterator(surface: str, install: Install) -> None:
    install("reader", ASKING)
    assert call(surface, [], plugin_secrets=iter(["reader"])) == ["reader"]


@pytest.mark.parametrize("by", ["argument", "environment"])
def test_an_installed_plugin_that_asks_and_is_allowed_sees_secrets(
    surface: str, install: Install, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("reader", ASKING)
    if by == "environment":
        monkeypatch.setenv("PREFECTKIT_PLUGIN_SECRETS", "reader")
    assert call(surface, [], plugin_secrets=["reader"] if by == "argument" else []) == ["reader"]
    assert sys.modules["installed_0_reader"].seen == SECRETS


# Installed plugins that the user names


@pytest.fixture
def none_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECTKIT_PLUGINS", "")


@pytest.mark.usefixtures("none_by_default")
@pytest.mark.parametrize("given", [[], ["reader"]])
def test_to_name_an_installed_plugin_loads_it_and_shows_it_no_secrets(
    surface: str, install: Install, given: list[str]
) -> None:
    install("reader", READER)
    assert call(surface, ["reader"], plugin_secrets=given) == []
    assert sys.modules["installed_0_reader"].seen == NO_SECRETS


@pytest.mark.usefixtures("none_by_default")
def test_an_installed_plugin_that_is_named_must_ask_and_be_allowed(surface: str, install: Install) -> None:
    install("reader", ASKING)
    with pytest.raises(PluginError, match=r"asks to see secrets, and is not allowed to: pass plugin_secrets=\['reader"):
        call(surface, ["reader"])
    assert call(surface, ["reader"], plugin_secrets=["reader"]) == ["reader"]
    assert sys.modules["installed_0_reader"].seen == SECRETS


# What stays checked for a plugin that is trusted


def test_each_plugin_has_its_own_state_which_its_hooks_share() -> None:
    ends: list[dict[str, object]] = []

    class Stateful:
        def __init__(self, name: str) -> None:
            self.name = name

        @hookimpl
        def before_call(self, call: Call) -> None:
            assert call.state == {}
            call.state["name"] = self.name

        @hookimpl
        def throttle(self, call: Call) -> None:
            call.state["attempts"] = call.attempt

        @hookimpl
        def after_call(self, call: Call) -> None:
            ends.append(call.state)

    fake = FakeServer({("GET", "/health"): True})
    with Prefect(fake.url, transport=fake.transport, plugins=[Stateful("a"), Stateful("b")]) as client:
        client.health()
        client.health()
    assert ends == [{"name": name, "attempts": 1} for name in ("a", "b")] * 2


def test_headers_are_sent_by_their_lower_case_name() -> None:
    class Mixed:
        @hookimpl
        def before_call(self, call: Call) -> None:
            call.request.headers["X-One"] = "1"

        @hookimpl
        def authenticate(self, request: Request) -> Any:
            request.headers["X-Two"] = "2"
            yield request

        @hookimpl
        def before_send(self, request: Request) -> None:
            request.headers["X-Three"] = "3"

    fake = FakeServer({("GET", "/health"): True})
    with Prefect(fake.url, transport=fake.transport, plugins=[Mixed(), Authorizing()]) as client:
        client.health()
    (sent,) = fake.requests
    assert {"x-one", "x-two", "x-three", "authorization"} <= set(sent.headers)
    assert "".join(sent.headers).islower()


def test_a_flow_that_changes_the_body_on_its_way_ends_the_call() -> None:
    class Late:
        @hookimpl
        def authenticate(self, request: Request) -> Any:
            response = yield request.sibling("GET", "/health")
            request.body = response.body
            yield request

    fake = FakeServer({("GET", "/health"): True})
    with Prefect(fake.url, transport=fake.transport, plugins=[Late()]) as client:
        with pytest.raises(PluginError, match="the body of a request is fixed once before_call is over"):
            client.request("GET", "/flows/")
    assert fake.sent == ["GET /health"]


def test_the_request_of_a_call_is_not_replaced_once_it_is_sent() -> None:
    class Late:
        @hookimpl
        def before_send(self, call: Call) -> None:
            call.request = Request("GET", "http://prefect.test/api", "/")

    fake = FakeServer()
    with Prefect(fake.url, transport=fake.transport, plugins=[Late()]) as client:
        with pytest.raises(PluginError, match="the request of a call is fixed once before_call is over"):
            client.health()
    assert fake.sent == []
