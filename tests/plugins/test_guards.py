"""What a plugin that raises, dawdles, answers oddly or calls back does to a call: nothing, or a named error."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from prefectkit.core.errors import ConfigError, PluginError
from prefectkit.core.http.messages import Request, Response
from prefectkit.plugins import guards
from prefectkit.plugins.guards import FAILURES_IN_A_ROW, Guard, forbid_reentrancy
from prefectkit.plugins.plugin_list import LoadedPlugin
from tests.core.calls import operation

REQUEST = Request("GET", "http://host", "/flows/", operation=operation())
TRANSFORMERS = ["transformer", "throttle", "flow", "registration"]


def guarded(kind: str, function: Callable[..., Any], *, secrets: bool = False, hook: str = "before_send") -> Any:
    return getattr(Guard(LoadedPlugin("p", "test", secrets=secrets), hook), kind)(function)


@pytest.fixture(autouse=True)
def _no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "perf_counter", lambda: 0.0)


class Faulty:
    """Raises the given error, and counts its calls."""

    def __init__(self, *faults: BaseException | None) -> None:
        self.faults = list(faults)
        self.calls = 0

    def __call__(self, *arguments: object) -> None:
        self.calls += 1
        fault = self.faults.pop(0) if len(self.faults) > 1 else self.faults[0]
        if fault is not None:
            raise fault


RAISED = Faulty.__call__.__code__.co_firstlineno + 4


# Observers


def test_an_observer_gets_its_arguments() -> None:
    seen: list[Any] = []
    guarded("observer", lambda *arguments: seen.append(arguments))(1, 2)
    assert seen == [(1, 2)]


def test_an_observer_that_raises_is_logged_once_counted_and_switched_off(caplog: pytest.LogCaptureFixture) -> None:
    faulty = Faulty(ValueError("odd"))
    plugin = LoadedPlugin("telemetry", "acme 1.0", hooks=["after_call"])
    observe = Guard(plugin, "after_call").observer(faulty)
    for _ in range(FAILURES_IN_A_ROW + 3):
        observe()
    assert faulty.calls == FAILURES_IN_A_ROW == 5
    assert (plugin.failures, plugin.switched_off) == (5, ["after_call"])
    assert repr(plugin) == "<telemetry (acme 1.0): after_call; failed 5 times; after_call switched off>"
    assert caplog.messages == [
        f"plugin 'telemetry' raised ValueError in after_call ({__file__}:{RAISED}): odd; the call goes on",
        "plugin 'telemetry' is switched off for after_call after 5 failures in a row",
    ]


def test_a_success_in_between_keeps_an_observer_on(caplog: pytest.LogCaptureFixture) -> None:
    fault = ValueError()
    faulty = Faulty(fault, fault, fault, fault, None, fault, fault, fault, fault, None)
    observe = guarded("observer", faulty)
    for _ in range(12):
        observe()
    assert faulty.calls == 12
    assert len(caplog.messages) == 1


def test_an_observer_may_answer_what_it_likes() -> None:
    assert guarded("observer", lambda: "junk")() is None


# Transformers


def test_a_transformer_gets_its_arguments_and_its_failure_ends_the_call() -> None:
    seen: list[Any] = []
    guarded("transformer", lambda *arguments: seen.append(arguments))(1, 2)
    assert seen == [(1, 2)]
    fault = ValueError("odd")
    with pytest.raises(PluginError, match="plugin 'p' raised ValueError in before_send: odd") as caught:
        guarded("transformer", Faulty(fault))()
    assert (caught.value.plugin, caught.value.hook, caught.value.__cause__) == ("p", "before_send", fault)


def test_what_a_failure_says_is_scrubbed() -> None:
    with pytest.raises(PluginError) as caught:
        guarded("transformer", Faulty(ValueError("Bearer hunter2")))()
    assert "hunter2" not in str(caught.value)


def test_an_error_that_cannot_say_why_ends_the_call_all_the_same() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise KeyError

    with pytest.raises(PluginError, match="plugin 'p' raised Mute in before_send: it has no message"):
        guarded("transformer", Faulty(Mute()))()


@pytest.mark.parametrize("answer", [True, "token", [REQUEST], REQUEST, 7])
def test_a_transformer_that_answers_is_refused(answer: object) -> None:
    with pytest.raises(PluginError, match=r"plugin 'p' returned .* in before_send: change the arguments"):
        guarded("transformer", lambda: answer)()


def test_a_transformer_that_is_to_be_awaited_is_refused() -> None:
    async def awaited() -> None: ...

    # The coroutine is closed, or Python would warn of it.
    with pytest.raises(PluginError, match="returned coroutine in before_send"):
        guarded("transformer", lambda: awaited())()


@pytest.mark.parametrize(("answer", "seconds"), [(None, None), (0, 0.0), (2, 2.0), (0.5, 0.5)])
def test_a_throttle_answers_with_seconds(answer: object, seconds: float | None) -> None:
    assert guarded("throttle", lambda call: answer)("call") == seconds


@pytest.mark.parametrize("answer", [-1, float("nan"), float("inf"), "1", True, [1]])
def test_a_throttle_that_answers_with_something_else_is_refused(answer: object) -> None:
    with pytest.raises(PluginError, match=r"plugin 'p' returned .* in before_send: return seconds, or nothing"):
        guarded("throttle", lambda call: answer)("call")


# Flows


def yields(*faults: BaseException) -> Any:
    def flow(request: Request) -> Any:
        response = yield request
        if faults:
            raise faults[0]
        return response.status == 403

    return flow


def test_a_flow_may_be_a_function_or_a_generator() -> None:
    assert guarded("flow", lambda request: None)(REQUEST) is None
    steps = guarded("flow", yields())(REQUEST)
    assert next(steps) is REQUEST
    with pytest.raises(StopIteration) as stop:
        steps.send(Response(403))
    assert stop.value.value is True


def test_a_flow_that_raises_ends_the_call() -> None:
    with pytest.raises(PluginError, match="plugin 'p' raised ValueError in authenticate: odd"):
        guarded("flow", Faulty(ValueError("odd")), hook="authenticate")(REQUEST)
    steps = guarded("flow", yields(ValueError("odd")), hook="authenticate")(REQUEST)
    next(steps)
    with pytest.raises(PluginError, match="plugin 'p' raised ValueError in authenticate: odd") as caught:
        steps.send(Response(200))
    assert (caught.value.plugin, caught.value.hook) == ("p", "authenticate")


@pytest.mark.parametrize("value", [True, "token", [REQUEST], REQUEST])
def test_a_flow_that_returns_something_else_is_refused(value: object) -> None:
    with pytest.raises(PluginError, match=r"plugin 'p' returned .* in before_send: return nothing, or be a generator"):
        guarded("flow", lambda request: value)(REQUEST)


@pytest.mark.parametrize("value", [None, "token", Response(200), 7])
def test_a_flow_that_yields_something_else_is_refused(value: object) -> None:
    def flow(request: Request) -> Any:
        yield value

    with pytest.raises(PluginError, match=r"plugin 'p' yielded .* in before_send: yield requests"):
        next(guarded("flow", flow)(REQUEST))


@pytest.mark.parametrize("value", [None, 1, "yes", False])
def test_only_true_asks_for_another_round(value: object) -> None:
    def flow(request: Request) -> Any:
        yield request
        return value

    steps = guarded("flow", flow)(REQUEST)
    next(steps)
    with pytest.raises(StopIteration) as stop:
        steps.send(Response(200))
    assert stop.value.value is False


def test_closing_a_guarded_flow_closes_the_plugins() -> None:
    closed: list[bool] = []

    def flow(request: Request) -> Any:
        try:
            yield request
        finally:
            closed.append(True)

    steps = guarded("flow", flow)(REQUEST)
    next(steps)
    steps.close()
    assert closed == [True]


def test_a_flow_that_fails_to_close_says_so() -> None:
    def flow(request: Request) -> Any:
        try:
            yield request
        finally:
            raise ValueError("odd")

    steps = guarded("flow", flow)(REQUEST)
    next(steps)
    with pytest.raises(PluginError, match="plugin 'p' raised ValueError in before_send: odd"):
        steps.close()


# All of them


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), SystemExit()])
def test_what_is_no_exception_passes_every_guard(fault: BaseException) -> None:
    for kind in ("observer", *TRANSFORMERS):
        function = guarded(kind, Faulty(fault))
        arguments = () if kind == "registration" else (REQUEST,)
        for _ in range(FAILURES_IN_A_ROW + 1):
            with pytest.raises(type(fault)):
                function(*arguments)
    steps = guarded("flow", yields(fault))(REQUEST)
    next(steps)
    with pytest.raises(type(fault)):
        steps.send(Response(200))
    # And leaves nothing behind.
    forbid_reentrancy()


def test_an_error_of_the_sdk_is_the_plugins_own_word() -> None:
    fault = ConfigError("no key")
    for kind in TRANSFORMERS:
        with pytest.raises(ConfigError, match="no key"):
            guarded(kind, Faulty(fault))(*() if kind == "registration" else (REQUEST,))
    steps = guarded("flow", yields(fault))(REQUEST)
    next(steps)
    with pytest.raises(ConfigError, match="no key"):
        steps.send(Response(200))


@pytest.mark.parametrize("kind", ["observer", "transformer", "throttle", "registration"])
def test_a_hook_that_takes_long_is_warned_of_once(
    kind: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = [0.0]
    monkeypatch.setattr(guards, "perf_counter", lambda: now[0])

    def takes(seconds: float) -> None:
        now[0] += seconds

    function = guarded(kind, takes)
    function(0.05)
    assert caplog.messages == []
    function(0.06)
    function(0.2)
    assert caplog.messages == ["plugin 'p' took 60 ms in before_send: every call waits for it"]


def test_a_built_in_plugin_is_slow_where_the_machine_is_and_nobody_is_warned(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = [0.0]
    monkeypatch.setattr(guards, "perf_counter", lambda: now[0])
    Guard(LoadedPlugin("auth", "built-in"), "after_call").observer(lambda: now.__setitem__(0, 1.0))()
    assert caplog.messages == []


def test_the_time_of_a_flow_is_its_own_and_not_the_networks(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = [0.0]
    monkeypatch.setattr(guards, "perf_counter", lambda: now[0])

    def flow(request: Request) -> Any:
        yield request
        now[0] += 0.06

    steps = guarded("flow", flow)(REQUEST)
    next(steps)
    now[0] += 10
    assert caplog.messages == []
    with pytest.raises(StopIteration):
        steps.send(Response(200))
    assert caplog.messages == ["plugin 'p' took 60 ms in before_send: every call waits for it"]


def test_a_hook_may_not_call_a_client() -> None:
    for kind in TRANSFORMERS:
        arguments = () if kind == "registration" else (REQUEST,)
        with pytest.raises(PluginError, match="plugin 'p' calls a client in before_send: hooks do no I/O") as caught:
            guarded(kind, forbid_reentrancy)(*arguments)
        assert (caught.value.plugin, caught.value.hook) == ("p", "before_send")
        forbid_reentrancy()


def test_what_happens_within_an_observer_is_not_observed() -> None:
    calls: list[str] = []
    inner = guarded("observer", lambda: calls.append("inner"))

    def outer() -> None:
        calls.append("outer")
        inner()
        forbid_reentrancy()

    plugin = LoadedPlugin("p", "test")
    Guard(plugin, "after_call").observer(outer)()
    assert calls == ["outer"]
    assert plugin.failures == 1
    inner()
    assert calls == ["outer", "inner"]


@pytest.fixture
def left() -> Iterator[None]:
    """A record that an interrupt left behind."""
    guards._current_hooks[threading.get_ident()] = Guard(LoadedPlugin("left", "test"), "after_call")
    yield
    assert guards._current_hooks == {}


@pytest.mark.usefixtures("left")
def test_a_hook_that_was_left_by_an_interrupt_is_over() -> None:
    forbid_reentrancy()


@pytest.mark.usefixtures("left")
def test_a_record_of_a_hook_that_is_over_keeps_no_observer_from_its_call() -> None:
    seen: list[int] = []
    guarded("observer", seen.append)(1)
    assert seen == [1]


@pytest.mark.usefixtures("left")
@pytest.mark.parametrize("kind", ["transformer", "throttle", "registration"])
def test_a_record_of_a_hook_that_is_over_does_not_come_back(kind: str) -> None:
    guarded(kind, lambda *_: None)()


@pytest.mark.usefixtures("left")
def test_a_record_of_a_hook_that_is_over_is_not_blamed_on_another() -> None:
    with pytest.raises(PluginError, match="plugin 'p' calls a client in before_send"):
        guarded("transformer", forbid_reentrancy)(REQUEST)
    forbid_reentrancy()


def test_a_hook_in_another_is_over_and_the_other_is_not() -> None:
    inner = guarded("transformer", lambda: None)

    def outer() -> None:
        inner()
        forbid_reentrancy()

    with pytest.raises(PluginError, match="calls a client"):
        guarded("transformer", outer)()
    forbid_reentrancy()
