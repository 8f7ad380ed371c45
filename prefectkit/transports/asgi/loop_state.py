"""The state of a transport in one event loop: its use of the app's lifespan, and its requests in progress."""

from __future__ import annotations

import anyio

from prefectkit.core.concurrency.system_tasks import spawn_system_task
from prefectkit.core.http.messages import Request
from prefectkit.transports.asgi.app_config import AppConfig
from prefectkit.transports.asgi.event_loops.base import EventLoop
from prefectkit.transports.asgi.lifespan import Lifespan, State
from prefectkit.transports.asgi.request_cycle import GRACE, RequestCycle
from prefectkit.transports.asgi.scope import http_scope

BACKGROUND_LIMIT = 5.0
"""Seconds for the app's work after complete responses when the transport closes."""


class LoopState:
    """The state of one transport in one event loop."""

    def __init__(self, config: AppConfig, loop: EventLoop) -> None:
        self._config = config
        self._loop = loop
        self._lifespan = Lifespan.of(config)
        self._cycles: set[RequestCycle] = set()
        self._idle: anyio.Event | None = None

    @property
    def is_up(self) -> bool:
        """Whether the app has started and accepts requests."""
        return self._lifespan.state is State.UP

    async def start(self) -> None:
        """Wait until the app has started.

        Raises:
            ConnectError: The app did not start.
        """
        while self._lifespan.is_ending:
            await self._lifespan.wait_down()
            self._lifespan = Lifespan.of(self._config)
        await self._lifespan.join(self)

    def submit(self, request: Request) -> RequestCycle:
        """Call the app with a request, in a new task."""
        cycle = RequestCycle(
            self._config.app,
            http_scope(request, self._lifespan.shared),
            request.body,
            stream=request.stream,
            loop=self._loop,
            report=self._config.report,
            on_end=self._on_end,
        )
        self._cycles.add(cycle)
        cycle.cancel = spawn_system_task(cycle.run, context=self._config.context)
        return cycle

    async def close(self) -> None:
        """Wait for the app's background work, cancel other requests, and leave the lifespan."""
        try:
            for cycle in list(self._cycles):
                cycle.abandon()
            await self._wait_idle(BACKGROUND_LIMIT)
            for cycle in list(self._cycles):
                cycle.cancel()
            await self._wait_idle(GRACE)
        finally:
            self.drop()
        await self._lifespan.wait_down()

    def drop(self) -> None:
        """Cancel all requests and leave the lifespan, without waiting."""
        for cycle in list(self._cycles):
            cycle.abandon()
            cycle.cancel()
        self._lifespan.leave(self)

    def drop_threadsafe(self) -> None:
        """`drop`, from another event loop or thread."""
        self._loop.call_soon(self.drop)

    async def _wait_idle(self, seconds: float) -> None:
        if self._cycles:
            self._idle = anyio.Event()
            with anyio.move_on_after(seconds):
                await self._idle.wait()

    def _on_end(self, cycle: RequestCycle) -> None:
        self._cycles.discard(cycle)
        if self._idle is not None and not self._cycles:
            self._idle.set()
