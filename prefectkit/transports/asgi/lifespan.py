"""The start and the end of an app: one task per app and event loop, shared by every transport that uses the two."""

from __future__ import annotations

import math
from enum import Enum
from typing import Any, ClassVar

import anyio

from prefectkit.core.errors import ConnectError
from prefectkit.transports.asgi.eventloop import Loop, is_cancellation, is_final
from prefectkit.transports.asgi.hosting import Hosting
from prefectkit.transports.asgi.scope import Message, lifespan_scope


class State(Enum):
    """Where an app is in its life. Each lifespan goes through it once; the next one starts anew."""

    NEW = "new"
    STARTING = "starting"
    UP = "up"
    STOPPING = "stopping"
    DOWN = "down"


class Lifespan:
    """One life of an app in one event loop.

    It starts with its first user and stops with its last one. The app runs in a task of its own, so that users may come
    and go in any task. An app that refuses the lifespan scope, returns from it, or answers it as it would a request is
    up all the same. One that fails
    to start fails everyone who waits for it; whoever comes next starts it again.

    Attributes:
        state: Where it is.
        shared: What the app gave its requests to share.
    """

    _all: ClassVar[dict[tuple[int, object], Lifespan]] = {}

    def __init__(self, hosting: Hosting, loop: Loop) -> None:
        self.state = State.NEW
        self.shared: dict[str, Any] = {}
        self._hosting = hosting
        self._loop = loop
        self._key = (id(hosting.app), loop.key)
        self._users: set[object] = set()
        self._scope = anyio.CancelScope()
        self._settled = anyio.Event()
        self._stop = anyio.Event()
        self._down = anyio.Event()
        self._asked = False
        self._told = False
        self._foreign = False
        self._failure: str | None = None
        self._cause: BaseException | None = None

    @classmethod
    def of(cls, hosting: Hosting, loop: Loop) -> Lifespan:
        """The present life of the app in this loop; a new one where it has none."""
        key = (id(hosting.app), loop.key)
        lifespan = cls._all.get(key)
        if lifespan is None:
            cls._drop_dead()
            lifespan = cls._all[key] = cls(hosting, loop)
        return lifespan

    @classmethod
    async def end_all(cls, loop: Loop) -> None:
        """Stop every app of this loop, whoever uses it."""
        for lifespan in [each for key, each in cls._all.items() if key[1] == loop.key]:
            lifespan._begin_stop()
            await lifespan.down()

    @classmethod
    def forget(cls) -> None:
        """Drop them all without a word: in a forked child they are another process's."""
        cls._all.clear()

    @classmethod
    def _drop_dead(cls) -> None:
        for key, lifespan in list(cls._all.items()):
            if lifespan._loop.ended:
                cls._all.pop(key, None)

    @property
    def ending(self) -> bool:
        """Whether it takes no more users."""
        return self._stop.is_set()

    async def enter(self, user: object) -> None:
        """Become a user of it, and wait until it is up.

        Raises:
            ConnectError: The app did not start.
        """
        self._users.add(user)
        if self.state is State.NEW:
            self.state = State.STARTING
            self._loop.spawn(self._run, self._hosting.context)
        await self._settled.wait()
        if self._failure is not None:
            raise ConnectError(self._failure, retryable=False) from self._cause

    def leave(self, user: object) -> None:
        """Give it up; the last one to do so stops the app."""
        self._users.discard(user)
        if not self._users:
            self._begin_stop()

    async def down(self) -> None:
        """Wait until the app has stopped, if it is stopping."""
        if self.ending:
            await self._down.wait()

    async def _run(self) -> None:
        self._scope.deadline = anyio.current_time() + self._hosting.startup_timeout
        try:
            with self._scope:
                try:
                    await self._hosting.app(lifespan_scope(self.shared), self._receive, self._send)
                except BaseException as error:
                    self._raised(error)
                self._up()
                await self._stop.wait()
            if self._scope.cancelled_caught:
                self._timed_out()
        finally:
            if self.state is State.STARTING and self._failure is None:
                self._fail("the event loop ended before the app had started")
            self.state = State.DOWN
            self._all.pop(self._key, None)
            self._stop.set()
            self._settled.set()
            self._down.set()

    async def _receive(self) -> Message:
        if not self._asked:
            self._asked = True
            return {"type": "lifespan.startup"}
        if self._told:
            await anyio.sleep_forever()
        try:
            await self._stop.wait()
        except BaseException as error:
            if self._scope.cancel_called or not is_cancellation(error):
                raise
            # The loop is ending: the app gets its shutdown, and the time for it, all the same.
            self._scope.shield = True
            self._begin_stop()
        self._told = True
        return {"type": "lifespan.shutdown"}

    async def _send(self, message: Message) -> None:
        match message["type"]:
            case "lifespan.startup.complete":
                self._up()
            case "lifespan.startup.failed":
                self._fail(f"the app did not start: {message.get('message') or 'it does not say why'}")
                self._scope.cancel()
            case "lifespan.shutdown.complete":
                pass
            case "lifespan.shutdown.failed":
                self._hosting.report(
                    RuntimeError(f"the app did not stop well: {message.get('message') or 'no reason'}")
                )
            case kind:
                self._foreign = True
                raise RuntimeError(f"an app may not send {kind!r} in its lifespan")

    def _up(self) -> None:
        if self.state is State.STARTING and self._failure is None:
            self.state = State.UP
            self._scope.deadline = math.inf
            self._settled.set()
            if self._stop.is_set():
                self._begin_stop()

    def _begin_stop(self) -> None:
        self._stop.set()
        if self.state is State.UP:
            self.state = State.STOPPING
            self._scope.deadline = anyio.current_time() + self._hosting.shutdown_timeout

    def _raised(self, error: BaseException) -> None:
        if is_final(error):
            raise error
        if self._failure is not None:
            self._cause = error
        elif self.state is not State.STARTING:
            self._hosting.report(error)
        elif self._asked and not self._foreign:
            self._cause = error
            self._fail(f"the app did not start: it raised {type(error).__name__}")
            self._scope.cancel()

    def _fail(self, message: str) -> None:
        self._failure = message
        self._stop.set()
        self._settled.set()

    def _timed_out(self) -> None:
        if self.state is State.STARTING and self._failure is None:
            self._fail(f"the app did not start within {self._hosting.startup_timeout:g} seconds")
        elif self.state is State.STOPPING:
            seconds = self._hosting.shutdown_timeout
            self._hosting.report(TimeoutError(f"the app did not stop within {seconds:g} seconds and was cancelled"))
