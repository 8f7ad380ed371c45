"""The sync and the async ASGI transport."""

from __future__ import annotations

from contextvars import Context

from prefectkit.core.http.messages import Request, Response
from prefectkit.transports.asgi.app_config import OnBackgroundError, app_config
from prefectkit.transports.asgi.event_loop_app import EventLoopApp
from prefectkit.transports.asgi.scope import ASGIApp
from prefectkit.transports.asgi.threaded_app import ThreadedApp


class AsyncASGITransport:
    """Calls an ASGI app in this process, from asyncio or trio.

    The app starts with the first request, and stops with the last transport that uses it in the same event loop.
    `request.timeout` covers the startup, the app's response, and the body of a streamed response. If it ends during the
    startup, nothing was sent, and the startup continues for the next request.

    If the caller stops waiting, the app receives `http.disconnect`, and its task is cancelled one second later.

    Args:
        app: The ASGI 3 application.
        threaded: Run the app in an asyncio event loop thread, which all threaded and all sync transports of the app
            share: for an app that supports asyncio only, or that has callers in several event loops. If not, the app
            runs in the caller's event loop.
        context: Each task of the app runs in a copy of it; the caller's context if not given.
        on_background_error: Called with an error that no caller gets: from work after a complete response, or from the
            app's shutdown. If not given, the error is logged on `prefectkit`.
        startup_timeout: Seconds for the app to start.
        shutdown_timeout: Seconds for the app to stop.

    Raises:
        ConfigError: `app` is not callable.
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
        config = app_config(
            app,
            context=context,
            on_background_error=on_background_error,
            startup_timeout=startup_timeout,
            shutdown_timeout=shutdown_timeout,
        )
        if threaded:
            threaded_app = ThreadedApp(config)
            self._send, self._aclose = threaded_app.asend, threaded_app.aclose
        else:
            loop_app = EventLoopApp(config)
            self._send, self._aclose = loop_app.send, loop_app.aclose

    async def send(self, request: Request) -> Response:
        """Call the app with a request, and return its response.

        Args:
            request: The request to send.

        Raises:
            TransportTimeout: The request's time is over.
            IncompleteResponse: The app raised an error, which is the `__cause__`, or did not send a complete response.
            ConnectError: The app did not start.
            ClientClosedError: The transport is closed.
        """
        return await self._send(request)

    async def aclose(self) -> None:
        """Close the transport.

        Requests in progress are cancelled. Work after complete responses gets 5 seconds. The app stops if no other
        transport uses it.
        """
        await self._aclose()


class ASGITransport:
    """Calls an ASGI app in this process, from any thread.

    The app runs in an asyncio event loop thread, which all sync transports of the app share. For the parameters,
    timeouts and errors see `AsyncASGITransport`.

    Args:
        app: The ASGI 3 application.
        context: Each task of the app runs in a copy of it; the caller's context if not given.
        on_background_error: Called with an error that no caller gets. If not given, it is logged on `prefectkit`.
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
        config = app_config(
            app,
            context=context,
            on_background_error=on_background_error,
            startup_timeout=startup_timeout,
            shutdown_timeout=shutdown_timeout,
        )
        self._app = ThreadedApp(config)

    def send(self, request: Request) -> Response:
        """Call the app with a request, and return its response: see `AsyncASGITransport.send`.

        Args:
            request: The request to send.
        """
        return self._app.send(request)

    def close(self) -> None:
        """Close the transport: see `AsyncASGITransport.aclose`."""
        self._app.close()
