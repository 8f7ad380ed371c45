"""Which plugins are loaded, in which order, and how a broken one is refused."""

from __future__ import annotations

import dataclasses
import inspect
import logging
import re
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_type_hints

import pytest

from prefectkit.core.errors import PluginError
from prefectkit.core.hooks import Call, Hooks
from prefectkit.core.http.messages import Request, Response
from prefectkit.plugins import hookimpl, manager
from prefectkit.plugins.hookspecs import OBSERVERS, REGISTRATIONS, HookSpecs
from prefectkit.plugins.manager import HOOKS, Plugins
from prefectkit.plugins.testing import Recorder
from tests.core.calls import operation
from tests.plugins.conftest import Install

# A header that plugins may read.
ADDS = (
    "@hookimpl\ndef before_send(request):\n"
    "    request.headers['x-request-id'] = request.headers.get('x-request-id', '') + {!r}\n"
)


class Adds:
    """Adds a letter to a header."""

    def __init__(self, letter: str) -> None:
        self.letter = letter

    @hookimpl
    def before_send(self, request: Request) -> None:
        request.headers["x-request-id"] = request.headers.get("x-request-id", "") + self.letter


class First(Adds):
    @hookimpl(tryfirst=True)
    def before_send(self, request: Request) -> None:
        super().before_send(request)


class Last(Adds):
    @hookimpl(trylast=True)
    def before_send(self, request: Request) -> None:
        super().before_send(request)


def loaded(*own: object, **environ: str) -> Plugins:
    plugins = Plugins(environ=environ)
    plugins.add_installed()
    plugins.add_own(own)
    return plugins


def header(plugins: Plugins) -> str:
    """What the plugins' `before_send` make of a request, in call order."""
    request: Any = Request("GET", "http://host", "/")
    call: Any = Call(operation(), request, lambda: 0.0)
    for function in plugins.compile().before_send:
        function(call, request)
    return str(request.headers.get("x-request-id", ""))


# Order and arguments


def test_plugins_run_in_the_order_of_their_registration() -> None:
    assert header(loaded(Adds("a"), First("b"), Last("c"), First("d"), Adds("e"), Last("f"))) == "bdaecf"


def test_a_plugin_goes_by_its_name_or_its_class() -> None:
    named = SimpleNamespace(__name__="team", before_send=Adds("a").before_send)
    plugins = loaded(Adds("a"), named, Adds("b"), Adds("c"), Last("d"))
    assert plugins.names == ["Adds", "team", "Adds-2", "Adds-3", "Last"]


def test_each_hook_is_called_with_the_arguments_that_it_takes() -> None:
    seen: list[Any] = []

    class Takes:
        @hookimpl
        def before_call(self) -> None:
            seen.append(())

        @hookimpl
        def before_send(self, request: Any) -> None:
            seen.append(request)

        @hookimpl
        def after_response(self, response: Any, call: Any) -> None:
            seen.append((response, call))

        @hookimpl
        def send_failed(self, call: Any, request: Any, error: Any) -> None:
            seen.append((call, request, error))

    request = Request("GET", "http://host", "/")
    call = Call(operation(), request, lambda: 0.0)
    error = OSError()
    hooks = loaded(Takes()).compile()
    hooks.before_call[-1](call)
    hooks.before_send[0](call, request)
    hooks.after_response[0](call, request, Response(201))
    hooks.send_failed[0](call, request, error)
    nothing, sent, (response, first), (second, failed, given) = seen
    assert nothing == ()
    assert (sent.method, response.status, first.id, second.id, failed.method) == ("GET", 201, call.id, call.id, "GET")
    assert given is error


def test_every_hook_of_a_call_is_compiled() -> None:
    recorder = Recorder()
    plugins = loaded(recorder)
    hooks = plugins.compile()
    request = Request("GET", "http://host", "/")
    given: dict[str, Any] = {
        "call": Call(operation(), request, lambda: 0.0),
        "request": request,
        "response": Response(200),
        "error": OSError(),
        "delay": 1.0,
    }
    for hook in Hooks.__slots__:
        arguments = list(inspect.signature(getattr(HookSpecs, hook)).parameters)[1:]
        getattr(hooks, hook)[-1](*(given[name] for name in arguments))
        assert recorder.calls[-1].hook == hook
        assert list(recorder.calls[-1].arguments) == arguments
    for hook in ("client_opened", "client_closed"):
        plugins.notify(hook, "http://host", True)
        assert recorder.calls[-1].hook == hook
    # The same, so that it can be a key.
    opened, closed = (call.arguments["client"] for call in recorder.calls[-2:])
    assert opened is closed
    assert repr(opened) == "ClientView(api_url='http://host', sync=True)"


def test_without_plugins_there_is_nothing_to_call() -> None:
    hooks = loaded().compile()
    assert all(getattr(hooks, hook) == () for hook in Hooks.__slots__)


def test_every_hook_is_known_to_the_engine_or_stands_outside_of_calls() -> None:
    assert set(HOOKS) == {*Hooks.__slots__, *REGISTRATIONS, "client_opened", "client_closed"}
    assert set(HOOKS) > OBSERVERS
    assert not OBSERVERS & REGISTRATIONS


@pytest.mark.parametrize("name", HOOKS)
def test_every_hook_says_in_a_line_what_it_is_for_and_what_it_is_given(name: str) -> None:
    hook = getattr(HookSpecs, name)
    documented = inspect.getdoc(hook) or ""
    first, *rest = documented.splitlines()
    assert first.endswith(".")
    assert rest[:1] == [""]
    assert ("(observer)" in first) is (name in OBSERVERS)
    described = re.findall(r"^    (\w+): ", documented.partition("Args:")[2].partition("Returns:")[0], re.MULTILINE)
    assert described == list(inspect.signature(hook).parameters)[1:]
    answers = get_type_hints(hook)["return"] is not type(None)
    assert ("Returns:" in documented) is (answers and name != "authenticate")


def test_the_names_that_a_plugin_needs_are_public() -> None:
    import prefectkit.plugins

    needed = {"AuthFlow", "Call", "CallView", "ClientView", "Request", "RequestView", "Response", "ResponseView"}
    assert needed | {"M", "RetrySafety", "Resource", "Target", "endpoint", "hookimpl"} <= set(
        prefectkit.plugins.__all__
    )
    assert (prefectkit.plugins.Call, prefectkit.plugins.Response) == (Call, Response)


# Refusals


class Misspelt:
    @hookimpl
    def befor_send(self, request: Request) -> None: ...


class WrongArgument:
    @hookimpl
    def before_send(self, requst: Request) -> None: ...


class Unmarked:
    def before_send(self, request: Request) -> None: ...


class Wrapping:
    @hookimpl(wrapper=True)
    def before_send(self, request: Request) -> Any:
        return (yield)


class Awaited:
    @hookimpl
    async def before_send(self, request: Request) -> None: ...


class AwaitedFlow:
    @hookimpl
    async def authenticate(self, request: Request) -> Any:
        yield request


class Generating:
    @hookimpl
    def before_send(self, request: Request) -> Any:
        yield request


class Older:
    prefectkit_api = "0"

    @hookimpl
    def before_send(self, request: Request) -> None: ...


class Secretive:
    prefectkit_secrets = True

    @hookimpl
    def before_send(self, request: Request) -> None: ...


class Moody:
    """Its terms cannot be read."""

    @property
    def prefectkit_api(self) -> str:
        raise KeyError("no mood")

    @hookimpl
    def before_send(self, request: Request) -> None: ...


class Raising:
    @hookimpl
    def before_send(self, request: Request) -> None: ...

    @property
    def token(self) -> str:
        raise KeyError("no token yet")


@pytest.mark.parametrize(
    ("plugin", "reason"),
    [
        (Misspelt(), "unknown hook 'befor_send'"),
        (WrongArgument(), "requst"),
        (Unmarked(), "it has no hook: mark its functions with hookimpl"),
        (Wrapping(), "its before_send wraps a hook"),
        (Awaited(), "its before_send is async: hooks are plain functions, for both clients"),
        (AwaitedFlow(), "its authenticate is async"),
        (Generating(), "its before_send is a generator, and would never run"),
        (Older(), "it is written for version '0' of the hooks, and this is '1'"),
        (
            Secretive(),
            "is not allowed to: pass plugin_secrets=['broken'], or set PREFECTKIT_PLUGIN_SECRETS=broken",
        ),
        (Moody(), "KeyError: 'no mood'"),
        (Adds, "and not None or a class: make an instance of it"),
        (None, "and not None or a class"),
        (7, "it has no hook"),
    ],
)
def test_a_broken_plugin_is_refused_by_name_with_the_reason(plugin: object, reason: str) -> None:
    plugins = Plugins(environ={})
    plugins.add(Adds("a"), "fine")
    with pytest.raises(PluginError) as caught:
        plugins.add(plugin, "broken", "acme 1.0")
    assert str(caught.value).startswith("plugin 'broken' of acme 1.0 is refused: ")
    assert reason in str(caught.value)
    assert caught.value.plugin == "broken"
    # Nothing of it is left behind.
    assert plugins.names == ["fine"]
    assert header(plugins) == "a"
    plugins.add(Adds("b"), "broken")
    assert header(plugins) == "ab"


class Private:
    @hookimpl(specname="before_send")
    def _stamp(self, request: Request) -> None:
        request.headers["x-request-id"] = "private"


def test_a_hook_may_have_a_private_name() -> None:
    assert header(loaded(Private())) == "private"


def test_a_property_that_raises_is_no_hook() -> None:
    """Or it breaks the plugin, and never the client."""
    plugins = Plugins(environ={})
    try:
        plugins.add(Raising(), "raising")
    except PluginError:
        assert plugins.names == []
    assert len(plugins.compile().before_send) == len(plugins.names)


def test_a_plugin_is_registered_once() -> None:
    adds = Adds("a")
    plugins = loaded(adds)
    with pytest.raises(PluginError, match="it is registered already"):
        plugins.add_own([adds])
    with pytest.raises(PluginError, match="another plugin has this name"):
        plugins.add(Adds("b"), "Adds")
    assert header(plugins) == "a"


def test_a_plugin_need_not_be_hashable() -> None:
    @dataclasses.dataclass
    class Tags:
        letter: str

        @hookimpl
        def before_send(self, request: Request) -> None:
            request.headers["x-request-id"] = request.headers.get("x-request-id", "") + self.letter

    assert header(loaded(Tags("a"), Tags("b"))) == "ab"


def test_the_names_of_the_built_in_plugins_are_theirs() -> None:
    plugins = Plugins(environ={}, reserved=["auth"])
    with pytest.raises(PluginError, match=r"plugin 'auth' of acme 1\.0 is refused: another plugin has this name"):
        plugins.add(Adds("a"), "auth", "acme 1.0")
    plugins.add(Adds("b"), "own")
    plugins.add_built_in([("auth", Adds("c")), ("headers", Adds("d"))])
    assert plugins.names == ["auth", "headers", "own"]
    assert header(plugins) == "cdb"


def test_built_in_plugins_alone_are_not_kept_from_calling_a_client() -> None:
    # They do not, and what keeps others from it has its price.
    plugins = Plugins(environ={})
    plugins.add_built_in([("recorder", Recorder())])
    assert len(plugins.compile().before_call) == 1
    plugins.add(Adds("a"), "own")
    assert len(plugins.compile().before_call) == 2


def test_the_environment_switches_built_in_plugins_off() -> None:
    plugins = Plugins(environ={"PREFECTKIT_PLUGINS": "", "PREFECTKIT_DISABLE_PLUGINS": "headers"})
    plugins.add_built_in([("auth", Adds("a")), ("headers", Adds("b"))])
    assert plugins.names == ["auth"]


def test_a_plugin_whose_name_cannot_be_read_goes_by_its_class() -> None:
    class Nameless(Adds):
        @property
        def __name__(self) -> str:
            raise KeyError

    assert loaded(Nameless("a")).names == ["Nameless"]


@pytest.mark.parametrize(
    ("environ", "given"), [({"PREFECTKIT_PLUGIN_SECRETS": "other, secretive"}, []), ({}, ["secretive"])]
)
def test_the_user_allows_an_installed_plugin_that_asks_to_see_secrets(
    environ: dict[str, str], given: list[str]
) -> None:
    plugins = Plugins(environ=environ, secrets=given)
    plugins.add(Secretive(), "secretive", "acme 1.0")
    plugins.add(Adds("a"), "adds", "acme 1.0")
    assert [(plugin.name, plugin.secrets) for plugin in plugins.listed()] == [("secretive", True), ("adds", False)]


def test_an_installed_plugin_that_is_allowed_and_does_not_ask_sees_no_secrets() -> None:
    plugins = Plugins(environ={}, secrets=["adds"])
    plugins.add(Adds("a"), "adds", "acme 1.0")
    assert not plugins.listed()[0].secrets


def test_what_the_user_passes_sees_secrets_without_asking() -> None:
    plugins = Plugins(environ={})
    plugins.add_own([Secretive(), Adds("a")])
    assert [plugin.secrets for plugin in plugins.listed()] == [True, True]


def test_the_list_says_where_each_comes_from_and_what_it_does(install: Install) -> None:
    install("alpha", ADDS.format("a"), distribution="acme-plugin")
    install("beta", "raise ValueError('no config')", distribution="acme-broken")
    listed = loaded(Adds("o")).listed()
    assert repr(listed) == "(<alpha (acme-plugin 1.2): before_send>, <Adds (this client): before_send>)"
    assert listed.names == ["alpha", "Adds"]
    assert listed.refused == {"beta": "plugin 'beta' of acme-broken 1.2 is refused: ValueError: no config"}


# Installed ones


def test_installed_plugins_are_looked_for_once(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    install("alpha", ADDS.format("a"))
    assert loaded().names == ["alpha"]
    monkeypatch.setattr("prefectkit.plugins.entry_points.entry_points", None)
    assert loaded().names == ["alpha"]


def test_installed_plugins_are_loaded_by_name_before_the_clients_own(install: Install) -> None:
    install("zeta", ADDS.format("z"))
    install("alpha", ADDS.format("a"))
    plugins = loaded(Adds("o"))
    assert plugins.names == ["alpha", "zeta", "Adds"]
    assert header(plugins) == "azo"
    assert plugins.refused == {}


def test_an_entry_point_may_name_an_object(install: Install) -> None:
    source = (
        "class P:\n    @hookimpl\n    def before_send(self, request):\n        request.headers['x-request-id'] = 't'\n"
        "plugin = P()"
    )
    install("team", source, target=":plugin")
    assert header(loaded()) == "t"


@pytest.mark.parametrize(
    ("environ", "names"),
    [
        ({}, ["alpha", "beta", "zeta"]),
        ({"PREFECTKIT_PLUGINS": ""}, []),
        ({"PREFECTKIT_PLUGINS": " , "}, []),
        ({"PREFECTKIT_PLUGINS": "zeta, alpha"}, ["alpha", "zeta"]),
        ({"PREFECTKIT_DISABLE_PLUGINS": ""}, ["alpha", "beta", "zeta"]),
        ({"PREFECTKIT_DISABLE_PLUGINS": "beta , unknown"}, ["alpha", "zeta"]),
        ({"PREFECTKIT_PLUGINS": "alpha,beta", "PREFECTKIT_DISABLE_PLUGINS": "beta"}, ["alpha"]),
    ],
)
def test_the_environment_chooses(install: Install, environ: dict[str, str], names: list[str]) -> None:
    for name in ("alpha", "beta", "zeta"):
        install(name, ADDS.format(name[0]))
    assert loaded(**environ).names == names


def test_the_processes_own_environment_counts_by_default(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    install("team", ADDS.format("t"))
    monkeypatch.setenv("PREFECTKIT_DISABLE_PLUGINS", "team")
    plugins = Plugins()
    plugins.add_installed()
    assert plugins.names == []


def test_a_plugin_that_is_not_to_be_loaded_is_not_imported(install: Install) -> None:
    install("team", "raise SystemExit('imported')")
    assert loaded(PREFECTKIT_DISABLE_PLUGINS="team").names == []
    assert loaded(PREFECTKIT_PLUGINS="").names == []


BROKEN = [
    ("raise ValueError('no config')", "", "ValueError: no config"),
    ("import not_there_at_all", "", "ModuleNotFoundError: No module named 'not_there_at_all'"),
    ("def broken(:", "", "SyntaxError"),
    ("", ":missing", "AttributeError"),
    ("@hookimpl\ndef befor_send(request): ...", "", "unknown hook 'befor_send'"),
    ("", "", "it has no hook"),
    ("prefectkit_api = '2'\n" + ADDS.format("a"), "", "written for version '2'"),
    ("@hookimpl\nasync def before_send(request): ...", "", "is async"),
    ("class Odd(Exception):\n    def __str__(self):\n        raise KeyError\nraise Odd", "", "Odd: it has no message"),
]


@pytest.mark.parametrize(("source", "target", "reason"), BROKEN)
def test_a_broken_installed_plugin_is_left_out_and_said_so(
    install: Install, caplog: pytest.LogCaptureFixture, source: str, target: str, reason: str
) -> None:
    install("broken", source, distribution="acme-plugin", target=target)
    install("fine", ADDS.format("f"))
    plugins = loaded()
    assert plugins.names == ["fine"]
    assert header(plugins) == "f"
    assert list(plugins.refused) == ["broken"]
    (record,) = caplog.records
    assert (record.levelno, record.name) == (logging.WARNING, "prefectkit.plugins")
    message = record.getMessage()
    assert message.startswith("plugin 'broken' of acme-plugin 1.2 is refused: ")
    assert message.endswith("; the client works without it")
    assert reason in message
    assert reason in plugins.refused["broken"]


@pytest.mark.parametrize(("value", "strict"), [("1", True), ("true", True), ("0", False), ("", False)])
def test_strictness_raises_instead(install: Install, value: str, strict: bool) -> None:
    install("broken", "raise ValueError('no config')", distribution="acme-plugin")
    if not strict:
        assert loaded(PREFECTKIT_STRICT_PLUGINS=value).names == []
        return
    with pytest.raises(PluginError, match=r"plugin 'broken' of acme-plugin 1\.2 is refused: ValueError: no config"):
        loaded(PREFECTKIT_STRICT_PLUGINS=value)


def test_two_distributions_with_one_name_do_not_disturb_each_other(install: Install) -> None:
    install("team", ADDS.format("a"), distribution="acme-one")
    install("team", ADDS.format("b"), distribution="acme-two")
    plugins = loaded()
    assert plugins.names == ["team"]
    assert header(plugins) in ("a", "b")
    assert "another plugin has this name" in plugins.refused["team"]


def test_an_entry_point_without_a_distribution_is_named_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint(name="stray", value="not_there_at_all", group="prefectkit")
    monkeypatch.setattr(manager, "plugin_entry_points", lambda: [point])
    assert "plugin 'stray' of an unknown distribution is refused" in loaded().refused["stray"]


def test_what_is_no_exception_of_a_plugin_passes(install: Install) -> None:
    install("team", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        loaded()


@pytest.mark.parametrize(
    "source",
    [
        "raise SystemExit(3)",
        "import sys; sys.exit('no license')",
        "import pytest; pytest.skip('not here', allow_module_level=True)",
        "class Plugin:\n    @hookimpl\n    def register_transports(self): raise SystemExit(3)\nplugin = Plugin()",
    ],
)
def test_a_plugin_that_would_end_the_program_is_refused(install: Install, source: str) -> None:
    install("team", source, target=":plugin" if "plugin =" in source else "")
    install("zeta", ADDS.format("z"))
    plugins = loaded()
    assert plugins.names == ["zeta"]
    assert "plugin 'team' of prefectkit-team 1.2 is refused" in plugins.refused["team"]


def test_a_name_that_is_not_installed_is_told(install: Install) -> None:
    install("alpha", ADDS.format("a"))
    with pytest.raises(PluginError, match="PREFECTKIT_PLUGINS names 'alhpa', which is not installed: there are alpha"):
        loaded(PREFECTKIT_PLUGINS="alpha,alhpa")
    plugins = Plugins(environ={"PREFECTKIT_PLUGINS": "alpha,csrf"}, reserved=["csrf"])
    plugins.add_installed()
    assert plugins.names == ["alpha"]


@pytest.mark.parametrize("damage", ["[console_scripts]\n<<<<<<< HEAD\nx = y:z\n", "[prefectkit]\n\udcff"])
def test_a_damaged_distribution_does_not_disturb_the_others(
    install: Install, tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    install("alpha", ADDS.format("a"))
    # The same distribution once more, behind the first on the path: it does not count.
    again = tmp_path / "again" / "prefectkit_alpha-0.9.dist-info"
    again.mkdir(parents=True)
    (again / "METADATA").write_text("Metadata-Version: 2.1\nName: prefectkit-alpha\nVersion: 0.9\n")
    (again / "entry_points.txt").write_text("[prefectkit]\nold = not_there\n")
    sys.path.insert(1, str(again.parent))
    damaged = tmp_path / "site" / "other-1.0.dist-info"
    damaged.mkdir()
    (damaged / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")
    (damaged / "entry_points.txt").write_bytes(damage.encode("utf-8", "surrogateescape"))
    try:
        plugins = loaded()
    finally:
        sys.path.remove(str(again.parent))
    assert plugins.names == ["alpha"]
    assert plugins.refused == {}
    assert "other-1.0.dist-info cannot be read, and its plugins are not loaded" in caplog.text


def test_a_client_may_ask_for_an_installed_one_by_name(install: Install) -> None:
    install("alpha", ADDS.format("a"))
    install("zeta", ADDS.format("z"))
    assert loaded("zeta", PREFECTKIT_PLUGINS="").names == ["zeta"]
    assert loaded("zeta", "alpha").names == ["alpha", "zeta"]
    with pytest.raises(PluginError, match="plugin 'team' is not installed") as caught:
        loaded("team")
    assert caught.value.plugin == "team"


def test_one_that_is_asked_for_by_name_may_not_be_broken(install: Install) -> None:
    install("broken", "raise ValueError('no config')")
    with pytest.raises(PluginError, match="ValueError: no config"):
        loaded("broken")
