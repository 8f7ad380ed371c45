"""A hook whose signature is wrong is refused when the client is made: it would fail, or get what it does not expect."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from prefectkit import Prefect
from prefectkit.core.errors import PluginError
from prefectkit.plugins import hookimpl
from prefectkit.plugins.testing import FakeServer

WRONG = {
    "def after_call(call, response): ...": "lacks self: write after_call(self, call, response)",
    "def after_call(response): ...": "its after_call lacks self",
    "def after_call(): ...": "its after_call lacks self",
    "def client_opened(client): ...": "write client_opened(self, client). Its arguments are client",
    "def settings_defaults(): ...": "write settings_defaults(self). Its arguments are nothing",
    "def after_response(self, req): ...": "Did you mean 'request'? Its arguments are call, request, response",
    "def send_failed(self, requst): ...": "its send_failed takes 'requst', which the hook does not pass",
    "def on_retry(self): ...": "unknown hook 'on_retry'",
    "def retry_decided(self, call, err, delay): ...": "'err', which the hook does not pass. Did you mean 'error'?",
    "def redact(self, client): ...": "takes 'client', which the hook does not pass. Its arguments are nothing",
    "def after_call(self, call, zzz, /): ...": "takes 'zzz', which the hook does not pass. Its arguments are call,",
    "def after_call(self, *, call): ...": "its after_call takes 'call' by keyword only",
    "def after_call(self, *, other): ...": "its after_call takes 'other'",
}
RIGHT = [
    "def after_call(self): seen.append(())",
    "def after_call(self, response): seen.append(response)",
    "def after_call(self, call, response, level=3): seen.append(level)",
    "def after_call(self, call, *rest, **more): seen.append(rest)",
    "def after_call(this, call): seen.append(call)",
]


def plugin(method: str, seen: list[Any] | None = None) -> Any:
    names: dict[str, Any] = {"hookimpl": hookimpl, "seen": seen}
    exec(f"class Faulty:\n    @hookimpl\n    {method}", names)
    return names["Faulty"]()


def opened(plugin: object) -> None:
    fake = FakeServer({("GET", "/health"): True})
    with Prefect(fake.url, transport=fake.transport, plugins=[plugin]) as client:
        client.request("GET", "/health")


@pytest.mark.parametrize(("method", "said"), WRONG.items())
def test_a_wrong_signature_is_refused(method: str, said: str) -> None:
    with pytest.raises(PluginError) as caught:
        opened(plugin(method))
    assert str(caught.value).startswith("plugin 'Faulty' of this client is refused: ")
    assert said in str(caught.value)
    assert "hookspec" not in str(caught.value) and "hookimpl" not in str(caught.value)
    assert caught.value.plugin == "Faulty"
    hook = method.removeprefix("def ").partition("(")[0]
    assert caught.value.hook == ("" if hook == "on_retry" else hook)


@pytest.mark.parametrize("method", RIGHT)
def test_a_right_signature_is_called(method: str) -> None:
    seen: list[Any] = []
    opened(plugin(method, seen))
    assert len(seen) == 1


def test_a_function_of_a_module_has_no_self() -> None:
    module = ModuleType("team")
    exec("from prefectkit.plugins import hookimpl\n@hookimpl\ndef after_call(self, call): ...", module.__dict__)
    with pytest.raises(PluginError, match="its after_call takes 'self', which the hook does not pass"):
        opened(module)


class OfClass:
    seen: tuple[object, ...] = ()

    @classmethod
    @hookimpl
    def after_call(cls, call: Any) -> None:
        cls.seen = (call,)


class OfNone:
    @staticmethod
    @hookimpl
    def after_call(call: Any, response: Any) -> None:
        OfNone.seen = (call, response)

    seen: tuple[object, ...] = ()


@pytest.mark.parametrize("kind", [OfClass, OfNone])
def test_methods_of_a_class_and_static_ones_are_hooks(kind: Any) -> None:
    opened(kind())
    assert kind.seen


def test_a_wrapper_that_is_no_generator_is_refused_in_words() -> None:
    class Wrapping:
        @hookimpl(wrapper=True)
        def after_call(self, call: Any) -> None: ...

    with pytest.raises(PluginError, match="its after_call wraps a hook"):
        opened(Wrapping())
