"""The hooks, in the order in which a client calls them.

Hooks are plain functions and do no I/O. An implementation takes those of the listed arguments that it wants. Hooks
marked *observer* change nothing: what they raise is logged, and never reaches the caller. The others may change the
request: what they raise ends the call as a `PluginError`, before anything is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pluggy

from prefectkit.core.hooks import AuthFlow, Call
from prefectkit.core.messages import Request, Response

if TYPE_CHECKING:
    from prefectkit.client import Client

PROJECT: Final = "prefectkit"
hookspec = pluggy.HookspecMarker(PROJECT)

OBSERVERS: Final = frozenset(
    {
        "client_opened",
        "after_response",
        "send_failed",
        "retry_decided",
        "after_call",
        "call_failed",
        "client_closed",
    }
)


class HookSpecs:
    """One method a hook."""

    @hookspec
    def client_opened(self, client: Client[Any]) -> None:
        """Observe that a client was made (observer)."""

    @hookspec
    def before_call(self, call: Call) -> None:
        """Look at, or change, a logical call before its first attempt: its `request` has no credentials yet."""

    @hookspec
    def authenticate(self, request: Request) -> AuthFlow | None:
        """Put credentials into a request before each attempt.

        Set headers and return nothing; or be a generator: yield requests of your own (`request.sibling(...)`), get
        their answers, then yield `request` to see what it was answered, and `return True` to have it authenticated
        and sent once more.
        """
        ...

    @hookspec
    def before_send(self, call: Call, request: Request) -> None:
        """Change a request right before it is sent; `call.attempt` counts from 1."""

    @hookspec
    def after_response(self, call: Call, request: Request, response: Response) -> None:
        """Observe the answer of an attempt, whatever its status (observer)."""

    @hookspec
    def send_failed(self, call: Call, request: Request, error: Exception) -> None:
        """Observe that an attempt got no answer (observer)."""

    @hookspec
    def retry_decided(self, call: Call, error: Exception, delay: float) -> None:
        """Observe that the call is tried again, after `delay` seconds (observer)."""

    @hookspec
    def after_call(self, call: Call, response: Response) -> None:
        """Observe that the call succeeded (observer)."""

    @hookspec
    def call_failed(self, call: Call, error: Exception) -> None:
        """Observe that the call failed for good (observer)."""

    @hookspec
    def client_closed(self, client: Client[Any]) -> None:
        """Observe that a client was closed (observer)."""
