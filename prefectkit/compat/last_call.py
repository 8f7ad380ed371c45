"""The last request and response of a running flat method: errors quote them, and some methods return the response."""

from __future__ import annotations

from contextvars import ContextVar

from prefectkit.core.hooks import Call
from prefectkit.core.http.messages import Request, Response
from prefectkit.plugins import RequestView, ResponseView, hookimpl


class LastCall:
    """The last request of a flat method, and its response.

    Attributes:
        request: The last request, whether or not it was sent.
        response: The response, if there was one.
    """

    __slots__ = ("request", "response")

    def __init__(self) -> None:
        self.request = Request("GET", "", "")
        self.response: Response | None = None


last_call: ContextVar[LastCall | None] = ContextVar("prefectkit.compat.last_call", default=None)


class LastCallRecorder:
    """A plugin that records the last request and response of the running flat method."""

    prefectkit_secrets = True

    @hookimpl
    def before_call(self, call: Call) -> None:
        if (record := last_call.get()) is not None:
            record.request = call.request
            record.response = None

    @hookimpl
    def after_response(self, request: RequestView, response: ResponseView) -> None:
        if request.operation is not None and (record := last_call.get()) is not None:
            record.response = Response(response.status, dict(response.headers), response.body)
