"""The headers of every request: the user agent, the API version, and custom headers."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from prefectkit.core.hooks import Call
from prefectkit.core.http.headers import check_headers
from prefectkit.plugins import hookimpl
from prefectkit.version import API_VERSION, __version__

logger = logging.getLogger("prefectkit")

USER_AGENT: Final = f"prefectkit/{__version__} (API {API_VERSION})"

PROTECTED: Final = frozenset({"user-agent", "prefect-csrf-token", "prefect-csrf-client"})


class Headers:
    """Sends the user agent, the API version, and custom headers, unless the call has its own.

    Args:
        custom: Further headers; may replace `Authorization`.
        api_version: The API version to ask for.

    Raises:
        InvalidParameterError: A name or value is not allowed in a header.
    """

    prefectkit_secrets = True

    def __init__(self, custom: Mapping[str, str] | None = None, *, api_version: str = API_VERSION) -> None:
        self._headers = {"x-prefect-api-version": api_version}
        for name, value in check_headers(custom or {}).items():
            if name in PROTECTED:
                logger.warning("the custom header %r is left out: the client sets it itself", name)
            else:
                self._headers[name] = value

    @hookimpl
    def before_call(self, call: Call) -> None:
        # Headers of the call itself win, and credentials that come later leave a custom Authorization alone.
        request = call.request
        request.headers = {**self._headers, **request.headers, "user-agent": USER_AGENT}
