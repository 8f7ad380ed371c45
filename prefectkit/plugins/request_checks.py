"""What transformers may not do to a request: change its line or body after `before_call`, or use a wrong type.

Trusted plugins get the request itself, so it is checked after each of their hooks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from prefectkit.core.hooks import Call
from prefectkit.core.http.messages import Request

Snapshot: TypeAlias = tuple[object, ...]

_TYPES: Final[dict[str, type]] = {"method": str, "base_url": str, "target": str, "body": bytes, "request": Request}
_FIXED: Final = ("method", "base_url", "target", "body")


def check_type(name: str, value: object) -> None:
    """Check a value that a plugin sets.

    Raises:
        TypeError: It is of another type than the attribute of this name.
    """
    if not isinstance(value, _TYPES[name]):
        kind, given = _TYPES[name].__name__, type(value).__name__
        owner = "a request must be a" if name == "request" else f"the {name} of a request must be"
        raise TypeError(f"{owner} {kind}, got {given}")


def check_timeout(seconds: object) -> None:
    """Check a timeout that a plugin sets.

    Raises:
        ValueError: It is neither a number of seconds above 0 nor None.
    """
    if seconds is not None and not (isinstance(seconds, (int, float)) and seconds > 0):
        raise ValueError(f"the timeout of a request must be seconds above 0, or None, got {seconds!r}")


def fixed_error(name: str, owner: str = "request") -> AttributeError:
    """The error for a change after `before_call`."""
    return AttributeError(f"the {name} of a {owner} is fixed once before_call is over: change it there")


def replace_request(call: Call, new: Request, old: Request) -> None:
    """Make a copy of `new` the request of the call, with the operation and path parameters of the old one."""
    if new is not old:
        # Credentials are added to the call's request, and the plugin may keep a reference to its own.
        call.request = new.copy()
        call.request.operation = old.operation
        call.request.path_params = old.path_params


def checked_before_call(function: Callable[..., Any], plugin: str) -> Callable[[Call], Any]:
    """A trusted plugin's `before_call`, followed by the checks of the call."""

    def before_call(call: Call) -> Any:
        call.plugin = plugin
        old = call.request
        before = snapshot(old)
        result = function(call)
        new = call.request
        if new is not old:
            check_type("request", new)
            replace_request(call, new, old)
        if is_changed(new, before):
            for name in _FIXED:
                check_type(name, getattr(new, name))
            _check_rest(call.request)
        return result

    return before_call


def checked_authenticate(function: Callable[..., Any]) -> Callable[[Request], Any]:
    """A trusted plugin's `authenticate`, followed by the checks of the request."""

    def authenticate(request: Request) -> Any:
        before = snapshot(request)
        result = function(request)
        check_fixed(request, before)
        return result

    return authenticate


def checked_before_send(function: Callable[..., Any], plugin: str) -> Callable[[Call, Request], Any]:
    """A trusted plugin's `before_send`, followed by the checks of the request."""

    def before_send(call: Call, request: Request) -> Any:
        call.plugin = plugin
        before, of_call = snapshot(request), call.request
        result = function(call, request)
        if call.request is not of_call:
            raise fixed_error("request", "call")
        check_fixed(request, before)
        return result

    return before_send


def snapshot(request: Request) -> Snapshot:
    """The parts of a request that are checked. If a hook changed none of them, the checks are skipped."""
    return request.method, request.base_url, request.target, request.body, request.timeout, request.headers.copy()


def is_changed(request: Request, before: Snapshot) -> bool:
    """Whether a part that is checked was changed."""
    now = request.method, request.base_url, request.target, request.body, request.timeout, request.headers
    return now != before


def check_fixed(request: Request, before: Snapshot) -> None:
    """Check a request after a hook that may change its headers and its timeout only; make its headers lower-case.

    Raises:
        AttributeError: The request line or the body was changed.
        ValueError: The timeout is not above 0.
    """
    if is_changed(request, before):
        for name, value in zip(_FIXED, before, strict=False):
            if getattr(request, name) != value:
                raise fixed_error(name)
        _check_rest(request)


def _check_rest(request: Request) -> None:
    check_timeout(request.timeout)
    if not "".join(request.headers).islower():
        request.headers = {name.lower(): value for name, value in request.headers.items()}
