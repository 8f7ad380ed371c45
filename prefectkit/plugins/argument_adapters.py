"""What each hook is given: from the arguments that the engine calls it with to those that an implementation takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, Final, TypeAlias

from prefectkit.core.hooks import Call
from prefectkit.core.http.messages import Request, Response
from prefectkit.plugins.edits import CallEdit, RequestEdit
from prefectkit.plugins.views import CallView, RequestView, ResponseView, error_view

Function: TypeAlias = Callable[..., Any]


def taking(every: Sequence[str], wanted: Sequence[str], function: Function) -> Function:
    """The function, called with every argument of the hook by position."""
    if list(wanted) == list(every):
        return function
    if not wanted:
        return lambda *arguments: function()
    pick = itemgetter(*(every.index(name) for name in wanted))
    if len(wanted) == 1:
        return lambda *arguments: function(pick(arguments))
    return lambda *arguments: function(*pick(arguments))


def handed(hook: str, function: Function, plugin: str, show: bool) -> Function:
    """The function, given what a plugin of this name may see; with `show`, secrets too."""
    hand = _HANDS.get(hook)
    return function if hand is None else hand(function, plugin, show)


def _editable_call(function: Function, plugin: str, show: bool) -> Function:
    def hand(call: Call) -> Any:
        return function(CallEdit(call, plugin, show))

    return hand


def _call(function: Function, plugin: str, show: bool) -> Function:
    def hand(call: Call) -> Any:
        return function(CallView(call, plugin, show))

    return hand


def _before_send(function: Function, plugin: str, show: bool) -> Function:
    def hand(call: Call, request: Request) -> Any:
        return function(CallEdit(call, plugin, show), RequestEdit(request, show))

    return hand


def _after_response(function: Function, plugin: str, show: bool) -> Function:
    def hand(call: Call, request: Request, response: Response) -> None:
        function(CallView(call, plugin, show), RequestView(request, show), ResponseView(response, request, show))

    return hand


def _send_failed(function: Function, plugin: str, show: bool) -> Function:
    def hand(call: Call, request: Request, error: Exception) -> None:
        function(CallView(call, plugin, show), RequestView(request, show), error_view(error, request, show))

    return hand


def _retry_decided(function: Function, plugin: str, show: bool) -> Function:
    def hand(call: Call, error: Exception, delay: float) -> None:
        function(CallView(call, plugin, show), error_view(error, call.request, show), delay)

    return hand


def _after_call(function: Function, plugin: str, show: bool) -> Function:
    def hand(call: Call, response: Response) -> None:
        function(CallView(call, plugin, show), ResponseView(response, call.request, show))

    return hand


def _call_failed(function: Function, plugin: str, show: bool) -> Function:
    def hand(call: Call, error: BaseException) -> None:
        function(CallView(call, plugin, show), error_view(error, call.request, show))

    return hand


_HANDS: Final[dict[str, Callable[[Function, str, bool], Function]]] = {
    "before_call": _editable_call,
    "throttle": _call,
    "before_send": _before_send,
    "after_response": _after_response,
    "send_failed": _send_failed,
    "retry_decided": _retry_decided,
    "after_call": _after_call,
    "call_failed": _call_failed,
}
"""The others are given what they may have of it."""
