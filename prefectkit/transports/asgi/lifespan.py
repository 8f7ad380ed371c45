"""Lifespan: the startup and shutdown of an app, one task for each app and event loop, shared by all transports."""

from __future__ import annotations

import math
from enum import Enum
from typing import Any, ClassVar

import anyio

from prefectkit.core.concurrency.loop_local import LoopLocal
from prefectkit.core.concurrency.system_tasks import spawn_system_task
from prefectkit.core.errors import ConnectError
from prefectkit.transports.asgi.app_config import AppConfig
from prefectkit.transports.asgi.event_loops.base import is_cancellation, must_propagate
from prefectkit.transports.asgi.scope import Message, lifespan_scope


class State(Enum):
    """The state of a lifespan. A lifespan passes through each state once; a restart is a new lifespan."""

    NEW = "new"
    STARTING = "starting"
    UP = "up"
    STOPPING = "stopping"
    DOWN = "down"


class Lifespan:
    """One lifespan of an app in one event loop.

    It starts with its first user and stops with its last one. The app runs in its own task, so that users may come and
    go in any task. An app without lifespan support is up at once: one that rejects the lifespan scope, returns from it,
    or sends messages of a response. If the startup fails, every waiting user gets the error, and the next user starts
    the app again.

    Attributes:
        state: The present state.
        shared: The `state` of the lifespan scope: what the app shares with its requests.
    """

    _by_app: ClassVar[LoopLocal[dict[int, Lifespan]]] = LoopLocal(dict)

    def __init__(self, config: AppConfig, by_app: dict[int, Lifespan]) -> None:
        self.state = State.NEW
        self.shared: dict[str, Any] = {}
        self._config = config
        self._siblings = by_app
        self._users: set[object] = set()
        self._cancel_scope = anyio.CancelScope()
        self._started = anyio.Event()
        self._stop = anyio.Event()
        self._down = anyio.Event()
        self._startup_received = False
        self._shutdown_received = False
        self._is_unsupported = False
        self._failure: str | None = None
        self._cause: BaseException | None = None

    @classmethod
    def of(cls, config: AppConfig) -> Lifespan:
        """The lifespan of the app in the running event loop; a new one if there is none."""
        by_app = cls._by_app.get_or_make()
        lifespan = by_app.get(id(config.app))
        if lifespan is None:
            lifespan = by_app[id(config.app)] = cls(config, by_app)
        return lifespan

    @classmethod
    async def end_all(cls) -> None:
        """Stop every app of the running event loop, even if it is in use."""
        for lifespan in list((cls._by_app.get() or {}).values()):
            lifespan._begin_stop()
            await lifespan.wait_down()

    @property
    def is_ending(self) -> bool:
        """Whether it accepts no more users."""
        return self._stop.is_set()

    async def join(self, user: object) -> None:
        """Add a user, and wait until the app has started.

        Raises:
            ConnectError: The app did not start.
        """
        self._users.add(user)
        if self.state is State.NEW:
            self.state = State.STARTING
            spawn_system_task(self._run, context=self._config.context)
        await self._started.wait()
        if self._failure is not None:
            raise ConnectError(self._failure, retryable=False) from self._cause

    def leave(self, user: object) -> None:
        """Remove a user. The app stops when the last one is removed."""
        self._users.discard(user)
        if not self._users:
            self._begin_stop()

    async def wait_down(self) -> None:
        """Wait until the app has stopped, if it is stopping."""
        if self.is_ending:
            await self._down.wait()

    async def _run(self) -> None:
        self._cancel_scope.deadline = anyio.current_time() + self._config.startup_timeout
        try:
            with self._cancel_scope:
                try:
                    await self._config.app(lifespan_scope(self.shared), self._receive, self._send)
                except BaseException as error:
                    self._on_error(error)
                self._set_up()
                await self._stop.wait()
            if self._cancel_scope.cancelled_caught:
                self._on_timeout()
        finally:
            if self.state is State.STARTING and self._failure is None:
                self._fail("the event loop ended before the app had started")
            self.state = State.DOWN
            self._siblings.pop(id(self._config.app), None)
            self._stop.set()
            self._started.set()
            self._down.set()

    async def _receive(self) -> Message:
        if not self._startup_received:
            self._startup_received = True
            return {"type": "lifespan.startup"}
        if self._shutdown_received:
            await anyio.sleep_forever()
        try:
            await self._stop.wait()
        except BaseException as error:
            if self._cancel_scope.cancel_called or not is_cancellation(error):
                raise
            # The event loop is ending. The app still gets its shutdown and the time for it.
            self._cancel_scope.shield = True
            self._begin_stop()
        self._shutdown_received = True
        return {"type": "lifespan.shutdown"}

    async def _send(self, message: Message) -> None:
        match message["type"]:
            case "lifespan.startup.complete":
                self._set_up()
            case "lifespan.startup.failed":
                # Starlette sends a traceback, of which the last line says what happened.
                reason = message.get("message", "").rstrip().rpartition("\n")[2]
                self._fail(f"the app did not start: {reason or 'it gave no reason'}")
                self._cancel_scope.cancel()
            case "lifespan.shutdown.complete":
                pass
            case "lifespan.shutdown.failed":
                reason = message.get("message") or "it gave no reason"
                self._config.report(RuntimeError(f"the app's shutdown failed: {reason}"))
            case kind:
                self._is_unsupported = True
                raise RuntimeError(f"an app may not send {kind!r} in its lifespan")

    def _set_up(self) -> None:
        if self.state is State.STARTING and self._failure is None:
            self.state = State.UP
            self._cancel_scope.deadline = math.inf
            self._started.set()
            if self._stop.is_set():
                self._begin_stop()

    def _begin_stop(self) -> None:
        self._stop.set()
        if self.state is State.UP:
            self.state = State.STOPPING
            self._cancel_scope.deadline = anyio.current_time() + self._config.shutdown_timeout

    def _on_error(self, error: BaseException) -> None:
        if must_propagate(error):
            raise error
        if self._failure is not None:
            self._cause = error
        elif self.state is not State.STARTING:
            self._config.report(error)
        elif self._startup_received and not self._is_unsupported:
            self._cause = error
            self._fail(f"the app did not start: it raised {type(error).__name__}")
            self._cancel_scope.cancel()

    def _fail(self, message: str) -> None:
        self._failure = message
        self._stop.set()
        self._started.set()

    def _on_timeout(self) -> None:
        if self.state is State.STARTING and self._failure is None:
            self._fail(f"the app did not start within {self._config.startup_timeout:g} seconds")
        elif self.state is State.STOPPING:
            seconds = self._config.shutdown_timeout
            self._config.report(TimeoutError(f"the app did not stop within {seconds:g} seconds and was cancelled"))
