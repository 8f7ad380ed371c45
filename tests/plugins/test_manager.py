"""Which plugins are loaded, in which order, and how a broken one is refused."""

from __future__ import annotations

import dataclasses
import inspect
import logging
from importlib.metadata import EntryPoint
from types import SimpleNamespace
from typing import Any

import pytest

from prefectkit.core.errors import PluginError
from prefectkit.core.hooks import Call, Hooks
from prefectkit.core.messages import Request, Response
from prefectkit.plugins import hookimpl, manager
from prefectkit.plugins.hookspecs import OBSERVERS, HookSpecs
from prefectkit.plugins.manager import Plugins
from tests.fakes import Notes
from tests.plugins.conftest import Install

ADDS = "@hookimpl\ndef before_send(request):\n    request.headers['x'] = request.headers.get('x', '') + {!r}\n"


class Adds:
    """Adds a letter to a header."""

    def __init__(self, letter: str) -> None:
        self.letter = letter

    @hookimpl
    def before_send(self, request: Request) -> None:
        request.headers["x"] = request.headers.get("x", "") + self.letter


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
    for function in plugins.compile().before_send:
        function(SimpleNamespace(), request)
    return str(request.headers.get("x", ""))


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

    hooks: Any = loaded(Takes()).compile()
    hooks.before_call[0]("call")
    hooks.before_send[0]("call", "request")
    hooks.after_response[0]("call", "request", "response")
    hooks.send_failed[0]("call", "request", "error")
    assert seen == [(), "request", ("response", "call"), ("call", "request", "error")]


def test_every_hook_of_a_call_is_compiled() -> None:
    notes = Notes()
    plugins = loaded(notes)
    hooks = plugins.compile()
    for hook in Hooks.__slots__:
        (function,) = getattr(hooks, hook)
        arguments = list(inspect.signature(getattr(HookSpecs, hook)).parameters)[1:]
        function(*arguments)
        assert (notes.calls[-1], notes.seen[-1]) == (hook, tuple(arguments))
    for hook in ("client_opened", "client_closed"):
        plugins.notify(hook, "client")
        assert (notes.calls[-1], notes.seen[-1]) == (hook, ("client",))


def test_without_plugins_there_is_nothing_to_call() -> None:
    hooks = loaded().compile()
    assert all(getattr(hooks, hook) == () for hook in Hooks.__slots__)


def test_every_hook_is_known_to_the_engine_or_stands_outside_of_calls() -> None:
    specified = {name for name in vars(HookSpecs) if not name.startswith("_")}
    assert specified == {*Hooks.__slots__, "client_opened", "client_closed"}
    assert OBSERVERS < specified
    for name in specified:
        documented = inspect.getdoc(getattr(HookSpecs, name)) or ""
        assert ("(observer)" in documented) is (name in OBSERVERS)


def test_the_names_that_a_plugin_needs_are_public() -> None:
    import prefectkit.plugins

    assert prefectkit.plugins.__all__ == ["AuthFlow", "Call", "Request", "Response", "hookimpl"]
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
        (Wrapping(), "it wraps a hook"),
        (Adds, "and not None or a class: make an instance of it"),
        (None, "and not None or a class"),
        (7, "it has no hook"),
    ],
)
def test_a_broken_plugin_is_refused_by_name_with_the_reason(plugin: object, reason: str) -> None:
    plugins = Plugins(environ={})
    plugins.add(Adds("a"), "fine")
    with pytest.raises(PluginError) as caught:
        plugins.add(plugin, "broken")
    assert str(caught.value).startswith("plugin 'broken' is refused: ")
    assert reason in str(caught.value)
    assert caught.value.plugin == "broken"
    # Nothing of it is left behind.
    assert plugins.names == ["fine"]
    assert header(plugins) == "a"
    plugins.add(Adds("b"), "broken")
    assert header(plugins) == "ab"


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
            request.headers["x"] = request.headers.get("x", "") + self.letter

    assert header(loaded(Tags("a"), Tags("b"))) == "ab"


# Installed ones


def test_installed_plugins_are_loaded_by_name_before_the_clients_own(install: Install) -> None:
    install("zeta", ADDS.format("z"))
    install("alpha", ADDS.format("a"))
    plugins = loaded(Adds("o"))
    assert plugins.names == ["alpha", "zeta", "Adds"]
    assert header(plugins) == "azo"
    assert plugins.refused == {}


def test_an_entry_point_may_name_an_object(install: Install) -> None:
    source = (
        "class P:\n    @hookimpl\n    def before_send(self, request):\n        request.headers['x'] = 't'\nplugin = P()"
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
        ({"PREFECTKIT_PLUGINS": "alpha,unknown"}, ["alpha"]),
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
    assert message.startswith("plugin 'broken' of acme-plugin 1.2 is not loaded: ")
    assert message.endswith("; the client works without it")
    assert reason in message
    assert reason in plugins.refused["broken"]


@pytest.mark.parametrize(("value", "strict"), [("1", True), ("true", True), ("0", False), ("", False)])
def test_strictness_raises_instead(install: Install, value: str, strict: bool) -> None:
    install("broken", "raise ValueError('no config')", distribution="acme-plugin")
    if not strict:
        assert loaded(PREFECTKIT_STRICT_PLUGINS=value).names == []
        return
    with pytest.raises(PluginError, match=r"plugin 'broken' of acme-plugin 1\.2 is not loaded: ValueError: no config"):
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
    monkeypatch.setattr(manager, "entry_points", lambda group: [point])
    assert "plugin 'stray' of an unknown distribution is not loaded" in loaded().refused["stray"]


def test_what_is_no_exception_of_a_plugin_passes(install: Install) -> None:
    install("team", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        loaded()


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
