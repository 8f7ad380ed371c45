"""The hooks, in the order in which a client calls them.

Hooks are plain functions and do no I/O. An implementation takes the listed arguments that it needs, by name.
There are three kinds:

- *registrations* are called once, when a client is made. If one raises or returns a wrong value, the plugin is
  refused.
- *transformers* may change the request. If one raises, the call ends with a `PluginError`, before anything is sent.
- *observers* change nothing. What they raise is logged once for each place, with the plugin's line, and counted; it
  never reaches the caller. After five failures in a row an observer is switched off.

A plugin that may see secrets gets the engine's own `Call`, `Request`, `Response` and error. Any other gets views of
them with the same attributes: redacted, and read-only for observers.

A `BaseException`, such as a cancellation, is never caught. A hook that calls a client gets a `PluginError`. One that
takes more than 50 ms is logged as a warning, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol

import pluggy

from prefectkit.core.endpoint import Resource
from prefectkit.core.hooks import AuthFlow, Call
from prefectkit.core.http.messages import Request
from prefectkit.core.transport import TransportFactory
from prefectkit.plugins.views import CallView, ClientView, RequestView, ResponseView

PROJECT: Final = "prefectkit"
hookspec = pluggy.HookspecMarker(PROJECT)

REGISTRATIONS: Final = frozenset({"settings_defaults", "redact", "register_transports", "register_resources"})
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


class HookSpecs(Protocol):
    """One method for each hook. Those that are in neither set above are transformers."""

    @hookspec
    def settings_defaults(self) -> Mapping[str, object]:
        """Give settings a value where nothing else does: no argument, environment variable, file or profile.

        Returns:
            Values by the name of the environment variable: `{"PREFECT_API_REQUEST_TIMEOUT": 10}`.
        """
        ...

    @hookspec
    def redact(self) -> Iterable[str]:
        """Register further secrets to redact in errors, cassettes and the views of plugins, in the whole process.

        Returns:
            Regular expressions; what one matches is replaced.
        """
        ...

    @hookspec
    def register_transports(self) -> Mapping[str, TransportFactory]:
        """Register transports.

        Returns:
            Factories by name, for `Prefect(transport="name")`, or by URL scheme, `scheme://`, for
            `Prefect("scheme://...")`. A factory is called with a `Target` and returns a transport for `Prefect` if
            `target.sync`, else for `AsyncPrefect`. A transport sees all that is sent, credentials included.
        """
        ...

    @hookspec
    def register_resources(self) -> Mapping[str, type[Resource[Any]]]:
        """Register resources.

        Returns:
            Classes by their name on both clients: `{"teams": Teams}` for `client.teams`.
        """
        ...

    @hookspec
    def client_opened(self, client: ClientView) -> None:
        """Observe that a client was made (observer).

        Args:
            client: The client's `api_url`, and whether it is `sync`.
        """

    @hookspec
    def before_call(self, call: Call) -> None:
        """Read or change a logical call before its first attempt.

        Args:
            call: The call. Its `request` has no credentials yet, and may be changed or replaced. `call.state` is a
                dictionary of the plugin's own, the same in all of its hooks on this call.
        """

    @hookspec
    def throttle(self, call: CallView) -> float | None:
        """Delay an attempt.

        Args:
            call: The call; `call.attempt` counts from 1.

        Returns:
            Seconds to wait before this attempt, or None. Of several plugins the longest wait counts. One that is
            longer than the time which the call has left ends the call at once.
        """
        ...

    @hookspec
    def authenticate(self, request: Request) -> AuthFlow | None:
        """Put credentials into a request, before each attempt.

        Set headers and return nothing; or be a generator: yield requests of your own (`request.sibling(...)` to the
        same API, a `Request` to another server), get their responses, then yield `request` to get its response,
        and `return True` to have it authenticated and sent once more. The same generator serves both clients.

        Args:
            request: The request of the attempt, or another plugin's own. Its headers may be changed.
        """
        ...

    @hookspec
    def before_send(self, call: Call, request: Request) -> None:
        """Change the headers or the timeout of a request right before it is sent.

        Args:
            call: The call; `call.attempt` counts from 1.
            request: What is sent: the call's request, or a plugin's own to the same API, whose `operation` is None.
        """

    @hookspec
    def after_response(self, call: CallView, request: RequestView, response: ResponseView) -> None:
        """Observe the response to an attempt, whatever its status (observer).

        Args:
            call: The call.
            request: What was sent: the call's request, or a plugin's own, whose `operation` is None.
            response: The response.
        """

    @hookspec
    def send_failed(self, call: CallView, request: RequestView, error: Exception) -> None:
        """Observe that an attempt got no response (observer).

        Args:
            call: The call.
            request: What was sent, or tried to be.
            error: A `TransportError`; its `phase` says how far the request came.
        """

    @hookspec
    def retry_decided(self, call: CallView, error: Exception, delay: float) -> None:
        """Observe that the call is tried again (observer).

        Args:
            call: The call; `call.attempt` is the attempt that failed.
            error: What that attempt failed with.
            delay: Seconds until the next attempt.
        """

    @hookspec
    def after_call(self, call: CallView, response: ResponseView) -> None:
        """Observe that the call succeeded (observer).

        Args:
            call: The call; `call.attempt` is the number of its attempts.
            response: The response.
        """

    @hookspec
    def call_failed(self, call: CallView, error: BaseException) -> None:
        """Observe that the call failed for good, or was cancelled (observer).

        Args:
            call: The call; `call.attempt` is the number of its attempts, 0 where nothing was sent.
            error: What the caller gets; a cancellation is no `Exception`.
        """

    @hookspec
    def client_closed(self, client: ClientView) -> None:
        """Observe that a client was closed (observer).

        Args:
            client: The same object as for `client_opened`.
        """
