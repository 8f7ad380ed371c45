"""An id for each call: what the client, a proxy and the server noted of it can be put together by it."""

from __future__ import annotations

import os
from typing import Final
from uuid import uuid4

from prefectkit.core.hooks import Call
from prefectkit.plugins import hookimpl

HEADER: Final = "x-request-id"

_FIRST: Final = 0x800000000000
"""The least number with twelve digits of which none is padding: to pad takes longer than all else here."""


class _Process:
    """All but the last group of the ids of this process; a forked one gets another."""

    groups = ""


def _renew() -> None:
    _Process.groups = str(uuid4())[:24]


_renew()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)


class RequestIds:
    """Sends `X-Request-Id` with each attempt of a call, the same one, unless the call has its own."""

    # It reads none; without this, what it is given would keep them from it, at twice its own time.
    prefectkit_secrets = True

    @hookimpl
    def before_call(self, call: Call) -> None:
        # In the form of a UUID, which some proxies insist on, and without the time that a new one takes.
        call.request.headers.setdefault(HEADER, f"{_Process.groups}{_FIRST + call.id:x}")
