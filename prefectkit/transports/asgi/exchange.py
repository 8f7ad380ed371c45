"""One request through an app: what the app receives, what it sends, and how it is told that nobody listens any more."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus

import anyio
from anyio.lowlevel import checkpoint

from prefectkit.core.errors import IncompleteResponse, TransportTimeout
from prefectkit.core.http.messages import Response
from prefectkit.transports.asgi.eventloop import Loop, is_final
from prefectkit.transports.asgi.scope import ASGIApp, Message

GRACE = 1.0
"""Seconds that an app has between `http.disconnect` and the end of its task."""

MOST_WAITING = 8
"""Chunks of a streamed body that the app may be ahead of the reader."""


class Exchange:
    """A request, the app's task for it, and the answer as it comes.

    The answer is finished with the last piece of its body. What the app does after that is background work: it goes on,
    and an error of it is reported and never changes the answer.

    Attributes:
        cancel: Cancels the app's task; set when that is started.
        ready: Set when there is something for the caller: the whole answer, the start of a streamed one, an error.
        deadline: When the last chunk of a streamed body must be there, on the loop's clock.
    """

    cancel: Callable[[], object]

    def __init__(
        self,
        app: ASGIApp,
        scope: Message,
        body: bytes,
        *,
        stream: bool,
        loop: Loop,
        report: Callable[[BaseException], None],
        on_end: Callable[[Exchange], None],
    ) -> None:
        self.ready = loop.signal()
        self.deadline = float("inf")
        self._app = app
        self._scope = scope
        self._body = body
        self._stream = stream
        self._loop = loop
        self._report = report
        self._on_end = on_end
        self._asked = False
        self._status = 0
        self._headers: dict[str, str] = {}
        self._bodyless = False
        self._size = 0
        self._parts: list[bytes] = []
        self._chunks: _Channel | None = None
        self._complete = False
        self._abandoned = False
        self._error: IncompleteResponse | None = None
        self._over: anyio.Event | None = None
        self._ended: anyio.Event | None = None
        self._running = True

    async def run(self) -> None:
        """Call the app; the work of its task."""
        try:
            await self._app(self._scope, self._receive, self._send)
        except BaseException as error:
            if is_final(error):
                self._fail(IncompleteResponse("the app's task was cancelled before its answer was complete"))
                raise
            self._raised(error)
        else:
            began = "before its answer was complete" if self._status else "without an answer"
            self._fail(IncompleteResponse(f"the app ended {began}"))
        finally:
            self._running = False
            if self._ended is not None:
                self._ended.set()
            self._on_end(self)

    def response(self) -> Response:
        """The answer, or the start of a streamed one; for after `ready`."""
        if self._chunks is not None:
            return Response(self._status, self._headers, chunks=ChunkStream(self, self._chunks))
        self.check()
        return Response(self._status, self._headers, b"".join(self._parts))

    def check(self) -> None:
        """Raise what kept the answer from being complete."""
        if self._error is not None:
            raise self._error

    def abandon(self) -> None:
        """The answer is not wanted any more: tell the app, and end its task if it has not ended within `GRACE`."""
        if self._complete or self._abandoned or not self._running:
            return
        self._abandoned = True
        # For one who still waits, where it is the transport that gives up.
        self._error = IncompleteResponse("the transport was closed before the app's answer was complete")
        self._close()
        self._loop.spawn(self._reap)

    async def ended(self) -> None:
        """Wait until the app's task has ended."""
        if self._running:
            self._ended = self._ended or anyio.Event()
            await self._ended.wait()

    async def _reap(self) -> None:
        with anyio.move_on_after(GRACE):
            await self.ended()
        self.cancel()

    async def _receive(self) -> Message:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        if self._complete or self._abandoned:
            await checkpoint()
        else:
            self._over = self._over or anyio.Event()
            await self._over.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if self._abandoned:
            # An app that only sends would never let go of the loop.
            await checkpoint()
            return
        match message["type"]:
            case "http.response.start" if not self._status:
                self._start(message)
            case "http.response.body" if self._status and not self._complete:
                await self._piece(message)
            case kind:
                state = "the answer is complete" if self._complete else "it began" if self._status else "it begins"
                raise RuntimeError(f"an app may not send {kind!r} where {state}")

    def _start(self, message: Message) -> None:
        status = int(message["status"])
        if not 200 <= status <= 999:
            raise ValueError(f"{status} is not the status of an answer")
        for name, value in message.get("headers", ()):
            key = name.decode("latin-1").lower()
            text = value.decode("latin-1")
            self._headers[key] = f"{self._headers[key]}, {text}" if key in self._headers else text
        self._status = status
        self._bodyless = status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED) or self._scope["method"] == "HEAD"
        if self._stream and not self._bodyless:
            self._chunks = _Channel()
            self.ready.set()

    async def _piece(self, message: Message) -> None:
        # join refuses what is not bytes.
        piece = b"".join((message.get("body", b""),))
        if piece and not self._bodyless:
            self._size += len(piece)
            if self._chunks is None:
                self._parts.append(piece)
            else:
                with anyio.CancelScope(deadline=self.deadline) as limit:
                    await self._chunks.put(piece)
                if limit.cancelled_caught:
                    # Nobody reads: not even a reader that was lost may keep the app.
                    self.abandon()
        if not message.get("more_body", False):
            self._finish()

    def _finish(self) -> None:
        declared = self._headers.get("content-length")
        if declared is not None and not self._bodyless and declared != str(self._size):
            self._error = IncompleteResponse(f"the app sent {self._size} bytes and declared {declared[:20]!r}")
        self._complete = True
        self._close()

    def _raised(self, error: BaseException) -> None:
        if self._complete or self._abandoned:
            self._report(error)
            return
        when = "after it began to answer" if self._status else "before it answered"
        failure = IncompleteResponse(f"the app raised {type(error).__name__} {when}")
        failure.__cause__ = error
        self._fail(failure)

    def _fail(self, error: IncompleteResponse) -> None:
        if not self._complete and self._error is None:
            self._error = error
            self._close()

    def _close(self) -> None:
        if self._over is not None:
            self._over.set()
        if self._chunks is not None:
            self._chunks.close()
        self.ready.set()


class ChunkStream(AsyncIterator[bytes]):
    """The body of a streamed answer, piece by piece; for one reader."""

    def __init__(self, exchange: Exchange, channel: _Channel) -> None:
        self._exchange = exchange
        self._channel = channel
        self._done = False

    async def next(self) -> bytes | None:
        """The next piece, None after the last one.

        Raises:
            IncompleteResponse: The app did not send the whole of it.
            TransportTimeout: The request's time is up.
        """
        if self._done:
            return None
        piece: bytes | None = None
        with anyio.CancelScope(deadline=self._exchange.deadline) as limit:
            piece = await self._channel.get()
        if limit.cancelled_caught:
            self._done = True
            self._exchange.abandon()
            raise TransportTimeout("the time was up before the app had sent its whole answer")
        if piece is None:
            self._done = True
            self._exchange.check()
        return piece

    async def aclose(self) -> None:
        """Let go of the rest, and wait until the app has ended or was made to."""
        if not self._done:
            self._done = True
            self._exchange.abandon()
            with anyio.move_on_after(GRACE):
                await self._exchange.ended()

    async def __anext__(self) -> bytes:
        piece = await self.next()
        if piece is None:
            raise StopAsyncIteration
        return piece


class _Channel:
    """A bounded queue between the app and one reader."""

    def __init__(self) -> None:
        self._pieces: deque[bytes] = deque()
        self._closed = False
        self._changed = anyio.Event()

    async def put(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._wake()
        while len(self._pieces) >= MOST_WAITING and not self._closed:
            await self._changed.wait()

    async def get(self) -> bytes | None:
        while not self._pieces and not self._closed:
            await self._changed.wait()
        if not self._pieces:
            return None
        piece = self._pieces.popleft()
        self._wake()
        return piece

    def close(self) -> None:
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()
