"""Hooks for third parties, and the built-in plugins that use the same ones.

A plugin is a module or an object whose functions are marked with `hookimpl` and named as a hook of `hookspecs.py`:

    from prefectkit.plugins import hookimpl

    @hookimpl
    def before_send(request):
        request.headers["x-team"] = "data"

Hand it to a client, `Prefect(plugins=[module])`, or declare it as an entry point in the group `prefectkit` and every
client of the process has it.
"""

from __future__ import annotations

from typing import Final

import pluggy

from prefectkit.core.hooks import AuthFlow, Call
from prefectkit.core.messages import Request, Response

hookimpl: Final = pluggy.HookimplMarker("prefectkit")

__all__ = ["AuthFlow", "Call", "Request", "Response", "hookimpl"]
