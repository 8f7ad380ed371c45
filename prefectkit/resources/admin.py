"""The server's own settings: `client.admin`."""

from __future__ import annotations

from prefectkit.core.endpoint import M, Resource, endpoint
from prefectkit.core.keywords import keywords
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.models.admin import ServerDefaultResultStorage, ServerDefaultResultStorageUpdate
from prefectkit.models.base import JSON


class Admin(Resource[M]):
    """The server's own settings. `client.version()` reads its version."""

    group = "admin"

    @endpoint("GET", "/admin/settings")
    async def read_settings(self) -> JSON:
        """Read the settings that the server runs with (`GET /admin/settings`).

        Returns:
            The settings, with secrets as `********`.
        """
        return await self._call(JSON)

    @endpoint("GET", "/admin/storage")
    async def read_storage(self) -> ServerDefaultResultStorage:
        """Read where results are stored by default (`GET /admin/storage`).

        Returns:
            The storage block, if there is one.
        """
        return await self._call(ServerDefaultResultStorage)

    @endpoint("PUT", "/admin/storage", RetrySafety.IDEMPOTENT)
    @keywords(ServerDefaultResultStorageUpdate)
    async def update_storage(self, storage: ServerDefaultResultStorageUpdate) -> ServerDefaultResultStorage:
        """Set where results are stored by default (`PUT /admin/storage`).

        Args:
            default_result_storage_block_id: The id of the block document to store results with.

        Returns:
            The storage block.

        Raises:
            NotFound: There is no such block.
        """
        return await self._call(ServerDefaultResultStorage, body=storage)

    @endpoint("DELETE", "/admin/storage", RetrySafety.IDEMPOTENT)
    async def clear_storage(self) -> None:
        """Remove the default result storage (`DELETE /admin/storage`)."""
        return await self._call(type(None))
