"""An ASGI app in this process as a transport, for sync, asyncio and trio callers."""

from __future__ import annotations

from contextvars import Context

from prefectkit.core.http.messages import Request, Response
from prefectkit.transports.asgi.hosting import OnBackgroundError, host
from prefectkit.transports.asgi.inloop import InLoop
from prefectkit.transports.asgi.scope import ASGIApp
from prefectkit.transports.asgi.threaded_app import Seat


class AsyncASGITransport:
    """Calls an ASGI app in this process, from asyncio or trio.

    The app starts with the first request, which waits for it, and stops with the last transport that uses it in the
    same loop. `request.timeout` covers that wait, the app's response, and the body of a streamed one. When the wait is
    cut short nothing was sent, and the start goes on for whoever asks next.

    Whoever stops waiting has the app told (`http.disconnect`), and its task cancelled a second later at most.

    Args:
        app: The ASGI 3 application.
        threaded: Run the app in an asyncio loop in a thread of its own, which all threaded and all sync transports of
            the app share: for an app that knows asyncio only, or that has callers in several loops. Else it runs in
            the caller's loop.
        context: What each task of the app starts from a copy of; the caller's context if not given.
        on_background_error: Called with an error that no caller hears of: from work after a finished response, from the
            end of the app's life. Logged on `prefectkit` if not given.
        startup_timeout: Seconds for the app to start.
        shutdown_timeout: Seconds for the app to stop.

    Raises:
        ConfigError: What is given as app cannot be called.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        threaded: bool = False,
        context: Context | None = None,
        on_background_error: OnBackgroundError | None = None,
        startup_timeout: float = 30.0,
        shutdown_timeout: float = 30.0,
    ) -> None:
        hosting = host(
            app,
            context=context,
            on_background_error=on_background_error,
            startup_timeout=startup_timeout,
            shutdown_timeout=shutdown_timeout,
        )
        if threaded:
            seat = Seat(hosting)
            self._send, self._aclose = seat.asend, seat.aclose
        else:
            loop = InLoop(hosting)
            self._send, self._aclose = loop.send, loop.aclose

    async def send(self, request: Request) -> Response:
        """Hand a request to the app and return its response.

        Args:
            request: The request to send.

        Raises:
            TransportTimeout: The request's time was up.
            IncompleteResponse: The app raised, or did not send a whole response; its error is the `__cause__`.
            ConnectError: The app did not start.
            ClientClosedError: The transport is closed.
        """
        return await self._send(request)

    async def aclose(self) -> None:
        """Let go of the app.

        Unfinished requests are ended, work after finished responses gets 5 seconds, and the app stops if nobody else
        uses it.
        """
        await self._aclose()


class ASGITransport:
    """Calls an ASGI app in this process, from any thread.

    The app runs in an asyncio loop in a thread of its own, which all sync transports of the app share. For the
    parameters, the deadline and the errors see `AsyncASGITransport`.

    Args:
        app: The ASGI 3 application.
        context: What each task of the app starts from a copy of. Default: the caller's context.
        on_background_error: Called with an error that no caller gets. Default: it is logged on `prefectkit`.
        startup_timeout: Seconds for the app to start.
        shutdown_timeout: Seconds for the app to stop.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        context: Context | None = None,
        on_background_error: OnBackgroundError | None = None,
        startup_timeout: float = 30.0,
        shutdown_timeout: float = 30.0,
    ) -> None:
        hosting = host(
            app,
            context=context,
            on_background_error=on_background_error,
            startup_timeout=startup_timeout,
            shutdown_timeout=shutdown_timeout,
        )
        self._seat = Seat(hosting)

    def send(self, request: Request) -> Response:
        """Hand a request to the app and return its response: see `AsyncASGITransport.send`.

        Args:
            request: The request to send.
        """
        return self._seat.send(request)

    def close(self) -> None:
        """Let go of the app: see `AsyncASGITransport.aclose`."""
        self._seat.close()
