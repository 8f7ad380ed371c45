"""What stands between a plugin and a call when the plugin raises."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from typing import Any, cast

from prefectkit.core.errors import PluginError, PrefectKitError
from prefectkit.core.hooks import AuthFlow
from prefectkit.core.messages import Request

logger = logging.getLogger("prefectkit.plugins")

FAILURES_IN_A_ROW = 5
"""After so many an observer is switched off."""


def observer(function: Callable[..., Any], plugin: str, hook: str) -> Callable[..., None]:
    """Never changes an outcome: what it raises is logged once, and after some failures in a row it is left out."""
    failures = 0

    def observe(*arguments: object) -> None:
        nonlocal failures
        if failures >= FAILURES_IN_A_ROW:
            return
        try:
            function(*arguments)
        except Exception as error:
            failures += 1
            if failures == 1:
                logger.warning("plugin %r raised %s in %s; the call goes on", plugin, type(error).__name__, hook)
            elif failures == FAILURES_IN_A_ROW:
                logger.warning("plugin %r is switched off for %s after %d failures in a row", plugin, hook, failures)
        else:
            failures = 0

    return observe


def transformer(function: Callable[..., Any], plugin: str, hook: str) -> Callable[..., Any]:
    """May change the request, so its failure ends the call."""

    def transform(*arguments: object) -> None:
        try:
            function(*arguments)
        except PrefectKitError:
            raise
        except Exception as error:
            raise _failed(plugin, hook, error) from error

    return transform


def flow_guard(function: Callable[..., Any], plugin: str, hook: str) -> Callable[[Request], AuthFlow | None]:
    """A transformer that may hand back a generator, which is guarded as well."""

    def flow(request: Request) -> AuthFlow | None:
        try:
            steps = function(request)
        except PrefectKitError:
            raise
        except Exception as error:
            raise _failed(plugin, hook, error) from error
        if steps is None:
            return None
        if not isinstance(steps, Generator):
            raise PluginError(
                f"plugin {plugin!r} returned {type(steps).__name__} from {hook}: return nothing, or be a generator",
                plugin=plugin,
                hook=hook,
            )
        return guarded(cast(AuthFlow, steps))

    def guarded(steps: AuthFlow) -> AuthFlow:
        try:
            return (yield from steps)
        except PrefectKitError:
            raise
        except Exception as error:
            raise _failed(plugin, hook, error) from error

    return flow


def _failed(plugin: str, hook: str, error: Exception) -> PluginError:
    return PluginError(f"plugin {plugin!r} raised {type(error).__name__} in {hook}: {error}", plugin=plugin, hook=hook)
