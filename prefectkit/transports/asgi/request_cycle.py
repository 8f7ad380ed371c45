"""One request to an app: the messages that the app receives and sends, and its disconnect."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from http import HTTPStatus

import anyio
from anyio.lowlevel import checkpoint

from prefectkit.core.concurrency.system_tasks import spawn_system_task
from prefectkit.core.errors import IncompleteResponse, TransportTimeout
from prefectkit.core.http.messages import Response
from prefectkit.transports.asgi.channel import Channel
from prefectkit.transports.asgi.event_loops.base import EventLoop, must_propagate
from prefectkit.transports.asgi.scope import ASGIApp, Message

GRACE = 1.0
"""Seconds between `http.disconnect` and the cancellation of the app's task."""


class RequestCycle:
    """A request, the app's task for it, and the response.

    The response is complete with the last chunk of its body. What the app does after that is background work: it
    continues, and its errors are reported and do not change the response.

    Attributes:
        cancel: Cancels the app's task; set when the task is started.
        ready: Set when the caller can continue: the response is complete, a streamed one has started, or it failed.
        deadline: The time at which a streamed body must be complete, on the event loop's clock.
    """

    cancel: Callable[[], object]

    def __init__(
        self,
        app: ASGIApp,
        scope: Message,
        body: bytes,
        *,
        stream: bool,
        loop: EventLoop,
        report: Callable[[BaseException], None],
        on_end: Callable[[RequestCycle], None],
    ) -> None:
        self.ready = loop.signal()
        self.deadline = float("inf")
        self._app = app
        self._scope = scope
        self._body = body
        self._stream = stream
        self._report = report
        self._on_end = on_end
        self._request_received = False
        self._status = 0
        self._headers: dict[str, str] = {}
        self._has_no_body = False
        self._size = 0
        self._chunks: list[bytes] = []
        self._channel: Channel | None = None
        self._complete = False
        self._abandoned = False
        self._error: IncompleteResponse | None = None
        self._disconnected: anyio.Event | None = None
        self._ended: anyio.Event | None = None
        self._running = True

    async def run(self) -> None:
        """Call the app. The body of the app's task."""
        try:
            await self._app(self._scope, self._receive, self._send)
        except BaseException as error:
            if must_propagate(error):
                self._fail(IncompleteResponse("the app's task was cancelled before its response was complete"))
                raise
            self._on_error(error)
        else:
            began = "before its response was complete" if self._status else "without a response"
            self._fail(IncompleteResponse(f"the app returned {began}"))
        finally:
            self._running = False
            if self._ended is not None:
                self._ended.set()
            self._on_end(self)

    def response(self) -> Response:
        """The response, or the start of a streamed one. Only after `ready`."""
        if self._channel is not None:
            return Response(self._status, self._headers, chunks=ChunkStream(self, self._channel))
        self.check()
        return Response(self._status, self._headers, b"".join(self._chunks))

    def check(self) -> None:
        """Raise the error for which the response is incomplete."""
        if self._error is not None:
            raise self._error

    def abandon(self) -> None:
        """Disconnect: the app receives `http.disconnect`, and its task is cancelled after `GRACE`."""
        if self._complete or self._abandoned or not self._running:
            return
        self._abandoned = True
        # For a caller that still waits while another one closes the transport.
        self._error = IncompleteResponse("the transport was closed before the app's response was complete")
        self._close()
        spawn_system_task(self._cancel_after_grace)

    async def wait_ended(self) -> None:
        """Wait until the app's task has ended."""
        if self._running:
            self._ended = self._ended or anyio.Event()
            await self._ended.wait()

    async def _cancel_after_grace(self) -> None:
        with anyio.move_on_after(GRACE):
            await self.wait_ended()
        self.cancel()

    async def _receive(self) -> Message:
        if not self._request_received:
            self._request_received = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        if self._complete or self._abandoned:
            await checkpoint()
        else:
            self._disconnected = self._disconnected or anyio.Event()
            await self._disconnected.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if self._abandoned:
            # An app that only sends would otherwise block the event loop.
            await checkpoint()
            return
        match message["type"]:
            case "http.response.start" if not self._status:
                self._start(message)
            case "http.response.body" if self._status and not self._complete:
                await self._add_chunk(message)
            case kind:
                state = "is complete" if self._complete else "has started" if self._status else "has not started"
                raise RuntimeError(f"an app may not send {kind!r} when the response {state}")

    def _start(self, message: Message) -> None:
        status = int(message["status"])
        if not 200 <= status <= 999:
            raise ValueError(f"{status} is not the status of a response")
        for name, value in message.get("headers", ()):
            key = name.decode("latin-1").lower()
            text = value.decode("latin-1")
            self._headers[key] = f"{self._headers[key]}, {text}" if key in self._headers else text
        self._status = status
        no_body = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
        self._has_no_body = status in no_body or self._scope["method"] == "HEAD"
        if self._stream and not self._has_no_body:
            self._channel = Channel()
            self.ready.set()

    async def _add_chunk(self, message: Message) -> None:
        # join raises for what is not bytes.
        chunk = b"".join((message.get("body", b""),))
        if chunk and not self._has_no_body:
            self._size += len(chunk)
            if self._channel is None:
                self._chunks.append(chunk)
            else:
                with anyio.CancelScope(deadline=self.deadline) as limit:
                    await self._channel.put(chunk)
                if limit.cancelled_caught:
                    # The reader is gone, and the app must not wait for it for ever.
                    self.abandon()
        if not message.get("more_body", False):
            self._finish()

    def _finish(self) -> None:
        declared = self._headers.get("content-length")
        if declared is not None and not self._has_no_body and declared != str(self._size):
            self._error = IncompleteResponse(f"the app sent {self._size} bytes and declared {declared[:20]!r}")
        self._complete = True
        self._close()

    def _on_error(self, error: BaseException) -> None:
        if self._complete or self._abandoned:
            self._report(error)
            return
        when = "before its response was complete" if self._status else "before it responded"
        failure = IncompleteResponse(f"the app raised {type(error).__name__} {when}")
        failure.__cause__ = error
        self._fail(failure)

    def _fail(self, error: IncompleteResponse) -> None:
        if not self._complete and self._error is None:
            self._error = error
            self._close()

    def _close(self) -> None:
        if self._disconnected is not None:
            self._disconnected.set()
        if self._channel is not None:
            self._channel.close()
        self.ready.set()


class ChunkStream(AsyncIterator[bytes]):
    """The chunks of a streamed response, for one reader."""

    def __init__(self, cycle: RequestCycle, channel: Channel) -> None:
        self._cycle = cycle
        self._channel = channel
        self._done = False

    async def next(self) -> bytes | None:
        """The next chunk; None after the last one.

        Raises:
            IncompleteResponse: The app did not send the complete body.
            TransportTimeout: The request's time is over.
        """
        if self._done:
            return None
        chunk: bytes | None = None
        with anyio.CancelScope(deadline=self._cycle.deadline) as limit:
            chunk = await self._channel.get()
        if limit.cancelled_caught:
            self._done = True
            self._cycle.abandon()
            raise TransportTimeout("the request's time was over before the app's response was complete")
        if chunk is None:
            self._done = True
            self._cycle.check()
        return chunk

    async def aclose(self) -> None:
        """Stop reading, and wait until the app has ended or was cancelled."""
        if not self._done:
            self._done = True
            self._cycle.abandon()
            with anyio.move_on_after(GRACE):
                await self._cycle.wait_ended()

    async def __anext__(self) -> bytes:
        chunk = await self.next()
        if chunk is None:
            raise StopAsyncIteration
        return chunk
