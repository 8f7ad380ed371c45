"""Ten ways to be hostile, in every hook, on both clients: each ends as the policy says."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from prefectkit.core.errors import PluginError
from prefectkit.plugins import guards, manager
from prefectkit.plugins.hookspecs import OBSERVERS, REGISTRATIONS
from prefectkit.plugins.manager import HOOKS
from tests.plugins.hostile import SECRET, Hostile, Outcome, Point, Stop, call_again, live, reached, tamper
from tests.report import Capture, count

SURFACES = ("sync", "asyncio", "trio")
TRANSFORMERS = frozenset(HOOKS) - OBSERVERS - REGISTRATIONS
BEHAVIOURS = (
    "raises",
    "raises a BaseException",
    "hangs",
    "mutates",
    "returns junk",
    "calls the client again",
    "fails to import",
    "is registered twice",
    "wants another API",
    "reads secrets",
)


TOTAL = len(BEHAVIOURS) * len(HOOKS) * len(SURFACES)
SURVIVED = (
    f"hostile plugins, {len(BEHAVIOURS)} ways x {len(HOOKS)} hooks x {len(SURFACES)} surfaces: survived {{}}/{TOTAL}"
)


def nothing(hook: str) -> Any:
    """What a hook answers that brings nothing."""
    return () if hook == "redact" else {} if hook in REGISTRATIONS else None


class Bench:
    """Lives a client's life with and without a hostile plugin, which is installed."""

    def __init__(self, hook: str, surface: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.hook = hook
        self.surface = surface
        self._patch = monkeypatch
        self.without = live(surface, hook, None)
        self.hostile = self.harmless()

    def harmless(self) -> Hostile:
        return Hostile(self.hook, lambda *_: nothing(self.hook))

    def acting(self, act: Any) -> Outcome:
        """With a plugin that acts like this."""
        self.hostile = Hostile(self.hook, act)
        return self.installed(Point("hostile", self.hostile.plugin))

    def installed(self, *points: Point) -> Outcome:
        self._patch.setattr(manager, "plugin_entry_points", lambda: points)
        return live(self.surface, self.hook, self.hostile)

    # How it may end

    def is_unharmed(self, outcome: Outcome) -> None:
        """The call ended as it does without the plugin."""
        assert type(outcome.result) is type(self.without.result)
        assert str(outcome.result) == str(self.without.result)
        assert outcome.sent == self.without.sent

    def is_refused(self, outcome: Outcome, reason: str) -> None:
        self.is_unharmed(outcome)
        assert "hostile" not in outcome.plugins.names
        (said,) = outcome.plugins.refused.values()
        assert said.startswith("plugin 'hostile' of acme-plugin 1.2 is refused: ")
        assert reason in said

    def is_counted(self, outcome: Outcome) -> None:
        self.is_unharmed(outcome)
        (record,) = [plugin for plugin in outcome.plugins if plugin.name == "hostile"]
        assert record.failures == self.hostile.acted > 0

    def is_ended(self, outcome: Outcome, reason: str) -> None:
        """By an error that names the plugin, before anything was sent."""
        assert isinstance(outcome.result, PluginError)
        assert (outcome.result.plugin, outcome.result.hook) == ("hostile", self.hook)
        assert reason in str(outcome.result)
        assert outcome.sent == []

    def fails(self, outcome: Outcome, reason: str) -> None:
        """In the way of its kind."""
        if self.hook in REGISTRATIONS:
            self.is_refused(outcome, reason)
        elif self.hook in OBSERVERS:
            self.is_counted(outcome)
        else:
            self.is_ended(outcome, reason)


def raise_(error: BaseException) -> Any:
    raise error


def do_raise(bench: Bench) -> None:
    bench.fails(bench.acting(lambda *_: raise_(ValueError("odd"))), f"raised ValueError in {bench.hook}: odd")


def do_raise_a_base_exception(bench: Bench) -> None:
    stop = Stop()
    assert bench.acting(lambda *_: raise_(stop)).result is stop


def do_hang(bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    monkeypatch.setattr(guards, "perf_counter", lambda: now[0])

    def hang(*_: object) -> Any:
        now[0] += 0.2
        return nothing(bench.hook)

    with caplog.at_level(logging.WARNING):
        bench.is_unharmed(bench.acting(hang))
    assert bench.hostile.acted
    assert caplog.messages == [f"plugin 'hostile' took 200 ms in {bench.hook}: every call waits for it"]


def do_mutate(bench: Bench) -> None:
    if bench.hook in REGISTRATIONS:
        given: list[str] | dict[str, object] = [] if bench.hook == "redact" else {}
        outcome = bench.acting(lambda: given)
        given.append("x") if isinstance(given, list) else given.update(PREFECT_API_URL="x")
        bench.is_unharmed(outcome)
    elif bench.hook in OBSERVERS:
        bench.is_unharmed(bench.acting(tamper))
    elif bench.hook == "before_call":

        def turn(call: Any) -> None:
            call.request.method, call.request.target, call.request.body = "PUT", "/flows/", b"{}"

        # This is what the hook is for; and each attempt sends the same.
        sent = [each[:3] for each in bench.acting(turn).sent if each[0] != "GET"]
        assert sent == [("PUT", "/flows/", b"{}")] * 3
    else:
        frozen = bench.acting(lambda *arguments: setattr(arguments[-1], "body", b"{}"))
        bench.is_ended(frozen, "raised AttributeError")
    assert bench.hostile.acted


def do_return_junk(bench: Bench) -> None:
    outcome = bench.acting(lambda *_: "junk")
    if bench.hook in OBSERVERS:
        bench.is_unharmed(outcome)
    else:
        bench.fails(outcome, "returned")


def do_call_again(bench: Bench) -> None:
    outcome = bench.acting(lambda *_: call_again(bench.hostile))
    bench.fails(outcome, f"plugin 'hostile' calls a client in {bench.hook}: hooks do no I/O")


def do_fail_to_import(bench: Bench) -> None:
    outcome = bench.installed(Point("hostile", None, ImportError("no module named odd")))
    bench.is_refused(outcome, "ImportError: no module named odd")


def do_register_twice(bench: Bench) -> None:
    bench.is_unharmed(bench.installed(Point("one", bench.hostile.plugin)))
    once = bench.hostile.acted
    assert once
    outcome = bench.installed(Point("one", bench.hostile.plugin), Point("hostile", bench.hostile.plugin))
    bench.is_refused(outcome, "it is registered already")
    assert bench.hostile.acted == 2 * once


def do_want_another_api(bench: Bench) -> None:
    bench.hostile.plugin.prefectkit_api = "0"
    bench.is_refused(bench.installed(Point("hostile", bench.hostile.plugin)), "version '0' of the hooks")
    assert not bench.hostile.acted


def do_read_secrets(bench: Bench) -> None:
    seen: list[str] = []

    def read(*arguments: Any) -> Any:
        seen.extend(repr(each) for each in reached(arguments))
        return nothing(bench.hook)

    bench.is_unharmed(bench.acting(read))
    assert bench.hostile.acted
    assert [text for text in seen if SECRET in text] == []
    # And what asks for them is not let in.
    bench.hostile.plugin.prefectkit_secrets = True
    bench.is_refused(bench.installed(Point("hostile", bench.hostile.plugin)), "it asks to see secrets")


DOING: dict[str, Any] = {
    "raises": do_raise,
    "raises a BaseException": do_raise_a_base_exception,
    "hangs": do_hang,
    "mutates": do_mutate,
    "returns junk": do_return_junk,
    "calls the client again": do_call_again,
    "fails to import": do_fail_to_import,
    "is registered twice": do_register_twice,
    "wants another API": do_want_another_api,
    "reads secrets": do_read_secrets,
}


@pytest.mark.slow
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_it_ends_as_the_policy_says(
    behaviour: str,
    hook: str,
    surface: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: Capture,
) -> None:
    monkeypatch.setenv("PREFECT_CLIENT_CUSTOM_HEADERS", f'{{"X-Proxy-Key": "{SECRET}"}}')
    bench = Bench(hook, surface, monkeypatch)
    assert len(bench.without.sent) == 4
    more = (monkeypatch, caplog) if behaviour == "hangs" else ()
    DOING[behaviour](bench, *more)
    count(capsys, SURVIVED, f"{behaviour}, {hook}, {surface}")


def test_every_hook_is_tried_in_every_way(request: pytest.FixtureRequest) -> None:
    cells = [
        item for item in request.session.items if item.name.startswith(f"{test_it_ends_as_the_policy_says.__name__}[")
    ]
    if not cells:
        pytest.skip("the cases were left out")
    assert len(cells) == TOTAL
