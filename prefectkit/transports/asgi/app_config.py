"""App configuration: an ASGI app, its context, its timeouts, and where its background errors are reported."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextvars import Context
from typing import NamedTuple

from prefectkit.core.errors import ConfigError
from prefectkit.transports.asgi.scope import ASGIApp

logger = logging.getLogger("prefectkit")

OnBackgroundError = Callable[[BaseException], None]


class AppConfig(NamedTuple):
    """An app and the parameters to run it with.

    Attributes:
        context: Each task of the app runs in a copy of it; None for the caller's context.
        report: Called with each error that no caller gets. It raises nothing.
        startup_timeout: Seconds.
        shutdown_timeout: Seconds.
    """

    app: ASGIApp
    context: Context | None
    report: OnBackgroundError
    startup_timeout: float
    shutdown_timeout: float


def app_config(
    app: ASGIApp,
    *,
    context: Context | None = None,
    on_background_error: OnBackgroundError | None = None,
    startup_timeout: float = 30.0,
    shutdown_timeout: float = 30.0,
) -> AppConfig:
    """Check the arguments of a transport.

    Raises:
        ConfigError: `app` is not callable.
    """
    if not callable(app):
        raise ConfigError(f"an ASGI app is called with scope, receive and send, but {app!r} is not callable")
    report = _log if on_background_error is None else _guarded(on_background_error)
    return AppConfig(app, context, report, startup_timeout, shutdown_timeout)


def _log(error: BaseException) -> None:
    logger.error("the app raised an error that no caller gets", exc_info=error)


def _guarded(report: OnBackgroundError) -> OnBackgroundError:
    def call(error: BaseException) -> None:
        try:
            report(error)
        except Exception:
            logger.exception("on_background_error failed")

    return call
