"""What a plugin that raises does to a call: nothing, or an error that names it."""

from __future__ import annotations

from typing import Any

import pytest

from prefectkit.core.errors import ConfigError, PluginError
from prefectkit.core.messages import Request, Response
from prefectkit.plugins.guards import FAILURES_IN_A_ROW, flow_guard, observer, transformer

REQUEST = Request("GET", "http://host", "/")


class Faulty:
    """Raises what it is told to, and counts how often it was called."""

    def __init__(self, *faults: BaseException | None) -> None:
        self.faults = list(faults)
        self.calls = 0

    def __call__(self, *arguments: object) -> None:
        self.calls += 1
        fault = self.faults.pop(0) if len(self.faults) > 1 else self.faults[0]
        if fault is not None:
            raise fault


def test_an_observer_gets_its_arguments() -> None:
    seen: list[Any] = []
    observer(lambda *arguments: seen.append(arguments), "p", "after_call")(1, 2)
    assert seen == [(1, 2)]


def test_an_observer_that_raises_is_logged_once_and_switched_off(caplog: pytest.LogCaptureFixture) -> None:
    faulty = Faulty(ValueError("hunter2"))
    guarded = observer(faulty, "telemetry", "after_call")
    for _ in range(FAILURES_IN_A_ROW + 3):
        guarded()
    assert faulty.calls == FAILURES_IN_A_ROW == 5
    assert caplog.messages == [
        "plugin 'telemetry' raised ValueError in after_call; the call goes on",
        "plugin 'telemetry' is switched off for after_call after 5 failures in a row",
    ]


def test_a_success_in_between_keeps_an_observer_on() -> None:
    fault = ValueError()
    faulty = Faulty(fault, fault, fault, fault, None, fault, fault, fault, fault, None)
    guarded = observer(faulty, "telemetry", "after_call")
    for _ in range(12):
        guarded()
    assert faulty.calls == 12


def test_a_transformer_gets_its_arguments_and_its_failure_ends_the_call() -> None:
    seen: list[Any] = []
    transformer(lambda *arguments: seen.append(arguments), "p", "before_send")(1, 2)
    assert seen == [(1, 2)]
    fault = ValueError("odd")
    with pytest.raises(PluginError, match="plugin 'p' raised ValueError in before_send: odd") as caught:
        transformer(Faulty(fault), "p", "before_send")()
    assert (caught.value.plugin, caught.value.hook, caught.value.__cause__) == ("p", "before_send", fault)


def yields(*faults: BaseException) -> Any:
    def flow(request: Request) -> Any:
        response = yield request
        if faults:
            raise faults[0]
        return response.status == 403

    return flow


def test_a_flow_may_be_a_function_or_a_generator() -> None:
    assert flow_guard(lambda request: None, "p", "authenticate")(REQUEST) is None
    steps = flow_guard(yields(), "p", "authenticate")(REQUEST)
    assert steps is not None
    assert next(steps) is REQUEST
    with pytest.raises(StopIteration) as stop:
        steps.send(Response(403))
    assert stop.value.value is True


def test_a_flow_that_raises_ends_the_call() -> None:
    with pytest.raises(PluginError, match="plugin 'p' raised ValueError in authenticate: odd"):
        flow_guard(Faulty(ValueError("odd")), "p", "authenticate")(REQUEST)
    steps = flow_guard(yields(ValueError("odd")), "p", "authenticate")(REQUEST)
    assert steps is not None
    next(steps)
    with pytest.raises(PluginError, match="plugin 'p' raised ValueError in authenticate: odd") as caught:
        steps.send(Response(200))
    assert (caught.value.plugin, caught.value.hook) == ("p", "authenticate")


@pytest.mark.parametrize("value", [True, "token", [REQUEST], REQUEST])
def test_a_flow_that_returns_something_else_is_refused(value: object) -> None:
    with pytest.raises(
        PluginError, match=f"plugin 'p' returned {type(value).__name__} from authenticate: return nothing"
    ):
        flow_guard(lambda request: value, "p", "authenticate")(REQUEST)


async def awaited(request: Request) -> None: ...


@pytest.mark.filterwarnings("ignore:coroutine 'awaited' was never awaited:RuntimeWarning")
def test_a_flow_may_not_be_awaited() -> None:
    with pytest.raises(PluginError, match="returned coroutine from authenticate"):
        flow_guard(awaited, "p", "authenticate")(REQUEST)


def test_closing_a_guarded_flow_closes_the_plugins() -> None:
    closed: list[bool] = []

    def flow(request: Request) -> Any:
        try:
            yield request
        finally:
            closed.append(True)

    steps = flow_guard(flow, "p", "authenticate")(REQUEST)
    assert steps is not None
    next(steps)
    steps.close()
    assert closed == [True]


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), SystemExit()])
def test_what_is_no_exception_passes_every_guard(fault: BaseException) -> None:
    for guard in (observer, transformer, flow_guard):
        guarded: Any = guard(Faulty(fault), "p", "before_send")
        for _ in range(FAILURES_IN_A_ROW + 1):
            with pytest.raises(type(fault)):
                guarded(REQUEST)
    steps = flow_guard(yields(fault), "p", "authenticate")(REQUEST)
    assert steps is not None
    next(steps)
    with pytest.raises(type(fault)):
        steps.send(Response(200))


def test_an_error_of_the_sdk_is_the_plugins_own_word() -> None:
    fault = ConfigError("no key")
    for guard in (transformer, flow_guard):
        guarded: Any = guard(Faulty(fault), "p", "before_send")
        with pytest.raises(ConfigError, match="no key"):
            guarded(REQUEST)
    steps = flow_guard(yields(fault), "p", "authenticate")(REQUEST)
    assert steps is not None
    next(steps)
    with pytest.raises(ConfigError, match="no key"):
        steps.send(Response(200))
