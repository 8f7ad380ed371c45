"""What plugins bring to a client: defaults of settings, secret patterns, transports, resources."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

import prefectkit
from prefectkit import AsyncPrefect, Prefect
from prefectkit.compat import SyncPrefectClient, get_client, get_cloud_client
from prefectkit.core.errors import ConfigError, PluginError, ResponseDecodeError
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.security.redaction import added_patterns
from prefectkit.core.serialization.codec import decode
from prefectkit.plugins import M, Resource, RetrySafety, Target, endpoint, hookimpl
from prefectkit.plugins.manager import Plugins
from prefectkit.transports.cassette import CassetteTransport
from tests.fakes import URL, AsyncFakeTransport, FakeTransport, response
from tests.plugins.conftest import Install


class Brings:
    """A plugin that registers the given results."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers

    @hookimpl
    def settings_defaults(self) -> Any:
        return self.answers.get("settings", {})

    @hookimpl
    def redact(self) -> Any:
        return self.answers.get("patterns", [])

    @hookimpl
    def register_transports(self) -> Any:
        return self.answers.get("transports", {})

    @hookimpl
    def register_resources(self) -> Any:
        return self.answers.get("resources", {})


class Teams(Resource[M]):
    """Teams of an account."""

    group = "teams"

    @endpoint("GET", "/teams/{id:uuid}")
    async def read(self, team_id: str) -> dict[str, Any]:
        """Read a team."""
        return await self._call(dict[str, Any], id=team_id)

    @endpoint("POST", "/teams/", RetrySafety.NEVER)
    async def create(self, name: str) -> dict[str, Any]:
        """Create a team."""
        return await self._call(dict[str, Any], body={"name": name})


def factory(made: list[Target], *answers: Any) -> Callable[[Target], Any]:
    def make(target: Target) -> Any:
        made.append(target)
        return FakeTransport(*answers) if target.sync else AsyncFakeTransport(*answers)

    return make


@pytest.fixture(autouse=True)
def _no_csrf_and_no_patterns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_CLIENT_CSRF_SUPPORT_ENABLED", "false")
    monkeypatch.setattr("prefectkit.core.security.redaction._added", {})


# Settings


def test_a_default_counts_where_nothing_else_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    plugin = Brings(settings={"PREFECT_API_URL": URL, "PREFECT_API_REQUEST_TIMEOUT": 7, "prefect_api_key": "hunter2"})
    with Prefect(transport=FakeTransport(), plugins=[plugin]) as client:
        assert client.api_url == URL
        assert client._engine.options.timeout == 7.0
        assert "auth" in client.plugins.names
    (tmp_path / "prefect.toml").write_text("[api]\nrequest_timeout = 8")
    monkeypatch.setenv("PREFECT_API_URL", "http://other/api")
    with Prefect(transport=FakeTransport(), plugins=[plugin]) as client:
        assert client.api_url == "http://other/api"
        assert client._engine.options.timeout == 8.0


def test_of_two_defaults_that_of_the_first_plugin_counts() -> None:
    plugins = [Brings(settings={"PREFECT_API_URL": f"http://{name}/api"}) for name in ("one", "two")]
    assert Prefect(transport=FakeTransport(), plugins=plugins).api_url == "http://one/api"


LANE = """
class Lane:
    def send(self, request):
        return Response(200, {"content-type": "application/json"}, b"true")

    def close(self):
        pass

@hookimpl
def settings_defaults():
    return {"PREFECT_API_URL": "lane://team/api", "PREFECT_API_REQUEST_TIMEOUT": 7}

@hookimpl
def register_transports():
    return {"lane://": lambda target: Lane()}
"""


def test_flat_clients_have_the_defaults_and_transports_of_installed_plugins(install: Install) -> None:
    install("lane", f"from prefectkit.plugins import Response\n{LANE}")
    for client in (get_client(sync_client=True), SyncPrefectClient("lane://team/api")):
        with client:
            assert str(client.api_url) == "lane://team/api/"
            assert client.api_healthcheck() is None
            assert client._native._engine.options.timeout == 7.0


def test_so_has_a_client_of_cloud_and_loads_them_once(install: Install) -> None:
    install(
        "cloud",
        """
made = []

class Lane:
    async def send(self, request):
        raise AssertionError("nothing is sent")

    async def aclose(self):
        pass

@hookimpl
def settings_defaults():
    made.append("defaults")
    return {"PREFECT_CLOUD_API_URL": "lane://cloud/api"}

@hookimpl
def register_transports():
    return {"lane://": lambda target: made.append(target.url) or Lane()}
""",
    )
    client = get_cloud_client()
    assert client._native.api_url == "lane://cloud/api"
    assert sys.modules["installed_0_cloud"].made == ["defaults", "lane://cloud/api"]


# Transports


@pytest.mark.parametrize("url", ["demo+unix:///run/prefect.sock", "demo+unix://%2Frun%2Fprefect.sock/api"])
def test_a_transport_serves_its_scheme_on_both_clients(url: str) -> None:
    made: list[Target] = []
    plugin = Brings(transports={"demo+unix://": factory(made, response(True))})
    with Prefect(url, plugins=[plugin], httpx_settings={"a": 1}) as client:
        assert client.health() is True
    target = made[0]
    assert (target.sync, target.url, target.app, target.is_cloud) == (True, url, None, False)
    assert (target.httpx_settings, target.settings.api_request_timeout) == ({"a": 1}, 60.0)
    assert repr(target) == f"<Target {url}>"

    async def main() -> None:
        async with AsyncPrefect(url, plugins=[plugin]) as client:
            assert await client.health() is True

    anyio.run(main)
    assert made[1].sync is False


def test_a_transport_goes_by_its_name_and_the_url_may_be_any() -> None:
    made: list[Target] = []
    plugin = Brings(transports={"demo": factory(made, response(True))})
    for api in (URL, "http://other/api"):
        with Prefect(api, plugins=[plugin], transport="demo") as client:
            assert client.health() is True
        assert made[-1].url == api


def test_an_unknown_transport_is_an_error_that_lists_the_known_ones() -> None:
    plugin = Brings(transports={"demo": factory([]), "demo+unix://": factory([])})
    with pytest.raises(ConfigError, match=r"no transport is called 'dema': there are .*'asgi', 'demo', 'embedded'"):
        Prefect(URL, plugins=[plugin], transport="dema")
    with pytest.raises(ConfigError, match=r"use demo\+unix://, http://, https://"):
        Prefect("demo+unux://x", plugins=[plugin])


def test_a_transport_of_the_wrong_kind_is_refused() -> None:
    plugin = Brings(transports={"demo": lambda target: AsyncFakeTransport()})
    with pytest.raises(ConfigError, match="Prefect needs a transport with send and close, and AsyncFakeTransport"):
        Prefect(URL, plugins=[plugin], transport="demo")


def test_the_api_url_of_the_settings_may_have_the_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "demo://x")
    plugin = Brings(transports={"demo://": factory([], response(True))})
    assert Prefect(plugins=[plugin]).health() is True


# Resources


def test_a_resource_is_there_on_both_clients() -> None:
    plugin = Brings(resources={"teams": Teams})
    team = "00000000-0000-0000-0000-000000000001"
    client: Any = Prefect(transport=(transport := FakeTransport(response({"name": "a"}))), plugins=[plugin])
    assert client.teams.create("a") == {"name": "a"}
    assert client.with_options(headers={"x-a": "1"}).teams.read(team) == {"name": "a"}
    assert transport.sent == ["POST /teams/", f"GET /teams/{team}"]
    assert [request.headers.get("x-a") for request in transport.requests] == [None, "1"]
    assert "teams" in dir(client)

    async def main() -> None:
        client: Any = AsyncPrefect(transport=AsyncFakeTransport(response({"name": "b"})), plugins=[plugin])
        assert await client.teams.read(team) == {"name": "b"}

    anyio.run(main)
    assert not hasattr(Prefect(transport=FakeTransport()), "teams")


def test_a_resource_is_typed_where_it_is_made_by_hand() -> None:
    client = Prefect(transport=FakeTransport(response({"name": "a"})))
    assert Teams(client).create("a") == {"name": "a"}


def test_the_operations_of_a_client_are_those_of_its_plugins_too() -> None:
    client = Prefect(transport=FakeTransport(), plugins=[Brings(resources={"teams": Teams})])
    more = prefectkit.operations(client)
    assert more.keys() - prefectkit.operations().keys() == {"teams.create", "teams.read"}
    assert list(more) == sorted(more)
    assert str(more["teams.create"]) == "POST /teams/"


# Patterns


def test_what_a_plugin_says_is_secret_is_in_no_error_and_no_recording(tmp_path: Path) -> None:
    def patterns() -> Any:
        yield r"team-\d+"

    Prefect(transport=FakeTransport(), plugins=[Brings(patterns=patterns())])
    with pytest.raises(ResponseDecodeError) as caught:
        decode(bool, Response(200, {}, b'"team-1234"'))
    assert "team-1234" not in f"{caught.value} {caught.value.excerpt}"
    path = tmp_path / "cassette.jsonl"
    recording = CassetteTransport(path, FakeTransport(response({"name": "team-1234"})), mode="all")
    recording.send(Request("GET", URL, "/flows/team-1234"))
    recording.close()
    assert "team-1234" not in path.read_text()
    assert "/flows/" in path.read_text()


# Refusals


class Made(Teams[M]):
    def __init__(self, parent: Resource[M]) -> None:
        super().__init__(parent)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"settings": ["PREFECT_API_URL"]}, "settings_defaults returned list: return a dictionary"),
    ({"settings": {"PREFECT_API_URI": "x"}}, "there is no setting 'PREFECT_API_URI' for plugin 'Brings'"),
    ({"settings": {"API_URL": "x"}}, "there is no setting 'API_URL'"),
    (
        {"settings": {"PREFECT_API_REQUEST_TIMEOUT": "soon"}},
        "PREFECT_API_REQUEST_TIMEOUT .* is 'soon' in plugin 'Brings'",
    ),
    ({"patterns": "secret"}, "redact returned str: return a list of regular expressions"),
    ({"patterns": None}, "redact returned NoneType"),
    ({"patterns": ["("]}, "unterminated subpattern"),
    ({"transports": None}, "register_transports returned NoneType: return a dictionary"),
    ({"transports": {"http": lambda target: None}}, "there is a transport 'http' already"),
    ({"transports": {"https://": lambda target: None}}, "there is a transport 'https://' already"),
    (
        {"transports": {"De mo": lambda target: None}},
        "'De mo' is no name for a transport: write 'name', or 'scheme://'",
    ),
    ({"transports": {7: lambda target: None}}, "7 is no name for a transport"),
    ({"transports": {"demo": None}}, "the factory of transport 'demo' cannot be called"),
    ({"resources": [Teams]}, "register_resources returned list: return a dictionary"),
    ({"resources": {"flows": Teams}}, "a client has a 'flows' already"),
    ({"resources": {"close": Teams}}, "a client has a 'close' already"),
    ({"resources": {"aclose": Teams}}, "a client has a 'aclose' already"),
    ({"resources": {"_teams": Teams}}, "'_teams' is no name for a resource"),
    ({"resources": {"my teams": Teams}}, "'my teams' is no name for a resource"),
    ({"resources": {"teams": Teams(Prefect(transport=FakeTransport()))}}, "'teams' is no subclass of Resource"),
    ({"resources": {"teams": dict}}, "'teams' is no subclass of Resource"),
    ({"resources": {"teams": Made}}, "the resource 'teams' has an __init__ of its own"),
]


@pytest.mark.parametrize(("answers", "reason"), REFUSED)
def test_what_makes_no_sense_has_the_plugin_refused(answers: dict[str, Any], reason: str) -> None:
    with pytest.raises(PluginError, match=f"plugin 'Brings' of this client is refused: .*{reason}"):
        Prefect(transport=FakeTransport(), plugins=[Brings(**answers)])


def test_of_a_plugin_that_is_refused_nothing_is_left() -> None:
    plugins = Plugins(environ={})
    broken = Brings(
        settings={"PREFECT_API_URL": URL},
        patterns=["team"],
        transports={"demo": factory([])},
        resources={"teams": dict},
    )
    with pytest.raises(PluginError):
        plugins.add_own([broken])
    contributions = plugins.contributions
    assert (contributions.defaults, contributions.transports, contributions.resources) == ([], {}, {})
    assert added_patterns() == ()


@pytest.mark.parametrize(
    "answers", [{"transports": {"demo": factory([])}}, {"resources": {"teams": Teams}}], ids=["transport", "resource"]
)
def test_the_second_plugin_to_bring_a_name_is_refused(answers: dict[str, Any]) -> None:
    with pytest.raises(PluginError, match=r"plugin 'Brings-2' of this client is refused: .* already"):
        Prefect(transport=FakeTransport(), plugins=[Brings(**answers), Brings(**answers)])


def test_an_installed_plugin_that_is_refused_leaves_the_client_working(install: Install) -> None:
    install("clash", "@hookimpl\ndef register_transports():\n    return {'http': print}", distribution="acme-plugin")
    client = Prefect(transport=FakeTransport(response(True)))
    assert client.health() is True
    assert client.plugins.refused == {
        "clash": "plugin 'clash' of acme-plugin 1.2 is refused: there is a transport 'http' already"
    }
