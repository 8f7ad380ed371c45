"""An app and how it is run: what everything that runs it is given."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextvars import Context
from typing import NamedTuple

from prefectkit.core.errors import ConfigError
from prefectkit.transports.asgi.scope import ASGIApp

logger = logging.getLogger("prefectkit")

OnBackgroundError = Callable[[BaseException], None]


class Hosting(NamedTuple):
    """An app, and how it is run.

    Attributes:
        context: What each of its tasks starts from a copy of; None for the caller's own context.
        report: Told of every error that no caller is told of; it raises nothing.
        startup_timeout: Seconds.
        shutdown_timeout: Seconds.
    """

    app: ASGIApp
    context: Context | None
    report: OnBackgroundError
    startup_timeout: float
    shutdown_timeout: float


def host(
    app: ASGIApp,
    *,
    context: Context | None = None,
    on_background_error: OnBackgroundError | None = None,
    startup_timeout: float = 30.0,
    shutdown_timeout: float = 30.0,
) -> Hosting:
    """Check and put together what a transport was given.

    Raises:
        ConfigError: What is given as app cannot be called.
    """
    if not callable(app):
        raise ConfigError(f"an ASGI app is called with scope, receive and send, and {app!r} cannot be called")
    report = _log if on_background_error is None else _guarded(on_background_error)
    return Hosting(app, context, report, startup_timeout, shutdown_timeout)


def _log(error: BaseException) -> None:
    logger.error("the app failed where no caller waits for it any more", exc_info=error)


def _guarded(report: OnBackgroundError) -> OnBackgroundError:
    def call(error: BaseException) -> None:
        try:
            report(error)
        except Exception:
            logger.exception("on_background_error failed")

    return call
