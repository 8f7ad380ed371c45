"""The async resources of a sync or async client: those of a sync client never suspend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from prefectkit.assembly import timeout_of
from prefectkit.core.endpoint import Async
from prefectkit.resources.catalogue import Resources

if TYPE_CHECKING:
    from prefectkit.client import Client


class AsyncResources(Resources[Async]):
    """The async resources of any client.

    Attributes:
        client: The client.
    """

    def __init__(self, client: Client[Any]) -> None:
        super().__init__(cast("Resources[Async]", client))
        self._sync = False
        self.client = client


def with_timeout(api: Resources[Async], httpx_options: Mapping[str, Any]) -> AsyncResources:
    """The resources with another timeout.

    Args:
        api: The resources.
        httpx_options: `timeout`, as for `httpx`.
    """
    client = cast(AsyncResources, api).client
    return AsyncResources(client.with_options(timeout=timeout_of(httpx_options)))
