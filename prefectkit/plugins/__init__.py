"""Hooks for third parties, and the built-in plugins, which use the same hooks.

A plugin is a module or an object whose functions are marked with `hookimpl` and named as a hook of `hookspecs.py`:

    from prefectkit.plugins import hookimpl

    @hookimpl
    def before_send(request):
        request.headers["x-team"] = "data"

Pass it to a client, `Prefect(plugins=[module])`, or declare it as an entry point in the group `prefectkit`, and every
client of the process has it. A plugin declares `prefectkit_api = "1"`, the version of the hooks that it is written for;
any other version is refused.

A plugin that the user passes as an object or a module is trusted: it gets the engine's own `Call`, `Request` and
`Response`, secrets included. An installed plugin gets redacted views, in which keys, custom headers and the bodies of
routes that hold secrets read `<redacted>`. If it has to read them it declares `prefectkit_secrets = True`, and is
refused until the user allows it by `plugin_secrets=[name]` on the client or by `PREFECTKIT_PLUGIN_SECRETS`.

A plugin runs in the same process. Its faults are isolated; malice is not.
"""

from __future__ import annotations

from typing import Final

import pluggy

from prefectkit.core.endpoint import Async, M, Resource, Sync, composed, endpoint, iterating
from prefectkit.core.hooks import AuthFlow, Call
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.retries.policy import Phase, RetrySafety
from prefectkit.core.transport import AsyncTransport, Target, Transport, TransportFactory
from prefectkit.plugins.plugin_list import LoadedPlugin
from prefectkit.plugins.views import CallView, ClientView, RequestView, ResponseView

hookimpl: Final = pluggy.HookimplMarker("prefectkit")

__all__ = [
    "Async",
    "AsyncTransport",
    "AuthFlow",
    "Call",
    "CallView",
    "ClientView",
    "LoadedPlugin",
    "M",
    "Phase",
    "Request",
    "RequestView",
    "Resource",
    "Response",
    "ResponseView",
    "RetrySafety",
    "Sync",
    "Target",
    "Transport",
    "TransportFactory",
    "composed",
    "endpoint",
    "hookimpl",
    "iterating",
]
