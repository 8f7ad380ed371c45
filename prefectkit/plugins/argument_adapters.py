"""Adapters from the arguments that the engine passes to a hook to those that an implementation takes.

A trusted plugin gets the engine's own `Call`, `Request`, `Response` and error. Any other gets redacted views of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, Final, TypeAlias

from prefectkit.core.hooks import Call
from prefectkit.core.http.messages import Request, Response
from prefectkit.plugins.editable_views import EditableCallView, EditableRequestView
from prefectkit.plugins.request_checks import checked_authenticate, checked_before_call, checked_before_send
from prefectkit.plugins.views import CallView, RequestView, ResponseView, error_view

Function: TypeAlias = Callable[..., Any]


def by_position(every: Sequence[str], wanted: Sequence[str], function: Function) -> Function:
    """The function, called with every argument of the hook by position."""
    if list(wanted) == list(every):
        return function
    if not wanted:
        return lambda *arguments: function()
    pick = itemgetter(*(every.index(name) for name in wanted))
    if len(wanted) == 1:
        return lambda *arguments: function(pick(arguments))
    return lambda *arguments: function(*pick(arguments))


def adapt(hook: str, function: Function, plugin: str, trusted: bool) -> Function:
    """The function, called with what a plugin of this name may see."""
    if hook == "authenticate":
        # The guard makes the view of the request, as each step of a generator needs it.
        return checked_authenticate(function) if trusted else function
    if trusted:
        return _TRUSTED[hook](function, plugin)
    return _REDACTED[hook](function, plugin)


# For each number of arguments one function: passing on `*arguments` takes three times as long.


def _with_state(function: Function, plugin: str) -> Function:
    def adapted(call: Call) -> Any:
        call.plugin = plugin
        return function(call)

    return adapted


def _with_state_of_two(function: Function, plugin: str) -> Function:
    def adapted(call: Call, second: object) -> Any:
        call.plugin = plugin
        return function(call, second)

    return adapted


def _with_state_of_three(function: Function, plugin: str) -> Function:
    def adapted(call: Call, second: object, third: object) -> Any:
        call.plugin = plugin
        return function(call, second, third)

    return adapted


def _before_call(function: Function, plugin: str) -> Function:
    def adapted(call: Call) -> Any:
        return function(EditableCallView(call, plugin))

    return adapted


def _throttle(function: Function, plugin: str) -> Function:
    def adapted(call: Call) -> Any:
        return function(CallView(call, plugin))

    return adapted


def _before_send(function: Function, plugin: str) -> Function:
    def adapted(call: Call, request: Request) -> Any:
        return function(EditableCallView(call, plugin), EditableRequestView(request))

    return adapted


def _after_response(function: Function, plugin: str) -> Function:
    def adapted(call: Call, request: Request, response: Response) -> None:
        function(CallView(call, plugin), RequestView(request), ResponseView(response, request))

    return adapted


def _send_failed(function: Function, plugin: str) -> Function:
    def adapted(call: Call, request: Request, error: Exception) -> None:
        function(CallView(call, plugin), RequestView(request), error_view(error, request))

    return adapted


def _retry_decided(function: Function, plugin: str) -> Function:
    def adapted(call: Call, error: Exception, delay: float) -> None:
        function(CallView(call, plugin), error_view(error, call.request), delay)

    return adapted


def _after_call(function: Function, plugin: str) -> Function:
    def adapted(call: Call, response: Response) -> None:
        function(CallView(call, plugin), ResponseView(response, call.request))

    return adapted


def _call_failed(function: Function, plugin: str) -> Function:
    def adapted(call: Call, error: BaseException) -> None:
        function(CallView(call, plugin), error_view(error, call.request))

    return adapted


_TRUSTED: Final[dict[str, Callable[[Function, str], Function]]] = {
    "before_call": checked_before_call,
    "throttle": _with_state,
    "before_send": checked_before_send,
    "after_response": _with_state_of_three,
    "send_failed": _with_state_of_three,
    "retry_decided": _with_state_of_three,
    "after_call": _with_state_of_two,
    "call_failed": _with_state_of_two,
}

_REDACTED: Final[dict[str, Callable[[Function, str], Function]]] = {
    "before_call": _before_call,
    "throttle": _throttle,
    "before_send": _before_send,
    "after_response": _after_response,
    "send_failed": _send_failed,
    "retry_decided": _retry_decided,
    "after_call": _after_call,
    "call_failed": _call_failed,
}
