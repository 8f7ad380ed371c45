"""What was sent and answered last in a flat call: its errors quote it, and some methods return it."""

from __future__ import annotations

from contextvars import ContextVar

from prefectkit.core.hooks import Call
from prefectkit.core.http.messages import Request, Response
from prefectkit.plugins import RequestView, ResponseView, hookimpl


class Exchange:
    """The last call of a resource within a flat call.

    Attributes:
        request: What was sent, or tried to be.
        response: The response, if there was one.
    """

    __slots__ = ("request", "response")

    def __init__(self) -> None:
        self.request = Request("GET", "", "")
        self.response: Response | None = None


current: ContextVar[Exchange | None] = ContextVar("prefectkit.compat.exchange", default=None)


class Notes:
    """A plugin that keeps each call in the exchange of the flat call around it."""

    prefectkit_secrets = True

    @hookimpl
    def before_call(self, call: Call) -> None:
        if (exchange := current.get()) is not None:
            exchange.request = call.request
            exchange.response = None

    @hookimpl
    def after_response(self, request: RequestView, response: ResponseView) -> None:
        if request.operation is not None and (exchange := current.get()) is not None:
            exchange.response = Response(response.status, dict(response.headers), response.body)
