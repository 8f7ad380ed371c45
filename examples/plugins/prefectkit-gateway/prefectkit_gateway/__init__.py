"""A plugin that is a module: a transport over a Unix socket, and the webhooks of Prefect Cloud."""

from __future__ import annotations

from typing import Any, Final

from prefectkit.plugins import AsyncTransport, Resource, Target, Transport, hookimpl
from prefectkit_gateway.transport import AsyncUnixTransport, UnixTransport
from prefectkit_gateway.webhooks import Webhook, Webhooks

prefectkit_api: Final = "1"


@hookimpl
def register_transports() -> dict[str, Any]:
    return {"unix+http://": _transport}


def _transport(target: Target) -> Transport | AsyncTransport:
    return UnixTransport(target.url) if target.sync else AsyncUnixTransport(target.url)


@hookimpl
def register_resources() -> dict[str, type[Resource[Any]]]:
    return {"webhooks": Webhooks}


__all__ = ["AsyncUnixTransport", "UnixTransport", "Webhook", "Webhooks", "register_resources", "register_transports"]
