"""The helpers of Prefect's own package and those of this one, side by side on one server."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from prefectkit.compat import import_map

OFFICIAL = "prefect"
OWN = "prefectkit"
PACKAGES = (OFFICIAL, OWN)


def helper_module(package: str, name: str) -> Any:
    """The module that a program imports: of Prefect, or where the table says it is here."""
    return import_module(name if package == OFFICIAL else import_map.MODULES[name])


@contextmanager
def settings_for(package: str, url: str) -> Generator[None]:
    """Within it, the helpers of the package use this server."""
    settings = helper_module(package, "prefect.settings")
    with settings.temporary_settings({settings.PREFECT_API_URL: url}):
        yield


async def outcome(call: Callable[[], Any]) -> Any:
    """What a call results in, awaited if need be: its value, or the names of its error and what it derives from."""
    try:
        result = call()
        if inspect.isawaitable(result):
            result = await result
    except Exception as error:
        # The official error of the same name is a base of ours while Prefect is loaded.
        return {"error": type(error).__name__, "value": isinstance(error, ValueError), "text": str(error)}
    return result
