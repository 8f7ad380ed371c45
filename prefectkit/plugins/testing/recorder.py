"""A plugin that records the calls of its hooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from prefectkit.core.hooks import Call
from prefectkit.core.http.messages import Request
from prefectkit.plugins import hookimpl
from prefectkit.plugins.views import CallView, ClientView, RequestView, ResponseView


class HookCall(NamedTuple):
    """One call of a hook.

    Attributes:
        hook: Its name.
        arguments: Its arguments, by name. These are the objects themselves: later they show what was changed since.
    """

    hook: str
    arguments: Mapping[str, Any]


class Recorder:
    """Records each hook that a client calls, and changes nothing: `Prefect(plugins=[mine, recorder])`.

    Beside another plugin it shows when that one's hooks are called, and how it changed a request. As any plugin that is
    passed to a client it sees keys and other secrets. `FakeServer.requests` has what was sent.

    Attributes:
        calls: The calls of its hooks, in order.
    """

    def __init__(self) -> None:
        self.calls: list[HookCall] = []

    @property
    def hooks(self) -> list[str]:
        """The names of the hooks that were called, in order."""
        return [call.hook for call in self.calls]

    def of(self, hook: str) -> list[Mapping[str, Any]]:
        """The arguments of each call of a hook.

        Args:
            hook: The name of the hook.
        """
        return [call.arguments for call in self.calls if call.hook == hook]

    def _record(self, hook: str, **arguments: object) -> None:
        self.calls.append(HookCall(hook, arguments))

    @hookimpl
    def client_opened(self, client: ClientView) -> None:
        self._record("client_opened", client=client)

    @hookimpl
    def before_call(self, call: Call) -> None:
        self._record("before_call", call=call)

    @hookimpl
    def throttle(self, call: CallView) -> None:
        self._record("throttle", call=call)

    @hookimpl
    def authenticate(self, request: Request) -> None:
        self._record("authenticate", request=request)

    @hookimpl
    def before_send(self, call: Call, request: Request) -> None:
        self._record("before_send", call=call, request=request)

    @hookimpl
    def after_response(self, call: CallView, request: RequestView, response: ResponseView) -> None:
        self._record("after_response", call=call, request=request, response=response)

    @hookimpl
    def send_failed(self, call: CallView, request: RequestView, error: Exception) -> None:
        self._record("send_failed", call=call, request=request, error=error)

    @hookimpl
    def retry_decided(self, call: CallView, error: Exception, delay: float) -> None:
        self._record("retry_decided", call=call, error=error, delay=delay)

    @hookimpl
    def after_call(self, call: CallView, response: ResponseView) -> None:
        self._record("after_call", call=call, response=response)

    @hookimpl
    def call_failed(self, call: CallView, error: BaseException) -> None:
        self._record("call_failed", call=call, error=error)

    @hookimpl
    def client_closed(self, client: ClientView) -> None:
        self._record("client_closed", client=client)
