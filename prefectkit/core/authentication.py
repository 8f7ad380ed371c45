"""Runs the authentication flows of plugins, nested: the first one is the outermost, the transport the innermost.

A flow may send requests of its own; they pass through the flows after it. A lock lets one caller at a time do that. A
caller that waited for the lock restarts its flow, which then finds the token that the other caller obtained. No caller
waits beyond its deadline.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any, NamedTuple, TypeAlias, cast

from prefectkit.core.errors import PluginError, TransportError
from prefectkit.core.hooks import AuthFlow
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.retries.policy import Phase

Flow: TypeAlias = Callable[[Request], AuthFlow | None]
Send: TypeAlias = Callable[[Request], Awaitable[Response]]
Lock: TypeAlias = Callable[[object], AbstractAsyncContextManager[Any]]


class StartedFlow(NamedTuple):
    """A flow that has steps for a request.

    Attributes:
        flow: The flow.
        steps: Its steps, of which none was run.
        inner: The flows after it.
    """

    flow: Flow
    steps: AuthFlow
    inner: tuple[Flow, ...]


def start_flow(request: Request, flows: tuple[Flow, ...]) -> StartedFlow | None:
    """The first flow that has steps for the request, after the credentials of those before it were added to it."""
    for index, flow in enumerate(flows):
        steps = flow(request)
        if steps is not None:
            return StartedFlow(flow, steps, flows[index + 1 :])
    return None


async def send_authenticated(request: Request, flows: tuple[Flow, ...], lock: Lock, send: Send) -> Response:
    """Send the request through the flows and return its response."""
    started = start_flow(request, flows)
    return await (send(request) if started is None else run_flow(started, request, lock, send))


async def run_flow(started: StartedFlow, request: Request, lock: Lock, send: Send) -> Response:
    """Send the request through a flow and those after it, and return its response."""
    flow, steps, inner = started

    async def onward(step: Request) -> Response:
        # A request to another server (for a token, say) gets no credentials of the flows after this one.
        return await send_authenticated(step, inner if step.base_url == request.base_url else (), lock, send)

    headers = dict(request.headers)
    response, again = await _drive(flow, steps, request, lock, onward)
    if again:
        # Without the headers that the first run added.
        request.headers = headers
        response, _ = await _drive(flow, flow(request), request, lock, onward)
    return response


async def _drive(flow: Flow, steps: AuthFlow | None, request: Request, lock: Lock, send: Send) -> tuple[Response, bool]:
    """Run a flow once; return the response, and whether the flow asks for another run."""
    if steps is None:
        return await send(request), False
    try:
        step = _next(steps, None)
        if isinstance(step, Request) and step is not request:
            async with lock(flow):
                steps.close()
                steps = flow(request)
                step = steps is not None and _next(steps, None)
                while steps is not None and isinstance(step, Request) and step is not request:
                    step = _next(steps, await _ask(step, send))
        response = await send(request)
        if steps is None or step is not request:
            return response, False
        step = _next(steps, response)
        if isinstance(step, Request):
            raise PluginError("an authentication flow yields its own requests first, then the one it was given, once")
        return response, step
    except BaseException:
        # Close the flow at once. An error of that does not replace the error of the call.
        if steps is not None:
            with suppress(Exception):
                steps.close()
        raise


async def _ask(step: Request, send: Send) -> Response:
    try:
        return await send(step)
    except TransportError as error:
        # The flow's own request may have arrived. The request of the call was not sent.
        error.phase = Phase.NOTHING_SENT
        raise


def _next(steps: AuthFlow, response: Response | None) -> Request | bool:
    """What the flow yields next, or whether it asks for another run."""
    try:
        step = cast(object, next(steps) if response is None else steps.send(response))
    except StopIteration as stop:
        return stop.value is True
    if not isinstance(step, Request):
        raise PluginError(f"an authentication flow yields requests, and this one yielded {type(step).__name__}")
    return step
