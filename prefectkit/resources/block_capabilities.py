"""Block capabilities: `client.block_capabilities`."""

from __future__ import annotations

from prefectkit.core.endpoint import M, Resource, endpoint
from prefectkit.core.pagination.pages import Rows


class BlockCapabilities(Resource[M]):
    """What blocks can do, by name."""

    group = "block_capabilities"

    @endpoint("GET", "/block_capabilities/")
    async def list(self) -> Rows[str]:
        """List the capabilities that any block schema has (`GET /block_capabilities/`).

        Returns:
            Their names.
        """
        return await self._call(list[str])
