"""A request id for each call, to correlate the logs of the client, a proxy and the server."""

from __future__ import annotations

import os
from typing import Final
from uuid import uuid4

from prefectkit.core.hooks import Call
from prefectkit.plugins import hookimpl

HEADER: Final = "x-request-id"

_FIRST: Final = 0x800000000000
"""The least number with twelve hexadecimal digits: padding a smaller one would take longer than all else here."""


class _Process:
    """All but the last group of the ids of this process; a forked process gets another."""

    groups = ""


def _renew() -> None:
    _Process.groups = str(uuid4())[:24]


_renew()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)


class RequestIds:
    """Sends `X-Request-Id` with each attempt of a call, the same one, unless the call has its own."""

    # It reads no secrets, but redacted views would take twice as long as the plugin itself.
    prefectkit_secrets = True

    @hookimpl
    def before_call(self, call: Call) -> None:
        # In the form of a UUID, which some proxies require, but cheaper than a new UUID.
        call.request.headers.setdefault(HEADER, f"{_Process.groups}{_FIRST + call.id:x}")
