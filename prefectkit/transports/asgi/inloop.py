"""An ASGI app in the caller's own event loop."""

from __future__ import annotations

import anyio

from prefectkit.core.errors import ClientClosedError, TransportTimeout
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.retries.policy import Phase
from prefectkit.transports.asgi.eventloop import current_key, current_loop
from prefectkit.transports.asgi.home import Home
from prefectkit.transports.asgi.hosting import Hosting


class InLoop:
    """Runs the app in whichever loop calls it, asyncio's or trio's; it may see several."""

    def __init__(self, hosting: Hosting) -> None:
        self._hosting = hosting
        self._homes: dict[object, Home] = {}
        self._closed = False

    async def send(self, request: Request) -> Response:
        """Hand a request to the app and return its response."""
        timeout = request.timeout
        home = self._homes.get(current_key())
        if home is None or not home.up:
            began = anyio.current_time()
            home = await self._enter(timeout)
            if timeout is not None:
                timeout -= anyio.current_time() - began
        exchange = home.start(request)
        if request.stream and timeout is not None:
            exchange.deadline = anyio.current_time() + timeout
        try:
            if not await exchange.ready.wait(timeout):
                raise TransportTimeout(f"the app did not answer within {request.timeout:g} seconds")
        except BaseException:
            exchange.abandon()
            raise
        return exchange.response()

    async def aclose(self) -> None:
        """Let go of the app, here at once and in other loops as soon as they run."""
        self._closed = True
        here = self._homes.pop(current_key(), None)
        while self._homes:
            self._homes.popitem()[1].drop_from_elsewhere()
        if here is not None:
            await here.close()

    async def _enter(self, timeout: float | None) -> Home:
        if not self._closed:
            home = self._home()
            with anyio.move_on_after(timeout) as limit:
                await home.enter()
            if limit.cancelled_caught:
                raise TransportTimeout(
                    f"the app did not start within the request's {timeout:g} seconds", phase=Phase.NOTHING_SENT
                )
            if not self._closed:
                return home
        raise ClientClosedError("the transport to the app is closed: make a new one")

    def _home(self) -> Home:
        loop = current_loop()
        home = self._homes.get(loop.key)
        if home is None:
            for key in [key for key, each in self._homes.items() if each.ended]:
                del self._homes[key]
            home = self._homes[loop.key] = Home(self._hosting, loop)
        return home
