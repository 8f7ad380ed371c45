"""An ASGI app in the event loop of its caller."""

from __future__ import annotations

import anyio

from prefectkit.core.concurrency.loop_local import LoopLocal, raise_closed
from prefectkit.core.errors import TransportTimeout
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.retries.policy import Phase
from prefectkit.transports.asgi.app_config import AppConfig
from prefectkit.transports.asgi.event_loops.current import current_loop
from prefectkit.transports.asgi.loop_state import LoopState


class EventLoopApp:
    """Runs an app in the event loop of each caller, asyncio's or trio's; there may be several."""

    def __init__(self, config: AppConfig) -> None:
        self._states = LoopLocal(lambda: LoopState(config, current_loop()))

    async def send(self, request: Request) -> Response:
        """Call the app with a request, and return its response."""
        timeout = request.timeout
        state = self._states.get()
        if state is None or not state.is_up:
            began = anyio.current_time()
            state = await self._start(timeout)
            if timeout is not None:
                timeout -= anyio.current_time() - began
        cycle = state.submit(request)
        if request.stream and timeout is not None:
            cycle.deadline = anyio.current_time() + timeout
        try:
            if not await cycle.ready.wait(timeout):
                raise TransportTimeout(f"the app did not respond within {request.timeout:g} seconds")
        except BaseException:
            cycle.abandon()
            raise
        return cycle.response()

    async def aclose(self) -> None:
        """Stop using the app: at once in this event loop, and in others as soon as they run."""
        state, others = self._states.close()
        for other in others:
            other.drop_threadsafe()
        if state is not None:
            await state.close()

    async def _start(self, timeout: float | None) -> LoopState:
        state = self._states.get_or_make()
        with anyio.move_on_after(timeout) as limit:
            await state.start()
        if limit.cancelled_caught:
            raise TransportTimeout(
                f"the app did not start within the request's {timeout:g} seconds", phase=Phase.NOTHING_SENT
            )
        if self._states.get() is not state:
            raise_closed()
        return state
