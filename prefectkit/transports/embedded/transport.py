"""One server for the process, and the transports through which its clients reach it."""

from __future__ import annotations

import logging
import os
import sys
import threading
from contextvars import Context
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal, overload

from prefectkit.core.errors import ClientClosedError, ConfigError
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.settings.misspelt import misspelt_api_url
from prefectkit.core.transport import AsyncTransport, Transport
from prefectkit.transports.asgi.hosting import host
from prefectkit.transports.asgi.threaded_app import Seat
from prefectkit.transports.embedded.app import EmbeddedApp

EMBEDDED_URL = "http://ephemeral-prefect/api"
"""The root of its API: a name that no resolver knows."""

FASTAPI_BOUND = (0, 151)
"""The first FastAPI that the server does not start with."""

_WAYS_OUT = 'pip install "prefectkit[server]" for the embedded server, or set PREFECT_API_URL or pass api=...'

logger = logging.getLogger("prefectkit.embedded")


def data_directory() -> Path:
    """Where the embedded server keeps its database: `server` in $PREFECTKIT_HOME, or in `~/.prefectkit` without it."""
    return Path(os.environ.get("PREFECTKIT_HOME") or "~/.prefectkit").expanduser().absolute() / "server"


@overload
def embedded_transport(sync: Literal[True], *, startup_timeout: float = 60.0) -> Transport: ...
@overload
def embedded_transport(sync: Literal[False], *, startup_timeout: float = 60.0) -> AsyncTransport: ...
@overload
def embedded_transport(sync: bool, *, startup_timeout: float = 60.0) -> Transport | AsyncTransport: ...


def embedded_transport(sync: bool, *, startup_timeout: float = 60.0) -> Transport | AsyncTransport:
    """A transport to the embedded server, for a sync client or for one in asyncio or trio.

    All of a process share one server, which runs in a thread of its own. It starts with the first request and stops
    with the process. It has its own data directory, and no setting of the user's Prefect reaches it.

    Args:
        sync: For a sync client.
        startup_timeout: Seconds that the server may take to start, at least a minute, since the first start of all
            makes the database; the first client's counts.

    Raises:
        ConfigError: The server is not installed, or with a FastAPI that it does not start with.
    """
    _check_installed()
    timeout = max(startup_timeout, 60.0)
    return _SyncEmbedded(timeout) if sync else _AsyncEmbedded(timeout)


def stop_embedded() -> None:
    """Stop the embedded server if it runs, from any thread but its own; the next request starts it again."""
    server = _Server.running
    if server is not None:
        _Server.running = None
        server.seat.close()


def _check_installed() -> None:
    try:
        version("prefect")
        fastapi = version("fastapi")
    except PackageNotFoundError as error:
        raise ConfigError(
            f"no API URL is configured, and {error.name} is not installed: {_WAYS_OUT}{misspelt_api_url(os.environ)}"
        ) from None
    numbers = tuple(int(part) for part in fastapi.split(".")[:2] if part.isdigit())
    if numbers >= FASTAPI_BOUND:
        raise ConfigError(
            f"no API URL is configured, and the Prefect server does not start with fastapi {fastapi}: "
            f'pip install "fastapi<{FASTAPI_BOUND[0]}.{FASTAPI_BOUND[1]}", or set PREFECT_API_URL or pass api=...'
        )


def _note(error: BaseException) -> None:
    # The server answers 500 or 503 and raises what it was for once more: the caller has its answer already.
    logger.debug("the embedded Prefect server raised after its answer", exc_info=error)


def _say(text: str) -> None:
    """On the terminal, where somebody waits for the seconds that a start takes; else on the log."""
    # There is no stderr under pythonw and in some services.
    if sys.stderr is not None and sys.stderr.isatty():
        print(f"prefectkit: {text}", file=sys.stderr, flush=True)
    else:
        logger.info("%s", text)


class _Server:
    """The one of this process: an app, and the seat in its thread that every client shares."""

    running: _Server | None = None
    _lock = threading.Lock()

    def __init__(self, startup_timeout: float) -> None:
        self.pid = os.getpid()
        app = EmbeddedApp(data_directory())
        # Nothing of whoever makes the first request, or any other, is for the server to see.
        context = Context()
        self.seat = Seat(host(app, context=context, startup_timeout=startup_timeout, on_background_error=_note))
        _say(
            f"no API URL is configured: starting the embedded Prefect server, data in {app.directory}"
            + misspelt_api_url(os.environ)
        )

    @classmethod
    def get(cls, startup_timeout: float) -> _Server:
        with cls._lock:
            server = cls.running = cls.running or cls(startup_timeout)
        if server.pid != os.getpid():
            raise ConfigError(
                "the embedded Prefect server belongs to the process that started it, and this one was forked from it: "
                "set PREFECT_API_URL, or start this process with the method 'spawn'"
            )
        return server

    @classmethod
    def after_fork(cls) -> None:
        cls._lock = threading.Lock()


class _SyncEmbedded:
    def __init__(self, startup_timeout: float) -> None:
        self._startup_timeout = startup_timeout
        self._closed = False

    def send(self, request: Request) -> Response:
        if self._closed:
            raise _closed()
        return _Server.get(self._startup_timeout).seat.send(request)

    def close(self) -> None:
        self._closed = True


class _AsyncEmbedded:
    def __init__(self, startup_timeout: float) -> None:
        self._startup_timeout = startup_timeout
        self._closed = False

    async def send(self, request: Request) -> Response:
        if self._closed:
            raise _closed()
        return await _Server.get(self._startup_timeout).seat.asend(request)

    async def aclose(self) -> None:
        self._closed = True


def _closed() -> ClientClosedError:
    return ClientClosedError("the transport to the embedded server is closed: make a new one")


os.register_at_fork(after_in_child=_Server.after_fork)
