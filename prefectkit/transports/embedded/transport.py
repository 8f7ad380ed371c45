"""The embedded server of this process, and the transports of its clients."""

from __future__ import annotations

import logging
import os
import sys
from contextvars import Context
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal, overload

from prefectkit.core.concurrency.fork_safe_lock import ForkSafeLock
from prefectkit.core.errors import ClientClosedError, ConfigError
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.settings.misspelt import misspelt_api_url
from prefectkit.core.transport import AsyncTransport, Transport
from prefectkit.transports.asgi.app_config import app_config
from prefectkit.transports.asgi.threaded_app import ThreadedApp
from prefectkit.transports.embedded.app import EmbeddedApp

EMBEDDED_URL = "http://ephemeral-prefect/api"
"""The root of its API. No resolver knows this host name."""

FASTAPI_BOUND = (0, 151)
"""The first FastAPI version with which the server does not start."""

_WAYS_OUT = 'pip install "prefectkit[server]" for the embedded server, or set PREFECT_API_URL or pass api=...'

logger = logging.getLogger("prefectkit.embedded")


def data_directory() -> Path:
    """The data directory of the embedded server: `server` in $PREFECTKIT_HOME, which defaults to `~/.prefectkit`."""
    return Path(os.environ.get("PREFECTKIT_HOME") or "~/.prefectkit").expanduser().absolute() / "server"


@overload
def embedded_transport(sync: Literal[True], *, startup_timeout: float = 60.0) -> Transport: ...
@overload
def embedded_transport(sync: Literal[False], *, startup_timeout: float = 60.0) -> AsyncTransport: ...
@overload
def embedded_transport(sync: bool, *, startup_timeout: float = 60.0) -> Transport | AsyncTransport: ...


def embedded_transport(sync: bool, *, startup_timeout: float = 60.0) -> Transport | AsyncTransport:
    """A transport to the embedded server, for a sync client or for a client in asyncio or trio.

    All transports of a process share one server, which runs in its own thread. It starts with the first request and
    stops with the process. It has its own data directory, and ignores the settings of the user's Prefect.

    Args:
        sync: Whether the client is a sync client.
        startup_timeout: Seconds for the server to start, at least 60, since the first start creates the database. The
            first client's value applies.

    Raises:
        ConfigError: The server is not installed, or the installed FastAPI version is not supported.
    """
    _check_installed()
    timeout = max(startup_timeout, 60.0)
    return _SyncEmbedded(timeout) if sync else _AsyncEmbedded(timeout)


def stop_embedded() -> None:
    """Stop the embedded server if it runs. Not from its own thread. The next request starts it again."""
    server = _EmbeddedServer.running
    if server is not None:
        _EmbeddedServer.running = None
        server.app.close()


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


def _log_background_error(error: BaseException) -> None:
    # The server responds with 500 or 503 and raises the error again: the caller has the response already.
    logger.debug("the embedded Prefect server raised an error after its response", exc_info=error)


def _announce(text: str) -> None:
    """Print on a terminal, whose user waits seconds for the start; log if there is no terminal."""
    # sys.stderr is None under pythonw and in some services.
    if sys.stderr is not None and sys.stderr.isatty():
        print(f"prefectkit: {text}", file=sys.stderr, flush=True)
    else:
        logger.info("%s", text)


class _EmbeddedServer:
    """The embedded server of this process, shared by all its clients."""

    running: _EmbeddedServer | None = None
    _lock = ForkSafeLock()

    def __init__(self, startup_timeout: float) -> None:
        self._pid = os.getpid()
        self._directory = data_directory()
        # The server runs in an empty context: it sees nothing of its clients.
        config = app_config(
            EmbeddedApp(self._directory),
            context=Context(),
            startup_timeout=startup_timeout,
            on_background_error=_log_background_error,
        )
        self.app = ThreadedApp(config)

    def announce(self) -> None:
        """Print or log the start and the data directory. A log handler may use a client: not under the lock."""
        _announce(
            f"no API URL is configured: starting the embedded Prefect server, data in {self._directory}"
            + misspelt_api_url(os.environ)
        )

    @classmethod
    def get(cls, startup_timeout: float) -> _EmbeddedServer:
        """The server of this process, created if need be.

        Raises:
            ConfigError: This process was forked from that of the server.
        """
        server = cls.running
        if server is None:
            made = cls(startup_timeout)
            with cls._lock.held():
                server = cls.running = cls.running or made
            if server is made:
                server.announce()
        if server._pid != os.getpid():
            raise ConfigError(
                "the embedded Prefect server belongs to the process that started it, and this process was forked from "
                "it: set PREFECT_API_URL, or start this process with the method 'spawn'"
            )
        return server


class _SyncEmbedded:
    def __init__(self, startup_timeout: float) -> None:
        self._startup_timeout = startup_timeout
        self._closed = False

    def send(self, request: Request) -> Response:
        if self._closed:
            raise _closed()
        return _EmbeddedServer.get(self._startup_timeout).app.send(request)

    def close(self) -> None:
        self._closed = True


class _AsyncEmbedded:
    def __init__(self, startup_timeout: float) -> None:
        self._startup_timeout = startup_timeout
        self._closed = False

    async def send(self, request: Request) -> Response:
        if self._closed:
            raise _closed()
        return await _EmbeddedServer.get(self._startup_timeout).app.asend(request)

    async def aclose(self) -> None:
        self._closed = True


def _closed() -> ClientClosedError:
    return ClientClosedError("the transport to the embedded server is closed: make a new one")
